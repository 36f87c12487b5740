"""Everything that a claim is weighed by, in two queries whatever there is of it: one about the record, one of the case.

The rows become models again, not saved ones: only to be read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet

from accounts.models import Membership, Role
from handover.models import ContactPoint, Custody, Deputy, RecoveryKit, Registration
from handover.queries.nested import Rows, day, listed, moment, plain
from recovery.models import (
    Approval,
    CaseException,
    Claim,
    ContactAttempt,
    Dispatch,
    DnsCheck,
    Evidence,
    ExitOffer,
    Objection,
    Rollback,
    Submission,
    UrgentSetting,
    VouchRequest,
)


@dataclass(frozen=True)
class Record:
    """What is on record about a registration. People are labels (`user:5`), so that nothing names them by accident."""

    points: tuple[ContactPoint, ...]
    """Ended ones as well."""
    holder: str | None
    """None while the provider keeps it."""
    deputies: tuple[str, ...]
    administrators: tuple[str, ...]
    kit_made_at: datetime | None
    """When the recovery kit was made that is valid now."""
    objections: tuple[tuple[int, datetime], ...]
    """Claim and time of every objection there ever was."""
    held_since: datetime | None = None
    """Since when whoever keeps it now keeps it."""

    @property
    def current(self) -> list[ContactPoint]:
        """The contact points in use."""
        return [point for point in self.points if point.until is None]


@dataclass(frozen=True)
class Case:
    """What a claim has gathered, each in the order in which it came. Names of people are beside their keys."""

    evidence: tuple[Evidence, ...]
    attempts: tuple[ContactAttempt, ...]
    dispatches: tuple[dict[str, Any], ...]
    approvals: tuple[dict[str, Any], ...]
    objections: tuple[dict[str, Any], ...]
    papers: tuple[dict[str, Any], ...]
    exceptions: tuple[CaseException, ...]
    rollbacks: tuple[dict[str, Any], ...]
    vouches: tuple[dict[str, Any], ...]
    """Colleagues who were asked for a vouch."""
    has_dns_check: bool
    offers: tuple[dict[str, Any], ...]
    """When administrators and deputies were told that they can settle it inside."""
    settings: tuple[dict[str, Any], ...]
    names: dict[int, str]
    """Display names of the staff in it, by key."""


def record_of(registration: Registration) -> Record:
    """Return what is on record about `registration` now, in one query."""
    this = OuterRef("pk")
    people = Membership.objects.current().filter(organisation=OuterRef("organisation"), role=Role.ADMINISTRATOR)
    points = ContactPoint.objects.filter(registration=this).order_by("kind", "since", "pk")
    kits = RecoveryKit.objects.filter(custody__registration=this, custody__to_at=None, void_at=None)
    found = _nested(
        Registration.objects.filter(pk=registration.pk),
        points=Rows(points, **{name: name for name in _POINT}),
        held=Rows(Custody.objects.current().filter(registration=this), user="user_id", since="from_at"),
        deputies=Rows(Deputy.objects.current().filter(registration=this).order_by("pk"), user="user_id"),
        administrators=Rows(people.order_by("pk"), user="user_id"),
        kits=Rows(kits, at="made_at"),
        objections=Rows(Objection.objects.filter(claim__registration=this).order_by("pk"), claim="claim_id", at="at"),
    )
    held = [row["user"] for row in found["held"] if row["user"]]
    return Record(
        points=tuple(_point(row) for row in found["points"]),
        holder=f"user:{held[0]}" if held else None,
        deputies=_labels(found["deputies"]),
        administrators=_labels(found["administrators"]),
        kit_made_at=max((_moment(row["at"]) for row in found["kits"]), default=None),
        objections=tuple((int(row["claim"]), _moment(row["at"])) for row in found["objections"]),
        held_since=max((_moment(row["since"]) for row in found["held"]), default=None),
    )


def points_and_objections(registrations: Iterable[int]) -> dict[int, Record]:
    """Return contact points and objections of many registrations, by key, in two queries; of people nothing."""
    keys = list(registrations)
    points: dict[int, list[ContactPoint]] = {key: [] for key in keys}
    for point in ContactPoint.objects.filter(registration__in=keys).order_by("kind", "since", "pk"):
        points[point.registration_id].append(point)
    objections: dict[int, list[tuple[int, datetime]]] = {key: [] for key in keys}
    rows = Objection.objects.filter(claim__registration__in=keys).order_by("pk")
    for key, by_claim, at in rows.values_list("claim__registration", "claim", "at"):
        objections[key].append((by_claim, at))
    return {key: Record(tuple(points[key]), None, (), (), None, objections=tuple(objections[key])) for key in points}


def case_of(claim: Claim, record: Record) -> Case:
    """Return what `claim` has gathered, in one query; contact points are those of `record`."""
    this = OuterRef("pk")
    found = _nested(Claim.objects.filter(pk=claim.pk), **_by_the_rules(this), **_beside_the_rules(this))
    names = _names_in(found)
    points = {point.pk: point for point in record.points}
    return Case(
        evidence=tuple(_evidence(row, points) for row in found["evidence"]),
        attempts=tuple(ContactAttempt(**{**row, "at": _moment(row["at"])}) for row in found["attempts"]),
        dispatches=tuple(_timed(row) for row in found["dispatches"]),
        approvals=tuple(_timed(row) for row in found["approvals"]),
        objections=tuple(_timed(row) for row in found["objections"]),
        papers=tuple(_timed(row) for row in found["papers"]),
        exceptions=tuple(CaseException.read_back(_timed(row)) for row in found["exceptions"]),
        rollbacks=tuple(_timed(row) for row in found["rollbacks"]),
        vouches=tuple(_timed(row) for row in found["vouches"]),
        has_dns_check=bool(found["dns"]),
        offers=tuple({**row, "at": _moment(row["at"])} for row in found["offers"]),
        settings=tuple(_timed(row) for row in found["settings"]),
        names=names,
    )


def _by_the_rules(this: OuterRef) -> dict[str, Rows]:
    """Return the rows of what every claim has: proofs, tries, letters and mails, approvals, objections, papers."""
    evidence = Evidence.objects.filter(claim=this).order_by("checked_at", "pk")
    sent = Dispatch.objects.filter(claim=this).order_by("queued_at", "pk")
    return {
        "evidence": Rows(evidence, **{name: name for name in _EVIDENCE}, **_named("checked_by", "second_checked_by")),
        "attempts": Rows(
            ContactAttempt.objects.filter(claim=this).order_by("at", "pk"),
            **{name: name for name in _ATTEMPT},
            **_named("by"),
        ),
        "dispatches": Rows(
            sent, **{name: name for name in _DISPATCH}, status="notice__status", sent_at="notice__sent_at"
        ),
        "approvals": Rows(
            Approval.objects.filter(claim=this, void_at=None).order_by("at", "pk"),
            role="role",
            at="at",
            by_id="by_id",
            reason="reason",
            **_named("by"),
        ),
        "objections": Rows(
            Objection.objects.filter(claim=this).order_by("at", "pk"),
            **{name: name for name in _OBJECTION},
            **_named("reviewed_by", "decided_by"),
        ),
        "papers": Rows(
            Submission.objects.filter(claim=this).order_by("at", "pk"),
            **{name: name for name in ("pk", "code", "file_name", "came_by", "at")},
            scan="blob__status",
        ),
    }


def _beside_the_rules(this: OuterRef) -> dict[str, Rows]:
    """Return the rows of exceptions, of requests to put back, of cheaper ways, and of urgent settings."""
    return {
        "exceptions": Rows(
            CaseException.objects.filter(claim=this).order_by("asked_at", "pk"),
            **{name: name for name in _EXCEPTION},
            **_named("asked_by"),
        ),
        "rollbacks": Rows(
            Rollback.objects.filter(claim=this).order_by("asked_at", "pk"),
            **{name: name for name in ("pk", "status", "asked_by_id", "asked_at", "decided_by_id", "decided_at")},
            **_named("asked_by", "decided_by"),
        ),
        "vouches": Rows(
            VouchRequest.objects.filter(claim=this).order_by("asked_at", "pk"),
            **{name: name for name in ("user_id", "status", "asked_at", "answered_at")},
            **_named("user"),
        ),
        "dns": Rows(DnsCheck.objects.filter(claim=this), pk="pk"),
        "offers": Rows(ExitOffer.objects.filter(claim=this).order_by("at", "pk"), at="at", told="told"),
        "settings": Rows(
            UrgentSetting.objects.filter(claim=this).order_by("made_at", "pk"),
            **{name: name for name in ("pk", "code", "name_ja", "name_en", "status", "made_by_id", "made_at")},
        ),
    }


def _nested(one: QuerySet[Any, Any], **rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each name that belong to the one row of `one`."""
    # Prefixed, because the names are those of the models' own reverse relations.
    found = one.values(**{f"nested_{name}": of_it for name, of_it in rows.items()}).get()
    return {name: listed(found[f"nested_{name}"]) for name in rows}


