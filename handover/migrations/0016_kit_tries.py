from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handover", "0015_activation_letter_points"),
    ]

    operations = [
        migrations.AddField(
            model_name="recoverykit",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="recoverykit",
            name="tried_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
