"""Which desk has an inquiry: the agency that took it down or up, or promised last. Plain functions: in somebody's act.

What no agency has yet, all of them may take up: the first that speaks with the inquirer or promises something has it.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind, User
from desk.models import Inquiry, Seat, Site
from desk.rules import LIVE

ONLY_OWN = _("Choose somebody of your own desk or of the provider. Pass the inquirer on to reach another desk.")


def _agency_of(person: Any) -> QuerySet[Membership]:
    rows = Membership.objects.current().filter(user=person, organisation__kind=OrganisationKind.AGENCY)
    return rows.order_by("pk")


def follow(inquiries: Iterable[int], *, owner: User) -> None:
    """Let `inquiries` (keys) be at the desk of `owner`, who promised something; the provider's people leave them."""
    home = _agency_of(owner).values_list("organisation", flat=True).first()
    if home is not None:
        Inquiry.objects.filter(pk__in=list(inquiries)).update(agency=home)


def take_up(inquiry_pk: int, *, by: User | None) -> None:
    """Let an inquiry that no desk has be at the desk of `by`, who spoke or corresponded with the inquirer."""
    if by is not None:
        home = Subquery(_agency_of(by.pk).values("organisation")[:1])
        Inquiry.objects.filter(pk=inquiry_pk, agency=None).update(agency=home)


def bring(inquiry: Inquiry, home: Organisation) -> None:
    """Let `inquiry` be at the desk of `home`; with the provider it is at no agency."""
    inquiry.agency = home if home.kind == OrganisationKind.AGENCY else None
    inquiry.save(update_fields=["agency"])


def may_own(owner: User, actor: Actor) -> bool:
    """Whether what `actor` promises may be `owner`'s: a colleague's or the provider's.

    To another agency an inquirer is passed on, which takes in or gives back: nobody is made to have promised there.
    """
    if actor.kind != OrganisationKind.AGENCY:
        return True
    homes = Membership.objects.current().filter(user=owner).values_list("organisation", "organisation__kind")
    return any(pk == actor.organisation.pk or kind == OrganisationKind.PROVIDER for pk, kind in homes)


def left_the_desk(before: User, owner: User) -> bool:
    """Whether a promise of `before`, somebody of an agency, is now that of `owner` at another agency."""
    homes = [_agency_of(one).values_list("organisation", flat=True).first() for one in (before, owner)]
    return None not in homes and homes[0] != homes[1]


def set_free(site: Site) -> int:
    """Let what waits at an agency be nobody's once none of its places works; returns how much.

    `site` is the one that fails now. Another desk can take up what the agency cannot see to.
    """
    seats = Seat.objects.filter(membership__until=None, site__organisation=site.organisation_id)
    if seats.exclude(site=site).filter(site__status=Site.Status.WORKING).exists():
        return 0
    unseated = Membership.objects.current().filter(organisation=site.organisation_id, seat=None)
    if site.kind != Site.Kind.AGENCY or unseated.exists():
        return 0
    return Inquiry.objects.filter(agency=site.organisation_id, status__in=LIVE).update(agency=None)
