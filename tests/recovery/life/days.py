"""Time passes: mostly to the next day on which something is due; the post leaves, and the clock keeps its dates."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from handover.calendar import business_days_after
from outbox.models import Notice
from recovery import clock
from recovery.queries import auditing, drift, due, inbox, urgent, waiting
from tests.handover.life.world import Rule, always
from tests.recovery.life.rows import Asked, Now
from tests.recovery.life.world import World

VERBS = {
    "claims_stopped": "claim.stopped",
    "windows_begun": "claim.notified",
    "objections_lapsed": "objection.lapsed",
    "appeals_climbed": "appeal.overdue",
    "exits_offered": "claim.exit_offered",
    "holding_answered": "claim.holding_answered",
    "passed_on": "claim.passed_on",
    "silences_noticed": "claim.silence_noticed",
    "reminders_proposed": "claim.reminder_proposed",
    "pointed_out": "claim.left_of_several",
    "codes_noted": "claim.code_refused",
    "kits_ended": "kit.guessed",
    "phones_paused": "phone.paused",
    "posing_told": "claim.posing_told",
    "settings_reminded": "setting.reminded",
    "considered_for_audit": "audit.considered",
    "cooled_off": "claim.cooled_off",
}
"""All that the clock may do here: by its own count, and the event of each."""
ACCOUNTS = ("claim_approved",)
"""Mails whose links are followed by hand."""


def counted(act: Callable[..., int], world: World) -> Callable[..., int]:
    """The clock's one way to act, which counts each by the name it has among the transitions."""

    def one(transition: Callable[..., object], *things: Any) -> int:
        done = act(transition, *things)
        world.visits[transition.__name__] += done
        return done

    return one


class Loud:
    """The clock goes on when a case fails, and writes that down: here it is a finding."""

    def __init__(self, world: World) -> None:
        self.world = world

    def warning(self, said: str, *, act: str = "act", why: str = "", **more: object) -> None:
        self.world.refused[f"clock {act}"] += 1
        self.world.trail.append(f"the clock did not {act}: {why}")

    def exception(self, said: str, **more: object) -> None:
        raise


def _has_executed(now: Now) -> bool:
    return any(one.status == "executed" for one in now.cases.values())


SELDOM: list[tuple[Any, str, Callable[[Now], Any]]] = [
    # The worker comes to these before time passes, see `worker_comes`.
    (inbox, "for_answering", lambda now: False),
    (due, "for_lapse", lambda now: now.noes),
    (due, "for_dropping", lambda now: False),
    (due, "for_cooling_off", _has_executed),
    (waiting, "for_climbing", lambda now: now.appeals),
    (waiting, "for_posing", lambda now: any(one.posed_at for one in now.cases.values())),
    (urgent, "for_reminding", lambda now: now.settings),
    (auditing, "for_considering", lambda now: now.bent or _has_executed(now)),
    (drift, "for_comparing", lambda now: False),
]
"""What the clock looks for, and whether the rows hold anything of the kind: looking takes it a third of all time."""


def only_where(look: Callable[..., Any], might: Callable[[Now], Any], world: World) -> Callable[..., Any]:
    """`look`, or nothing without a look."""
    return lambda *things: look(*things) if might(world.now) else []


def passes(world: World, random: Random, nothing: None) -> None:
    if random.random() < 0.3:
        mails_leave(world)
    ahead = due_days(world)
    if ahead and random.random() < 0.8:
        goes_to(world, random.choice(ahead))
    else:
        goes_to(world, world.at + timedelta(hours=random.choice([1, 24, 24 * 4, 24 * 12, 24 * 40])))


def due_days(world: World) -> list[datetime]:
    """The instants at which something will be due, as far as the rows tell."""
    now = world.now
    days: list[datetime] = []
    for case in now.cases.values():
        if case.window_ends_on and case.is_open:
            days += [begin(case.window_ends_on), *[begin(case.window_ends_on + timedelta(days=1))] * 3]
        if case.is_open:
            since = (case.since + timedelta(hours=9)).date()
            days += [begin(business_days_after(since, number)) for number in (10, 15, 35)]
            days += [begin(case.inquiry__next_on + timedelta(days=1))] if case.inquiry__next_on else []
        if case.cooling_off_until and case.cooled_off_at is None:
            days += [case.cooling_off_until] * 2
    days += [one.identify_by for one in now.noes.values() if one.status == "open"]
    days += [begin(one.due_on + timedelta(days=1)) for one in now.appeals.values() if one.status == "open"]
    days += [begin(one.remind_on) for one in now.settings.values() if one.status != "reversed"]
    days += [begin(one.expires_on + timedelta(days=1)) for one in now.bent.values() if one.status == "valid"]
    return sorted(day for day in days if day > world.at)


def goes_to(world: World, instant: datetime) -> None:
    """Let the time pass until just after `instant`, or a minute when that is over."""
    worker_comes(world)
    world.at = max(world.at, instant) + timedelta(minutes=1)
    ticks(world)


def worker_comes(world: World, random: Random | None = None, asked: Asked | None = None) -> None:
    """What inquirers asked for on their pages is done, or turned down, within a minute."""
    for one in [one for one in world.now.requests.values() if one.done_at is None]:
        world.at += timedelta(minutes=1)
        world.was_refused = False
        done = clock.answer(one.pk, world.at)
        world.act = one.act if done else "turn_down"
        world.visits[one.act] += done
        world.trail.append(f"the worker: {world.act} for {one}")
        world.look()


def asked_for(world: World) -> Sequence[Asked]:
    return [one for one in world.now.requests.values() if one.done_at is None]


def begin(day: date) -> datetime:
    """The instant at which a day begins here."""
    # Midnight of the provider is 15:00 UTC of the day before.
    return datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=9)


def ticks(world: World) -> None:
    world.trail.append(f"the clock at {world.at.isoformat()}")
    world.act, world.was_refused = "clock", False
    world.clocked = {VERBS[name]: number for name, number in clock.run(at=world.at).items() if number}
    world.look()


def queued(world: World) -> Sequence[None]:
    waits = [one for one in world.now.sent.values() if one.channel == "mail" and one.notice__status == "queued"]
    return (None,) if waits else ()


def mails_leave(world: World, random: Random | None = None, nothing: None = None) -> None:
    """The worker sends what is queued; what the outbox does with it has tests of its own."""
    rows = Notice.objects.filter(channel="mail", status="queued").exclude(template__in=ACCOUNTS)
    rows.update(status="sent", sent_at=world.at, payload=None)
    world.trail.append("mails leave")
    world.act, world.was_refused = "mails_leave", False
    world.look()


RULES = [
    Rule("passes", 8, always, passes),
    Rule("mails_leave", 3, queued, mails_leave),
    Rule("worker_comes", 2, asked_for, worker_comes),
]
