"""Version 1 of the procedure comes into force with the tables."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from recovery.seeding import put_in_force


def begin(apps: Any, schema_editor: Any) -> None:
    put_in_force(apps.get_model("recovery", "ProcedureVersion"), version=1, at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("recovery", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
