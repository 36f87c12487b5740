"""What a contractor may see and do for a customer: registrations, scope, period (procedure.md B6)."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, User
from handover.models.register import Registration


class YearAfter(models.Func):
    """The day twelve months after a day, reckoned by the database, so that a constraint can say it."""

    output_field = models.DateField()
    arity = 1

    def __init__(self, day: str | Combinable) -> None:
        super().__init__(day)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s, '+12 months')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(%(expressions)s + interval '12 months')::date"
        return self.as_sql(compiler, connection, template=template, **context)


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, actor: Actor, at: datetime) -> "MandateQuerySet":
        """Contractors see what they asked for or were granted; customers what names a registration they see.

        Administrators of the customer see all of their organisation's. Nobody else sees any.
        """
        if actor.kind == OrganisationKind.CONTRACTOR:
            return self.filter(contractor=actor.organisation)
        if not actor.is_customer:
            return self.none()
        own = self.filter(customer=actor.organisation)
        if actor.is_administrator:
            return own
        rows = MandateRegistration.objects.filter(registration__in=Registration.objects.visible_to(actor, at))
        return own.filter(pk__in=rows.values("mandate"))

    def in_force(self, at: datetime) -> "MandateQuerySet":
        """Those by which a contractor may look and act at `at`: granted, begun, and not over."""
        today = timezone.localdate(at)
        return self.filter(status=Mandate.Status.ACTIVE, starts_on__lte=today, ends_on__gte=today)


class Mandate(models.Model):
    """One mandate, from the question to its end. Its registrations are rows of their own, with since and until.

    A question names a customer and registrations as the contractor wrote them (`named_*`). They are looked up by the
    clock, so that the asker's answer takes no longer when there is one; `customer` stays empty when there is none, and
    the contractor reads "asked" all the same. `starts_on` and `ends_on` are the first and the last day.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked")
        ACTIVE = "active", _("Granted")
        DECLINED = "declined", _("Not granted")
        ENDED = "ended", _("Ended")
        EXPIRED = "expired", _("Run out")

    class Scope(models.IntegerChoices):
        VIEW = 1, _("Look and report faults")
        SETTINGS = 2, _("Look, report faults, and the named daily settings")
        REPRESENTATIVE = 3, _("Stand for the person in charge: as above, and one named person reads the papers")

    OPEN = (Status.ASKED, Status.ACTIVE)

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="mandates_given")
    contractor = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates_held")
    scope = models.PositiveSmallIntegerField(choices=Scope)
    settings = models.JSONField(default=list, blank=True)
    # Who of the contractor stands for the person in charge, with the widest scope only (procedure.md B5).
    representative = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="represents")
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    reason = models.CharField(max_length=200, blank=True)
    named_customer = models.CharField(max_length=200, blank=True)
    named_registrations = models.JSONField(default=list, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="mandates_asked")
    asked_at = models.DateTimeField(null=True, blank=True)
    # When the clock looked up what was named, whatever it found.
    looked_up_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="mandates_granted")
    granted_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="mandates_ended")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    # Reminders sent before the end: 1 at 40 days, 2 at 14.
    reminded = models.PositiveSmallIntegerField(default=0)
    renewed_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renewals")
    # One of its own for every form shown: a second press finds what the first one made.
    token = models.UUIDField(unique=True, default=uuid.uuid4)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="handover_mandate_order"),
            models.CheckConstraint(condition=Q(ends_on__lt=YearAfter("starts_on")), name="handover_mandate_one_year"),
            models.CheckConstraint(condition=Q(scope__in=[1, 2, 3]), name="handover_mandate_scope"),
            models.CheckConstraint(condition=~Q(scope=1) | Q(settings=[]), name="handover_mandate_view_sets_nothing"),
            models.CheckConstraint(
                condition=Q(scope=3, representative__isnull=False) | (~Q(scope=3) & Q(representative=None)),
                name="handover_mandate_represented_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "expired"])
                | Q(customer__isnull=False, granted_by__isnull=False, granted_at__isnull=False),
                name="handover_mandate_granted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "active"], ended_at=None)
                | Q(status__in=["declined", "ended", "expired"], ended_at__isnull=False),
                name="handover_mandate_end",
            ),
            models.UniqueConstraint(
                fields=["renewed_from"],
                condition=Q(status__in=["asked", "active"], renewed_from__isnull=False),
                name="handover_mandate_one_renewal",
            ),
        ]
        indexes = [
            models.Index(fields=["contractor", "status"], name="handover_mandate_contractor"),
            models.Index(fields=["customer", "status"], name="handover_mandate_customer"),
            models.Index(fields=["status", "ends_on"], name="handover_mandate_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"mandate:{self.number}"

    @property
    def customer_name(self) -> str:
        """The customer as both sides know it: until granted, as the contractor wrote it."""
        return self.customer.legal_name if self.customer and self.granted_at else self.named_customer


class MandateRegistrationQuerySet(models.QuerySet["MandateRegistration"]):
    def current(self) -> "MandateRegistrationQuerySet":
        """Those nobody has taken out, of mandates asked or granted."""
        return self.filter(until=None, mandate__status__in=Mandate.OPEN)

    def granted(self) -> "MandateRegistrationQuerySet":
        """Those granted and not taken out, whether or not their first day has come."""
        return self.filter(until=None, since__isnull=False, mandate__status=Mandate.Status.ACTIVE)

    def undecided(self) -> "MandateRegistrationQuerySet":
        """Those asked for, on which the customer has said neither yes nor no."""
        return self.filter(until=None, since=None, mandate__status=Mandate.Status.ASKED)

    def in_force(self, at: datetime) -> "MandateRegistrationQuerySet":
        """Those by which a contractor may look and act at `at`: the one door of a contractor to a registration."""
        return self.filter(
            mandate__in=Mandate.objects.in_force(at),
            since__lte=at,
            until=None,
            registration__status=Registration.Status.ACTIVE,
        )


class MandateRegistration(models.Model):
    """One registration of one mandate: asked for (`since` empty), granted, or over. It stays, whatever became of it."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="registrations")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="mandate_rows")
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = MandateRegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "registration"], name="handover_mandate_registration_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
                name="handover_mandate_registration_order",
            ),
        ]
        indexes = [models.Index(fields=["registration", "until"], name="handover_mandate_rows")]

    def __str__(self) -> str:
        return f"{self.registration_id} of mandate {self.mandate_id}"


class FaultReport(models.Model):
    """A fault that a contractor reported by a mandate, in its own words."""

    row = models.ForeignKey(MandateRegistration, models.PROTECT, related_name="faults")
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="faults_reported")
    reported_at = models.DateTimeField()
    text = models.TextField()
    token = models.UUIDField(unique=True, default=uuid.uuid4)

    def __str__(self) -> str:
        return f"fault {self.pk}"

    @property
    def label(self) -> str:
        return f"fault:{self.pk}"
