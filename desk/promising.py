"""Promises change hands: nothing is rewritten, so that it stays readable who owned which promise until when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from accounts.persons import is_same_human
from audit.record import Entry, System
from desk import belonging, posting
from desk.models import Climb, Hold, Inquiry
from handover.departing import PassedOn

LOOKS_AFTER = {
    OrganisationKind.AGENCY: (Role.SUPERVISOR, Role.AGENT),
    OrganisationKind.PROVIDER: (Role.OPERATOR, Role.SENIOR, Role.APPROVER),
}
"""To whom the promises of somebody who left go: the first role that anybody else has."""


def give(holds: Iterable[Hold], *, to: User, actor: Actor | System, at: datetime, cause: str) -> list[Hold]:
    """End each of `holds` that is still open and open it anew for `to`: same reason, next action, window and wish.

    `cause` is a `Hold.Cause`. A plain function: it runs inside the caller's transaction, locks the inquiries in the
    order of their keys and writes no event; the caller writes one for each new hold, see `entry`. What is closed by
    now, or `to`'s already, stays as it is. Returns the new holds, `follows` set to the old ones.
    """
    wanted = {one.pk: one.inquiry_id for one in holds}
    list(Inquiry.objects.select_for_update(no_key=True).filter(pk__in=set(wanted.values())).order_by("pk").values("pk"))
    rows = Hold.objects.filter(pk__in=wanted, closed_at=None).exclude(owner=to)
    still = list(rows.select_related("inquiry").order_by("pk"))
    by = actor.user if isinstance(actor, Actor) else None
    Hold.objects.filter(pk__in=[one.pk for one in still]).update(
        closed_at=at, closed_by=by, outcome=Hold.Outcome.HANDED_OVER, cause=cause
    )
    # Whether it is overdue is asked anew of whoever has it now.
    Climb.objects.filter(hold__in=still, settled_at=None).update(settled_at=at)
    belonging.follow([one.inquiry_id for one in still], owner=to)
    return Hold.objects.bulk_create(
        Hold(
            inquiry=old.inquiry,
            reason=old.reason,
            owner=to,
            next_action=old.next_action,
            promised_from=old.promised_from,
            promised_until=old.promised_until,
            sealed_wish=old.sealed_wish,
            opened_by=by,
            opened_at=at,
            follows=old,
        )
        for old in still
    )


def entry(hold: Hold, cause: str) -> Entry:
    """Return what the log says of one hold that changed hands; `hold` is the new one."""
    before = hold.follows.owner_id if hold.follows else None
    facts = {"hold": hold.pk, "from": f"user:{before}", "owner": f"user:{hold.owner_id}", "cause": cause}
    return Entry(hold.inquiry.label, facts=facts)


def open_holds_of(owner: User) -> list[Hold]:
    """Return the open promises of `owner`, the one due first before the others."""
    rows = Hold.objects.filter(owner=owner, closed_at=None).select_related("inquiry", "owner")
    return list(rows.order_by("promised_until", "pk"))


def find_heir(leaver: Actor) -> User | None:
    """Return to whom the promises of `leaver` go: the supervisor of the same agency, for the provider an operator.

    The longest-serving one, another natural person. Where the agency has nobody else it is the provider's, who
    answers for the agency.
    """
    if leaver.kind not in LOOKS_AFTER:
        return None
    if heir := _first(leaver.user, LOOKS_AFTER[leaver.kind], organisation=leaver.organisation):
        return heir
    provider = LOOKS_AFTER[OrganisationKind.PROVIDER]
    return _first(leaver.user, provider, organisation__kind=OrganisationKind.PROVIDER)


def _first(leaver: User, roles: tuple[Role, ...], **where: Any) -> User | None:
    rows = Membership.objects.current().filter(role__in=roles, user__is_active=True, **where)
    found = rows.exclude(user=leaver).select_related("user").order_by("since", "pk")
    ranked = sorted(found, key=lambda row: roles.index(Role(row.role)))
    return next((row.user for row in ranked if not is_same_human(row.user, leaver)), None)


def pass_on(leaver: Actor, *, actor: Actor | System, at: datetime) -> PassedOn | None:
    """Give the promises of somebody who leaves to whoever looks after the desk, in the act that ends the membership.

    Where nobody is left to take them they stay, and climb when they are overdue.
    """
    holds = open_holds_of(leaver.user)
    heir = find_heir(leaver) if holds else None
    if heir is None:
        return None
    given = give(holds, to=heir, actor=actor, at=at, cause=Hold.Cause.LEFT)
    return PassedOn(
        event="hold.handed_over",
        entries=tuple(entry(one, Hold.Cause.LEFT) for one in given),
        template="holds_handed_over",
        to=heir,
        context={"count": len(given), "left": True},
    )


def pass_on_letters(leaver: Actor, *, actor: Actor | System, at: datetime) -> PassedOn | None:
    """Let whoever looks after the desk owe what is due on the letters of somebody who leaves, as `pass_on` does."""
    heir = find_heir(leaver)
    letters = posting.pass_on(owners=[leaver.user.pk], to=heir) if heir else []
    if heir is None or not letters:
        return None
    return PassedOn(
        event="post.handed_over",
        entries=tuple(posting.entry(one, to=heir) for one in letters),
        template="letters_handed_over",
        to=heir,
        context={"count": len(letters)},
    )