_POINT = ("pk", "kind", "value", "postal_code", "since", "until", "health", "purposes", "receiver_pays")
_EVIDENCE = (
    *("pk", "code", "endpoint", "source", "issued_on", "contact_point_id", "departure_stated", "note"),
    *("checked_by_id", "second_checked_by_id", "checked_at", "taken_back_at"),
)
_ATTEMPT = ("pk", "medium", "result", "contact_point_id", "by_id", "at")
_DISPATCH = (
    *("pk", "purpose", "channel", "to", "contact_point_id", "letter_number", "gives", "queued_at"),
    *("printed_at", "delivered_at", "returned_at", "void_at"),
)
_OBJECTION = (
    *("pk", "status", "at", "told", "identify_by", "identified_at", "recommendation", "reviewed_by_id"),
    *("decided_by_id", "decided_at", "reason"),
)
_EXCEPTION = (
    *("pk", "rule", "route", "reason_code", "status", "expires_on", "facts_hash"),
    *("asked_by_id", "asked_at", "decided_at"),
)
_NAME = "name_of_"


def _named(*people: str) -> dict[str, str]:
    """Return the names of accounts to be fetched beside their keys."""
    return {f"{_NAME}{person}": f"{person}__display_name" for person in people}


def _names_in(found: dict[str, list[dict[str, Any]]]) -> dict[int, str]:
    """Take the fetched names out of the rows."""
    names = {}
    for rows in found.values():
        for row in rows:
            for key in [key for key in row if key.startswith(_NAME)]:
                name, pk = row.pop(key), row[f"{key.removeprefix(_NAME)}_id"]
                if pk:
                    names[int(pk)] = str(name)
    return names


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its times as times."""
    return {name: moment(value) if name == "at" or name.endswith(_TIMES) else value for name, value in row.items()}


_TIMES = ("_at", "identify_by")


def _point(row: dict[str, Any]) -> ContactPoint:
    days = {"since": day(row["since"]), "until": day(row["until"])}
    return ContactPoint(**{**row, **days, "purposes": plain(row["purposes"])})


def _evidence(row: dict[str, Any], points: dict[int, ContactPoint]) -> Evidence:
    times = {"issued_on": day(row["issued_on"]), "departure_stated": bool(row["departure_stated"])}
    made = Evidence(**{**_timed(row), **times})
    made.contact_point = points.get(row["contact_point_id"])
    return made


def _labels(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"user:{row['user']}" for row in rows))


def _moment(text: str) -> datetime:
    found = moment(text)
    if found is None:
        raise ValueError("a time is missing")
    return found
