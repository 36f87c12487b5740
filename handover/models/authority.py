"""Reassignment on proven authority: the organisation's representative decides where its own person refuses (B5)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, Role, User
from handover.models.register import Registration
from outbox import cipher

STAFF_ROLES = (Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR)


class AuthorityCaseQuerySet(models.QuerySet["AuthorityCase"]):
    def for_staff(self, actor: Actor) -> "AuthorityCaseQuerySet":
        """The provider's people who examine, decide and audit see all; everybody else none."""
        if actor.kind == OrganisationKind.PROVIDER and actor.has(*STAFF_ROLES):
            return self.all()
        return self.none()

    def against(self, actor: Actor) -> "AuthorityCaseQuerySet":
        """Those of which `actor` was given notice as the predecessor."""
        return self.filter(predecessor=actor.user, organisation=actor.organisation, notified_at__isnull=False)

    def open(self) -> "AuthorityCaseQuerySet":
        """Those that may still change custody."""
        return self.filter(status__in=AuthorityCase.OPEN)


class AuthorityCase(models.Model):
    """The provider reassigns registrations because the representative of their holder has proven to want it.

    Custody changes by the hand of an approver, after two people said yes to exactly `proposal` and the predecessor
    had notice. What people wrote in their own words is kept encrypted.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("authority", "Proposed")
        NOTIFIED = "notified", pgettext_lazy("authority", "Approved, notice given")
        EXECUTED = "executed", pgettext_lazy("authority", "Carried out")
        REFUSED = "refused", pgettext_lazy("authority", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("authority", "Withdrawn")

    OPEN = (Status.PROPOSED, Status.NOTIFIED)

    class Ground(models.TextChoices):
        ONLY_ADMINISTRATOR = "only_administrator", _("The predecessor is the only administrator")
        REFUSES = "refuses", _("The predecessor refuses, and no administrator is left who could reassign")

    number = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="authority_cases")
    predecessor = models.ForeignKey(User, models.PROTECT, related_name="authority_cases_against")
    successor = models.ForeignKey(User, models.PROTECT, related_name="authority_cases_for")
    ground = models.CharField(max_length=18, choices=Ground)
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="authority_cases_proposed")
    proposed_at = models.DateTimeField()
    # What is signed, as plain JSON, and its SHA-256.
    proposal = models.JSONField()
    proposal_hash = models.CharField(max_length=64)
    notified_at = models.DateTimeField(null=True, blank=True)
    # The last day of the notice; it may be carried out from the day after.
    notice_ends_on = models.DateField(null=True, blank=True)
    executed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="authority_cases_executed")
    executed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="authority_cases_ended")
    ended_at = models.DateTimeField(null=True, blank=True)
    sealed_reason = models.BinaryField(null=True)
    # One of its own for every form shown: a second press finds what the first one made.
    token = models.UUIDField(unique=True)

    objects = AuthorityCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(predecessor=models.F("successor")), name="handover_authority_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["notified", "executed"])
                | Q(notified_at__isnull=False, notice_ends_on__isnull=False),
                name="handover_authority_notice_first",
            ),
            models.CheckConstraint(
                condition=~Q(status="executed") | Q(executed_by__isnull=False, executed_at__isnull=False),
                name="handover_authority_executed_by",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["refused", "withdrawn"])
                | Q(ended_by__isnull=False, ended_at__isnull=False, sealed_reason__isnull=False),
                name="handover_authority_end_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["status", "proposed_at"], name="handover_authority_queue")]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"authority:{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def reason(self) -> str:
        """Why it was refused or withdrawn, "" when it was not."""
        return cipher.decrypt(self.sealed_reason) if self.sealed_reason else ""


class AuthorityItem(models.Model):
    """One registration of a case. `is_open` while the case may change its custody: the database allows one each."""

    case = models.ForeignKey(AuthorityCase, models.PROTECT, related_name="items")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="authority_items")
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(is_open=True), name="handover_authority_one_open"
            ),
            models.UniqueConstraint(fields=["case", "registration"], name="handover_authority_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} in {self.case_id}"


class AuthorityProof(models.Model):
    """One proof by the evidence codes of the procedure (A4): a code, a reference and a day, no personal value."""

    class Code(models.TextChoices):
        O1 = "O1", _("Request signed by the representative (company registry certificate or GビズID Prime)")
        O3 = "O3", _("Seal certificate, and a form with that seal")
        A1 = "A1", _("Letter of authority from the representative, with that seal")
        A2 = "A2", _("Confirmed by a call to the published main number")

    case = models.ForeignKey(AuthorityCase, models.PROTECT, related_name="proofs")
    code = models.CharField(max_length=2, choices=Code)
    reference = models.CharField(max_length=40)
    # Of the paper its date of issue; of a request or a call the day of it.
    dated_on = models.DateField()
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="authority_proofs_checked")
    checked_at = models.DateTimeField()
    # Two people compare a seal (A4).
    seconded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="authority_proofs_seconded")
    seconded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "code"], name="handover_authority_proof_once"),
            models.CheckConstraint(
                condition=Q(seconded_by=None, seconded_at=None)
                | (Q(seconded_by__isnull=False, seconded_at__isnull=False) & ~Q(seconded_by=models.F("checked_by"))),
                name="handover_authority_two_compare",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.case_id}"


class AuthorityApproval(models.Model):
    """One person's yes to exactly what was on the page."""

    case = models.ForeignKey(AuthorityCase, models.PROTECT, related_name="approvals")
    by = models.ForeignKey(User, models.PROTECT, related_name="authority_approvals")
    role = models.CharField(max_length=14, choices=Role)
    signed_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "role"], name="handover_authority_yes_once_each_role"),
            models.UniqueConstraint(fields=["case", "by"], name="handover_authority_yes_once_each"),
            models.CheckConstraint(condition=Q(role__in=["approver", "senior"]), name="handover_authority_yes_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.case_id}"


class AuthorityObjection(models.Model):
    """What the predecessor says against it: heard once, answered in writing, and no veto (B5)."""

    case = models.OneToOneField(AuthorityCase, models.PROTECT, related_name="objection")
    sealed_words = models.BinaryField()
    at = models.DateTimeField()
    sealed_answer = models.BinaryField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="authority_answers")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_answer=None, answered_by=None, answered_at=None)
                | Q(sealed_answer__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="handover_authority_answer_whole",
            )
        ]

    def __str__(self) -> str:
        return f"objection in {self.case_id}"

    @property
    def words(self) -> str:
        """What the predecessor wrote, decrypted."""
        return cipher.decrypt(self.sealed_words)

    @property
    def answer(self) -> str:
        """What the senior answered, decrypted; "" before that."""
        return cipher.decrypt(self.sealed_answer) if self.sealed_answer else ""
