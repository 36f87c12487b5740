"""The register of places that work for the provider: its own, of agencies, of resellers; who sits where."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind, Role


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, actor: Actor) -> "SiteQuerySet":
        """Whoever keeps the register sees all of it; a supervisor the places of the own agency; others none."""
        if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.EDITOR, Role.SENIOR, Role.AUDITOR):
            return self.all()
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.SUPERVISOR):
            return self.filter(organisation=actor.organisation)
        return self.none()

    def valid(self, on: date) -> "SiteQuerySet":
        """Those that are in the register on the day `on`."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)


class Site(models.Model):
    """A place (拠点) from which somebody works for the provider.

    `company` and `notification_number` (届出番号) are as the public list shows them. A reseller (取次店) has no account
    here, so no `organisation`. Ended, never deleted: who called in March, and from where, stays known.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("The provider itself")
        AGENCY = "agency", _("Agency")
        RESELLER = "reseller", _("Reseller")

    class Status(models.TextChoices):
        WORKING = "working", _("Working")
        FAILED = "failed", pgettext_lazy("site", "Out of action")
        ENDED = "ended", pgettext_lazy("site", "Ended")

    kind = models.CharField(max_length=8, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="sites")
    company = models.CharField(max_length=200)
    name = models.CharField(max_length=100)
    notification_number = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.WORKING)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reseller", organisation=None) | (~Q(kind="reseller") & Q(organisation__isnull=False)),
                name="desk_site_of",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="desk_site_order"
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(valid_until__isnull=False), name="desk_site_ended_on"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return f"site:{self.pk}"


class LineQuerySet(models.QuerySet["Line"]):
    def used(self, on: date) -> "LineQuerySet":
        """Numbers that are called from on the day `on`, of places that are in the register on that day."""
        rows = self.filter(Q(until=None) | Q(until__gte=on), since__lte=on)
        return rows.filter(site__in=Site.objects.valid(on))


class Line(models.Model):
    """A phone number that is called from. `number` is as `handover.folding.find_phone` writes it."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="lines")
    number = models.CharField(max_length=30)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(until=None), name="desk_line_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="desk_line_order"),
        ]
        indexes = [models.Index(fields=["number"], name="desk_line_number")]

    def __str__(self) -> str:
        return self.number


class Seat(models.Model):
    """Where a member of the staff works. One place at a time: another one takes its place."""

    membership = models.OneToOneField(Membership, models.PROTECT, related_name="seat")
    site = models.ForeignKey(Site, models.PROTECT, related_name="seats")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.membership_id} at {self.site_id}"
