"""The list of a claim for its pages: each line as it came, what became of it, and why."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from handover.folding import fold
from handover.models import Registration
from handover.spreadsheets import harmless
from recovery import covering
from recovery.models import Claim, ClaimLine

SUGGESTED = 8
"""Registrations of the customer that are shown for a line that was not found."""
S = ClaimLine.Status


@dataclass(frozen=True)
class Shown:
    """One line. `given` is what the list says, `number` what was found; `person` is whose it becomes."""

    pk: int
    row: int
    given: str
    unit: str
    number: str
    person: str
    is_confirmed: bool
    key: str
    status: str
    why: str
    at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.key in (S.LISTED, S.UNKNOWN)


@dataclass(frozen=True)
class Progress:
    """The whole list with its counts."""

    lines: list[Shown]
    counts: list[tuple[str, int]]
    waiting: int
    """Listed lines whose own new person has not confirmed."""

    @property
    def has_unknown(self) -> bool:
        return any(one.key == S.UNKNOWN for one in self.lines)


def progress_of(claim: Claim) -> Progress:
    """Return the list of `claim`; one query."""
    rows = ClaimLine.objects.filter(claim=claim).select_related("registration", "person").order_by("row")
    lines = [_shown(line, claim) for line in rows]
    counts = [(str(status.label), sum(one.key == status for one in lines)) for status in S]
    waiting = sum(one.key == S.LISTED and bool(one.person) and not one.is_confirmed for one in lines)
    return Progress(lines, [one for one in counts if one[1]], waiting)


def _shown(line: ClaimLine, claim: Claim) -> Shown:
    typed = line.typed
    return Shown(
        pk=line.pk,
        row=line.row,
        given=typed["number"],
        unit=typed["unit"],
        number=line.registration.number if line.registration else "",
        person=covering.mail_of(line, claim),
        is_confirmed=line.confirmed_at is not None,
        key=line.status,
        status=str(line.get_status_display()),
        why=" ".join(filter(None, [str(line.get_reason_display()) if line.reason else "", line.words])),
        at=line.settled_at,
    )


def find_line(claim: Claim, pk: int) -> ClaimLine | None:
    """Return one line of `claim`."""
    return ClaimLine.objects.filter(claim=claim, pk=pk).select_related("registration").first()


def alike(claim: Claim, line: ClaimLine) -> list[Registration]:
    """Return active registrations of the customer whose unit or number is like that of a line; few."""
    if claim.registration is None:
        return []
    own = Registration.objects.filter(organisation=claim.registration.organisation_id, status="active")
    free = own.exclude(pk=claim.registration.pk).exclude(claim_lines__status=S.LISTED).order_by("number")
    words = [fold(line.typed[name]) for name in ("number", "unit")]
    found = [one for word in words if word for one in free.filter(search_text__contains=word)[:SUGGESTED]]
    return list({one.pk: one for one in found}.values())[:SUGGESTED]


def own_claim(actor: Actor, number: str) -> Claim | None:
    """Return the claim called `number` if it was approved and `actor` is who claimed it."""
    rows = Claim.objects.filter(number=number, claimant=actor.user, is_bulk=True)
    return rows.filter(status__in=[Claim.Status.APPROVED, Claim.Status.EXECUTED]).select_related("inquiry").first()


def receipt_of(claim: Claim) -> str:
    """Return the receipt of the list as CSV: every line with what became of it, and the hash that was signed."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write([_("Receipt number"), claim.number])
    write([_("Signed"), claim.proposal_hash])
    write([_("Carried out"), _moment(claim.executed_at)])
    write([_("Line"), _("As listed"), _("Registration"), _("Result"), _("Reason"), _("At")])
    if claim.registration:
        write(["", "", claim.registration.number, str(claim.get_status_display()), "", _moment(claim.executed_at)])
    for one in progress_of(claim).lines:
        write([one.row, *map(harmless, (one.given, one.number, one.status, one.why)), _moment(one.at)])
    return out.getvalue()


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes") if at else ""
