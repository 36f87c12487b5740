"""Carrying out a change that was decided: into the provider's keeping first where the holder changes, then the change.

Custody never changes in the step that changes name or holder (procedure.md B5, docs/decisions/0016). Many
registrations go in pieces, each one transaction with its event; the clock finishes what a person began.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import Organisation, User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System
from handover import changing, confirming, custody, ending, naming, notices
from handover.changing import refuse_changed, refuse_restricted, write
from handover.models import ChangeItem, ChangeRequest, Custody, GapAlert, Handover, Registration
from handover.rules import TABLE
from handover.rules import changes as rules

K, S = ChangeRequest.Kind, ChangeRequest.Status
Piece = list[tuple[ChangeItem, Registration]]


def release_for_change(*, change_pk: int, signed_hash: str, actor: Actor, at: datetime) -> ChangeRequest:
    """End the custody of all that goes to another holder; the provider keeps it until the new one names somebody.

    An act of its own with its own event; gap alerts open. The view has made the fresh check. Raises `NotAllowed`;
    `WrongState` (not approved, protected after a recovery, changed, or the holder stays the same).
    """
    with transaction.atomic(durable=True):
        change, piece = _lock_piece(change_pk, released_at=None)
        rule = check(TABLE, "release_for_change", change, actor)
        if not change.moves:
            raise WrongState(_("The holder stays the same, so custody stays where it is. Nothing was changed."))
        refuse_changed(change, signed_hash)
        refuse_restricted(change.kind, change.items.values_list("registration_id", flat=True), at=at)
        _release(rule, change, piece, actor=actor, at=at)
        return change


def execute_change(*, change_pk: int, signed_hash: str, actor: Actor, at: datetime) -> ChangeRequest:
    """Carry out what was decided, exactly as it was signed; custody is the same before and after.

    The view has made the fresh check. Raises `NotAllowed`; `WrongState` (not approved, not yet in the provider's
    keeping where the holder changes, protected after a recovery, or changed since).
    """
    with transaction.atomic(durable=True):
        # Whoever leaves locks the organisation before its registrations; so does this.
        _lock_organisations(change_pk)
        change, piece = _lock_piece(change_pk, executed_at=None)
        rule = check(TABLE, "execute_change", change, actor)
        if change.moves and change.status != S.RELEASED:
            raise WrongState(_("Custody ends first, in a step of its own. Nothing was changed."))
        refuse_changed(change, signed_hash)
        refuse_restricted(change.kind, change.items.values_list("registration_id", flat=True), at=at)
        change.executed_by = actor.user
        _execute(rule, change, piece, actor=actor, at=at)
        return change


def continue_change(*, change_pk: int, actor: System, at: datetime) -> ChangeRequest:
    """Do the next piece of what a person began. Raises `WrongState` when nothing is under way."""
    with transaction.atomic(durable=True):
        _lock_organisations(change_pk)
        seen = ChangeRequest.objects.values_list("status", flat=True).get(pk=change_pk)
        releasing = seen == S.RELEASING
        unfinished = {"released_at": None} if releasing else {"executed_at": None}
        change, piece = _lock_piece(change_pk, **unfinished)
        rule = check(TABLE, "continue_change", change, actor)
        if change.status != seen:
            raise WrongState(_("Somebody was quicker. Nothing was changed."))
        if releasing:
            _release(rule, change, piece, actor=actor, at=at)
        else:
            _execute(rule, change, piece, actor=actor, at=at)
        return change


def _lock_organisations(change_pk: int) -> None:
    sides = ChangeRequest.objects.values_list("organisation_id", "receiver_id").get(pk=change_pk)
    list(Organisation.objects.select_for_update(no_key=True).filter(pk__in=[pk for pk in sides if pk]).order_by("pk"))


def _lock_piece(change_pk: int, **unfinished: Any) -> tuple[ChangeRequest, Piece]:
    """Lock the next registrations of a request, then the request; returns it with each item and its registration."""
    rows = ChangeItem.objects.filter(change_id=change_pk, is_open=True, **unfinished)
    keys = list(rows.order_by("registration_id").values_list("registration_id", flat=True)[: rules.PIECE])
    change = changing.lock(change_pk, piece=keys)
    items = ChangeItem.objects.filter(change=change, registration__in=keys, is_open=True, **unfinished)
    wide = items.select_related("registration__organisation").order_by("registration_id")
    return change, [(item, item.registration) for item in wide]


def _fitting(change: ChangeRequest, piece: Piece) -> tuple[Piece, list[str]]:
    """Leave out what is no longer what was decided about: closed, or another's by now. Returns the rest, and those."""
    fits, out = [], []
    for item, registration in piece:
        active = registration.status == Registration.Status.ACTIVE
        if active and registration.organisation_id == change.organisation_id:
            fits.append((item, registration))
        else:
            out.append((item, registration))
    return fits, _leave_out(out)


