"""The successor's acts: mark each item, accept or decline, ask. And the administrator's confirmation."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.rulebook import check
from audit.models import Event
from handover import custody, mandating, notices, shares, switching
from handover.models import Handover, HandoverItem, HandoverQuestion, Registration
from handover.rules import TABLE

STATEMENTS = ("purpose", "stops", "bill", "contractors", "kit")
"""The five statements of the checklist (procedure.md B3); "not yet" is an answer to each."""
ANSWERS = ("yes", "not_yet")


def mark_items(
    *,
    handover_pk: int,
    marks: Mapping[int, tuple[str, str]],
    answers: Mapping[str, str],
    mandates: Mapping[str, str] | None = None,
    actor: Actor,
    at: datetime,
) -> Handover:
    """Save what the successor says of some or all items so far; can be repeated until accepting.

    `marks` maps item keys to (mark, note), the mark empty for "not said yet"; `mandates` numbers of contractors'
    mandates to "keep" or "end". Raises `NotAllowed`, `WrongState`,
    `Refused` for an item of another handover.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "mark_items", handover, actor)
        _save(handover, marks, answers, at=at)
        mandating.choose(handover, mandates)
        switching.noted(rule, handover, registrations, actor=actor, at=at, facts=_counts(handover))
        return handover


def accept(
    *, handover_pk: int, marks: Mapping[int, tuple[str, str]], answers: Mapping[str, str], actor: Actor, at: datetime
) -> Handover:
    """Accept with a mark for every item and an answer to every statement; switches at once when the date has come.

    The view has made the fresh check. Raises `NotAllowed` (also for who offered it), `WrongState`, `Refused` when
    something is still unmarked or the registration itself is not received.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "accept", handover, actor)
        _save(handover, marks, answers, at=at)
        kept, aside = _sorted_out(handover, registrations)
        switching.require_both_sides(handover, kept)
        shares.put_back(handover, aside, at=at)
        handover.status = Handover.Status.ACCEPTED
        handover.accepted_at = at
        handover.save(update_fields=["status", "accepted_at"])
        written = switching.noted(
            rule,
            handover,
            registrations,
            actor=actor,
            at=at,
            facts=_counts(handover) | ({"set_aside": [one.number for one in aside]} if aside else {}),
        )
        if aside:
            _tell_set_aside(handover, aside, event=written, at=at)
        if switching.is_due(handover, at):
            switching.switch_now(handover, kept, actor=actor, at=at)
            return handover
        confirming = custody.administrators(handover.organisation) if handover.needs_confirmation else []
        people = [handover.given_by, handover.offered_by, *confirming]
        notices.tell("handover_accepted", people, event=written, at=at, handover=handover)
        return handover


def _tell_set_aside(handover: Handover, aside: list[Registration], *, event: Event, at: datetime) -> None:
    """Who gives hears what the successor did not take: it still needs somebody."""
    people = [handover.given_by, handover.offered_by, *custody.administrators(handover.organisation)]
    named = [registration.number for registration in aside[:10]]
    notices.tell(
        "handover_set_aside", people, event=event, at=at, handover=handover, count=len(aside), numbers=", ".join(named)
    )


def decline(*, handover_pk: int, reason: str, actor: Actor, at: datetime) -> Handover:
    """Decline with a reason; custody stays. Raises `NotAllowed`, `WrongState`."""
    return _say_no("decline", "handover_declined", handover_pk, reason, actor, at)


def refuse_confirmation(*, handover_pk: int, reason: str, actor: Actor, at: datetime) -> Handover:
    """An administrator does not confirm what was accepted; custody stays. Raises `NotAllowed`, `WrongState`."""
    return _say_no("refuse_confirmation", "handover_not_confirmed", handover_pk, reason, actor, at)


def _say_no(action: str, template: str, handover_pk: int, reason: str, actor: Actor, at: datetime) -> Handover:
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, action, handover, actor)
        switching.end_and_put_back(handover, registrations, Handover.Status.DECLINED, reason=reason, at=at)
        written = switching.noted(rule, handover, registrations, actor=actor, at=at)
        people = [handover.given_by, handover.offered_by, handover.given_to]
        notices.tell(template, people, event=written, at=at, handover=handover)
        return handover


def confirm(*, handover_pk: int, actor: Actor, at: datetime) -> Handover:
    """An administrator other than the successor confirms; switches at once when the date has come."""
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "confirm", handover, actor)
        switching.require_both_sides(handover, registrations)
        handover.status = Handover.Status.CONFIRMED
        handover.confirmed_by = actor.user
        handover.confirmed_at = at
        handover.save(update_fields=["status", "confirmed_by", "confirmed_at"])
        written = switching.noted(rule, handover, registrations, actor=actor, at=at)
        if switching.is_due(handover, at):
            switching.switch_now(handover, registrations, actor=actor, at=at)
            return handover
        people = [handover.given_by, handover.offered_by, handover.given_to]
        notices.tell("handover_confirmed", people, event=written, at=at, handover=handover)
        return handover


def ask(*, handover_pk: int, text: str, actor: Actor, at: datetime) -> HandoverQuestion:
    """Ask the predecessor something, before accepting or during the overlap. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "ask", handover, actor)
        asked = HandoverQuestion.objects.create(handover=handover, asked_by=actor.user, question=text, asked_at=at)
        written = switching.noted(rule, handover, registrations, actor=actor, at=at, facts={"question": asked.pk})
        people = [handover.given_by, handover.offered_by]
        notices.tell("handover_asked", people, event=written, at=at, handover=handover)
        return asked


