"""Nobody is forgotten, nothing ends by silence, and what ended comes back only as the procedure says (17, 26, A11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from audit.models import Event
from desk.models import Contact, Hold
from recovery.models import Reminder
from tests.handover.life.broken import ask
from tests.recovery.life.checks_decided import business_days

if TYPE_CHECKING:
    from tests.recovery.life.rows import Case, Now
    from tests.recovery.life.world import World

CLOSED_WITHIN = timedelta(days=30)
REOPENED_WITHIN = timedelta(days=181)


def an_open_case_has_owner_and_next_date(world: World, before: Now, now: Now) -> None:
    appealed = {one.claim for one in now.appeals.values() if one.status == "open"}
    for case in now.new(before, "cases"):
        waits = case.is_open or case.pk in appealed
        ask("26", (case.inquiry__status != "closed") == waits, f"{case.number}: {case.inquiry__status}, {case.status}")
        if waits:
            owned = case.inquiry__turn != "nobody" and case.inquiry__next_on
            ask("26", owned, f"{case.number} has no owner or no next date")
        if case.inquiry__status == "held" or (case.pk in before.cases and not waits):
            ask("26", Hold.objects.filter(inquiry=case.inquiry, closed_at=None).exists() == waits, f"holds of {case}")


def the_clock_forgets_nobody(world: World, before: Now, now: Now) -> None:
    if world.act != "clock":
        return
    for case in now.cases.values():
        if not case.is_open:
            continue
        since = timezone.localdate(case.since)
        age = business_days(since, world.today)
        ask("A11", age < 15 or case.holding_answered_at, f"no holding answer to {case.number} after {age} days")
        ask("A11", age < 35 or case.passed_on_at, f"{case.number} was not passed on after {age} days")
        late = case.inquiry__next_on and case.inquiry__next_on < world.today and case.inquiry__turn != "inquirer"
        told = [one for one in now.of("duties", case.pk) if one.kind == "silence" and one.closed_at is None]
        ask("26", not late or told, f"{case.number} is silent since {case.inquiry__next_on}")
        if case.is_linked and (held := now.current(case.registration or 0)).user:
            acts = Event.objects.filter(actor=f"user:{held.user}", at__gte=case.since)
            ask("17", not acts.exists(), f"the custodian was here and {case.number} goes on")
    for no in now.noes.values():
        waits = no.identified_at or no.reviewed_by or no.identify_by > world.at
        ask("clock", no.status != "open" or waits, f"left as it was: {no}")


def an_end_has_its_reason(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        was = before.cases.get(case.pk)
        if was is None or was.end_reason == case.end_reason:
            continue
        if case.end_reason == "no_response":
            ask("A11", _was_reminded(world, case), f"{case.number} was closed for want of an answer, too early")
        if case.end_reason == "custodian_active" and world.act == "clock":
            held = before.current(case.registration or 0)
            acts = Event.objects.filter(actor=f"user:{held.user}", at__gte=was.since)
            ask("17", acts.exists(), f"{case.number} was stopped and the custodian was not here")


def _was_reminded(world: World, case: Case) -> bool:
    """Two reminders that went out, by two media, since the claimant's last sign; thirty days since."""
    own = Event.objects.filter(subject=case.label, actor="public").exclude(verb="claim.objected")
    talks = Contact.objects.filter(inquiry=case.inquiry, party="claimant", direction="in")
    last = max([case.since, *own.values_list("at", flat=True), *talks.values_list("at", flat=True)])
    went: list[tuple[datetime, str]] = []
    for one in Reminder.objects.filter(claim=case.pk, at__gte=last).select_related("dispatch__notice"):
        sent = one.dispatch
        at = one.at if sent is None else sent.printed_at or (sent.notice.sent_at if sent.channel == "mail" else None)
        if at and not (sent and sent.returned_at):
            went.append((at, one.medium))
    went.sort()
    for place in range(2, len(went) + 1):
        if len({medium for _at, medium in went[:place]}) >= 2:
            return went[place - 1][0] + CLOSED_WITHIN <= world.at
    return False


def what_is_taken_up_again_is_the_same_case(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        was = before.cases.get(case.pk)
        if was is None or was.is_open or not case.is_open:
            continue
        ask("again", case.reopened_at == world.at, f"{case.number} was opened again and counts from before")
        lately = was.ended_at is not None and world.at - was.ended_at <= REOPENED_WITHIN
        ask("again", lately or world.act != "reopen", f"{case.number} was taken up again too late")
        ask("again", now.standing(case.pk) == before.standing(case.pk), f"{case.number} lost or gained proofs")
        yeses = [one for one in now.of("yeses", case.pk) if one.void_at is None]
        ask("again", not yeses and case.proposed_by is None, f"{case.number} is approved before it is proposed")
        objected = bool(now.of("noes", case.pk))
        ask("again", case.needs_second_look or not objected, f"{case.number}: a second look is owed")


def appeals_come_in_time(world: World, before: Now, now: Now) -> None:
    for appeal in now.new(before, "appeals"):
        if appeal.pk not in before.appeals:
            days = timezone.localdate(appeal.at) - timezone.localdate(appeal.ending__at)
            ask("appeal", days <= timedelta(days=30), f"too late: {appeal}")
            status = now.cases[appeal.claim].status
            ask("appeal", status in ("refused", "stopped"), f"an appeal in a {status} claim")


def nobody_decides_against_a_wish_to_withdraw(world: World, before: Now, now: Now) -> None:
    """And what was asked for is done once, with one open at a time."""
    waiting = [one for one in before.requests.values() if one.done_at is None]
    for one in waiting:
        was, case = before.cases[one.claim], now.cases[one.claim]
        if one.act == "withdraw" and was.status != case.status:
            ask("inbox", case.status not in ("approved", "executed"), f"{case.number} goes on although {one}")
    claims = [one.claim for one in now.requests.values() if one.done_at is None]
    ask("inbox", len(claims) == len(set(claims)), f"several requests of one case wait: {claims}")
    for one in now.new(before, "requests"):
        was_done = one.pk in before.requests and before.requests[one.pk].done_at
        ask("inbox", not was_done, f"done twice: {one}")


def the_clock_closes_no_duty_of_a_person(world: World, before: Now, now: Now) -> None:
    for duty in now.new(before, "duties"):
        if duty.closed_at and world.act == "clock":
            ask("12", not now.cases[duty.claim].is_open, f"the clock closed {duty}")


CHECKS = [
    an_open_case_has_owner_and_next_date,
    the_clock_forgets_nobody,
    an_end_has_its_reason,
    what_is_taken_up_again_is_the_same_case,
    appeals_come_in_time,
    the_clock_closes_no_duty_of_a_person,
    nobody_decides_against_a_wish_to_withdraw,
]
