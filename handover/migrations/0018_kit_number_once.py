from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handover", "0017_kit_number"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recoverykit",
            name="number",
            field=models.CharField(max_length=24, unique=True),
        ),
    ]
