"""What an inquirer may learn of the own case, rung by rung (procedure.md A8). Nothing else reaches the public pages."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import QuerySet
from django.utils import timezone

from accounts import codes
from accounts.actors import Actor
from desk import progress
from desk.models import Inquiry
from desk.queries import callers
from recovery.models import Claim, Dispatch, Objection, Submission
from recovery.procedure import Assessment, Kind, Procedure, assess, is_over, words_for
from recovery.queries import routes, weighing

PROVEN = 2
"""From this rung on a claimant may know that there is a registration: organisation and person are proven."""
CHECKED = 3
"""From this rung on a claimant may know which one, in part: a contact point answered."""


@dataclass(frozen=True)
class Need:
    """One category of proofs. `state` is `proven` (told from rung 2 on), `sent` (a paper came in) or empty."""

    name: str
    kinds: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class Told:
    """All that the case page says. Before rung 2 it follows from the calendar and the claimant's own acts alone."""

    rung: int
    stage: Inquiry.Stage
    turn: Inquiry.Turn
    next_on: date | None
    is_open: bool
    needs: tuple[Need, ...] = ()
    missing: tuple[str, ...] = ()
    route: str = ""
    """For whom the way is whose proofs are listed; empty for the normal one."""
    asked: tuple[str, ...] = ()
    """What that way asks for by name."""
    is_found: bool = False
    is_contested: bool = False
    """Somebody else asks for the same registration: told from rung 2 on (procedure.md A7)."""
    letter_left_on: date | None = None
    number_end: str = ""
    unit: str = ""
    product: str = ""

    @property
    def asks_for_papers(self) -> bool:
        """Whether the claimant's next step is to send something."""
        return self.stage != Inquiry.Stage.FROZEN and any(need.state != "proven" for need in self.needs)


# Finding ------------------------------------------------------------------------------------------------------------


def number_in(typed: str) -> str:
    """Return a receipt number as we write it, `C-1234-567-890`, from any spelling; "" for what is none."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", typed[:64]) if sign.isdecimal() and sign.isascii())
    return f"C-{digits[:4]}-{digits[4:7]}-{digits[7:]}" if len(digits) == 10 else ""


def find_by_codes(number: str, tracking: str) -> Inquiry | None:
    """Return the inquiry of this receipt number, claim or not, if the tracking code is its own.

    An unknown number costs the same slow hash as a wrong code. Charge the try first: this counts nothing.
    """
    found = Inquiry.objects.filter(receipt_number=number).first()
    if found is None:
        make_password(codes.plain(tracking))
        return None
    return found if check_password(codes.plain(tracking), found.tracking_hash) else None


def find_claim_of(inquiry: Inquiry) -> Claim | None:
    """Return the claim that an inquiry is, None for any other matter."""
    return _rows().filter(inquiry=inquiry).first()


def find_marked(claim_pk: int) -> Claim | None:
    """Return the claim that a session's mark names."""
    return _rows().filter(pk=claim_pk).first()


def find_own(actor: Actor) -> Claim | None:
    """Return the claim of a signed-in claimant, None for everybody else."""
    if not actor.is_claimant:
        return None
    rows = Claim.objects.visible_to(actor).select_related("inquiry", "registration", "invitation", "procedure")
    return rows.order_by("-pk").first()


def _rows() -> QuerySet[Claim]:
    rows = Claim.objects.select_related("inquiry", "procedure", "registration__product", "invitation")
    return rows.annotate(**callers.with_callers("inquiry"))


def papers_of(claim: Claim) -> list[Submission]:
    """Return the papers of a claim, the oldest first."""
    return list(Submission.objects.filter(claim=claim).order_by("at", "pk"))


# Rungs --------------------------------------------------------------------------------------------------------------


def told_of(claim: Claim, at: datetime, papers: Iterable[Submission] = ()) -> Told:
    """Return what may be told about `claim` at `at`, at the rung that it has reached; weighs its evidence once."""
    weigh = cache(partial(_weighed, claim, at))
    return _facts(claim, _rung(claim, weigh), at, papers, weigh)


