"""Custody rows are written once; only their end is set, once; periods follow one another without hole or overlap.

The database itself refuses anything else, on SQLite and on PostgreSQL.
"""

from typing import Any

from django.db import migrations

KEPT = (
    "NEW.id IS {same} OLD.id AND NEW.registration_id IS {same} OLD.registration_id"
    " AND NEW.user_id IS {same} OLD.user_id AND NEW.kind IS {same} OLD.kind AND NEW.basis IS {same} OLD.basis"
    " AND NEW.basis_label IS {same} OLD.basis_label AND NEW.from_at IS {same} OLD.from_at"
    " AND OLD.to_at IS NULL AND NEW.to_at IS NOT NULL"
)

SQLITE = [
    """
    CREATE TRIGGER handover_custody_guard BEFORE INSERT ON handover_custody
    WHEN EXISTS (SELECT 1 FROM handover_custody WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM handover_custody WHERE registration_id = NEW.registration_id AND to_at IS NULL)
      OR NEW.from_at IS NOT COALESCE(
           (SELECT MAX(to_at) FROM handover_custody WHERE registration_id = NEW.registration_id), NEW.from_at)
    BEGIN SELECT RAISE(ABORT, 'handover_custody: a period begins where the last one ended'); END
    """,
    f"""
    CREATE TRIGGER handover_custody_update BEFORE UPDATE ON handover_custody
    WHEN NOT ({KEPT.format(same="")})
    BEGIN SELECT RAISE(ABORT, 'handover_custody: only the end is set, once'); END
    """,
    """
    CREATE TRIGGER handover_custody_delete BEFORE DELETE ON handover_custody
    BEGIN SELECT RAISE(ABORT, 'handover_custody: nothing is deleted'); END
    """,
]

POSTGRES = [
    """
    CREATE FUNCTION handover_custody_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE last timestamptz;
    BEGIN
      IF EXISTS (SELECT 1 FROM handover_custody WHERE registration_id = NEW.registration_id AND to_at IS NULL) THEN
        RAISE EXCEPTION 'handover_custody: a period begins where the last one ended' USING ERRCODE = 'unique_violation';
      END IF;
      SELECT MAX(to_at) INTO last FROM handover_custody WHERE registration_id = NEW.registration_id;
      IF last IS NOT NULL AND NEW.from_at IS DISTINCT FROM last THEN
        RAISE EXCEPTION 'handover_custody: a period begins where the last one ended'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    f"""
    CREATE FUNCTION handover_custody_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
      IF TG_OP <> 'UPDATE' OR NOT ({KEPT.format(same="NOT DISTINCT FROM")}) THEN
        RAISE EXCEPTION 'handover_custody: only the end is set, once' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER handover_custody_guard BEFORE INSERT ON handover_custody
    FOR EACH ROW EXECUTE FUNCTION handover_custody_follow()
    """,
    """
    CREATE TRIGGER handover_custody_update BEFORE UPDATE ON handover_custody
    FOR EACH ROW EXECUTE FUNCTION handover_custody_keep()
    """,
    """
    CREATE TRIGGER handover_custody_delete BEFORE DELETE ON handover_custody
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
    "CREATE TRIGGER handover_custody_truncate BEFORE TRUNCATE ON handover_custody EXECUTE FUNCTION audit_refuse()",
]


def make(apps: Any, schema_editor: Any) -> None:
    statements = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("handover", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(make)]
