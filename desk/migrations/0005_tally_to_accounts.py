"""See accounts 0004: the table stays, its model moves."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ('desk', '0004_explanations'),
        ("accounts", "0004_tally"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Tally")]),
    ]
