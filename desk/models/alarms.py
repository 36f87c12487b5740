"""What the system stopped or noticed at the desk, for a supervisor to look at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from outbox import cipher


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def visible_to(self, actor: Actor) -> "AlarmQuerySet":
        """A supervisor sees those about people of the own agency; a senior of the provider all; others none.

        That many call about one organisation says that it is a customer: the agency does not read it (invariant 22).
        """
        if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR):
            return self.all()
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.SUPERVISOR):
            theirs = Membership.objects.filter(organisation=actor.organisation).values("user")
            # That there are invented registrations is for seniors and auditors alone.
            return self.filter(about__in=theirs).exclude(kind=Alarm.Kind.CANARY)
        return self.none()

    def open(self) -> "AlarmQuerySet":
        """Those that no supervisor has looked at."""
        return self.filter(closed_at=None)


class Alarm(models.Model):
    """Something that looks like an attack on the desk, or through it. It decides nothing: a supervisor looks.

    About a person of the staff (`about`), or about an organisation that many callers ask for (`organisation`).
    """

    class Kind(models.TextChoices):
        MANY_CUSTOMERS = "many_customers", _("Opened the cases of many customers within an hour")
        TOO_MANY = "too_many", _("Was stopped: the cases of too many customers within an hour")
        CALLS = "calls", _("Several calls about one organisation on one day: its claims were stopped")
        FALSE_CALL = "false_call", _("Somebody reports a call or letter that was not ours")
        CANARY = "canary", _("Touched a registration that nobody has a reason to touch")

    kind = models.CharField(max_length=14, choices=Kind)
    about = models.ForeignKey(User, models.PROTECT, null=True, related_name="alarms")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="alarms")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="alarms_closed")
    sealed_words = models.BinaryField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(about__isnull=False, organisation=None) | Q(about=None, organisation__isnull=False),
                name="desk_alarm_about_one",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, sealed_words=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, sealed_words__isnull=False),
                name="desk_alarm_end",
            ),
            models.UniqueConstraint(
                fields=["kind", "about"], condition=Q(closed_at=None), name="desk_alarm_one_open_person"
            ),
            models.UniqueConstraint(
                fields=["kind", "organisation"], condition=Q(closed_at=None), name="desk_alarm_one_open_organisation"
            ),
        ]
        indexes = [models.Index(fields=["closed_at", "opened_at"], name="desk_alarm_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def label(self) -> str:
        return f"alarm:{self.pk}"

    @property
    def words(self) -> str:
        """What the supervisor found, "" while it is open."""
        return cipher.decrypt(self.sealed_words) if self.sealed_words else ""
