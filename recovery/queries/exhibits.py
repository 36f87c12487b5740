"""The things of a case as the provider's people see them: evidence, attempts, what went out, cheaper ways."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from handover.models import Blob, ContactPoint
from handover.printing import era
from outbox.models import Notice
from recovery.dispatching import Recipient
from recovery.models import Claim, ContactAttempt, Dispatch, Evidence, Submission, VouchRequest
from recovery.procedure import Procedure, last_valid_day
from recovery.queries.gathering import Case, Record
from recovery.queries.weighing import Standing


@dataclass(frozen=True)
class Proof:
    """One piece of evidence as recorded. `why_not` is empty exactly when it counts today."""

    pk: int
    code: str
    name: str
    points: int
    source: str
    checked_by: str
    second: str
    checked_at: datetime
    valid_until: date | None
    departure_stated: bool
    note: str
    why_not: str
    is_taken_back: bool
    wants_second: bool


@dataclass(frozen=True)
class Group:
    """The evidence of one category."""

    code: str
    name: str
    proofs: list[Proof]


@dataclass(frozen=True)
class Try:
    """One attempt to reach the predecessor."""

    medium: str
    result: str
    point: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """One letter or mail of the claim. `tone` is a badge's; `kind` one of queued, printed, sent, arrived, back, void,
    failed."""

    pk: int
    purpose: str
    channel: str
    to: str
    number: str
    kind: str
    state: str
    tone: str
    at: datetime | None
    is_code: bool


@dataclass(frozen=True)
class Paper:
    """A paper that came in. It proves nothing until somebody looked and recorded evidence."""

    pk: int
    name: str
    file_name: str
    came_by: str
    at: datetime
    scan: str
    scan_words: str

    @property
    def is_held(self) -> bool:
        """Whether it is in quarantine, so that nobody opens it."""
        return self.scan in Blob.HELD


@dataclass(frozen=True)
class Exit:
    """A cheaper way than a recovery (procedure.md A2), as a fact."""

    words: str
    is_open: bool


# Evidence -----------------------------------------------------------------------------------------------------------


def groups(case: Case, standing: Standing, procedure: Procedure, at: datetime) -> list[Group]:
    """Return the evidence by category in the order of the procedure; what has none comes last.

    Evidence of two categories stands with the first of them: it is one paper.
    """
    counted = list(standing.assessment.counted)
    proofs: dict[str, list[Proof]] = {}
    for one in case.evidence:
        proof = _proof(one, counted, case, procedure, at)
        categories = procedure.kind(one.code).categories
        proofs.setdefault(categories[0] if categories else "", []).append(proof)
    found = [Group(one.code, one.name, proofs.get(one.code, [])) for one in procedure.categories]
    if "" in proofs:
        found.append(Group("", _("Worth nothing by itself"), proofs[""]))
    return found


def _proof(one: Evidence, counted: list[Any], case: Case, procedure: Procedure, at: datetime) -> Proof:
    kind = procedure.kind(one.code)
    item = one.item(timezone.localdate(one.checked_at))
    last = last_valid_day(item, kind)
    wants_second = kind.needs_second_check and one.second_checked_by_id is None and one.taken_back_at is None
    why_not = ""
    if one.taken_back_at:
        why_not = _("taken back")
    elif item in counted:
        counted.remove(item)  # of two that are alike one counts
    elif wants_second:
        why_not = _("a second person has to compare it")
    elif last and last < timezone.localdate(at):
        why_not = _("out of date")
    elif any(other.code == one.code for other in counted):
        why_not = _("counts once")
    else:
        why_not = _("does not count here")
    return Proof(
        pk=one.pk,
        code=one.code,
        name=kind.name,
        points=kind.points,
        source=one.get_source_display() if one.source else "",
        checked_by=name_in(case, one.checked_by_id) or _("by the code itself"),
        second=name_in(case, one.second_checked_by_id),
        checked_at=one.checked_at,
        valid_until=last,
        departure_stated=one.departure_stated,
        note=one.note,
        why_not=why_not,
        is_taken_back=one.taken_back_at is not None,
        wants_second=wants_second,
    )


def name_in(case: Case, pk: int | None) -> str:
    return case.names.get(pk, "") if pk else ""


def caps(procedure: Procedure) -> list[str]:
    words = _("%(codes)s count for at most %(points)d points together.")
    return [words % {"codes": ", ".join(sorted(cap.codes)), "points": cap.points} for cap in procedure.caps]


def papers(case: Case, procedure: Procedure) -> list[Paper]:
    """Return what came in, oldest first."""
    return [
        Paper(
            row["pk"],
            procedure.kind(row["code"]).name,
            row["file_name"],
            str(Submission.Way(row["came_by"]).label),
            row["at"],
            row["scan"],
            str(Blob.Status(row["scan"]).label),
        )
        for row in case.papers
    ]


# Attempts and dispatches --------------------------------------------------------------------------------------------


def masked(point: ContactPoint) -> str:
    """Return kind and end of a contact point of record: enough to tell several apart, too little to call."""
    if point.kind == ContactPoint.Kind.MAIL:
        return f"{point.get_kind_display()} {point.value[:2]}…"
    return f"{point.get_kind_display()} …{point.value[-4:]}"


def _point(record: Record, pk: int | None) -> str:
    return next((masked(point) for point in record.points if point.pk == pk), "") if pk else ""


def tried(one: ContactAttempt, case: Case, record: Record) -> Try:
    point = _point(record, one.contact_point_id)
    return Try(one.get_medium_display(), one.get_result_display(), point, name_in(case, one.by_id), one.at)


def sent(row: dict[str, Any], record: Record) -> Sent:
    kind, at = became(row)
    state, tone = STATES[kind]
    return Sent(
        pk=row["pk"],
        purpose=str(Dispatch.Purpose(row["purpose"]).label),
        channel=str(Dispatch.Channel(row["channel"]).label),
        to=_told(row["to"], record, row["contact_point_id"]),
        number=row["letter_number"] or "",
        kind=kind,
        state=str(state()),
        tone=tone,
        at=at,
        is_code=row["purpose"] == Dispatch.Purpose.CODE,
    )


STATES: dict[str, tuple[Any, str]] = {
    "queued": (lambda: _("waits"), "idle"),
    "printed": (lambda: _("on its way"), "info"),
    "sent": (lambda: _("sent"), "ok"),
    "arrived": (lambda: _("arrived"), "ok"),
    "back": (lambda: _("came back"), "bad"),
    "failed": (lambda: _("could not be sent"), "bad"),
    "void": (lambda: _("called off"), "idle"),
}


def became(row: dict[str, Any]) -> tuple[str, datetime | None]:
    """Return what became of a dispatch, as a key of `STATES`, and when. `row` has its times and its notice's status."""
    if row["returned_at"]:
        return "back", row["returned_at"]
    if row["delivered_at"]:
        return "arrived", row["delivered_at"]
    if row["channel"] == Dispatch.Channel.LETTER:
        if row["printed_at"]:
            return "printed", row["printed_at"]
        return ("void", row["void_at"]) if row["void_at"] else ("queued", row["queued_at"])
    if row["status"] == Notice.Status.SENT:
        return "sent", row["sent_at"]
    return ("failed" if row["status"] == Notice.Status.FAILED else "queued"), row["queued_at"]