def _save(
    handover: Handover, marks: Mapping[int, tuple[str, str]], answers: Mapping[str, str], *, at: datetime
) -> None:
    items = {item.pk: item for item in handover.items.standing()}
    if set(marks) - set(items) or any(not _fits(items[pk], mark) for pk, (mark, _note) in marks.items()):
        raise Refused(_("This list no longer fits the handover. Open the page again."))
    changed = []
    for pk, (mark, note) in marks.items():
        item = items[pk]
        if (item.mark, item.note) != (mark, note):
            item.mark, item.note, item.marked_at = mark, note, at if mark else None
            changed.append(item)
    HandoverItem.objects.bulk_update(changed, ["mark", "note", "marked_at"])
    known = {key: value for key, value in answers.items() if key in STATEMENTS and value in ANSWERS}
    handover.answers = {**handover.answers, **known}
    handover.save(update_fields=["answers"])


def _fits(item: HandoverItem, mark: str) -> bool:
    """Whether `mark` can be said of `item`: a registration is not a thing that goes missing, only envelopes open."""
    marks = HandoverItem.Mark
    if mark == marks.OPENED:
        return item.kind == HandoverItem.Kind.ENVELOPE
    if mark == marks.MISSING:
        return item.kind != HandoverItem.Kind.REGISTRATION
    return not mark or mark in marks.values


def _sorted_out(handover: Handover, registrations: list[Registration]) -> tuple[list[Registration], list[Registration]]:
    """Return the registrations that the successor takes and those that are "not mine"; refuse what is unfinished.

    With a registration that is not taken, its papers and things need no mark: they stay with it.
    """
    items = list(handover.items.standing())
    marks = {item.registration_id: item.mark for item in items if item.kind == HandoverItem.Kind.REGISTRATION}
    kept = [one for one in registrations if marks.get(one.pk) == HandoverItem.Mark.RECEIVED]
    aside = [one for one in registrations if marks.get(one.pk) == HandoverItem.Mark.NOT_MINE]
    staying = {one.pk for one in aside}
    if any(not item.mark for item in items if item.registration_id not in staying):
        raise Refused(_("Mark every item as received, missing or not yours before you accept."))
    if not kept:
        raise Refused(_("If the registration itself is not yours, decline the handover instead of accepting it."))
    if set(STATEMENTS) - set(handover.answers):
        raise Refused(_("Answer all five statements; “not yet” is an answer too."))
    mandating.refuse_open(handover)
    return kept, aside


def _counts(handover: Handover) -> dict[str, int]:
    marks = list(handover.items.standing().values_list("mark", flat=True))
    return {mark or "open": marks.count(mark) for mark in sorted(set(marks))}
