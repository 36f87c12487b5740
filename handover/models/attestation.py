"""“Still you?” once a year, the season before staff changes, and what tells that somebody cannot be reached (R7)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from handover.models.register import ContactPoint, Registration
from outbox.models import Notice


class AttestationQuerySet(models.QuerySet["Attestation"]):
    def open(self) -> "AttestationQuerySet":
        """Those asked and neither answered nor overtaken by a change of custody."""
        return self.filter(answered_at=None, lapsed_at=None)


class Attestation(models.Model):
    """One question to one person in charge of one registration, whether that is still so. Kept, so history stays.

    `due_on` is 12 months after the last answer or the beginning of the custody. `reminded` is the last stage of
    `handover.rules.attestation` that was reached. A new custody answers for itself: what was still open then lapses.
    """

    class Answer(models.TextChoices):
        STILL = "still", _("Still me")
        NOT_ANY_MORE = "not_any_more", _("Not any more")
        SOMEBODY_ELSE = "somebody_else", _("Somebody else should be")

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="attestations")
    user = models.ForeignKey(User, models.PROTECT, related_name="attestations")
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    reminded = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="attestations_given")
    answer = models.CharField(max_length=13, choices=Answer, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    objects = AttestationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(answered_at=None, lapsed_at=None),
                name="handover_attestation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False, lapsed_at=None) & ~Q(answer="")),
                name="handover_attestation_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(answered_at=None, lapsed_at=None), name="handover_attestation_due"
            ),
            models.Index(fields=["user", "answered_at"], name="handover_attestation_user"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} until {self.due_on}"


class Told(models.Model):
    """Somebody was told of something once: `what` names it, with the day or season where it comes again."""

    user = models.ForeignKey(User, models.PROTECT, related_name="told")
    what = models.CharField(max_length=60)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "what"], name="handover_told_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what}"


class MailTrouble(models.Model):
    """Mail to the account of `user` failed for good: it counts for as long as `address` is still the account's.

    `status` is the enhanced status code of the mail server (RFC 3463), such as 5.1.1, or empty where it gave none.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="mail_troubles")
    address = models.EmailField()
    status = models.CharField(max_length=12, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="handover_mail_trouble_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.status}"


class Campaign(models.Model):
    """One handover season of one customer: the row that keeps it at once. `season` is the first day of its month."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="campaigns")
    season = models.DateField()
    begun_at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "season"], name="handover_campaign_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.season:%Y-%m}"

    @property
    def label(self) -> str:
        return f"season:{self.pk}"


class NoticeLetter(models.Model):
    """A letter “who is in charge?” to an address of record. Its content is in the outbox until the print run.

    One an address and day, however many registrations lie behind it. Times as those of a letter of a recovery.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notice_letters")
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="notice_letters")
    number = models.CharField(max_length=24, unique=True)
    # A hash of all that stands in the window.
    address_key = models.CharField(max_length=64)
    queued_on = models.DateField()
    queued_at = models.DateTimeField()
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="notice_letter")
    printed_at = models.DateTimeField(null=True, blank=True)
    printed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="notice_letters_printed")
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_key", "queued_on"], name="handover_notice_letter_once"),
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(printed_at__isnull=False), name="handover_notice_letter_left"
            ),
        ]
        indexes = [models.Index(fields=["printed_at", "queued_at"], name="handover_notice_letter_wait")]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"notice_letter:{self.pk}"