def _leave_out(piece: Piece) -> list[str]:
    ChangeItem.objects.filter(pk__in=[item.pk for item, _registration in piece]).update(is_open=False, left_out=True)
    return [registration.number for _item, registration in piece]


# Into the provider's keeping ------------------------------------------------------------------------------------------


def _release(rule: Rule, change: ChangeRequest, piece: Piece, *, actor: Actor | System, at: datetime) -> None:
    fits, out = _fitting(change, piece)
    registrations = [registration for _item, registration in fits]
    held = {
        row.registration_id: row
        for row in Custody.objects.current().filter(registration__in=[one.pk for one in registrations])
    }
    handovers = ending.end_handovers(registrations, reason=change.number, at=at)
    changes = {
        registration.number: custody.give(
            registration,
            None,
            kind=Custody.Kind.CARETAKER,
            basis=Custody.Basis.CARETAKER,
            basis_label=change.label,
            at=at,
        ).facts
        for registration in registrations
        if held[registration.pk].user_id
    }
    ChangeItem.objects.filter(pk__in=[item.pk for item, _registration in fits]).update(released_at=at)
    left = change.items.filter(is_open=True, released_at=None).exists()
    change.status = S.RELEASING if left else S.RELEASED
    change.save(update_fields=["status"])
    about = [registration.label for registration in registrations]
    facts = {
        "step": "release",
        "registrations": changes,
        "left_out": out,
        "handovers": [one.number for one in handovers],
    }
    written = write(rule, change, actor=actor, at=at, about=about, **facts)
    _tell_ended(handovers, written, at)
    people = User.objects.filter(pk__in=[row.user_id for row in held.values() if row.user_id]).order_by("pk")
    notices.tell("change_released", [*people, *changing.concerned(change)], event=written, at=at, change=change)
    notices.tell_record("change_released", registrations, event=written, at=at, change=change)


def _tell_ended(handovers: list[Handover], written: Event, at: datetime) -> None:
    for handover in handovers:
        people = [handover.given_by, handover.given_to, handover.offered_by]
        notices.tell("handover_withdrawn", people, event=written, at=at, handover=handover)


# The change itself ----------------------------------------------------------------------------------------------------


def _execute(rule: Rule, change: ChangeRequest, piece: Piece, *, actor: Actor | System, at: datetime) -> None:
    fits, out = _fitting(change, piece)
    if change.moves:
        fits, held_again = _kept(fits)
        out += held_again
    registrations = [registration for _item, registration in fits]
    act = {
        K.RENAME: _rename,
        K.SUCCESSION: _move,
        K.TRANSFER: _move,
        K.REORGANISATION: _move if change.moves else _move_units,
        K.CANCELLATION: _close,
    }[K(change.kind)]
    facts, handovers = act(change, fits, at)
    certificates = [serial for one in registrations for serial in custody.supersede_certificates(one, at=at)]
    ChangeItem.objects.filter(pk__in=[item.pk for item, _registration in fits]).update(executed_at=at, is_open=False)
    left = change.items.filter(is_open=True).exists()
    change.status = S.EXECUTING if left else S.EXECUTED
    change.executed_at = None if left else at
    change.save(update_fields=["status", "executed_at", "executed_by", "old_name", "old_kana"])
    for side in (change.organisation, change.receiver):
        if side:
            custody.mind_administrator_gap(side, at=at)
    written = write(
        rule,
        change,
        actor=actor,
        at=at,
        about=[registration.label for registration in registrations],
        step="execute",
        registrations=[registration.number for registration in registrations],
        left_out=out,
        certificates_superseded=certificates,
        **facts,
    )
    _tell_ended(handovers, written, at)
    _tell_done(change, registrations, written, at)


def _tell_done(change: ChangeRequest, registrations: list[Registration], written: Event, at: datetime) -> None:
    """Tell the people once all is done, and the contact points on record with each piece."""
    if change.status == S.EXECUTED:
        former = User.objects.filter(pk__in=_former_holders(change)).order_by("pk")
        notices.tell("change_executed", [*changing.concerned(change), *former], event=written, at=at, change=change)
    notices.tell_record("change_executed", registrations, event=written, at=at, change=change)


def _former_holders(change: ChangeRequest) -> list[int]:
    """Return who held what was taken into the provider's keeping for `change`."""
    released = dict(change.items.exclude(released_at=None).values_list("registration_id", "released_at"))
    ended = Custody.objects.filter(registration__in=released, to_at__in=set(released.values()), user__isnull=False)
    return [user for user in ended.values_list("user_id", flat=True) if user]


