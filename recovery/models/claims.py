"""A claim on a lost registration, and what people decided about it."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Invitation, OrganisationKind, Role, User
from desk.models import Inquiry, at_desk_of, still_of_the_desk
from handover.models import Registration
from outbox import cipher
from recovery.models.procedures import ProcedureVersion

STAFF_ROLES = (Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, actor: Actor, at: datetime | None = None) -> "ClaimQuerySet":
        """The provider's people see claims; the desk what it has to do with at `at`, as `InquiryQuerySet.visible_to`.

        A claimant with an account sees the own one; others none.
        """
        if actor.kind == OrganisationKind.CLAIMANT:
            return self.filter(invitation__accepted_by=actor.user)
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.AGENT, Role.SUPERVISOR):
            return self.filter(still_of_the_desk(at, "inquiry"), at_desk_of(actor, at, "inquiry"))
        if actor.kind == OrganisationKind.PROVIDER and actor.has(*STAFF_ROLES):
            return self.all()
        return self.none()

    def open(self) -> "ClaimQuerySet":
        """Those that may still change custody."""
        return self.filter(status__in=Claim.OPEN)


class Claim(models.Model):
    """From what somebody remembers to a new custodian. `frozen_at` stands beside the status: see procedure.md A7."""

    class Status(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("claim", "Received")
        MATCHED = "matched", _("Registration found")
        COLLECTING = "collecting", _("Collecting proofs")
        PROPOSED = "proposed", _("Proposed, notices on their way")
        NOTIFIED = "notified", _("Time to object is running")
        APPROVED = "approved", _("Approved")
        EXECUTED = "executed", _("Carried out")
        REFUSED = "refused", _("Not confirmed")
        WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")
        STOPPED = "stopped", _("Stopped")

    OPEN = (
        Status.RECEIVED,
        Status.MATCHED,
        Status.COLLECTING,
        Status.PROPOSED,
        Status.NOTIFIED,
        Status.APPROVED,
    )
    LINKED = (Status.MATCHED, Status.COLLECTING, Status.PROPOSED, Status.NOTIFIED, Status.APPROVED)

    class EndReason(models.TextChoices):
        NOT_CONFIRMED = "not_confirmed", _("Could not be confirmed with what we have")
        NO_REGISTRATION = "no_registration", _("No registration could be found")
        OBJECTION_UPHELD = "objection_upheld", _("An objection was upheld")
        CUSTODIAN_ACTIVE = "custodian_active", _("The person in charge can be reached")
        BY_CLAIMANT = "by_claimant", _("Withdrawn by the claimant")
        ABUSE = "abuse", _("Signs of abuse")
        NO_RESPONSE = "no_response", _("No answer to our reminders")

    class Frozen(models.TextChoices):
        OBJECTION = "objection", _("Somebody objected")
        COMPETING = "competing", _("Another claim on the same registration")
        CALLS = "calls", _("Several calls about one organisation on one day")

    FOR_SENIOR = (Frozen.COMPETING, Frozen.CALLS)

    number = models.CharField(max_length=20, unique=True)
    inquiry = models.OneToOneField(Inquiry, models.PROTECT, related_name="claim")
    procedure = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="claims")
    # Of a claim that a changed rule reopened: the version that it came in under. None: still that one.
    began_with = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, related_name="claims_begun")
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    received_at = models.DateTimeField()
    # The claimant's own mailbox, encrypted. What was verified is what the invitation goes to.
    sealed_mailbox = models.BinaryField(null=True)
    mailbox_verified_at = models.DateTimeField(null=True, blank=True)
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="claims")
    # Whether a list of further registrations of the same customer came with it: `ClaimLine`.
    is_bulk = models.BooleanField(default=False)
    matched_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    circumstances = models.JSONField(default=list)
    # Beside the normal way: a route of the procedure version, "" for the normal one. Who chose it: `RouteChoice`.
    route = models.CharField(max_length=20, blank=True)
    # Taken by an operator from the registry or an official site: postal_code, address, source. Never the claimant's.
    head_office = models.JSONField(null=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.CharField(max_length=10, choices=Frozen, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="claims_proposed")
    proposed_at = models.DateTimeField(null=True, blank=True)
    # What is signed: the facts of the decision as plain JSON, and their SHA-256.
    proposal = models.JSONField(null=True)
    proposal_hash = models.CharField(max_length=64, blank=True)
    proposal_reason = models.CharField(max_length=400, blank=True)
    # Why it was refused, sent back or let go on: for the case only, so encrypted like every note.
    sealed_decision = models.BinaryField(null=True)
    window_begun_on = models.DateField(null=True, blank=True)
    window_ends_on = models.DateField(null=True, blank=True)
    needs_second_look = models.BooleanField(default=False)
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="claims")
    claimant = models.ForeignKey(User, models.PROTECT, null=True, related_name="claims")
    claimant_ready_at = models.DateTimeField(null=True, blank=True)
    executed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="claims_executed")
    executed_at = models.DateTimeField(null=True, blank=True)
    cooling_off_until = models.DateTimeField(null=True, blank=True)
    cooled_off_at = models.DateTimeField(null=True, blank=True)
    # Carried out, and put back afterwards by two people.
    rolled_back_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=16, choices=EndReason, blank=True)
    # Under the same number again: what counts since the claim came in counts from here on.
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopenings = models.PositiveSmallIntegerField(default=0)
    holding_answered_at = models.DateTimeField(null=True, blank=True)
    passed_on_at = models.DateTimeField(null=True, blank=True)
    # When a contractor was found behind it who had said to be the customer; when the custodian was told of several.
    posed_at = models.DateTimeField(null=True, blank=True)
    posing_told_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["received", "refused", "withdrawn", "stopped"])
                | Q(registration__isnull=False, tier__isnull=False),
                name="recovery_claim_is_linked",
            ),
            models.CheckConstraint(
                condition=~Q(status="executed")
                | Q(executed_by__isnull=False, claimant__isnull=False, cooling_off_until__isnull=False, frozen_at=None),
                name="recovery_executed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["notified", "approved", "executed"])
                | Q(window_ends_on__isnull=False, proposed_by__isnull=False),
                name="recovery_notified_has_window",
            ),
            models.CheckConstraint(
                condition=Q(frozen_at=None, frozen_by="") | (Q(frozen_at__isnull=False) & ~Q(frozen_by="")),
                name="recovery_frozen_says_why",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=["matched", "collecting", "proposed", "notified", "approved"], frozen_at=None),
                name="recovery_one_moving_claim",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "received_at"], name="recovery_claim_queue"),
            models.Index(fields=["registration", "status"], name="recovery_claim_of"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"claim:{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def since(self) -> datetime:
        """When it came in, or was reopened last."""
        return self.reopened_at or self.received_at

    @property
    def mailbox(self) -> str:
        """The claimant's mail address, "" when none was given."""
        return cipher.decrypt(self.sealed_mailbox) if self.sealed_mailbox else ""

    @property
    def decision_words(self) -> str:
        """Why it was last refused, sent back or let go on, "" before that."""
        return cipher.decrypt(self.sealed_decision) if self.sealed_decision else ""


