"""Papers: kinds, versions, and the encrypted bytes behind them."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from handover.models.register import Registration


class Blob(models.Model):
    """Bytes at rest: encrypted in one file named by a keyed hash. Written whole before this row exists.

    What came from outside stays in quarantine (`WAITING`) until the virus scanner looked, where one is configured.
    """

    class Status(models.TextChoices):
        OURS = "ours", _("Made by this portal")
        UNSCANNED = "unscanned", _("Not looked at by a virus scanner")  # none was configured when it came
        WAITING = "waiting", _("Waiting for the virus scanner")
        CLEAN = "clean", _("The virus scanner found nothing")
        INFECTED = "infected", _("The virus scanner found malware")
        ERASED = "erased", _("Erased")  # by two persons: the row is a stub, its file and key are gone

    HELD = frozenset({Status.WAITING.value, Status.INFECTED.value})
    """Nothing of these is given to anybody."""

    name = models.CharField(max_length=128, unique=True)
    # The labels the file is sealed with: without the very same two it does not open, so they never change.
    tenant = models.CharField(max_length=60)
    document = models.CharField(max_length=60)
    key_id = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.UNSCANNED)
    scan_tries = models.PositiveIntegerField(default=0)
    # When the scanner is asked (again); empty for what it need not look at.
    scan_due_at = models.DateTimeField(null=True, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    # The scanner's name for what it found.
    finding = models.CharField(max_length=120, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="erased", erased_at__isnull=False) | (~Q(status="erased") & Q(erased_at=None)),
                name="handover_blob_erased",
            ),
            models.CheckConstraint(
                condition=Q(status="infected") & ~Q(finding="") | ~Q(status="infected") & Q(finding=""),
                name="handover_blob_finding",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "scan_due_at"],
                condition=Q(status__in=["waiting", "unscanned"]),
                name="handover_blob_due",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_held(self) -> bool:
        """Whether it is in quarantine: waiting for the scanner, or found to be malware."""
        return self.status in self.HELD


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor, at: datetime) -> "DocumentQuerySet":
        """Return what `actor` may see at `at`: papers of visible registrations, and those offered to it."""
        if not actor.is_customer:
            return self.none()
        registrations = Registration.objects.visible_to(actor, at)
        offered = Document.objects.offered_to(actor).values("pk")
        own = self.filter(registration__organisation=actor.organisation)
        return own.filter(Q(registration__in=registrations) | Q(pk__in=offered))

    def offered_to(self, actor: Actor) -> "DocumentQuerySet":
        """Return the papers on the lists of handovers offered to `actor`, until the switch.

        Who is to say "received" of a paper, and "I know what this is for", must be able to open it (B2, B3).
        What left the list meanwhile, for another successor or as "not mine", is no longer theirs to read.
        """
        from handover.models.handovers import Handover, HandoverItem

        before_the_switch = (Handover.Status.OFFERED, Handover.Status.ACCEPTED, Handover.Status.CONFIRMED)
        listed = HandoverItem.objects.filter(
            document__isnull=False,
            left_at=None,
            handover__given_to=actor.user,
            handover__organisation=actor.organisation,
            handover__status__in=before_the_switch,
        )
        return self.filter(pk__in=listed.values("document"))


class Document(models.Model):
    """One paper of a registration. Holders never delete one: a new version supersedes the last."""

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("Contract")
        APPLICATION = "application", _("Application form")
        NOTICE = "notice", _("Notice of opening")
        SEAL_CERTIFICATE = "seal_certificate", _("Seal certificate")
        REGISTRY = "registry", _("Registry certificate")
        POWER_OF_ATTORNEY = "power_of_attorney", _("Power of attorney")
        SITE_LIST = "site_list", _("List of sites")
        BILL = "bill", pgettext_lazy("kind of paper", "Bill")
        PASSWORD_NOTICE = "password_notice", _("Notice of the settings password")
        OTHER = "other", _("Other")

    SEALED = frozenset({Kind.PASSWORD_NOTICE.value})
    """Kinds under seal: everybody who sees the registration sees that there is one, only the custodian opens it."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=120)
    expires_on = models.DateField(null=True, blank=True)
    original_at = models.CharField(max_length=120, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="documents_added")
    added_at = models.DateTimeField()
    # The whole paper was erased by two persons: kind, dates and hashes stay, its words are gone.
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """The title; of a stub words in the language of the reader, whoever erased it in whichever language."""
        return gettext("Erased paper") if self.erased_at else self.title

    @property
    def label(self) -> str:
        return f"document:{self.pk}"

    @property
    def is_sealed(self) -> bool:
        """Whether only the person in charge opens it, after a fresh check."""
        return self.kind in self.SEALED


class DocumentVersion(models.Model):
    """One state of a paper: its bytes and who brought them. Never changed; superseded by the next number."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="versions")
    file_name = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="document_versions")
    added_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # One of its own for every form shown: a second press of the same form finds what the first one stored.
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    # By which erasure its bytes went; `Blob.erased_at` says when.
    erasure = models.ForeignKey("handover.Erasure", models.PROTECT, null=True, related_name="versions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="handover_version_once"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(superseded_at=None), name="handover_version_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"


class LookReason(models.TextChoices):
    """Why an administrator opens a paper of somebody else's: from a list, so that the log holds no words on people."""

    AWAY = "away", _("The person in charge is away")
    PREPARING = "preparing", _("To prepare a handover")
    CHECKING = "checking", _("To check that the papers are complete")
    INQUIRY = "inquiry", _("To answer a question about the service")
    AUDIT = "audit", _("Audit or inspection")


class Certificate(models.Model):
    """One certificate as issued: the facts, and the very bytes. Which state it proves is never rewritten."""

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    serial = models.CharField(max_length=60, unique=True)
    check_code = models.CharField(max_length=20, unique=True)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="certificates")
    language = models.CharField(max_length=2)
    facts = models.JSONField()
    # The facts without issue date and serial: equal keys prove the same state.
    facts_key = models.CharField(max_length=64)
    log_sequence = models.BigIntegerField()
    # By what the signature in the file is recognised (`signing.chain.print_of`); "" for old, unsigned ones.
    signed_by = models.CharField(max_length=64, blank=True, default="")
    blob = models.OneToOneField(Blob, models.PROTECT, related_name="certificate")
    status = models.CharField(max_length=10, choices=Status, default=Status.VALID)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="certificates_issued")
    ended_at = models.DateTimeField(null=True, blank=True)
    # The job over many registrations that it was issued for: whatever is killed, one job issues one for each.
    job = models.ForeignKey("BulkJob", models.PROTECT, null=True, blank=True, related_name="certificates")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "registration"], name="handover_certificate_once_a_job"),
            models.CheckConstraint(
                condition=Q(status="valid", ended_at=None) | (~Q(status="valid") & Q(ended_at__isnull=False)),
                name="handover_certificate_end",
            ),
        ]
        indexes = [models.Index(fields=["registration", "status"], name="handover_certificate_state")]

    def __str__(self) -> str:
        return self.serial

    @property
    def label(self) -> str:
        return f"certificate:{self.serial}"
