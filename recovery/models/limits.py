"""What the rate limits count, and calls to the phone of record (procedure.md A10 and C2 of A4)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeCode, User
from desk.models import CallIntention
from handover.models import ContactPoint, Registration
from recovery.models.claims import Claim


class SenderPrint(models.Model):
    """By what claims of one claimant are known to be of one claimant: keyed prints, from which nobody reads a name.

    Every claim has one of each kind, whatever was stated; an empty print is no claimant's.
    """

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="senders")
    kind = models.CharField(max_length=5, choices=Kind)
    print = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "kind"], name="recovery_sender_once")]
        indexes = [models.Index(fields=["print"], name="recovery_sender_print")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.claim_id}"


class FailedCode(models.Model):
    """One code that was not right: one row of one size, whatever is on record. The worker does what follows from it.

    Codes that were sent, and those of recovery kits, whatever kit was named. `dead`: it was the last try of a code that
    was sent; a kit counts its own. `noted_at`: the worker has seen it.
    """

    KIT = "kit"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="failed_codes")
    purpose = models.CharField(max_length=10, choices=[*OneTimeCode.Purpose.choices, (KIT, _("Recovery kit"))])
    dead = models.BooleanField()
    at = models.DateTimeField()
    noted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["claim", "at"], name="recovery_failed_of"),
            models.Index(fields=["noted_at", "at"], name="recovery_failed_new"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.claim_id}"


class PhonePause(models.Model):
    """Verification by phone is off for a registration: too many codes failed on one day. Signing in goes on."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="phone_pauses")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="recovery_pause_order"),
        ]
        indexes = [models.Index(fields=["registration", "until"], name="recovery_pause_of")]

    def __str__(self) -> str:
        return f"pause of {self.registration_id}"


class PhoneCall(models.Model):
    """One call to a phone of record: whoever answers there says the number that the claimant holds (C2).

    Begun before it is dialled; ends with what became of it. See docs/decisions/0023.
    """

    class Result(models.TextChoices):
        RIGHT = "right", _("The number was right")
        WRONG = "wrong", _("The number was wrong")
        NO_ANSWER = "no_answer", _("Nobody answered")
        UNKNOWN = "unknown", _("Nobody there knows of this")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="phone_calls")
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, related_name="phone_calls")
    by = models.ForeignKey(User, models.PROTECT, related_name="phone_calls")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=9, choices=Result, blank=True)
    # Empty of calls before 2026-11, when calls began to be announced.
    intention = models.OneToOneField(CallIntention, models.PROTECT, null=True, related_name="phone_call")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, result="") | (Q(ended_at__isnull=False) & ~Q(result="")),
                name="recovery_phone_call_end",
            ),
            models.UniqueConstraint(fields=["claim"], condition=Q(ended_at=None), name="recovery_phone_call_one_open"),
        ]

    def __str__(self) -> str:
        return f"call for {self.claim_id}"

    @property
    def label(self) -> str:
        return f"phone_call:{self.pk}"
