"""The instant at which a registration changes hands by a handover. One step, used by accept, confirm and the clock."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import WrongState
from accounts.models import Membership, User
from accounts.rulebook import Rule
from audit.models import Event
from audit.record import Actor, event
from handover import custody, mandate_sides, mandating, notices, shares
from handover.models import Custody, Handover, HandoverItem, Package, Registration, Task
from handover.restricting import refuse_blocked
from handover.rules import TABLE

Locked = tuple[Handover, list[Registration]]


def lock(handovers: QuerySet[Handover], pk: int) -> Locked:
    """Lock what a handover touches, always in the order successor, registrations, package, handover, and re-read it.

    One order everywhere: whoever locks people or registrations later would deadlock with `leave`.
    Raises `Handover.DoesNotExist` when `handovers` does not contain `pk`, `WrongState` when the list of a package was
    changed between looking and locking.
    """
    seen = handovers.get(pk=pk)
    if seen.given_to_id:
        User.objects.select_for_update(no_key=True).get(pk=seen.given_to_id)
    registrations = list(
        Registration.objects.select_for_update(no_key=True).filter(pk__in=_standing(seen)).order_by("pk")
    )
    if seen.package_id:
        Package.objects.select_for_update(no_key=True).get(pk=seen.package_id)
    locked = Handover.objects.select_for_update(no_key=True).get(pk=pk)
    now = set(_standing(locked).values_list("registration", flat=True))
    was = {registration.pk for registration in registrations}
    if locked.given_to_id != seen.given_to_id or (locked.status in Handover.OPEN and now != was):
        raise WrongState(_("What this handover contains has just been changed. Please look again."))
    return locked, registrations


def _standing(handover: Handover) -> QuerySet[HandoverItem, Any]:
    """The registrations that are still part of `handover`."""
    items = HandoverItem.objects.standing().filter(handover=handover, kind=HandoverItem.Kind.REGISTRATION)
    return items.values("registration")


def about(handover: Handover, registrations: list[Registration]) -> list[str]:
    """Return the labels in whose history an event of `handover` appears."""
    people = {handover.given_by_id, handover.given_to_id, handover.offered_by_id} - {None}
    return [
        f"organisation:{handover.organisation_id}",
        *(f"user:{pk}" for pk in people),
        *(registration.label for registration in registrations),
    ]


def noted(
    rule: Rule,
    handover: Handover,
    registrations: list[Registration],
    *,
    actor: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Write that the act of `rule` happened to a locked handover, into the history of everything it touches."""
    return event(
        rule.event, actor=actor, at=at, subject=handover.label, about=about(handover, registrations), facts=facts
    )


def is_due(handover: Handover, at: datetime) -> bool:
    """Whether `handover` waits for nobody and its date has come, in the time zone of the provider."""
    ready = handover.status == Handover.Status.CONFIRMED or (
        handover.status == Handover.Status.ACCEPTED and not handover.needs_confirmation
    )
    return ready and handover.effective_on <= timezone.localdate(at)


def require_both_sides(handover: Handover, registrations: list[Registration]) -> None:
    """Raise `WrongState` unless the successor is still a member and the giver (or a caretaker) still holds all."""
    belongs = Membership.objects.current().filter(user=handover.given_to, organisation_id=handover.organisation_id)
    if handover.given_to is not None and not belongs.exists():
        raise WrongState(_("The successor no longer belongs to the organisation. Start a new handover."))
    for registration in registrations:
        held = Custody.objects.current().filter(registration=registration).first()
        theirs = held and (held.user_id == handover.given_by_id or held.kind == Custody.Kind.CARETAKER)
        # It may have gone to another holder meanwhile, whose people alone may hold it.
        own = registration.organisation_id == handover.organisation_id
        if registration.status != Registration.Status.ACTIVE or not theirs or not own:
            raise WrongState(
                _("Registration %(number)s has changed since this was prepared. Start a new handover.")
                % {"number": registration.number}
            )


