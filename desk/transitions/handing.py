"""The next shift goes on with what was promised."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, User
from accounts.persons import is_same_human
from accounts.rulebook import check
from audit.record import event
from desk import promising, queries
from desk.models import Hold
from desk.rules import TABLE
from handover import notices


def hand_over_holds(owner_pk: int, *, holds: Collection[int], to: User, actor: Actor, at: datetime) -> list[Hold]:
    """Give open promises of somebody to a colleague of the same organisation; returns the new holds.

    `holds` are keys of promises of `owner_pk`. What the inquirer was promised stays as it was: reason, next action,
    time and wish. The colleague is told by mail. Raises `NotAllowed`; `Refused` for somebody who cannot own a promise
    there, or for no promise at all; `WrongState` when one of them is closed or in other hands by now.
    """
    with transaction.atomic(durable=True):
        people = User.objects.select_for_update(no_key=True).filter(pk__in={owner_pk, to.pk}).order_by("pk")
        owner = {one.pk: one for one in people}[owner_pk]
        rule = check(TABLE, "hand_over_holds", owner, actor)
        _refuse_colleague(owner, to, actor)
        if not holds:
            words = _("Choose at least one promise.")
            raise Refused(words, {"holds": words})
        found = list(Hold.objects.filter(pk__in=holds, owner=owner, closed_at=None))
        if len(found) != len(set(holds)):
            raise WrongState(_("One of these promises is closed or in other hands by now. Nothing was changed."))
        given = promising.give(found, to=to, actor=actor, at=at, cause=Hold.Cause.SHIFT)
        if len(given) != len(found):
            raise WrongState(_("One of these promises is closed or in other hands by now. Nothing was changed."))
        for one in given:
            said = promising.entry(one, Hold.Cause.SHIFT)
            written = event(rule.event, actor=actor, at=at, subject=said.subject, facts=dict(said.facts))
        notices.tell("holds_handed_over", [to], event=written, at=at, count=len(given), leaver=owner, left=False)
        return given


def _refuse_colleague(owner: User, to: User, actor: Actor) -> None:
    roles = Membership.objects.current().filter(
        user=to, user__is_active=True, organisation=actor.organisation, role__in=queries.OWNERS
    )
    if is_same_human(owner, to) or not roles.exists():
        words = _("Choose a colleague of the same organisation who deals with cases.")
        raise Refused(words, {"to": words})
