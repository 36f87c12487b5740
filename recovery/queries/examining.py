"""What the provider's people see of a claim: the evidence, what is missing by type, what is next and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Role, User
from accounts.rulebook import available
from audit import queries as log
from handover import reaching
from handover.models import ContactPoint, Custody
from recovery import dispatching
from recovery.models import Claim, Dispatch, Evidence, Objection, Submission, UrgentSetting
from recovery.models.claims import STAFF_ROLES
from recovery.procedure import is_over
from recovery.queries import exhibits, gathering, routes, weighing
from recovery.queries.besides import Bent, Set, Undoing, bent_of, set_of, undoing_of, undone
from recovery.queries.exhibits import Asked, Exit, Group, Paper, Sent, Try
from recovery.queries.gathering import Case
from recovery.queries.routes import Chosen
from recovery.queries.weighing import Standing, wanted_roles, words_of
from recovery.rules import TABLE
from recovery.rules.people import works_at_provider

# Acts that a frozen claim refuses though its status would allow them.
HELD_UP = frozenset(
    {"link", "accept", "order_letter", "order_mail_code", "propose", "approve", "execute", "ask_exception"}
    | {"set_route", "ask_to_vouch", "open_dns_check", "check_dns"}
    | {"make_setting", "take_list", "invite_people"}
    | {"begin_phone_call"}
)


@dataclass(frozen=True)
class Doubt:
    """One objection. `may` are the acts on it that are open to the reader."""

    pk: int
    status: str
    is_open: bool
    told: str
    at: datetime
    identify_by: datetime
    reviewed_by: str
    recommendation: str
    decided_by: str
    reason: str
    may: frozenset[str]


@dataclass(frozen=True)
class Yes:
    """One approval that stands."""

    role: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Examination:
    """The provider's part of a claim's page. Before it is linked only `next`, `who`, `may` say anything."""

    claim: Claim
    standing: Standing | None
    tier_words: str
    circumstances: list[str]
    caps: list[str]
    groups: list[Group]
    missing: list[str]
    attempts: list[Try]
    dispatches: list[Sent]
    exits: list[Exit]
    papers: list[Paper]
    objections: list[Doubt]
    approvals: list[Yes]
    still_wanted: list[str]
    """Roles whose yes is still to come, as keys."""
    next: str
    who: str
    held_up: str
    may: frozenset[str]
    exceptions: list[Bent] = field(default_factory=list)
    undoing: Undoing | None = None
    vouches: list[Asked] = field(default_factory=list)
    settings: list[Set] = field(default_factory=list)
    route: Chosen | None = None
    """None on the normal way."""

    @property
    def has_setting(self) -> bool:
        """Whether one of them is in effect."""
        return any(one.key in UrgentSetting.STANDING for one in self.settings)

    @property
    def waits_for(self) -> list[str]:
        """The roles whose yes is still to come, in words."""
        return [str(Role(role).label) for role in self.still_wanted]


def panel(claim: Claim, actor: Actor, at: datetime) -> Examination | None:
    """Return the provider's part of the page of `claim`, None for everybody else.

    Four queries for a linked claim with `registration`, `procedure`, `inquiry` and `invitation` at hand, one or two
    more for the rules of whoever may decide.
    """
    if not works_at_provider(actor, *STAFF_ROLES):
        return None
    if claim.registration is None:
        return _before_link(claim, actor)
    record = gathering.record_of(claim.registration)
    case = gathering.case_of(claim, record)
    acts = log.last_acts(filter(None, [record.holder, *record.deputies, *record.administrators]))
    seen_at = acts.get(record.holder or "")
    standing = weighing.standing_by(record, case, claim, at, acts=acts)
    was_here = seen_at is not None and seen_at >= claim.since
    procedure = claim.procedure.procedure
    missing = [words_of(key) for key in standing.missing]
    doubts = [_doubt(row, case, actor) for row in case.objections]
    sent = [exhibits.sent(row, record) for row in case.dispatches]
    words, who = _next(claim, standing, sent, case, at)
    return Examination(
        claim=claim,
        standing=standing,
        tier_words=procedure.tier(standing.tier).name,
        circumstances=[procedure.circumstance(code).name for code in standing.circumstances],
        caps=exhibits.caps(procedure),
        groups=exhibits.groups(case, standing, procedure, at),
        missing=missing,
        attempts=[exhibits.tried(one, case, record) for one in case.attempts],
        dispatches=sent,
        exits=exhibits.exits(record, acts, claim, case),
        vouches=exhibits.asked(case),
        papers=exhibits.papers(case, procedure),
        objections=doubts,
        approvals=[_yes(row, case) for row in case.approvals],
        still_wanted=_still_wanted(claim, case),
        next=words,
        who=who,
        held_up=_held_up(claim, was_here=was_here),
        may=may(claim, actor) - undone(claim, case, at) - {"open_dns_check" if case.has_dns_check else "check_dns"},
        exceptions=[bent_of(one, procedure, at) for one in case.exceptions],
        undoing=undoing_of(case, actor),
        settings=[set_of(row, actor) for row in case.settings],
        route=routes.chosen(claim),
    )


def _before_link(claim: Claim, actor: Actor) -> Examination:
    words = _("find out which registration is meant") if claim.is_open else _("nothing is left to do")
    who = str(Role.OPERATOR.label) if claim.is_open else ""
    return Examination(
        claim=claim,
        standing=None,
        tier_words="",
        circumstances=[],
        caps=[],
        groups=[],
        missing=[],
        attempts=[],
        dispatches=[],
        exits=[],
        papers=[],
        objections=[],
        approvals=[],
        still_wanted=[],
        next=words,
        who=who,
        held_up=_held_up(claim, was_here=False),
        may=may(claim, actor),
    )


def may(claim: Claim, actor: Actor) -> frozenset[str]:
    """Return the acts on `claim` that are open to `actor` now; what a frozen claim refuses is left out."""
    # Objections and letters have states of their own and are asked one by one; objecting has a page of its own.
    apart = {"review_objection", "decide_objection", "record_delivery", "record_return", "object_to"}
    apart |= {"approve_exception", "refuse_exception", "end_exception", "close_rule_review"}
    apart |= {"confirm_rollback", "decline_rollback"}
    apart |= {"answer_vouch"}
    apart |= {"match_line", "leave_out", "confirm_lines", "decline_lines", "drop_active"}
    apart |= {"confirm_setting", "reverse_setting", "remind_of_setting"}
    apart |= {"enter_said_number", "end_phone_call"}
    apart |= {"identify_objector", "decide_appeal", "climb_appeal", "finish_duty"}
    apart |= {"consider_for_audit", "read_sample", "record_finding", "compare_quarter", "close_drift"}
    found = available({name: rule for name, rule in TABLE.items() if name not in apart}, claim, actor)
    if claim.frozen_at is not None:
        found -= HELD_UP
    if claim.frozen_by not in Claim.FOR_SENIOR:
        found.discard("resume")
    if not claim.procedure.procedure.open_routes:
        found.discard("set_route")
    if claim.invitation and claim.invitation.accepted_by_id:
        found -= {"send_back", "invite_claimant"}
    return frozenset(found)


def _held_up(claim: Claim, *, was_here: bool) -> str:
    """Return why nothing goes on at the moment, "" when nothing holds the claim up."""
    if claim.frozen_at is not None:
        return _("This claim is frozen: %(why)s. Settle that first.") % {"why": claim.get_frozen_by_display()}
    if was_here and claim.is_open:
        return _("The person in charge has signed in since this claim came in: it is being turned into a handover.")
    return ""


# Decision -----------------------------------------------------------------------------------------------------------


def _yes(row: dict[str, Any], case: Case) -> Yes:
    return Yes(str(Role(row["role"]).label), exhibits.name_in(case, row["by_id"]), row["at"], row["reason"])


def _doubt(row: dict[str, Any], case: Case, actor: Actor) -> Doubt:
    objection = Objection(status=row["status"])
    table = {name: TABLE[name] for name in ("identify_objector", "review_objection", "decide_objection")}
    may = available(table, objection, actor)
    if row["identified_at"]:
        may.discard("identify_objector")
    if row["reviewed_by_id"]:
        may.discard("review_objection")
    else:
        may.discard("decide_objection")
    if row["reviewed_by_id"] == actor.user.pk:
        may.discard("decide_objection")
    recommendation = row["recommendation"]
    return Doubt(
        pk=row["pk"],
        status=objection.get_status_display(),
        is_open=row["status"] == Objection.Status.OPEN,
        told=row["told"],
        at=row["at"],
        identify_by=row["identify_by"],
        reviewed_by=exhibits.name_in(case, row["reviewed_by_id"]),
        recommendation=str(Objection.Status(recommendation).label) if recommendation else "",
        decided_by=exhibits.name_in(case, row["decided_by_id"]),
        reason=row["reason"],
        may=frozenset(may),
    )


def _still_wanted(claim: Claim, case: Case) -> list[str]:
    """Return the roles whose yes is still to come, in the order of the procedure."""
    given = {row["role"] for row in case.approvals}
    wanted = wanted_roles(claim) - given
    return [role for role in (Role.APPROVER.value, Role.SENIOR.value) if role in wanted]


def _next(claim: Claim, standing: Standing, sent: Iterable[Sent], case: Case, at: datetime) -> tuple[str, str]:
    """Return what is next, and by whom."""
    status, operator, approver = claim.status, str(Role.OPERATOR.label), str(Role.APPROVER.label)
    if not claim.is_open:
        return _("nothing is left to do"), ""
    if claim.frozen_at is not None:
        return _("settle what holds this claim up"), _frozen_who(claim)
    if status == Claim.Status.MATCHED:
        return _("accept it for examination, or choose another registration"), operator
    if status == Claim.Status.COLLECTING:
        if standing.missing and (day := exhibits.offered_on(case, claim)):
            return _("collect what is missing; a cheaper way is open since %(day)s") % {"day": day}, operator
        if standing.missing:
            return _("collect what is missing"), operator
        who = _("an operator who neither spoke with the claimant nor printed a code")
        return _("propose approval"), who
    if status == Claim.Status.PROPOSED:
        count = sum(one.kind in ("queued", "printed") for one in sent)
        return _("wait until the notices have arrived (%(count)d on their way)") % {"count": count}, operator
    if status == Claim.Status.NOTIFIED:
        return _after_notices(claim, case, at)
    if claim.claimant_ready_at:
        return _("carry it out"), approver
    return _("wait for the claimant to sign in and say so"), _("the claimant")


def _frozen_who(claim: Claim) -> str:
    if claim.frozen_by in Claim.FOR_SENIOR:
        return str(Role.SENIOR.label)
    return _("an operator reviews, then an approver decides")


def _after_notices(claim: Claim, case: Case, at: datetime) -> tuple[str, str]:
    if claim.window_ends_on and not is_over(claim.window_ends_on, timezone.localdate(at)):
        return _("wait until the time to object is over"), _("nobody")
    return _("decide"), str(_(" and ")).join(str(Role(role).label) for role in _still_wanted(claim, case))


def told_of(claim: Claim, at: datetime) -> list[str]:
    """Return in words who is told at the next moment that asks for it (procedure.md A5, A7)."""
    if claim.registration is None:
        return []
    return exhibits.told(dispatching.recipients(claim, at=at), gathering.record_of(claim.registration))


def points_of(claim: Claim) -> list[ContactPoint]:
    """Return the contact points of record that may be used for a claim: nothing else is offered."""
    if not claim.registration:
        return []
    return reaching.serving(gathering.record_of(claim.registration).current, reaching.PROCEDURE)


def on_record(claim: Claim) -> list[str]:
    """Return what is on record of `claim`, one for each time: kinds of evidence, codes that were sent, attempts.

    As the sheet names them: `O2`, `letter`, `mail_code`, `try-phone`.
    """
    proofs = claim.evidence.filter(taken_back_at=None).values_list("code", flat=True)
    codes = claim.dispatches.filter(purpose=Dispatch.Purpose.CODE).values_list("channel", flat=True)
    media = claim.attempts.values_list("medium", flat=True)
    sent = ["letter" if channel == Dispatch.Channel.LETTER else "mail_code" for channel in codes]
    return [*proofs, *sent, *(f"try-{medium}" for medium in media)]


def find_evidence(claim: Claim, pk: int) -> Evidence | None:
    """Return one piece of evidence of `claim`."""
    return Evidence.objects.filter(claim=claim, pk=pk).first()


def find_objection(claim: Claim, pk: int) -> Objection | None:
    """Return one objection to `claim`, with who looked at it."""
    return Objection.objects.filter(claim=claim, pk=pk).select_related("reviewed_by").first()


def find_submission(claim: Claim, pk: int) -> Submission | None:
    """Return one paper that came in for `claim`."""
    return Submission.objects.filter(claim=claim, pk=pk).select_related("blob").first()


def holder_of(claim: Claim) -> User | None:
    """Return who holds the registration now, None while the provider keeps it."""
    held = Custody.objects.current().filter(registration=claim.registration).select_related("user").first()
    return held.user if held else None