def _kept(fits: Piece) -> tuple[Piece, list[str]]:
    """Leave out what somebody holds again, such as after a recovery: nobody of the old holder acts for the new one."""
    keys = [registration.pk for _item, registration in fits]
    held = set(
        Custody.objects.current()
        .filter(registration__in=keys, user__isnull=False)
        .values_list("registration_id", flat=True)
    )
    again = [(item, registration) for item, registration in fits if registration.pk in held]
    return [pair for pair in fits if pair[1].pk not in held], _leave_out(again)


Done = tuple[dict[str, Any], list[Handover]]


def _rename(change: ChangeRequest, fits: Piece, at: datetime) -> Done:
    """Change of name: the holder's own, those of the registrations, or both."""
    home = change.organisation
    registrations = [registration for _item, registration in fits]
    if not change.old_name:
        change.old_name, change.old_kana = home.legal_name, home.kana
    old, new = (change.old_name, change.old_kana), (change.new_name, change.new_kana)
    if change.renames_organisation and home.legal_name != change.new_name:
        home.former_names = [*home.former_names, home.legal_name]
        home.legal_name, home.kana = new
        home.save(update_fields=["legal_name", "kana", "former_names"])
        # The holder's name is part of every search text, not only of those that are renamed.
        others = Registration.objects.select_for_update(no_key=True).filter(organisation=home)
        naming.refold(list(others.exclude(pk__in=[one.pk for one in registrations]).order_by("pk")))
    for registration in registrations:
        registration.organisation = home
        naming.call(registration, old=old, new=new)
    _save(registrations)
    confirming.ask(registrations, units=False, at=at)
    return {"organisation_renamed": change.renames_organisation}, []


def _move_units(change: ChangeRequest, fits: Piece, at: datetime) -> Done:
    """Reorganisation inside one holder: the units change, holder and custody do not."""
    registrations = [registration for _item, registration in fits]
    for item, registration in fits:
        if item.new_unit and item.new_unit != registration.unit:
            naming.move_unit(registration, item.new_unit, at=at)
    _save(registrations)
    confirming.ask(registrations, units=True, at=at)
    return {}, []


def _move(change: ChangeRequest, fits: Piece, at: datetime) -> Done:
    """Another organisation holds it from now on; nobody of the former one is left in anything that acts."""
    receiver, registrations = change.receiver, [registration for _item, registration in fits]
    if receiver is None:
        raise WrongState(_("The receiving organisation is not named yet. Nothing was changed."))
    change.old_name, change.old_kana = change.organisation.legal_name, change.organisation.kana
    handovers = ending.end_handovers(registrations, reason=change.number, at=at)
    ending.end_people(registrations, at=at)
    ending.orphan_tasks(registrations)
    ended = ending.end_mandates(registrations, at=at) if change.kind == K.TRANSFER else 0
    ending.drop_questions(registrations, at=at)
    for item, registration in fits:
        registration.organisation = receiver
        naming.call(registration, old=(change.old_name, change.old_kana), new=(receiver.legal_name, receiver.kana))
        if item.new_unit and item.new_unit != registration.unit:
            naming.move_unit(registration, item.new_unit, at=at)
    _save(registrations)
    keys = [registration.pk for registration in registrations]
    GapAlert.objects.filter(registration__in=keys, closed_at=None).update(organisation=receiver)
    confirming.begin_anew(registrations, on=timezone.localdate(at))
    confirming.ask(registrations, units=change.kind == K.REORGANISATION, at=at)
    return {"from_organisation": change.organisation.label, "mandates_ended": ended}, handovers


def _close(change: ChangeRequest, fits: Piece, at: datetime) -> Done:
    """The registration ends. Its last custody, its papers and its history stay."""
    registrations = [registration for _item, registration in fits]
    handovers = ending.end_handovers(registrations, reason=change.number, at=at)
    ending.end_people(registrations, at=at)
    tasks = ending.end_tasks(registrations, at=at)
    ended = ending.end_mandates(registrations, at=at)
    for registration in registrations:
        registration.status, registration.closed_at = Registration.Status.CLOSED, at
        registration.save(update_fields=["status", "closed_at"])
        custody.mind_gap(registration, has_custodian=True, at=at)
    return {"tasks_ended": tasks, "mandates_ended": ended}, handovers


def _save(registrations: list[Registration]) -> None:
    columns = ["organisation", "registered_name", "registered_kana", "former_names", "unit"]
    Registration.objects.bulk_update(registrations, columns, batch_size=100)
    naming.refold(registrations)