def told(recipients: Iterable[Recipient], record: Record) -> list[str]:
    """Return in words who is told, each with the way it goes."""
    return [
        _("%(who)s (%(way)s)")
        % {
            "who": _told(one.label, record, one.point.pk if one.point else None),
            "way": Dispatch.Channel.MAIL.label if one.mail else Dispatch.Channel.LETTER.label,
        }
        for one in recipients
    ]


def _told(label: str, record: Record, contact_point: int | None) -> str:
    """Return in words to whom something went; people are named by what they are, never by name."""
    if contact_point:
        return _point(record, contact_point) or _("a contact point of record")
    if label == "head_office":
        return _("the head office")
    if label == "holder" or label.startswith("holder:"):
        return _("the registered address")
    if label == "claimant":
        return _("the claimant")
    if label == record.holder:
        return _("the person in charge")
    return _("a deputy") if label in record.deputies else _("an administrator of the organisation")


# Cheaper exits ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A colleague who was asked for a vouch, and what came of it."""

    name: str
    state: str
    at: datetime


def asked(case: Case) -> list[Asked]:
    """Return the colleagues who were asked whether they know the claimant."""
    return [
        Asked(
            # Only whoever vouched is named, as the one who gave the evidence.
            name_in(case, row["user_id"]) if row["status"] == VouchRequest.Status.GIVEN else _("a colleague"),
            str(VouchRequest.Status(row["status"]).label),
            row["answered_at"] or row["asked_at"],
        )
        for row in case.vouches
    ]


def offered_on(case: Case, claim: Claim) -> str:
    """Return the day on which it was offered to settle this inside the organisation, "" when it was not."""
    days = [row["at"] for row in case.offers if row["at"] >= claim.since]
    return _day(max(days)) if days else ""


def exits(record: Record, acts: dict[str, datetime], claim: Claim, case: Case) -> list[Exit]:
    """Return the ways that are tried before a recovery (procedure.md A2), each with what we know of it."""
    found = []
    if day := offered_on(case, claim):
        words = _(
            "A cheaper way is open: since %(day)s administrators and deputies know that they can settle it inside."
        )
        found.append(Exit(words % {"day": day}, False))
    seen = acts.get(record.holder or "")
    if record.holder is None:
        found.append(Exit(_("Nobody is in charge: the registration is in our keeping."), False))
    elif seen is None:
        found.append(Exit(_("The person in charge has never signed in."), False))
    else:
        words = _("The person in charge was last here on %(day)s.") % {"day": _day(seen)}
        found.append(Exit(words, seen >= claim.since))
    kinds = (
        (record.deputies, _("deputy"), _("a deputy")),
        (record.administrators, _("administrator"), _("an administrator of the organisation")),
    )
    for people, name, one in kinds:
        last = max((acts[label] for label in people if label in acts), default=None)
        if not people:
            found.append(Exit(_("There is no %(who)s.") % {"who": name}, False))
        elif last is None:
            found.append(Exit(_("There is %(who)s, who has never signed in.") % {"who": one}, True))
        else:
            found.append(Exit(_("The %(who)s was last here on %(day)s.") % {"who": name, "day": _day(last)}, True))
    if record.kit_made_at:
        words = _("A recovery kit is valid, made on %(day)s.") % {"day": _day(record.kit_made_at)}
        found.append(Exit(words, True))
    else:
        found.append(Exit(_("There is no valid recovery kit."), False))
    return found


def _day(value: datetime) -> str:
    return era.era_date(timezone.localdate(value), get_language() or "ja")