def rung_of(claim: Claim, at: datetime) -> int:
    """Return the rung of the disclosure ladder that `claim` has reached at `at`, 0 to 5.

    1: the mailbox is confirmed. 2: organisation and person are proven by evidence that counts. 3: so is a contact
    point. 4: approved. 5: carried out. Whoever is a contractor, or says so, stays at 0 (procedure.md B4).
    """
    return _rung(claim, partial(_weighed, claim, at))


def _rung(claim: Claim, weigh: Callable[[], Assessment | None]) -> int:
    if claim.status == Claim.Status.EXECUTED:
        # Put back again: nothing of the registration is theirs to read.
        return 1 if claim.rolled_back_at else 5
    if claim.status == Claim.Status.APPROVED and claim.frozen_at is None:
        return 4
    inquiry = claim.inquiry
    if (inquiry.capacity_found or inquiry.capacity_stated) == Inquiry.Capacity.CONTRACTOR:
        return 0
    counted = weigh()
    if counted and {"O", "P"} <= counted.categories:
        return CHECKED if "C" in counted.categories else PROVEN
    return 1 if claim.mailbox_verified_at else 0


def _weighed(claim: Claim, at: datetime) -> Assessment | None:
    """Return what the evidence of a linked claim amounts to, by the tier it was placed at."""
    if claim.registration is None or claim.tier is None:
        return None
    is_dead = "no_live_channel" in claim.circumstances
    rules: Procedure = claim.procedure.procedure
    waived = weighing.waived_of(claim, claim.tier, at)
    items, today = weighing.items_of(claim), timezone.localdate(at)
    dead = {"no_live_channel": is_dead}
    return assess(rules, claim.tier, items, on=today, waived=waived, route=claim.route, **dead)


def proven_in(claim: Claim, at: datetime) -> frozenset[str]:
    """Return the categories of proofs that the evidence of `claim` satisfies at `at`."""
    weighed = _weighed(claim, at)
    return weighed.categories if weighed else frozenset()


def facts_for(claim: Claim, rung: int, at: datetime, papers: Iterable[Submission] = ()) -> Told:
    """Return what may be told about `claim` at `rung`; `papers` are the claimant's own."""
    return _facts(claim, rung, at, papers, partial(_weighed, claim, at))


def _facts(
    claim: Claim, rung: int, at: datetime, papers: Iterable[Submission], weigh: Callable[[], Assessment | None]
) -> Told:
    if rung < PROVEN:
        return _told_to_anybody(claim, rung, at, papers)
    inquiry = claim.inquiry
    registration = claim.registration if claim.is_open or claim.status == Claim.Status.EXECUTED else None
    weighed = weigh() if claim.status in _GATHERING else None
    is_checked = registration is not None and rung >= CHECKED
    return Told(
        rung=rung,
        stage=_stage(claim, at),
        turn=Inquiry.Turn(inquiry.turn),
        next_on=inquiry.next_on and progress.ahead(inquiry.next_on, at, silence=_silence(claim)),
        is_open=claim.is_open,
        needs=_needs(claim, papers, weighed.categories, claim.route) if weighed else (),
        **(_on_route(claim, claim.route) if weighed else {}),
        missing=tuple(dict.fromkeys(words_for(key) for key in weighed.missing)) if weighed else (),
        is_found=registration is not None,
        is_contested=registration is not None and claim.frozen_by == Claim.Frozen.COMPETING,
        letter_left_on=_letter_left_on(claim) if weighed else None,
        number_end=_end_of(registration.number) if registration and is_checked else "",
        unit=registration.unit if registration and is_checked else "",
        product=registration.product.name if registration and is_checked and registration.product else "",
    )


