"""What the page of a claim shows: to the desk what it heard and may say, to the provider how the case stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import OrganisationKind
from desk import queries as desk
from desk.models import Hold, Script
from desk.queries import callers, scripts
from desk.queries.scripts import Say
from handover.printing.era import era_date
from handover.queries.nested import Rows, listed, moment
from recovery.models import Claim, Duty, Submission
from recovery.procedure import Kind, Procedure
from recovery.queries import tracking
from recovery.queries.routes import ORGANISATION_KINDS

PAPERS = ("O2", "O3", "O5", "O7", "O8", "O9", "O10", "L1", "L2", "P2", "P3", "A1")
"""Kinds of evidence that are papers somebody can send or bring (procedure.md A4)."""


@dataclass(frozen=True)
class Stand:
    """Where the case stands, in the words of the status page. `is_late`: the next date is over."""

    stage: Words
    turn: Words
    next_on: date | None
    is_late: bool
    is_open: bool
    is_enough: bool = False
    needs: tuple[tracking.Need, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A paper that came in: its kind in words and its name, never what is in it."""

    code: str
    kind: str
    name: str
    way: Words
    at: datetime | None


def find(actor: Actor, number: str, at: datetime | None = None) -> Claim | None:
    """Return the claim with this receipt number if the actor is of the staff and may see it at `at`.

    Its promises, papers and duties come along in the same query: `desk.queries.holds_in`, `papers_in`,
    `waiting.duties_in`.
    """
    if not actor.organisation.is_staff:
        return None
    papers = Submission.objects.filter(claim=OuterRef("pk")).order_by("-at", "-pk")
    duties = Duty.objects.open().filter(claim=OuterRef("pk")).order_by("due_on", "pk")
    rows = Claim.objects.visible_to(actor, at).annotate(
        duty_rows=Rows(duties, kind="kind", due_on="due_on"),
        paper_rows=Rows(papers, code="code", name="file_name", way="came_by", at="at"),
        **desk.with_holds("inquiry"),
        **desk.with_post("inquiry", actor, at),
        **desk.with_notes(at),
        **callers.with_callers("inquiry"),
    )
    whole = ("inquiry", "procedure", "registration__organisation", "registration__product", "invitation")
    people = ("proposed_by", "executed_by", "claimant")
    return rows.select_related(*whole, *people).filter(number=number).first()


def papers_in(claim: Any) -> list[Paper]:
    """Return the papers that came along with `claim`, the newest first."""
    names = {kind.code: kind.name for kind in claim.procedure.procedure.kinds}
    return [
        Paper(
            code=row["code"],
            kind=names.get(row["code"], row["code"]),
            name=row["name"],
            way=Submission.Way(row["way"]).label,
            at=moment(row["at"]),
        )
        for row in listed(claim.paper_rows)
    ]


def stand_of(claim: Claim, actor: Actor, papers: list[Paper], at: datetime) -> Stand:
    """Return where `claim` stands as `actor` may know it.

    The desk knows exactly what the status page tells the inquirer: before organisation and person are proven it
    follows from the calendar, so that nobody can be talked into telling more (invariants 21 and 22).
    """
    inquiry, today = claim.inquiry, timezone.localdate(at)
    if actor.kind == OrganisationKind.PROVIDER:
        late = inquiry.next_on is not None and inquiry.next_on < today
        return Stand(
            inquiry.get_stage_display(), desk.TURNS[inquiry.turn], inquiry.next_on, late, is_open=claim.is_open
        )
    told = tracking.told_of(claim, at, [Submission(code=paper.code) for paper in papers])
    late = told.next_on is not None and told.next_on < today
    return Stand(
        told.stage.label,
        desk.TURNS[told.turn],
        told.next_on,
        late,
        is_open=told.is_open,
        is_enough=told.rung >= tracking.PROVEN and bool(told.needs) and not told.missing,
        needs=told.needs,
        missing=told.missing,
    )


def paper_kinds(procedure: Procedure) -> list[Kind]:
    """Return the kinds of evidence that can be handed in as a paper."""
    return [kind for kind in procedure.kinds if kind.code in PAPERS]


def receipt_words(version: int, *, number: str, tracking_code: str, by: str, language: str) -> list[Say]:
    """Return what ends a call, by the `version` of the claim: both codes and when we call next."""
    facts = {"receipt_number": number, "tracking_code": tracking_code, "promised_until": by}
    return scripts.words(M.RECEIPT, language, version=version, **facts)


def words_before(language: str) -> list[Say]:
    """Return the sentences for a call on which nothing is known yet, by the version in force."""
    return scripts.words_at([M.BEFORE, *_ANY_TIME], language)


def words_for(claim: Claim, hold: Hold | None, stand: Stand, at: datetime) -> list[Say]:
    """Return what may be said on a call about `claim`, in the inquirer's language, by the claim's own version.

    The tracking code is known to the inquirer only. Without a date that lies ahead there is nothing to promise.
    """
    language, facts = claim.inquiry.language, {}
    by = promise(hold, stand.next_on, language, at)
    if by:
        with translation.override(language):
            known = str(_("the one that was given when this was taken down"))
        facts = {"receipt_number": claim.number, "tracking_code": known, "promised_until": by}
    moments = [*_ANY_TIME, M.NOT_ENOUGH, M.RECEIPT]
    return scripts.words_at(moments, language, version=claim.procedure.version, **facts)


M = Script.Moment
_ANY_TIME = (M.CANNOT_BE_TOLD, M.PAPERS_ALONE)


def promise(hold: Hold | None, next_on: date | None, language: str, at: datetime) -> str:
    """Return until when we promised to be back, "" when that is over or there is no promise."""
    if hold is not None and not hold.is_overdue(at):
        local = timezone.localtime(hold.promised_until)
        return f"{era_date(local.date(), language)} {local:%H:%M}"
    if hold is None and next_on is not None and next_on >= timezone.localdate(at):
        return era_date(next_on, language)
    return ""


def stated(claim: Claim) -> Iterator[tuple[str, Any]]:
    """Yield what was stated, field by field as typed, without what was left empty."""
    for name, value in vars(claim.inquiry.statement).items():
        if value:
            yield name, ORGANISATION_KINDS.get(value, value) if name == "organisation_kind" else value
