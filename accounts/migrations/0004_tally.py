"""The counts of rate limits belong to accounts now; their table stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_claimants"),
        ("desk", "0001_tally"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Tally",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key_hash", models.CharField(max_length=64)),
                        ("started_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(db_index=True)),
                        ("count", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "db_table": "desk_tally",
                        "constraints": [
                            models.UniqueConstraint(fields=("key_hash", "started_at"), name="desk_tally_once")
                        ],
                    },
                ),
            ],
        ),
    ]
