"""What checks leave behind: calls back to a number of record, and in which capacity a caller was found to ask."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, Role, User
from desk.models.calls import Call
from desk.models.inquiries import Inquiry
from desk.models.trust import CallIntention
from handover.models import ContactPoint, Registration

POSED = 2
"""Contractors who said to be the customer after whom the customer is told (procedure.md B5)."""
POSED_WITHIN = timedelta(days=90)


class CallBackQuerySet(models.QuerySet["CallBack"]):
    def visible_to(self, actor: Actor) -> "CallBackQuerySet":
        """The operators of the provider, who call: the agency sees no more than that one was booked."""
        is_operator = actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)
        return self.all() if is_operator else self.none()

    def open(self) -> "CallBackQuerySet":
        return self.filter(done_at=None)


class CallBack(models.Model):
    """A call back to a number of record that was booked in a call: one row whether or not there is any number.

    `point` is the number that an operator found; nobody of the agency ever reads it.
    """

    class Result(models.TextChoices):
        RIGHT = "right", _("The person who called us answered")
        WRONG = "wrong", _("Somebody there does not know of the call")
        NO_NUMBER = "no_number", _("There is no number that may be called")

    call = models.ForeignKey(Call, models.PROTECT, related_name="call_backs")
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="call_backs")
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="call_backs_booked")
    booked_at = models.DateTimeField()
    promised_from = models.DateTimeField()
    promised_until = models.DateTimeField()
    point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="call_backs")
    intention = models.ForeignKey(CallIntention, models.PROTECT, null=True, related_name="call_backs")
    tries = models.PositiveSmallIntegerField(default=0)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="call_backs_made")
    done_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=9, choices=Result, blank=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry"], condition=Q(done_at=None), name="desk_call_back_one_open"),
            models.CheckConstraint(
                condition=Q(promised_until__gt=F("promised_from")), name="desk_call_back_is_a_promise"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, result="", done_by=None)
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
                name="desk_call_back_end",
            ),
            # Nobody is written down as reached whom nobody announced to call (invariant 27).
            models.CheckConstraint(
                condition=Q(result__in=["", "no_number"]) | Q(intention__isnull=False, point__isnull=False),
                name="desk_call_back_was_announced",
            ),
        ]
        indexes = [
            models.Index(fields=["promised_until"], condition=Q(done_at=None), name="desk_call_back_due"),
            models.Index(fields=["call", "booked_at"], name="desk_call_back_of"),
        ]

    def __str__(self) -> str:
        return f"call back {self.pk}"

    @property
    def label(self) -> str:
        return f"call_back:{self.pk}"


class CapacityFindingQuerySet(models.QuerySet["CapacityFinding"]):
    def visible_to(self, actor: Actor) -> "CapacityFindingQuerySet":
        """The operators of the provider: they name whom a contractor posed as."""
        is_operator = actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)
        return self.all() if is_operator else self.none()

    def unnamed(self) -> "CapacityFindingQuerySet":
        """Contractors who said to be a customer whom nobody has named yet."""
        return self.filter(poses=True, organisation=None, dropped_at=None)


class CapacityFinding(models.Model):
    """In which capacity a caller was found to ask at the end of the checks, beside what was stated.

    What an agent writes here is a note from a list: nothing follows from it until an operator names the organisation.
    """

    class Sign(models.TextChoices):
        """What gave it away: a neutral list, no words about people."""

        SAID_SO = "said_so", _("The caller said so when asked")
        OWN_COMPANY = "own_company", _("The caller named a company other than the customer as the employer")
        OWN_MAIL = "own_mail", _("The mail address or number given is a contractor's")
        PAPERS = "papers", _("The caller has the customer's papers, and a contractor's")
        WORK = "work", _("The caller speaks of the customer as of somebody for whom work is done")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="findings")
    call = models.ForeignKey(Call, models.PROTECT, related_name="findings")
    stated = models.CharField(max_length=10, choices=Inquiry.Capacity)
    found = models.CharField(max_length=10, choices=Inquiry.Capacity)
    signs = models.JSONField(default=list)
    poses = models.BooleanField()
    by = models.ForeignKey(User, models.PROTECT, related_name="capacities_found")
    at = models.DateTimeField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="posed_as")
    # By which of its registrations it was named: its custodian is told as well.
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="posed_as")
    named_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="posers_named")
    named_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    objects = CapacityFindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call"], name="desk_capacity_once_a_call"),
            models.CheckConstraint(condition=Q(poses=True) | Q(organisation=None), name="desk_capacity_poses"),
            models.CheckConstraint(
                condition=Q(organisation=None) | Q(named_by__isnull=False, named_at__isnull=False, dropped_at=None),
                name="desk_capacity_named_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                condition=Q(poses=True, organisation=None, dropped_at=None),
                name="desk_capacity_unnamed",
            ),
            models.Index(fields=["organisation", "at"], name="desk_capacity_posed_as"),
        ]

    def __str__(self) -> str:
        return f"capacity of call {self.call_id}"

    @property
    def label(self) -> str:
        return f"finding:{self.pk}"
