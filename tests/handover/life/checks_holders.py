"""Whose it is, and who decided that: what is asked of changes of name and holder, and of letters that open a customer.

What is wanted is written down here once more, not read from the rules that are tried.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import Membership, User
from handover import custody
from handover.models import (
    Activation,
    Certificate,
    ChangeConsent,
    ChangeProof,
    ChangeRequest,
    ContactPoint,
    Deputy,
    RecoveryKit,
    Registration,
    Task,
)
from tests.handover.life.broken import ask

if TYPE_CHECKING:
    from tests.handover.life.rows import Now, Told
    from tests.handover.life.world import World

PAPERS = {
    "rename": {"registry"},
    "succession": {"closed_registry", "successor_registry"},
    "transfer": {"seal_giver", "seal_receiver"},
    "reorganisation": {"official_letter"},
    "cancellation": set[str](),
}
NEWEST = timedelta(days=92)
"""Three months, at most."""


def _human(user: User) -> str:
    """Two accounts of one human are one."""
    return f"person:{user.person_id}" if user.person_id else user.label


def _change(told: Told) -> ChangeRequest:
    return ChangeRequest.objects.get(number=told.subject.removeprefix("change:"))


# Changes of name and holder -------------------------------------------------------------------------------------------


def custody_stays_where_the_holder_changes(world: World, before: Now, now: Now) -> None:
    """Custody ends in one step and the holder changes in another, in which the provider keeps it."""
    keys = {number: pk for pk, number in world.numbers.items()}
    named: set[int] = set()
    for told in now.told:
        if told.facts.get("step") != "execute":
            continue
        for number in told.facts["registrations"]:
            pk = keys[number]
            named.add(pk)
            rows = [[row for row in each.periods.values() if row.registration == pk] for each in (before, now)]
            ask("step", rows[0] == rows[1], f"{told.subject} changed the custody of {number}")
            kept = now.current(pk).user is None or "from_organisation" not in told.facts
            ask("step", kept, f"{number} went to another holder while somebody had it")
    if now.told and any(told.verb.startswith("change.") for told in now.told):
        moved = {pk for pk, home in world.homes.items() if home != world.homes_before[pk]}
        ask("step", moved <= named, f"another holder without a word: {moved - named}")


def others_decided(world: World, before: Now, now: Now) -> None:
    """What is approved, or carried out, was agreed to by other humans than those who prepared it, in every role."""
    for told in now.told:
        approved = told.verb == "change.approved" and told.facts.get("complete")
        if approved or told.verb in ("change.released", "change.executed"):
            change = _change(told)
            _ask_who_decided(change, told)
            if approved:
                _ask_what_was_shown(change, told.at)


def _ask_who_decided(change: ChangeRequest, told: Told) -> None:
    given = list(change.approvals.filter(void_at=None).select_related("by"))
    roles, humans = {one.role for one in given}, [_human(one.by) for one in given]
    wanted = {"approver", "senior"} if change.moves or change.kind == "cancellation" else {"approver"}
    ask("decided", roles >= wanted, f"{change} was approved by {roles} only")
    ask("decided", len(set(humans)) == len(humans), f"one human agreed twice to {change}")
    ask("decided", all(one.signed_hash == change.proposal_hash for one in given), f"another text of {change}")
    checked = ChangeProof.objects.filter(change=change, checked_by__isnull=False).values("checked_by")
    agreed = ChangeConsent.objects.filter(change=change).values("by")
    hands = User.objects.filter(pk__in=[change.requested_by_id, change.proposed_by_id])
    prepared = {_human(one) for one in hands | User.objects.filter(pk__in=checked) | User.objects.filter(pk__in=agreed)}
    carried = User.objects.filter(pk=told.actor.removeprefix("user:"))
    deciding = {*humans, *(_human(one) for one in carried)}
    ask("decided", not deciding & prepared, f"{change}: {deciding & prepared} prepared and decided")


def _ask_what_was_shown(change: ChangeRequest, at: datetime) -> None:
    wanted = PAPERS[change.kind] | ({"liquidator"} if change.kind == "cancellation" and change.on_paper else set())
    seen = change.proofs.filter(checked_by__isnull=False, issued_on__gte=timezone.localdate(at) - NEWEST)
    ask("decided", set(seen.values_list("kind", flat=True)) >= wanted, f"{change} rests on too little")
    sides = {"giver": change.organisation_id, "receiver": change.receiver_id}
    given = {one.side: one for one in change.consents.all()}
    ask("decided", change.kind != "transfer" or given.keys() == sides.keys(), f"{change} lacks a side")
    for one in given.values():
        home = sides.get(one.side, change.organisation_id)
        works = Membership.objects.filter(user=one.by, organisation=home)
        ask("decided", one.on_paper or works.exists(), f"{change}: {one.side} was agreed to by a stranger")


def what_changed_is_confirmed_afresh(world: World, before: Now, now: Now) -> None:
    for told in now.told:
        if told.facts.get("step") == "execute":
            rows = Registration.objects.filter(number__in=told.facts["registrations"])
            keys = list(rows.values_list("pk", flat=True))
            if told.facts["kind"] == "cancellation":
                _ask_ended(keys, now)
                continue
            points = ContactPoint.objects.current().filter(registration__in=keys)
            ask("afresh", not points.filter(to_confirm=False).exists(), f"{told.subject}: a contact point goes on")
            tasks = Task.objects.filter(registration__in=keys, kind="confirm_contact_points", done_at=None)
            ask("afresh", tasks.count() == len(keys), f"{told.subject}: nobody is to confirm")
            if "from_organisation" in told.facts:
                _ask_anew(keys, told)
                _ask_ended(keys, now)


def _ask_anew(keys: list[int], told: Told) -> None:
    """To the new holder nothing on record has a past."""
    old = ContactPoint.objects.current().filter(registration__in=keys).exclude(since=timezone.localdate(told.at))
    good = ContactPoint.objects.current().filter(registration__in=keys, health="good")
    ask("afresh", not old.exists() and not good.exists(), f"{told.subject}: a contact point of the former holder")


def _ask_ended(keys: list[int], now: Now) -> None:
    """Nothing of those who held it acts any more."""
    ask("ended", not set(keys) & now.under_way().keys(), "a handover goes on")
    ask("ended", not Deputy.objects.current().filter(registration__in=keys).exists(), "a deputy stayed")
    ask("ended", not RecoveryKit.objects.filter(custody__registration__in=keys, void_at=None).exists(), "a kit stayed")
    ask("ended", not Certificate.objects.filter(registration__in=keys, status="valid").exists(), "a certificate stayed")


def only_the_holders_people_have_it(world: World, before: Now, now: Now) -> None:
    for row in now.periods.values():
        if row.to_at is None and row.user is not None:
            # Who has left is found by invariant 9.
            home = world.home_of(row.user)
            ask("own", home in (None, world.homes[row.registration]), f"held by another's people: {row}")


def what_is_closed_stays_as_it_is(world: World, before: Now, now: Now) -> None:
    for pk in world.closed & now.under_way().keys():
        ask("closed", False, f"{world.numbers[pk]} is closed and on its way")


# Letters --------------------------------------------------------------------------------------------------------------


def a_letter_opens_with_three_people(world: World, before: Now, now: Now) -> None:
    """One ordered it, another checked the answer, a third human agreed; custody stays the provider's all the while."""
    for told in now.told:
        if told.verb.startswith("activation."):
            ask("opened", before.periods == now.periods, f"{told.verb} changed a custody")
        if told.verb == "activation.approved":
            made = Activation.objects.get(number=told.subject.removeprefix("activation:"))
            ask("opened", made.asked_at and made.code and made.code.used_at, f"{made} was not answered")
            assert made.checked_by is not None and made.decided_by is not None
            ask("opened", _human(made.ordered_by) != _human(made.checked_by), f"who ordered {made} checked it")
            ask("opened", _human(made.checked_by) != _human(made.decided_by), f"who checked {made} agreed")
            ask("opened", _human(made.ordered_by) != _human(made.decided_by), f"who ordered {made} agreed")
            ask("opened", told.actor == made.decided_by.label, f"{told.actor} is not who agreed")


def who_came_by_letter_administers(world: World, before: Now, now: Now) -> None:
    if any(told.verb == "invitation.accepted" for told in now.told):
        people = custody.administrators(world.unclaimed)
        ask("opened", [one.pk for one in people] == sorted(world.outside_of(world.unclaimed)), f"opened for {people}")
        done = Activation.objects.filter(organisation=world.unclaimed, status="done")
        ask("opened", done.count() == 1, "opened without a letter")
        for pk, home in world.homes.items():
            if home == world.unclaimed.pk:
                rows = [row for row in now.periods.values() if row.registration == pk and row.to_at is None]
                ask("opened", len(rows) == 1, f"custody of {world.numbers[pk]}: {rows}")


CHECKS = [
    custody_stays_where_the_holder_changes,
    others_decided,
    what_changed_is_confirmed_afresh,
    only_the_holders_people_have_it,
    what_is_closed_stays_as_it_is,
    a_letter_opens_with_three_people,
    who_came_by_letter_administers,
]


def ask_all(world: World, before: Now, now: Now) -> None:
    """What is asked after every act, besides what is asked of handovers."""
    for check in CHECKS:
        check(world, before, now)
