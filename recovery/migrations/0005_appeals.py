"""Endings, appeals, reminders and duties; claims that had ended before get their ending."""

from datetime import timedelta
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def keep_endings(apps: Any, schema_editor: Any) -> None:
    """Write down how each claim ended, as the least that anybody is told: no rung, all types of proofs."""
    claims = apps.get_model("recovery", "Claim").objects.filter(status__in=["refused", "withdrawn", "stopped"])
    ending = apps.get_model("recovery", "Ending")
    for claim in claims.filter(ended_at__isnull=False).order_by("pk"):
        day = timezone.localdate(claim.ended_at)
        ending.objects.create(
            claim=claim,
            reason=claim.end_reason,
            at=claim.ended_at,
            appeal_until=None if claim.status == "withdrawn" else day + timedelta(days=30),
            reopen_until=day + timedelta(days=180),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("recovery", "0004_procedure_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="holding_answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="claim",
            name="passed_on_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="claim",
            name="posed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="claim",
            name="posing_told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="claim",
            name="reopened_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="claim",
            name="reopenings",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="objection",
            name="identified_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objections_identified",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="identified_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("callback", "Answered our call to the phone of record"),
                    ("code", "Objected with the code that went to the contact point of record"),
                    ("sign_in", "Signed in since"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_confirmed", "Could not be confirmed with what we have"),
                    ("no_registration", "No registration could be found"),
                    ("objection_upheld", "An objection was upheld"),
                    ("custodian_active", "The person in charge can be reached"),
                    ("by_claimant", "Withdrawn by the claimant"),
                    ("abuse", "Signs of abuse"),
                    ("no_response", "No answer to our reminders"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="dispatch",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("code", "Code"),
                    ("accepted", "Notice that a claim is examined"),
                    ("proposed", "Notice that approval is proposed"),
                    ("executed", "Notice that it was carried out"),
                    ("ended", "Notice that the protected time is over"),
                    ("undone", "Notice that it was put back"),
                    ("refused", "Letter to the claimant that it has ended"),
                    ("reminder", "Reminder to the claimant"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="Ending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("not_confirmed", "Could not be confirmed with what we have"),
                            ("no_registration", "No registration could be found"),
                            ("objection_upheld", "An objection was upheld"),
                            ("custodian_active", "The person in charge can be reached"),
                            ("by_claimant", "Withdrawn by the claimant"),
                            ("abuse", "Signs of abuse"),
                            ("no_response", "No answer to our reminders"),
                        ],
                        max_length=16,
                    ),
                ),
                ("missing", models.JSONField(default=list)),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("appeal_until", models.DateField(blank=True, null=True)),
                ("reopen_until", models.DateField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims_ended",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="endings", to="recovery.claim"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed_words", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("due_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("upheld", "Upheld"), ("dismissed", "Dismissed")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("findings", models.JSONField(default=list)),
                ("sealed_reasons", models.BinaryField(null=True)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="recovery.claim"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals_decided",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals_taken",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ending",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="recovery.ending"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "medium",
                    models.CharField(
                        choices=[("mail", "Mail"), ("letter", "Letter"), ("phone", "Phone")], max_length=6
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="recovery.claim"
                    ),
                ),
                (
                    "dispatch",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminder",
                        to="recovery.dispatch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("remind", "Remind the claimant, who has not answered"),
                            ("silence", "The next date is over: get in touch"),
                            ("decision", "Decide, or say why it takes longer"),
                            ("appeal", "An appeal is overdue"),
                            ("competing", "Let the one claim go on that is left of several, or end it"),
                        ],
                        max_length=9,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("sealed_words", models.BinaryField(null=True)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="recovery.claim"
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties_closed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["closed_at", "due_on"], name="recovery_duty_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("claim", "kind"), name="recovery_duty_one_open"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ending",
            index=models.Index(fields=["claim", "at"], name="recovery_ending_of"),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(fields=["status", "due_on"], name="recovery_appeal_due"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("sealed_reasons", None), ("status", "open")),
                    models.Q(
                        models.Q(("status", "open"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("sealed_reasons__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="recovery_appeal_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")), fields=("claim",), name="recovery_appeal_one_open"
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["claim", "at"], name="recovery_reminder_of"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dispatch", None), ("medium", "phone")),
                    models.Q(models.Q(("medium", "phone"), _negated=True), ("dispatch__isnull", False)),
                    _connector="OR",
                ),
                name="recovery_reminder_was_sent",
            ),
        ),
        migrations.RunPython(keep_endings, migrations.RunPython.noop),
    ]
