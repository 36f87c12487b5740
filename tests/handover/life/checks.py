"""The invariants of the domain, asked after every act of the rows before and after it.

Each is a function `(world, before, now)` that raises `Broken` with the number the domain gives it, or a word.
`CHECKS` is their list. What an act cannot have touched costs no query.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from audit import verify
from handover import custody
from handover.models import Certificate, Deputy, GapAlert, RecoveryKit, Task
from handover.queries.replay import replay
from outbox.models import Notice
from tests.handover.life import limits
from tests.handover.life.broken import ask, changes

if TYPE_CHECKING:
    from tests.handover.life.rows import Now, Period
    from tests.handover.life.world import World

BASES = {"registered", "handover", "reassignment", "authority", "recovery", "caretaker"}
AT_THE_SWITCH = {"reset_settings_password", "make_recovery_kit"}


def one_custody_without_hole_or_overlap(world: World, before: Now, now: Now) -> None:
    seen = 0
    for registration, group in groupby(now.periods.values(), key=lambda row: row.registration):
        rows = list(group)
        seen += 1
        ends = [row.to_at is None for row in rows]
        ask("1", ends == [False] * (len(rows) - 1) + [True], f"{registration}: {rows}")
        ask("1", all(one.to_at == after.from_at for one, after in pairwise(rows)), f"{registration}: {rows}")
    ask("1", seen == len(world.everything), "a registration without any custody")


def past_custodies_are_never_rewritten(world: World, before: Now, now: Now) -> None:
    for pk, was in before.periods.items():
        row = now.periods.get(pk)
        ask("2", row is not None and row[:-1] == was[:-1] and was.to_at in (None, row.to_at), f"{was} became {row}")


def a_change_of_custody_brings_all_that_belongs_to_it(world: World, before: Now, now: Now) -> None:
    new = [row for pk, row in now.periods.items() if pk not in before.periods]
    if not new:
        return
    told = [(label, facts) for one in now.told for label, facts in changes(one)]
    tasks = set(Task.objects.filter(done_at=None, kind__in=AT_THE_SWITCH).values_list("registration", "kind", "owner"))
    notices = set(Notice.objects.filter(event__sequence__gt=before.sequence).values_list("event__at", flat=True))
    for row in new:
        label = f"registration:{world.numbers[row.registration]}"
        facts = [each for name, each in told if name == label and each["to"] == row.holder]
        ask("3", row.basis in BASES and row.basis_label, f"no basis: {row}")
        ask("3", len(facts) == 1 or _passed_twice(facts, new, row), f"{label} is told {len(facts)} times, not once")
        ask("3", row.from_at in notices, f"{label}: nobody was told")
        if row.to_at is None:
            mine = {(kind, owner) for place, kind, owner in tasks if place == row.registration}
            wanted = {(kind, row.user) for kind in AT_THE_SWITCH} if row.kind == "custodian" else set()
            ask("3", mine == wanted, f"{label}: tasks {mine}, wanted {wanted}")
        if row.basis in ("handover", "reassignment"):
            _handed_over(now, row)
    _nothing_of_the_old_stays(now, new)


def _passed_twice(facts: list[dict[str, str]], new: list[Period], row: Period) -> bool:
    """In one round of the clock a registration may come to the same hands again, once for each period."""
    same = [one for one in new if one.registration == row.registration and one.holder == row.holder]
    return len(facts) == len(same) > 1


def _handed_over(now: Now, row: Period) -> None:
    deal = next((one for one in now.deals.values() if f"handover:{one.number}" == row.basis_label), None)
    ask("3", deal and deal.given_to == row.user, f"{row.basis_label} does not give to {row.holder}")
    if deal:
        listed = {one["registration"] for one in (deal.receipt_facts or {}).get("items", [])}
        ask("3", len(listed) == len(now.registrations_of(deal.pk)), f"receipt of {deal.number}: {deal.receipt_facts}")


def _nothing_of_the_old_stays(now: Now, new: list[Period]) -> None:
    kits = RecoveryKit.objects.filter(void_at=None, custody__to_at__isnull=False)
    ask("3", not kits.exists(), "a recovery kit outlived its custody")
    since = {row.registration: row.from_at for row in new}
    valid = Certificate.objects.filter(status="valid", registration__in=since)
    for registration, issued in valid.values_list("registration", "issued_at"):
        ask("3", issued > since[registration], "a certificate outlived the custody that it shows")


def a_missing_item_is_a_task(world: World, before: Now, now: Now) -> None:
    done = [
        pk
        for pk, one in now.deals.items()
        if one.is_done and not before.deals.get(pk, one._replace(status="draft")).is_done
    ]
    for pk in done:
        missing = Counter(line.registration for line in now.standing(pk) if line.mark == "missing")
        if missing:
            to = now.deals[pk].given_to
            tasks = Task.objects.filter(kind="find_missing", owner=to, registration__in=missing)
            ask("3", tasks.count() >= missing.total(), f"{now.deals[pk].number}: something missing is nobody's task")


def the_successor_accepts_and_nobody_else(world: World, before: Now, now: Now) -> None:
    by_label = {f"handover:{one.number}": one for one in now.deals.values()}
    for told in now.told:
        if told.verb == "handover.accepted":
            deal = by_label[told.subject]
            ask("4", told.actor == f"user:{deal.given_to}", f"{told.actor} accepted {deal}")
            ask("4", deal.given_to != deal.offered_by, f"who offered it accepted it: {deal}")
            world.accepted.add(deal.pk)
        elif told.verb == "handover.confirmed":
            deal = by_label[told.subject]
            ask("4", told.actor != f"user:{deal.given_to}", f"the successor confirmed {deal}")
    for pk, deal in now.deals.items():
        ask("4", deal.status not in ("accepted", "confirmed", "overlap", "closed") or pk in world.accepted, deal)


def what_was_accepted_is_what_changes_hands(world: World, before: Now, now: Now) -> None:
    for pk, was in before.deals.items():
        deal = now.deals[pk]
        if was.status in ("accepted", "confirmed") and (deal.is_done or deal.status in ("accepted", "confirmed")):
            # What is cancelled or goes to another holder leaves every handover; nothing else does, nothing comes in.
            had, has = before.registrations_of(pk), now.registrations_of(pk)
            lost = [one for one in had - has if world.is_own(one)]
            ask("accepted", has <= had and not lost, f"{deal.number} had {had} and has {has}")
            ask("accepted", was.given_to == deal.given_to, f"{deal.number} has another successor")


def what_did_not_come_about_changed_no_custody(world: World, before: Now, now: Now) -> None:
    by_label = {f"handover:{one.number}": one for one in now.deals.values()}
    for pk, row in now.periods.items():
        if pk in before.periods or not row.basis_label.startswith("handover:"):
            continue
        deal = by_label[row.basis_label]
        ask("5", deal.is_done, f"{deal.number} is {deal.status} and changed custody")
        marks = {line.registration: line.mark for line in now.standing(deal.pk) if line.kind == "registration"}
        ask("5", marks.get(row.registration) == "received", f"{deal.number} gave what was set aside")
        was = before.deals.get(deal.pk)
        resumed = any(one.verb == "handover.resumed" and one.subject == row.basis_label for one in now.told)
        ask("5", not was or was.status != "frozen" or resumed, f"{deal.number} switched while frozen")


def a_handover_takes_effect_as_agreed(world: World, before: Now, now: Now) -> None:
    """Not before its day, and not without the confirmation that it needs."""
    for pk, deal in now.deals.items():
        was = before.deals.get(pk)
        if deal.is_done and not (was and was.is_done):
            ask("agreed", deal.effective_on <= world.today, f"{deal.number} came before its day")
            ask("agreed", deal.confirmed_by or not deal.needs_confirmation, f"nobody confirmed {deal.number}")


def done_means_done(world: World, before: Now, now: Now) -> None:
    """A handover that came about gave every registration that stands in it."""
    for pk, deal in now.deals.items():
        was = before.deals.get(pk)
        if deal.is_done and not (was and was.is_done):
            label = f"handover:{deal.number}"
            given = {row.registration for row in now.periods.values() if row.basis_label == label}
            ask("accepted", given == now.registrations_of(pk), f"{deal.number} gave {given}")


def an_administrator_or_an_alert(world: World, before: Now, now: Now) -> None:
    needed = any(world.is_own(one.pk) for one in world.registrations)
    if needed and (not world.administrators or any(one.verb == "membership.ended" for one in now.told)):
        alert = GapAlert.objects.filter(organisation=world.aoba, kind="no_administrator", closed_at=None)
        ask("6", custody.administrators(world.aoba) or alert.exists(), "neither administrator nor alert")


def one_open_handover_each(world: World, before: Now, now: Now) -> None:
    seen: Counter[int] = Counter()
    for line in now.lines.values():
        if line.kind != "registration":
            continue
        is_open = now.deals[line.handover].is_open and line.left_at is None
        ask("7", line.is_open == is_open, f"{line} of {now.deals[line.handover].status}")
        seen[line.registration] += is_open
    ask("7", not [pk for pk, number in seen.items() if number > 1], f"several open handovers: {seen}")


def a_deputy_is_never_the_custodian(world: World, before: Now, now: Now) -> None:
    if now.told or not before.sequence:
        pairs = set(Deputy.objects.current().values_list("registration", "user"))
        both = pairs & {(row.registration, row.user) for row in now.periods.values() if row.to_at is None}
        ask("8", not both, f"custodian and deputy: {both}")
        ask("9", not {user for _held, user in pairs} - world.members, "a deputy who has left")


def nobody_who_left_holds_or_receives_anything(world: World, before: Now, now: Now) -> None:
    for row in now.periods.values():
        ask("9", row.to_at or row.user is None or world.home_of(row.user), f"held by somebody who left: {row}")
    for deal in now.deals.values():
        gone = deal.is_open and deal.given_to and not world.home_of(deal.given_to)
        ask("9", not gone, f"on the way to somebody who left: {deal}")
    for bundle in now.open_bundles():
        ask("9", world.home_of(bundle.person), f"a package of somebody who left: {bundle}")


def a_package_loses_nothing(world: World, before: Now, now: Now) -> None:
    """What stands in an open package stays under way, until it changed hands or the package was withdrawn."""
    moving, deals = now.under_way(), now.open_deals()
    for bundle in now.open_bundles():
        # Of a leaver the last day is still to be kept when everything has been handed over.
        waits = bundle.kind == "leaves" or any(one.package == bundle.pk for one in deals)
        ask("package", waits, f"nothing under way in {bundle}")
    for deal in deals:
        ask("package", now.registrations_of(deal.pk), f"{deal.number} is open and has nothing on its list")
    for registration, was_in in before.under_way().items():
        package = before.deals[was_in].package
        if package is None or registration in moving:
            continue
        changed = now.current(registration).pk not in before.periods
        ended = changed or registration in world.closed
        ask("package", ended or now.bundles[package].status != "open", f"{registration} fell out of {package}")


def items_never_vanish(world: World, before: Now, now: Now) -> None:
    for pk, was in before.lines.items():
        line = now.lines.get(pk)
        same = line and (line.handover, line.registration, line.kind) == (was.handover, was.registration, was.kind)
        ask("items", same and was.left_at in (None, line and line.left_at), f"{was} became {line}")


def what_is_in_care_is_on_its_way(world: World, before: Now, now: Now) -> None:
    """A caretaker holds nothing without an open handover of it, and it stands in an open package of the caretaker."""
    moving = now.under_way()
    for row in now.periods.values():
        if row.to_at is None and row.kind == "caretaker" and row.user and row.registration not in world.closed:
            deal = moving.get(row.registration)
            ask("care", deal, f"nobody passes it on: {row}")
            package = now.deals[deal].package if deal else None
            ask("care", package and now.bundles[package].status == "open", f"in no open package: {row}")


def the_log_tells_who_holds_what(world: World, before: Now, now: Now) -> None:
    for told in now.told:
        for label, facts in changes(told):
            world.holders[label] = facts["to"]
    for held in world.everything:
        label = f"registration:{held.number}"
        ask("28", world.holders[label] == now.current(held.pk).holder, f"{label}: the log says {world.holders[label]}")


CHECKS = [
    *limits.CHECKS,
    one_custody_without_hole_or_overlap,
    past_custodies_are_never_rewritten,
    a_change_of_custody_brings_all_that_belongs_to_it,
    a_missing_item_is_a_task,
    the_successor_accepts_and_nobody_else,
    what_was_accepted_is_what_changes_hands,
    what_did_not_come_about_changed_no_custody,
    a_handover_takes_effect_as_agreed,
    done_means_done,
    an_administrator_or_an_alert,
    one_open_handover_each,
    a_deputy_is_never_the_custodian,
    nobody_who_left_holds_or_receives_anything,
    a_package_loses_nothing,
    items_never_vanish,
    what_is_in_care_is_on_its_way,
    the_log_tells_who_holds_what,
]


def ask_all(world: World, before: Now, now: Now) -> None:
    """What is asked after every act."""
    for check in CHECKS:
        check(world, before, now)


def ask_at_the_end(world: World) -> None:
    """What costs more: the whole chain, and every period that it tells (invariant 28)."""
    ask("log", verify.run().first_bad is None, "the chain is broken")
    ask("28", not replay().differences, "the log tells another custody than the table")
