from typing import Any

from django.db import migrations, models


def count_anew(apps: Any, schema_editor: Any) -> None:
    """Let the worker write every figure again: those of before were made of all contacts."""
    apps.get_model("desk", "FigureMark").objects.update(sequence=0)


class Migration(migrations.Migration):
    dependencies = [("desk", "0019_codes")]

    operations = [
        migrations.AddField(model_name="formalanswer", name="written_by", field=models.JSONField(default=list)),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