def _stage(claim: Claim, at: datetime) -> Inquiry.Stage:
    """Return the stage as it is written down. No act ends the time to object: the calendar does."""
    stage, ends_on = Inquiry.Stage(claim.inquiry.stage), claim.window_ends_on
    if stage == Inquiry.Stage.WINDOW and ends_on and is_over(ends_on, timezone.localdate(at)):
        return Inquiry.Stage.DECISION
    return stage


_GATHERING = (Claim.Status.RECEIVED, Claim.Status.MATCHED, Claim.Status.COLLECTING)
_ENDED = (Claim.Status.REFUSED, Claim.Status.STOPPED)


def _told_to_anybody(claim: Claim, rung: int, at: datetime, papers: Iterable[Submission]) -> Told:
    """Say what would be said as well if there were no registration at all: the calendar decides, no act of ours."""
    silence = _silence(claim)
    if claim.inquiry.stage == Inquiry.Stage.APPEAL and claim.inquiry.next_on:
        # The inquirer's own act, and the calendar from there on.
        next_on = progress.ahead(claim.inquiry.next_on, at, silence=silence)
        return Told(rung, Inquiry.Stage.APPEAL, Inquiry.Turn.PROVIDER, next_on, is_open=False)
    if not claim.is_open:
        stage = Inquiry.Stage.NOT_CONFIRMED if claim.status in _ENDED else Inquiry.Stage.WITHDRAWN
        return Told(rung, stage, Inquiry.Turn.NOBODY, None, is_open=False)
    stage, turn, next_on = progress.by_calendar(claim.inquiry, at, silence=silence)
    # By what was stated alone: which route an operator chose would tell that there is something to choose for.
    route = routes.hint(claim)
    return Told(
        rung=rung,
        stage=stage,
        turn=turn,
        next_on=next_on,
        is_open=True,
        needs=_needs(claim, papers, frozenset(), route),
        **_on_route(claim, route),
    )


def _silence(claim: Claim) -> int:
    return claim.procedure.procedure.holding["silence_business_days"]


def _on_route(claim: Claim, route: str) -> dict[str, Any]:
    """Return what `Told` says of a route, nothing for the normal way."""
    rules: Procedure = claim.procedure.procedure
    return {"route": rules.route(route).who, "asked": routes.asked_on(rules, route)} if route else {}


def _needs(claim: Claim, papers: Iterable[Submission], proven: frozenset[str], route: str) -> tuple[Need, ...]:
    """Return the categories that a recovery asks for, each with its kinds of proofs in plain words."""
    rules: Procedure = claim.procedure.procedure
    sent = {category for paper in papers for category in _kind_of(rules, paper.code)}
    wanted = {category for group in rules.tier(rules.default_tier).categories for category in group}
    return tuple(
        Need(
            name=category.name,
            kinds=tuple(kind.name for kind in rules.kinds_on(route) if category.code in kind.categories),
            state="proven" if category.code in proven else "sent" if category.code in sent else "",
        )
        for category in rules.categories
        if category.code in wanted
    )


def _kind_of(rules: Procedure, code: str) -> tuple[str, ...]:
    kinds: dict[str, Kind] = {kind.code: kind for kind in rules.kinds}
    return kinds[code].categories if code in kinds else ()


def _letter_left_on(claim: Claim) -> date | None:
    """Return when the last letter with a code left for the organisation."""
    rows = Dispatch.objects.filter(
        claim=claim, purpose=Dispatch.Purpose.CODE, channel=Dispatch.Channel.LETTER, printed_at__isnull=False
    )
    last = rows.order_by("-printed_at").values_list("printed_at", flat=True).first()
    return timezone.localdate(last) if last else None


def _end_of(number: str) -> str:
    """Return the last three signs of a registration's number; fewer of a short one, so that most stays hidden."""
    return number[-3:] if len(number) > 6 else number[-1:]


def identify_by(claim: Claim) -> datetime | None:
    """Return until when the last objector to `claim` is to say who it is."""
    rows = Objection.objects.filter(claim=claim).order_by("-at", "-pk")
    return rows.values_list("identify_by", flat=True).first()
