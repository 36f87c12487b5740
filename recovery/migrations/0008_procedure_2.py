"""Version 2 of the procedure, with the routes beside the normal way; in force where nobody published another one."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from recovery.seeding import succeed


def begin(apps: Any, schema_editor: Any) -> None:
    versions = apps.get_model("recovery", "ProcedureVersion")
    # Whatever there is by now came from version 1, which was the only one that shipped.
    versions.objects.update(shipped=1)
    succeed(versions, shipped=2, at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("recovery", "0007_fairness"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="route",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="procedureversion",
            name="shipped",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="replayedclaim",
            name="new_route",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.CreateModel(
            name="RouteChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("route", models.CharField(blank=True, max_length=20)),
                ("sealed_reason", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routes_chosen",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="route_choices", to="recovery.claim"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["claim", "at"], name="recovery_route_of")]},
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
