"""What comes in: whom an import has to tell, and the letters that open an organisation's access (R4, R5)."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, OneTimeCode, Organisation, User
from handover.models.register import ContactPoint, ImportRun
from outbox.models import Notice

CODE_LIFE = timedelta(days=30)
"""How long the code of an activation letter is good, from the print run."""


class ImportTold(models.Model):
    """What one run of an import changed for one person or one address that ended, to be told in one mail."""

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="told")
    # One of the two: an account, or a mail address of record that this run ended.
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="imports_told")
    address = models.EmailField(blank=True)
    changed = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "user"], condition=Q(user__isnull=False), name="handover_import_told_person"
            ),
            models.UniqueConstraint(
                fields=["run", "address"], condition=Q(user=None), name="handover_import_told_address"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="") | (Q(user=None) & ~Q(address="")),
                name="handover_import_told_whom",
            ),
        ]
        indexes = [models.Index(fields=["run", "told_at"], name="handover_import_told_open")]

    def __str__(self) -> str:
        return f"{self.run_id} tells {self.user_id or 'an address'}"


class Activation(models.Model):
    """One letter with a code to an organisation that nobody has claimed yet, and what became of it.

    `number` is the letter's: it is typed in with the code. `postal_code` and `address` are the address as it was
    written to. `name` and `mail` are what the receiver stated.
    """

    class Status(models.TextChoices):
        ORDERED = "ordered", _("Waits for the printer")
        SENT = "sent", _("On its way")
        ENTERED = "entered", _("Code typed in; mail address not confirmed yet")
        ASKED = "asked", _("Waits for the check by an operator")
        CHECKED = "checked", _("Waits for the second person")
        DONE = "done", _("First administrator invited")
        RETURNED = "returned", _("Letter came back")
        REFUSED = "refused", _("Refused")
        VOID = "void", _("Replaced by a new letter")

    class Source(models.TextChoices):
        RECORD = "record", _("Registered address on record")
        REGISTRY = "registry", _("The official registry")
        PUBLISHED = "published", _("An official site of the organisation or an authority")

    class Check(models.TextChoices):
        CALLBACK = "callback", _("We called a phone number of record")
        SWITCHBOARD = "switchboard", _("We called the published main number")
        PROOF = "proof", _("An official paper of the organisation was checked")

    CALLS = ("callback", "switchboard")
    """The checks that are calls of ours."""
    OPEN = ("ordered", "sent", "entered", "asked", "checked")

    number = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="activations")
    status = models.CharField(max_length=8, choices=Status, default=Status.ORDERED)
    postal_code = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=300)
    source = models.CharField(max_length=9, choices=Source)
    code = models.OneToOneField(OneTimeCode, models.PROTECT, null=True, related_name="activation")
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="activations_ordered")
    ordered_at = models.DateTimeField()
    name = models.CharField(max_length=100, blank=True)
    department = models.CharField(max_length=100, blank=True)
    mail = models.EmailField(blank=True)
    entered_at = models.DateTimeField(null=True, blank=True)
    # Of the link that proves the mailbox: only its hash is kept.
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    token_until = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="activations_checked")
    checked_at = models.DateTimeField(null=True, blank=True)
    check_kind = models.CharField(max_length=11, choices=Check, blank=True)
    check_note = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="activations_decided")
    ended_at = models.DateTimeField(null=True, blank=True)
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, related_name="activation")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(status__in=["ordered", "sent", "entered", "asked", "checked"]),
                name="handover_activation_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="done")
                | Q(checked_by__isnull=False, decided_by__isnull=False, invitation__isnull=False),
                name="handover_activation_by_two",
            ),
        ]
        indexes = [models.Index(fields=["status", "ordered_at"], name="handover_activation_list")]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"activation:{self.number}"

    def is_expired(self, at: datetime) -> bool:
        """Whether the code of a letter that nobody answered is too old at `at`."""
        waits = self.status == Activation.Status.SENT and self.code is not None
        return bool(waits and self.code and self.code.expires_at <= at)


class ActivationLetterQuerySet(models.QuerySet["ActivationLetter"]):
    def to_print(self) -> "ActivationLetterQuerySet":
        """Those whose content still waits, encrypted."""
        return self.filter(printed_at=None, void_at=None)

    def underway(self) -> "ActivationLetterQuerySet":
        """Those that left and of which nobody has said that they came back, while an answer is awaited."""
        return self.filter(printed_at__isnull=False, returned_at=None, void_at=None)


class ActivationLetter(models.Model):
    """One letter: the code to the organisation, or afterwards who is its administrator now. Printed once."""

    class Kind(models.TextChoices):
        CODE = "code", _("Code to open the organisation's access")
        TOLD = "told", _("Notice of the first administrator")

    activation = models.ForeignKey(Activation, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=4, choices=Kind)
    number = models.CharField(max_length=24, unique=True)
    # Whose address stands in the window; None where it is the activation's own.
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="activation_letters")
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="activation_letter")
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="activation_letters")
    queued_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True, blank=True)
    printed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="activation_letters_printed")
    returned_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)

    objects = ActivationLetterQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["printed_at", "void_at"], name="handover_activation_print")]

    def __str__(self) -> str:
        return self.number
