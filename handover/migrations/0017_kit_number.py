from django.db import migrations, models


def keep_numbers(apps, schema_editor):
    """Sheets that are printed already keep the number that stands on them."""
    kits = apps.get_model("handover", "RecoveryKit")
    for pk in kits.objects.values_list("pk", flat=True).iterator():
        kits.objects.filter(pk=pk).update(number=f"K-{pk}")


class Migration(migrations.Migration):
    dependencies = [
        ("handover", "0016_kit_tries"),
    ]

    operations = [
        migrations.AddField(
            model_name="recoverykit",
            name="number",
            field=models.CharField(max_length=24, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop),
    ]
