"""Steps that the acts on a request of change share. Plain functions: they run inside a transition, write no event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.errors import Refused, WrongState
from accounts.models import User
from accounts.rulebook import Rule
from audit.models import Event
from audit.record import Actor, event
from audit.signed import hash_of
from handover import custody, notices
from handover.models import ChangeConsent, ChangeItem, ChangeProof, ChangeRequest, Custody, Registration, Restriction
from handover.printing.era import era_date
from handover.rules.changes import PROOF_MONTHS, SHUT_BY, is_current, proofs_for, wanted_sides


@dataclass(frozen=True)
class Proof:
    """A paper as whoever asks states it: its kind, day of issue, and where it is found (its number or reference)."""

    kind: str
    issued_on: date
    reference: str
    document_pk: int | None = None


@dataclass(frozen=True)
class Wish:
    """What is asked for. `everything`: all active registrations of the holder, not only those in `numbers`.

    `units` gives some of the registrations another using unit, by number. `receiver_name` and
    `receiver_corporate_number` are as stated; the provider finds out who that is.
    """

    kind: str
    numbers: tuple[str, ...]
    reason: str
    everything: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    new_name: str = ""
    new_kana: str = ""
    renames_organisation: bool = False
    receiver_name: str = ""
    receiver_corporate_number: str = ""
    wished_on: date | None = None
    proofs: tuple[Proof, ...] = ()


def lock(change_pk: int, *, piece: Iterable[int] = ()) -> ChangeRequest:
    """Lock registrations (those keyed in `piece`, in order) and then the request itself, and re-read it."""
    list(Registration.objects.select_for_update(no_key=True).filter(pk__in=list(piece)).order_by("pk"))
    locked = ChangeRequest.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("organisation", "receiver", "requested_by").get(pk=change_pk)


def refuse_moving(registration: Registration) -> None:
    """Raise `WrongState` while `registration` is kept for a change of holder: nobody takes it back in between."""
    moving = ChangeItem.objects.filter(registration=registration, is_open=True, released_at__isnull=False)
    if number := moving.values_list("change__number", flat=True).first():
        words = _("This registration is kept for the change %(number)s, which decides who holds it next.")
        raise WrongState(words % {"number": number})


def refuse_restricted(kind: str, keys: Iterable[int], *, at: datetime) -> None:
    """Raise `WrongState` with plain words while a recovery keeps one of the registrations from such a change."""
    marks = Restriction.objects.in_force(at).filter(registration__in=list(keys), kind__in=SHUT_BY[kind])
    mark = marks.select_related("registration").order_by("registration__number", "pk").first()
    if mark is None:
        return
    words = _("Registration %(number)s: %(mark)s. Until %(until)s this is not possible. Nothing was changed.")
    until = era_date(timezone.localdate(mark.until), get_language() or "ja") if mark.until else _("that is settled")
    facts = {"number": mark.registration.number, "mark": mark.get_kind_display(), "until": until}
    raise WrongState(words % facts)


def missing(change: ChangeRequest, day: date) -> list[str]:
    """Return in words what `change` still lacks on `day` to be proposed or decided: papers, dates, consents."""
    found: list[str] = []
    proofs = {proof.kind: proof for proof in ChangeProof.objects.filter(change=change, checked_by__isnull=False)}
    for kind in proofs_for(change):
        proof, name = proofs.get(kind), str(ChangeProof.Kind(kind).label)
        if proof is None:
            found.append(name)
        elif not is_current(proof.issued_on, day):
            found.append(_("%(paper)s, issued within %(months)d months") % {"paper": name, "months": PROOF_MONTHS})
    given = set(ChangeConsent.objects.filter(change=change).values_list("side", flat=True))
    found += [
        _("consent: %(side)s") % {"side": ChangeConsent.Side(side).label}
        for side in wanted_sides(change)
        if side not in given
    ]
    if change.moves and change.receiver_id is None:
        found.append(_("the receiving organisation"))
    return found


def refuse_missing(change: ChangeRequest, *, at: datetime) -> None:
    """Raise `Refused` that names what is missing at `at`."""
    if lacking := missing(change, timezone.localdate(at)):
        raise Refused(_("This is not enough yet. Missing: %(missing)s.") % {"missing": " / ".join(lacking)})


def decision_facts(change: ChangeRequest) -> dict[str, Any]:
    """Return what is decided about, as plain JSON: the text that the deciding people sign."""
    items = change.items.select_related("registration").order_by("registration__number")
    proofs = change.proofs.filter(checked_by__isnull=False).order_by("kind")
    return {
        "number": change.number,
        "kind": change.kind,
        "organisation": change.organisation.label,
        "organisation_name": change.organisation.legal_name,
        "receiver": change.receiver.label if change.receiver else None,
        "receiver_name": change.receiver.legal_name if change.receiver else "",
        "new_name": change.new_name,
        "new_kana": change.new_kana,
        "renames_organisation": change.renames_organisation,
        "reason": change.reason,
        "wished_on": change.wished_on and change.wished_on.isoformat(),
        "registrations": [[item.registration.number, item.new_unit] for item in items],
        "proofs": [[proof.kind, proof.issued_on.isoformat(), proof.reference] for proof in proofs],
        "consents": [[row.side, row.on_paper, row.reference] for row in change.consents.order_by("side")],
    }


def hash_to_sign(facts: Mapping[str, Any]) -> str:
    """Return the hash of the facts of a change in the form in which they are signed."""
    return hash_of(facts, tight=True)


def refuse_changed(change: ChangeRequest, signed_hash: str) -> None:
    """Raise `WrongState` unless `signed_hash`, the proposal and what is here now are one and the same."""
    if signed_hash != change.proposal_hash or hash_to_sign(decision_facts(change)) != change.proposal_hash:
        raise WrongState(_("This changed while the page was open. Read it again before you decide."))


def write(
    rule: Rule, change: ChangeRequest, *, actor: Actor, at: datetime, about: Iterable[str] = (), **facts: Any
) -> Event:
    """Write the event of a rule about `change` into the histories of both organisations and of what is in `about`."""
    sides = [f"organisation:{pk}" for pk in (change.organisation_id, change.receiver_id) if pk]
    kinds = {"kind": change.kind, "status": change.status}
    return event(rule.event, actor=actor, at=at, subject=change.label, about=[*sides, *about], facts={**kinds, **facts})


def about_all(change: ChangeRequest) -> list[str]:
    """Return the labels of every registration of `change`."""
    numbers = change.items.order_by("registration__number").values_list("registration__number", flat=True)
    return [f"registration:{number}" for number in numbers]


def concerned(change: ChangeRequest) -> list[User | None]:
    """Return who is told of `change`: who asked, the administrators of both sides, and every custodian of it now."""
    people: list[User | None] = [] if change.on_paper else [change.requested_by]
    for side in (change.organisation, change.receiver):
        people += custody.administrators(side) if side else []
    held = Custody.objects.current().filter(registration__in=change.items.values("registration"), user__isnull=False)
    return [*people, *(row.user for row in held.select_related("user").order_by("pk"))]


def tell(template: str, change: ChangeRequest, written: Event, *, at: datetime, but: User | None = None) -> None:
    """Tell everybody concerned, but whoever did it."""
    people = [person for person in concerned(change) if person != but]
    notices.tell(template, people, event=written, at=at, change=change)


def end(change: ChangeRequest, status: str, *, reason: str, by: User, at: datetime) -> None:
    """End an open request that is not carried out: its registrations are free for the next one."""
    change.status, change.end_reason, change.ended_by, change.ended_at = status, reason, by, at
    change.save(update_fields=["status", "end_reason", "ended_by", "ended_at"])
    change.items.filter(is_open=True).update(is_open=False)
