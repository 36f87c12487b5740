"""What was checked in a call, as whoever speaks may read it, and what waits for an operator."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Value
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import User
from accounts.rulebook import available
from desk.checking import TRIES
from desk.models import CallBack, CapacityFinding, Check, Inquiry
from desk.models.calls import Call
from desk.rules import TABLE
from handover.models import Registration

R = Check.Result
TO_DO, BOOKED = "to_do", "booked"
STATES: dict[str, tuple[str, Words]] = {
    TO_DO: ("idle", _("Not checked")),
    BOOKED: ("info", _("Booked")),
    R.ENOUGH: ("ok", R.ENOUGH.label),
    R.NOT_ENOUGH: ("warn", R.NOT_ENOUGH.label),
    R.OTHER_WAY: ("bad", R.OTHER_WAY.label),
}
"""Tone and words of each state: all that the desk ever reads of a check."""
ACTIONS = {
    Check.Kind.RECEIPT: "check_receipt",
    Check.Kind.PIN: "check_pin",
    Check.Kind.MANDATE: "check_mandate",
    Check.Kind.CALL_BACK: "book_call_back",
}


@dataclass(frozen=True)
class Step:
    """One check of a call: its key on the console, how it stands, and whether it may be tried now."""

    kind: str
    key: int
    label: Words
    state: str
    tries_left: int
    action: str
    """The name of the act and of its path, "" when there is nothing to type any more."""

    @property
    def tone(self) -> str:
        return STATES[self.state][0]

    @property
    def words(self) -> Words:
        return STATES[self.state][1]


def steps(call: Call, actor: Actor) -> list[Step]:
    """Return the checks of `call` in the order of their keys, in one query.

    A step tells what was typed and how it came out, and nothing of what it was compared with.
    """
    made: dict[str, list[str]] = {}
    for kind, result in _results(call):
        made.setdefault(kind, []).append(result)
    may = available({name: TABLE[name] for name in ACTIONS.values()}, call, actor) if call.ended_at is None else set()
    return [
        _step(key, kind, made.get(kind, []), action if action in may else "", has_inquiry=call.inquiry_id is not None)
        for key, (kind, action) in enumerate(ACTIONS.items(), start=1)
    ]


def _results(call: Call) -> Iterable[tuple[str, str]]:
    checks = Check.objects.filter(call=call).values_list("kind", "result", "pk")
    booked = (
        CallBack.objects.open()
        .filter(call=call)
        .annotate(kind=Value(Check.Kind.CALL_BACK, CharField()), state=Value(BOOKED, CharField()))
    )
    rows = checks.union(booked.values_list("kind", "state", "pk"), all=True)
    return [(kind, result) for kind, result, _pk in sorted(rows, key=lambda row: row[2])]


def _step(key: int, kind: str, results: list[str], action: str, *, has_inquiry: bool) -> Step:
    left = max(0, TRIES - len(results))
    state = TO_DO
    if R.ENOUGH in results:
        state = R.ENOUGH
    elif BOOKED in results:
        state = BOOKED
    elif results:
        state = R.OTHER_WAY if left == 0 or results[-1] == R.OTHER_WAY else R.NOT_ENOUGH
    if kind == Check.Kind.CALL_BACK:
        # A number of record is called once: what came of it stands, whatever it was.
        state = R.OTHER_WAY if state == R.NOT_ENOUGH else state
        action = action if has_inquiry and state == TO_DO else ""
    elif state in (R.ENOUGH, R.OTHER_WAY):
        action = ""
    return Step(kind, key, Check.Kind(kind).label, str(state), left, action)


def confirmed_calls(user: User) -> list[datetime]:
    """Return when `user` was taken for the person on the phone, the newest first: for the person's own page."""
    rows = Check.objects.filter(about=user, result=R.ENOUGH).order_by("-at")
    return list(rows.values_list("at", flat=True)[:20])


# For operators ------------------------------------------------------------------------------------------------------


def due_call_backs(actor: Actor) -> list[CallBack]:
    """Return the calls back that wait, the one promised first before the others."""
    rows = CallBack.objects.visible_to(actor).open().select_related("inquiry", "intention")
    return list(rows.order_by("promised_until", "pk")[:100])


def find_call_back(actor: Actor, pk: int) -> CallBack | None:
    """Return a call back that the actor may make."""
    rows = CallBack.objects.visible_to(actor).select_related(
        "inquiry", "call", "intention", "point__registration__organisation"
    )
    return rows.filter(pk=pk).first()


def holder_of(typed: str) -> str:
    """Return the label of the customer whose registration has the number `typed`, "" where there is none."""
    number = unicodedata.normalize("NFKC", typed).strip()
    found = Registration.objects.filter(number=number).select_related("organisation").first() if number else None
    return found.organisation.label if found else ""


def due_findings(actor: Actor) -> list[CapacityFinding]:
    """Return the contractors who posed as a customer whom nobody has named yet, the oldest first."""
    rows = CapacityFinding.objects.visible_to(actor).unnamed().select_related("inquiry")
    return list(rows.order_by("at", "pk")[:100])


def find_finding(actor: Actor, pk: int) -> CapacityFinding | None:
    """Return a finding whose customer the actor may name."""
    return CapacityFinding.objects.visible_to(actor).select_related("inquiry").filter(pk=pk).first()


def stated_and_found(call: Call) -> tuple[str, CapacityFinding | None]:
    """Return the capacity that was stated in the call's inquiry, and what was found in this call."""
    stated = call.inquiry.capacity_stated if call.inquiry else Inquiry.Capacity.UNKNOWN
    return stated, CapacityFinding.objects.filter(call=call).first()
