"""Business stands still: one named setting that the provider makes itself, and can always take back (A12, P20)."""

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from desk.models import Contact
from handover.models import ContactPoint, Registration
from outbox import cipher
from recovery.models.claims import Claim


class UrgentSettingQuerySet(models.QuerySet["UrgentSetting"]):
    def standing(self) -> "UrgentSettingQuerySet":
        """Those that are in effect: nobody has taken them back."""
        return self.exclude(status=UrgentSetting.Status.REVERSED)


class UrgentSetting(models.Model):
    """One setting as an operator of the provider made it. Whoever asked for it gets no control by it."""

    class Status(models.TextChoices):
        MADE = "made", _("Made; waits for the second person")
        CONFIRMED = "confirmed", pgettext_lazy("setting", "Confirmed")
        REVERSED = "reversed", pgettext_lazy("setting", "Taken back")

    class Basis(models.TextChoices):
        RECORD = "record", _("Call back to the phone number of record")
        PUBLISHED = "published", _("Call to the published main number; no phone number of record can be used")

    STANDING = (Status.MADE, Status.CONFIRMED)

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="urgent_settings")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="urgent_settings")
    # Its name as the list had it on that day (`recovery.named_settings`): a later list rewrites no history.
    code = models.CharField(max_length=40)
    name_ja = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    # What it was and is, and why, in words; no secrets. For the case only, so encrypted like every note.
    sealed = models.BinaryField()
    basis = models.CharField(max_length=9, choices=Basis)
    # The call that it rests on, the number of record, and the fingerprint of the number that was called.
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="urgent_setting")
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="urgent_settings")
    endpoint = models.CharField(max_length=64)
    # From this day on it is asked for every day whether it can be taken back.
    remind_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status, default=Status.MADE)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="settings_made")
    made_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="settings_confirmed")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="settings_reversed")
    reversed_at = models.DateTimeField(null=True, blank=True)
    sealed_end = models.BinaryField(null=True)

    objects = UrgentSettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(status__in=["made", "confirmed"]), name="recovery_one_setting"
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="recovery_setting_confirmed_by",
            ),
            models.CheckConstraint(
                condition=Q(status="reversed", reversed_by__isnull=False, reversed_at__isnull=False)
                | (~Q(status="reversed") & Q(reversed_by=None, reversed_at=None)),
                name="recovery_setting_reversed_by",
            ),
            models.CheckConstraint(
                condition=Q(basis="record", contact_point__isnull=False) | Q(basis="published", contact_point=None),
                name="recovery_setting_rests_on",
            ),
        ]
        indexes = [models.Index(fields=["status", "remind_on"], name="recovery_setting_due")]

    def __str__(self) -> str:
        return f"{self.code} for {self.claim_id}"

    @property
    def name(self) -> str:
        """The setting's name in the reader's language."""
        return self.name_en if (translation.get_language() or "ja").startswith("en") else self.name_ja

    @property
    def words(self) -> dict[str, str]:
        """What it was (`before`), what it is now (`after`), and why (`reason`), decrypted."""
        return cipher.decrypt_words(self.sealed)

    @property
    def end_words(self) -> str:
        """Why it was taken back, "" before that."""
        return cipher.decrypt(self.sealed_end) if self.sealed_end else ""

    @staticmethod
    def seal(words: dict[str, str]) -> bytes:
        """Return the words encrypted."""
        return cipher.encrypt_words(words)