def switch_now(handover: Handover, registrations: list[Registration], *, actor: Actor, at: datetime) -> Event:
    """Change custody of every registration of a locked handover at the instant `at`, with event and notices.

    Everything of invariant 3 happens here or not at all: the caller's transaction rolls back as one.
    """
    require_both_sides(handover, registrations)
    # Who administers now: an administrator who has left meanwhile stands behind nothing.
    stands_behind = {person.pk for person in custody.administrators(handover.organisation)}
    for registration in registrations:
        backed = bool({handover.offered_by_id, handover.confirmed_by_id} & stands_behind)
        refuse_blocked(registration, "switch", at=at, by_administrator=backed)
    # Read before the switch ends some of them.
    mandates = mandating.receipt_rows(handover)
    changes = [
        custody.give(
            registration,
            handover.given_to,
            kind=Custody.Kind.CUSTODIAN,
            basis=Custody.Basis.HANDOVER if handover.is_by_giver else Custody.Basis.REASSIGNMENT,
            basis_label=handover.label,
            at=at,
            kept_mandates=mandating.kept_by(handover),
        )
        for registration in registrations
    ]
    handover.status = Handover.Status.OVERLAP
    handover.effective_at = at
    handover.reads_until = at + timedelta(days=handover.overlap_days)
    handover.receipt_facts = {**receipt_facts(handover, at=at), "mandates": mandates}
    handover.save(update_fields=["status", "effective_at", "reads_until", "receipt_facts"])
    handover.items.filter(is_open=True).update(is_open=False)
    _leave_missing(handover, at=at)
    shares.finish_if_done(handover.package, at=at)
    by_number = {registration.number: change.facts for registration, change in zip(registrations, changes, strict=True)}
    written = event(
        TABLE["switch"].event,
        actor=actor,
        at=at,
        subject=handover.label,
        about=about(handover, registrations),
        facts={"registrations": by_number},
    )
    people = [handover.given_by, handover.given_to, handover.offered_by]
    everybody = [*people, *custody.administrators(handover.organisation)]
    notices.tell("handover_switched", everybody, event=written, at=at, handover=handover)
    ended = [number for change in changes for number in change.mandates.ended]
    mandate_sides.tell_settled(ended, registrations, event=written, at=at)
    notices.tell_record("handover_switched_record", registrations, event=written, at=at, handover=handover)
    return written


def end_and_put_back(
    handover: Handover,
    registrations: list[Registration],
    status: str,
    *,
    reason: str,
    at: datetime,
    minded_by: User | None = None,
) -> Handover | None:
    """End a handover that did not come about; in a package its registrations wait for another successor.

    Returns the draft in which they wait, None where there is no open package.
    """
    shares.end(handover, status, reason=reason, at=at)
    return shares.put_back(handover, registrations, at=at, minded_by=minded_by)


def _leave_missing(handover: Handover, *, at: datetime) -> None:
    """A missing item is a task with an owner, not a footnote."""
    Task.objects.bulk_create(
        Task(
            kind=Task.Kind.FIND_MISSING,
            registration_id=item.registration_id,
            owner_id=handover.given_to_id,
            detail=item.name,
            opened_at=at,
        )
        for item in handover.items.standing().filter(mark=HandoverItem.Mark.MISSING).order_by("pk")
    )


def receipt_facts(handover: Handover, *, at: datetime) -> dict[str, Any]:
    """Return what the receipt of `handover` says, as plain JSON: names and times as they are at the switch."""

    def side(person: User | None) -> dict[str, str] | None:
        if person is None:
            return None
        return {"name": person.display_name, "kana": person.kana, "department": person.department}

    return {
        "number": handover.number,
        "organisation": handover.organisation.legal_name,
        "given_by": side(handover.given_by),
        "offered_by": side(handover.offered_by),
        "given_to": side(handover.given_to),
        "confirmed_by": side(handover.confirmed_by),
        "offered_at": handover.offered_at and handover.offered_at.isoformat(),
        "accepted_at": handover.accepted_at and handover.accepted_at.isoformat(),
        "confirmed_at": handover.confirmed_at and handover.confirmed_at.isoformat(),
        "effective_at": at.isoformat(),
        "answers": handover.answers,
        "package": handover.package.number if handover.package else "",
        "items": [
            {
                "kind": item.kind,
                "registration": item.registration.number,
                "name": item.name,
                "place": item.place,
                "mark": item.mark,
                "note": item.note,
                "detail": item.detail,
            }
            for item in handover.items.standing().select_related("registration").order_by("pk")
        ],
    }
