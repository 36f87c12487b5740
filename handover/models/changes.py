"""A request that changes the name or the holder of registrations, or closes one (R8, R14), and what it rests on."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, Role, User
from handover.models.custody import Custody
from handover.models.documents import Document
from handover.models.register import Registration

SEES_CHANGES = (Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR)
"""Roles at the provider whose worklist these requests are."""


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def visible_to(self, actor: Actor) -> "ChangeRequestQuerySet":
        """The provider's worklist; of customers the administrators of both sides, who asked, and who holds it now.

        The receiving side sees it from the moment the provider has found out who that is.
        """
        if actor.kind == OrganisationKind.PROVIDER:
            return self.all() if actor.has(*SEES_CHANGES) else self.none()
        if not actor.is_customer:
            return self.none()
        own = Q(organisation=actor.organisation)
        if actor.is_administrator:
            return self.filter(own | Q(receiver=actor.organisation))
        held = ChangeItem.objects.filter(
            registration__in=Custody.objects.current().filter(user=actor.user).values("registration")
        )
        return self.filter(own, Q(requested_by=actor.user) | Q(pk__in=held.values("change")))

    def open(self) -> "ChangeRequestQuerySet":
        """Those that may still change something."""
        return self.filter(status__in=ChangeRequest.OPEN)


class ChangeRequest(models.Model):
    """Asked for by the holder (or on paper), examined by one person of the provider, decided by others, carried out.

    `organisation` is the holder when it was asked for. `receiver` is who holds it afterwards, where that is another:
    as stated first, and found by an operator. `proposal` and its hash are what the deciding people sign.
    """

    class Kind(models.TextChoices):
        RENAME = "rename", _("Change of name")
        SUCCESSION = "succession", _("Succession by merger or split")
        TRANSFER = "transfer", _("Transfer to another holder")
        REORGANISATION = "reorganisation", _("Reorganisation of a public body")
        CANCELLATION = "cancellation", _("Cancellation")

    class Status(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("change", "Requested")
        PROPOSED = "proposed", pgettext_lazy("change", "Proposed")
        APPROVED = "approved", pgettext_lazy("change", "Approved")
        RELEASING = "releasing", _("Being taken into the provider's keeping")
        RELEASED = "released", _("In the provider's keeping for the change")
        EXECUTING = "executing", _("Being carried out")
        EXECUTED = "executed", _("Carried out")
        REFUSED = "refused", pgettext_lazy("change", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("change", "Withdrawn")

    OPEN = (
        Status.REQUESTED,
        Status.PROPOSED,
        Status.APPROVED,
        Status.RELEASING,
        Status.RELEASED,
        Status.EXECUTING,
    )

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=14, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="changes")
    receiver = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="changes_received")
    receiver_name = models.CharField(max_length=200, blank=True)
    receiver_corporate_number = models.CharField(max_length=13, blank=True)
    new_name = models.CharField(max_length=200, blank=True)
    new_kana = models.CharField(max_length=200, blank=True)
    renames_organisation = models.BooleanField(default=False)
    # The dated record of the old name; the lists of former names carry no dates, because searching reads them.
    old_name = models.CharField(max_length=200, blank=True)
    old_kana = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    wished_on = models.DateField(null=True)
    # Of a cancellation: what whoever asked had read, as counts and numbers.
    impact = models.JSONField(default=dict)
    on_paper = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="changes_requested")
    requested_at = models.DateTimeField()
    proposal = models.JSONField(null=True)
    proposal_hash = models.CharField(max_length=64, blank=True)
    proposal_reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="changes_proposed")
    proposed_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    executed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="changes_executed")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="changes_ended")
    end_reason = models.TextField(blank=True)
    # One of its own for every form shown: a second press finds what the first one made.
    token = models.UUIDField(unique=True, default=uuid.uuid4)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(receiver=None) | ~Q(receiver=F("organisation")), name="handover_change_two_holders"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "refused", "withdrawn"])
                | (Q(proposed_by__isnull=False) & ~Q(proposal_hash="")),
                name="handover_change_proposed_first",
            ),
        ]
        indexes = [models.Index(fields=["status", "requested_at"], name="handover_change_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"change:{self.number}"

    @property
    def moves(self) -> bool:
        """Whether another organisation holds it afterwards: custody ends first, in an act of its own."""
        if self.kind == self.Kind.REORGANISATION:
            return bool(self.receiver_name)
        return self.kind in (self.Kind.SUCCESSION, self.Kind.TRANSFER)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class ChangeItem(models.Model):
    """One registration of a request. `left_out`: no longer what was decided about when its turn came."""

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="items")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="change_items")
    new_unit = models.CharField(max_length=120, blank=True)
    # The database allows one open request each.
    is_open = models.BooleanField(default=True)
    released_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    left_out = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(is_open=True), name="handover_one_open_change"
            ),
            models.UniqueConstraint(fields=["change", "registration"], name="handover_change_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} in {self.change_id}"


class ChangeProof(models.Model):
    """A paper that the request rests on, as stated; with `checked_by` as an operator saw it."""

    class Kind(models.TextChoices):
        REGISTRY = "registry", _("Registry certificate showing old and new name")
        CLOSED_REGISTRY = "closed_registry", _("Closed registry of the former holder")
        SUCCESSOR_REGISTRY = "successor_registry", _("Registry certificate of the successor")
        SEAL_GIVER = "seal_giver", _("Seal certificate of the giving side")
        SEAL_RECEIVER = "seal_receiver", _("Seal certificate of the receiving side")
        OFFICIAL_LETTER = "official_letter", _("Official letter with the list")
        LIQUIDATOR = "liquidator", _("Registry entry of the liquidator or administrator in bankruptcy")

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=20, choices=Kind)
    issued_on = models.DateField()
    reference = models.CharField(max_length=120)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="change_proofs")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="proofs_stated")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="proofs_checked")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "kind"], name="handover_change_proof_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.change_id}"


class ChangeConsent(models.Model):
    """One side says yes: in the portal, or on paper as an operator recorded it."""

    class Side(models.TextChoices):
        GIVER = "giver", _("Giving side")
        RECEIVER = "receiver", _("Receiving side")
        COLLEAGUE = "colleague", _("Another person of the organisation")

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="consents")
    side = models.CharField(max_length=9, choices=Side)
    by = models.ForeignKey(User, models.PROTECT, related_name="change_consents")
    on_paper = models.BooleanField(default=False)
    signed_on = models.DateField(null=True)
    reference = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "side"], name="handover_change_consent_once"),
            models.CheckConstraint(
                condition=Q(on_paper=False) | (Q(signed_on__isnull=False) & ~Q(reference="")),
                name="handover_paper_consent_says_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} of {self.change_id}"


class ChangeApproval(models.Model):
    """A yes of one deciding person to exactly what was signed. Void once the proposal is made anew."""

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="approvals")
    by = models.ForeignKey(User, models.PROTECT, related_name="change_approvals")
    role = models.CharField(max_length=14, choices=Role)
    signed_hash = models.CharField(max_length=64)
    reason = models.TextField()
    at = models.DateTimeField()
    void_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change", "role"], condition=Q(void_at=None), name="handover_change_yes_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.change_id}"


class Affiliation(models.Model):
    """That two organisations belong together, with its proof. It gives nobody any right over the other's things."""

    class Kind(models.TextChoices):
        PARENT = "parent", _("Parent company")
        SUBSIDIARY = "subsidiary", _("Subsidiary")
        GROUP = "group", _("Company of the same group")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="affiliations")
    other = models.ForeignKey(Organisation, models.PROTECT, related_name="affiliations_to")
    kind = models.CharField(max_length=10, choices=Kind)
    proof = models.CharField(max_length=200)
    issued_on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="affiliations_recorded")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "other"], condition=Q(until=None), name="handover_affiliation_once"
            ),
            models.CheckConstraint(condition=~Q(organisation=F("other")), name="handover_affiliation_two"),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} is {self.kind} of {self.organisation_id}"

    @property
    def label(self) -> str:
        return f"affiliation:{self.pk}"


class UnitQuestion(models.Model):
    """The provider asked a customer's administrators for the using units behind one coarse name (R13)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="unit_questions")
    registered_name = models.CharField(max_length=200)
    unit = models.CharField(max_length=120, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="unit_questions")
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "registered_name"], name="handover_unit_question")]

    def __str__(self) -> str:
        return f"{self.registered_name} of {self.organisation_id}"
