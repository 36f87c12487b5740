"""Version 3 of the procedure, with moments, rules and public help at its sentences; the desk gets those of all."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from recovery.seeding import succeed
from recovery.speaking import take_over


def begin(apps: Any, schema_editor: Any) -> None:
    versions = apps.get_model("recovery", "ProcedureVersion")
    succeed(versions, shipped=3, at=timezone.now())
    models = {"sets": apps.get_model("desk", "ScriptSet"), "scripts": apps.get_model("desk", "Script")}
    take_over(versions, **models)


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0013_voice"),
        ("recovery", "0014_trust"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
