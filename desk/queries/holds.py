"""What was promised, and who can own a promise."""

from typing import Any

from django.db.models import OuterRef, Q, Subquery

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from desk.models import Hold, Inquiry, Site
from handover.queries.nested import Rows, listed, moment

OWNERS = (Role.AGENT, Role.SUPERVISOR, Role.OPERATOR, Role.APPROVER, Role.SENIOR)
"""Who can keep a promise: editors and auditors have nothing to do with cases."""


def find_hold(actor: Actor, pk: int) -> Hold | None:
    """Return the hold if the actor may see its inquiry."""
    return Hold.objects.filter(pk=pk, inquiry__in=Inquiry.objects.visible_to(actor)).select_related("inquiry").first()


def with_holds(inquiry: str) -> dict[str, Any]:
    """Return what a query of one row needs to bring all promises of its `inquiry` along: see `holds_in`."""
    rows = Hold.objects.filter(inquiry=OuterRef(inquiry)).order_by("-opened_at", "-pk")
    names = {name: name for name in (*_HOLD, *_HOLD_TIMES)} | {"owner_name": "owner__display_name"}
    wish = rows.filter(closed_at=None).values("sealed_wish")[:1]
    return {"hold_rows": Rows(rows, **names), "open_wish": Subquery(wish)}


_HOLD = ("pk", "reason", "next_action", "owner_id", "outcome", "cause")
_HOLD_TIMES = ("promised_from", "promised_until", "opened_at", "closed_at")


def holds_in(row: Any) -> list[Hold]:
    """Return the promises that came along with `row`, the newest first, only to be read; at most the first is open."""
    found = []
    for one in listed(row.hold_rows):
        hold = Hold(**{name: one[name] for name in _HOLD}, **{name: moment(one[name]) for name in _HOLD_TIMES})
        hold.owner = User(pk=one["owner_id"], display_name=one["owner_name"])
        if hold.closed_at is None:
            hold.sealed_wish = row.open_wish
        found.append(hold)
    return found


def holds_of(inquiry: Inquiry) -> list[Hold]:
    """Return the promises of `inquiry`, the newest first."""
    return list(inquiry.holds.select_related("owner").order_by("-opened_at", "-pk"))


def owners(actor: Actor) -> dict[str, list[User]]:
    """Return who can own what `actor` promises, by the name of the organisation: see `belonging.may_own`.

    Nobody at a place that is out of action.
    """
    rows = Membership.objects.current().filter(
        organisation__kind__in=[OrganisationKind.AGENCY, OrganisationKind.PROVIDER],
        role__in=OWNERS,
        user__is_active=True,
    )
    rows = rows.exclude(seat__site__status=Site.Status.FAILED)
    if actor.kind == OrganisationKind.AGENCY:
        rows = rows.filter(Q(organisation=actor.organisation) | Q(organisation__kind=OrganisationKind.PROVIDER))
    found: dict[str, dict[int, User]] = {}
    for row in rows.select_related("user", "organisation").order_by("organisation__pk", "user__kana", "user__pk"):
        found.setdefault(row.organisation.legal_name, {})[row.user_id] = row.user
    return {name: list(people.values()) for name, people in found.items()}
