"""What comes after an end, and what keeps a claim from being forgotten: endings, appeals, reminders, duties."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from outbox import cipher
from recovery.models.claims import Claim
from recovery.models.dispatches import Dispatch


class Ending(models.Model):
    """One end of a claim without a change of custody, and what its claimant is told. A reopened claim may end again."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="endings")
    reason = models.CharField(max_length=16, choices=Claim.EndReason)
    # Codes of the categories of proofs that were missing: their type, never what we hold or compared.
    missing = models.JSONField(default=list)
    # The rung of disclosure that the claim had reached: below 2 everybody is told the same (procedure.md A8).
    rung = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="claims_ended")
    at = models.DateTimeField()
    # None where the claimant ended it.
    appeal_until = models.DateField(null=True, blank=True)
    reopen_until = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["claim", "at"], name="recovery_ending_of")]

    def __str__(self) -> str:
        return f"{self.reason} of {self.claim_id}"


class Appeal(models.Model):
    """The claimant asks other people to look at an end again; once for each end (procedure.md A12)."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("appeal", "Open")
        UPHELD = "upheld", pgettext_lazy("appeal", "Upheld")
        DISMISSED = "dismissed", pgettext_lazy("appeal", "Dismissed")

    class Finding(models.TextChoices):
        """Fixed words that the claimant reads: nothing of them tells what is on record."""

        LOOKED_ANEW = "looked_anew", _("Other people than before have looked at everything anew.")
        STILL_MISSING = "still_missing", _("What was missing when it ended is still missing.")
        NOTHING_NEW = "nothing_new", _("What you wrote brings nothing that can be counted as a proof.")
        RULES_KEPT = "rules_kept", _("The published procedure was kept.")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="appeals")
    ending = models.OneToOneField(Ending, models.PROTECT, related_name="appeal")
    sealed_words = models.BinaryField()
    # Who of the desk or of the operators took it, None where the claimant wrote it on the status page.
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="appeals_taken")
    at = models.DateTimeField()
    due_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="appeals_decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(default=list)
    sealed_reasons = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", decided_by=None, decided_at=None, sealed_reasons=None)
                | (
                    ~Q(status="open")
                    & Q(decided_by__isnull=False, decided_at__isnull=False, sealed_reasons__isnull=False)
                ),
                name="recovery_appeal_decided",
            ),
            models.UniqueConstraint(fields=["claim"], condition=Q(status="open"), name="recovery_appeal_one_open"),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="recovery_appeal_due")]

    def __str__(self) -> str:
        return f"appeal of {self.claim_id}"

    @property
    def words(self) -> str:
        """What the claimant wrote or said, decrypted."""
        return cipher.decrypt(self.sealed_words)

    @property
    def reasons(self) -> str:
        """Why it was decided so, "" while it is open."""
        return cipher.decrypt(self.sealed_reasons) if self.sealed_reasons else ""


class Reminder(models.Model):
    """One time that a claimant who does not answer was reminded. What counts of them: `queries.reminding`."""

    class Medium(models.TextChoices):
        MAIL = "mail", _("Mail")
        LETTER = "letter", _("Letter")
        PHONE = "phone", _("Phone")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reminders")
    medium = models.CharField(max_length=6, choices=Medium)
    dispatch = models.OneToOneField(Dispatch, models.PROTECT, null=True, related_name="reminder")
    by = models.ForeignKey(User, models.PROTECT, related_name="reminders")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(medium="phone", dispatch=None) | (~Q(medium="phone") & Q(dispatch__isnull=False)),
                name="recovery_reminder_was_sent",
            )
        ]
        indexes = [models.Index(fields=["claim", "at"], name="recovery_reminder_of")]

    def __str__(self) -> str:
        return f"{self.medium} for {self.claim_id}"


class DutyQuerySet(models.QuerySet["Duty"]):
    def open(self) -> "DutyQuerySet":
        return self.filter(closed_at=None)


class Duty(models.Model):
    """What the clock found that a person has to do by a day. It does nothing by itself and decides nothing."""

    class Kind(models.TextChoices):
        REMIND = "remind", _("Remind the claimant, who has not answered")
        SILENCE = "silence", _("The next date is over: get in touch")
        DECISION = "decision", _("Decide, or say why it takes longer")
        APPEAL = "appeal", _("An appeal is overdue")
        COMPETING = "competing", _("Let the one claim go on that is left of several, or end it")
        SETTING = "setting", _("Confirm the urgent setting, or take it back")
        AUDIT = "audit", _("An audit found something not in order: look into it")

    OF_OPERATORS = (Kind.REMIND, Kind.SILENCE, Kind.SETTING)
    WITH_THE_DECISION = (Kind.APPEAL, Kind.COMPETING, Kind.SETTING)
    """What is done with the act itself, not by saying so."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=9, choices=Kind)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # Nobody, where the claim itself ended by the clock.
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="duties_closed")
    sealed_words = models.BinaryField(null=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind"], condition=Q(closed_at=None), name="recovery_duty_one_open"
            ),
        ]
        indexes = [models.Index(fields=["closed_at", "due_on"], name="recovery_duty_due")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.claim_id}"

    @property
    def label(self) -> str:
        return f"duty:{self.pk}"