class Approval(models.Model):
    """One person's yes to exactly what was on the page. Void once what was signed has changed."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="approvals")
    by = models.ForeignKey(User, models.PROTECT, related_name="approvals")
    role = models.CharField(max_length=14, choices=Role)
    signed_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "role"], condition=Q(void_at=None), name="recovery_approval_once_each_role"
            ),
            models.UniqueConstraint(
                fields=["claim", "by"], condition=Q(void_at=None), name="recovery_approval_once_each_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.claim_id}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def standing(self) -> "ObjectionQuerySet":
        """Those that wait for a decision, and those upheld: neither lets anything end that protects.

        One that was upheld ended its claim; where the claim was reopened since, that has been answered anew.
        """
        rows = self.filter(status__in=[Objection.Status.OPEN, Objection.Status.UPHELD])
        return rows.exclude(status=Objection.Status.UPHELD, claim__reopened_at__gt=F("at"))


class Objection(models.Model):
    """Somebody who got a notice says no. It freezes the claim in its own transaction; two people look at it."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("objection", "Open")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")
        LAPSED = "lapsed", _("Lapsed")

    class How(models.TextChoices):
        """By what an objector showed to be who was told: as much as a proof through a contact point asks for."""

        CALLBACK = "callback", _("Answered our call to the phone of record")
        CODE = "code", _("Objected with the code that went to the contact point of record")
        SIGN_IN = "sign_in", _("Signed in since")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="objections")
    # Whose notice carried the code: a contact point, an account or the head office, as a label.
    told = models.CharField(max_length=80)
    sealed_words = models.BinaryField()
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    at = models.DateTimeField()
    identify_by = models.DateTimeField()
    identified_at = models.DateTimeField(null=True, blank=True)
    identified_how = models.CharField(max_length=8, choices=How, blank=True)
    identified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="objections_identified")
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="objections_reviewed")
    recommendation = models.CharField(max_length=9, choices=Status, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="objections_decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["upheld", "dismissed"])
                | Q(reviewed_by__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="recovery_objection_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"objection to {self.claim_id}"

    @property
    def words(self) -> str:
        """What the objector wrote, decrypted."""
        return cipher.decrypt(self.sealed_words)


class Snapshot(models.Model):
    """Custody, deputies and contact points of a registration at the instant before the execution, for going back."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="snapshot")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="snapshots")
    state = models.JSONField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"snapshot for {self.claim_id}"
