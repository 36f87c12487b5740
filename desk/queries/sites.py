"""The register of places: for everybody, and for those who keep it."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind, User
from desk.models import Line, Seat, Site
from desk.queries.holds import OWNERS

REMEMBERED = timedelta(days=365)
"""How long a place that ended stays on the public list: whoever was called in March looks in May."""


def public_sites(on: date) -> list[Site]:
    """Return agencies, resellers and places of the provider with their numbers, as everybody may read them."""
    rows = Site.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on - REMEMBERED), valid_from__lte=on)
    return list(_with_lines(rows, Line.objects.used(on)).order_by("kind", "company", "name", "pk"))


def sites(actor: Actor) -> list[Site]:
    """Return the places that the actor may see, with their numbers."""
    rows = Site.objects.visible_to(actor)
    return list(_with_lines(rows, Line.objects.filter(until=None)).order_by("kind", "company", "name", "pk"))


def _with_lines(rows: QuerySet[Site], lines: QuerySet[Line]) -> QuerySet[Site]:
    return rows.prefetch_related(Prefetch("lines", lines.order_by("number"), to_attr="numbers"))


def find_site(actor: Actor, pk: int) -> Site | None:
    """Return a place that the actor may see."""
    return Site.objects.visible_to(actor).select_related("organisation").filter(pk=pk).first()


def find_line(actor: Actor, pk: int) -> Line | None:
    """Return a number of a place that the actor may see."""
    return Line.objects.filter(pk=pk, site__in=Site.objects.visible_to(actor)).select_related("site").first()


def lines_of(site: Site) -> list[Line]:
    """Return the numbers of a place, those in use first."""
    return list(site.lines.order_by("until", "number", "pk"))


def people_at(site: Site) -> list[User]:
    """Return who works at a place."""
    rows = Seat.objects.filter(site=site, membership__until=None).select_related("membership__user")
    return _people(row.membership for row in rows.order_by("membership__user__kana", "membership__user__pk"))


def people_elsewhere(site: Site) -> list[User]:
    """Return who of the organisation works somewhere else or nowhere yet: who can be written down here."""
    rows = Membership.objects.current().filter(organisation=site.organisation_id, user__is_active=True)
    return _people(rows.exclude(seat__site=site).select_related("user").order_by("user__kana", "user__pk"))


def takers(site: Site) -> list[User]:
    """Return who can take over what was promised at a place: at a working place of the same agency, or the provider."""
    rows = Membership.objects.current().filter(role__in=OWNERS, user__is_active=True)
    rows = rows.exclude(seat__site=site).exclude(seat__site__status=Site.Status.FAILED)
    own = Q(organisation=site.organisation_id, seat__isnull=False)
    found = rows.filter(own | Q(organisation__kind=OrganisationKind.PROVIDER)).select_related("user")
    return _people(found.order_by("organisation__kind", "user__kana", "user__pk"))


def companies() -> list[Organisation]:
    """Return the provider and its agencies."""
    kinds = [OrganisationKind.PROVIDER, OrganisationKind.AGENCY]
    return list(Organisation.objects.filter(kind__in=kinds).order_by("kind", "kana", "pk"))


def _people(rows: Iterable[Membership]) -> list[User]:
    return list({row.user_id: row.user for row in rows}.values())
