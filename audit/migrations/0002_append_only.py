"""The log only grows: the database itself refuses every change, every deletion and every gap.

On SQLite, `INSERT OR REPLACE` deletes without firing delete triggers; the insert guard (next number, hash of the last
event, a hash that is new) closes that way as well. On PostgreSQL, TRUNCATE needs a trigger of its own.
"""

from typing import Any

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER audit_event_guard BEFORE INSERT ON audit_event
    WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM audit_event)
      OR NEW.previous_hash IS NOT COALESCE(
           (SELECT hash FROM audit_event ORDER BY sequence DESC LIMIT 1), printf('%064d', 0))
      OR EXISTS (SELECT 1 FROM audit_event WHERE hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'audit_event: an event follows the last one'); END
    """,
    """
    CREATE TRIGGER audit_event_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit_event: nothing is changed'); END
    """,
    """
    CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit_event: nothing is deleted'); END
    """,
    """
    CREATE TRIGGER audit_eventabout_guard BEFORE INSERT ON audit_eventabout
    WHEN NEW.event_id IS NOT (SELECT MAX(sequence) FROM audit_event)
      OR EXISTS (SELECT 1 FROM audit_eventabout
                 WHERE id = NEW.id OR (event_id = NEW.event_id AND label = NEW.label))
    BEGIN SELECT RAISE(ABORT, 'audit_eventabout: only with its event'); END
    """,
    """
    CREATE TRIGGER audit_eventabout_update BEFORE UPDATE ON audit_eventabout
    BEGIN SELECT RAISE(ABORT, 'audit_eventabout: nothing is changed'); END
    """,
    """
    CREATE TRIGGER audit_eventabout_delete BEFORE DELETE ON audit_eventabout
    BEGIN SELECT RAISE(ABORT, 'audit_eventabout: nothing is deleted'); END
    """,
]

POSTGRES = [
    """
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN RAISE EXCEPTION '%: nothing is changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE FUNCTION audit_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE last record;
    BEGIN
      SELECT sequence, hash INTO last FROM audit_event ORDER BY sequence DESC LIMIT 1;
      IF NEW.sequence IS DISTINCT FROM COALESCE(last.sequence, 0) + 1
         OR NEW.previous_hash IS DISTINCT FROM COALESCE(last.hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'audit_event: an event follows the last one' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION audit_with_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
      IF NEW.event_id IS DISTINCT FROM (SELECT MAX(sequence) FROM audit_event) THEN
        RAISE EXCEPTION 'audit_eventabout: only with its event' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER audit_event_guard BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_follow()",
    "CREATE TRIGGER audit_event_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_event_truncate BEFORE TRUNCATE ON audit_event EXECUTE FUNCTION audit_refuse()",
    """
    CREATE TRIGGER audit_eventabout_guard BEFORE INSERT ON audit_eventabout
    FOR EACH ROW EXECUTE FUNCTION audit_with_event()
    """,
    """
    CREATE TRIGGER audit_eventabout_update BEFORE UPDATE ON audit_eventabout
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_eventabout_delete BEFORE DELETE ON audit_eventabout
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
    "CREATE TRIGGER audit_eventabout_truncate BEFORE TRUNCATE ON audit_eventabout EXECUTE FUNCTION audit_refuse()",
]


def make(apps: Any, schema_editor: Any) -> None:
    statements = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(make)]
