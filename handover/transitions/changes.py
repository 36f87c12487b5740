"""Asking for a change of name or holder, or to cancel; saying yes to it for one's side; taking it back (R8, R14)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import OrganisationKind, is_corporate_number
from accounts.rulebook import check
from handover import changing, preparing
from handover.changing import Wish, refuse_restricted, tell, write
from handover.models import ChangeConsent, ChangeItem, ChangeProof, ChangeRequest, Document, Registration
from handover.queries.changes import impact_of
from handover.rules import TABLE
from handover.rules.changes import MOST, proofs_for, side_of

Kind = ChangeRequest.Kind


def request_change(*, wish: Wish, token: UUID, actor: Actor, at: datetime) -> ChangeRequest:
    """Ask for a change of name or holder of the registrations that `wish` names; nothing changes by asking.

    `token` is the form's own: a second press gives back what the first made. An operator asks on paper. Raises
    `NotAllowed`; `WrongState` (closed, protected after a recovery, another request is open); `Refused` by field.
    """
    with transaction.atomic(durable=True):
        if made := _find_made(token, actor):
            return made
        registrations = _lock_wished(wish, actor, at)
        rule = check(TABLE, "request_change", registrations, actor)
        _refuse_wish(wish, registrations, at)
        change = _create(wish, registrations, token, actor=actor, at=at)
        facts = {"registrations": len(registrations), "on_paper": change.on_paper}
        written = write(rule, change, actor=actor, at=at, about=changing.about_all(change), **facts)
        tell("change_requested", change, written, at=at, but=actor.user)
        return change


def ask_to_cancel(*, wish: Wish, has_read: bool, token: UUID, actor: Actor, at: datetime) -> ChangeRequest:
    """Wish that one registration ends; the provider decides. `has_read`: the asker ticked what stops for whom.

    What was to be read then is kept with the wish. Raises as `request_change`, and `Refused` without the tick.
    """
    with transaction.atomic(durable=True):
        if made := _find_made(token, actor):
            return made
        registrations = _lock_wished(wish, actor, at)
        rule = check(TABLE, "ask_to_cancel", registrations, actor)
        if not has_read:
            words = _("Read first what stops, then tick this.")
            raise Refused(words, {"has_read": words})
        _refuse_wish(wish, registrations, at)
        [registration] = registrations
        impact = impact_of(registration, actor, at).facts
        change = _create(wish, registrations, token, actor=actor, at=at, impact=impact)
        about = changing.about_all(change)
        written = write(rule, change, actor=actor, at=at, about=about, on_paper=change.on_paper)
        tell("change_requested", change, written, at=at, but=actor.user)
        return change


def consent(*, change_pk: int, actor: Actor, at: datetime) -> ChangeRequest:
    """Say yes for one's side of a transfer, or as the other person to a cancellation. The view made the fresh check.

    Raises `NotAllowed`; `WrongState` when this side has agreed or the provider has begun to decide.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "consent", change, actor)
        side = str(side_of(actor, change))
        try:
            with transaction.atomic():
                ChangeConsent.objects.create(change=change, side=side, by=actor.user, at=at)
        except IntegrityError as clash:
            raise WrongState(_("This side has agreed already. Nothing was changed.")) from clash
        written = write(rule, change, actor=actor, at=at, about=changing.about_all(change), side=side)
        tell("change_consented", change, written, at=at, but=actor.user)
        return change


def withdraw_change(*, change_pk: int, reason: str, actor: Actor, at: datetime) -> ChangeRequest:
    """Take a request back before it is carried out. What the provider keeps already, an administrator takes into care.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "withdraw_change", change, actor)
        was = change.status
        changing.end(change, ChangeRequest.Status.WITHDRAWN, reason=reason, by=actor.user, at=at)
        written = write(rule, change, actor=actor, at=at, about=changing.about_all(change), was=was)
        tell("change_ended", change, written, at=at, but=actor.user)
        return change


def _find_made(token: UUID, actor: Actor) -> ChangeRequest | None:
    """Return what an earlier press of the same form made; the token of another's form is nothing to build on."""
    found = ChangeRequest.objects.filter(token=token).first()
    if found and found.requested_by_id != actor.user.pk:
        raise WrongState(_("This form has been used already. Open it again."))
    return found


def _lock_wished(wish: Wish, actor: Actor, at: datetime) -> list[Registration]:
    """Lock the registrations of `wish`; those of others are as unknown as those that are not there."""
    seen = Registration.objects.all()
    if actor.kind != OrganisationKind.PROVIDER:
        seen = seen.visible_to(actor, at)
    named = {one.number: one for one in seen.filter(number__in=wish.numbers)}
    unknown = [number for number in wish.numbers if number not in named]
    if unknown or not named:
        words = _("There is no registration with these numbers: %(numbers)s.") % {"numbers": ", ".join(unknown[:20])}
        raise Refused(words, {"numbers": words})
    homes = {one.organisation_id for one in named.values()}
    if len(homes) > 1:
        words = _("One request is about the registrations of one holder.")
        raise Refused(words, {"numbers": words})
    keys = [one.pk for one in named.values()]
    if wish.everything:
        active = Registration.objects.filter(organisation_id=homes.pop(), status=Registration.Status.ACTIVE)
        keys = list({*keys, *active.values_list("pk", flat=True)[: MOST + 1]})
    if len(keys) > MOST:
        words = _("One request takes at most %(most)d registrations.") % {"most": MOST}
        raise Refused(words, {"numbers": words})
    locked = Registration.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    return list(locked.select_related("organisation").order_by("pk"))


def _refuse_wish(wish: Wish, registrations: list[Registration], at: datetime) -> None:
    for registration in registrations:
        if registration.status != Registration.Status.ACTIVE:
            raise WrongState(_("Registration %(number)s is closed.") % {"number": registration.number})
    refuse_restricted(wish.kind, [one.pk for one in registrations], at=at)
    errors: dict[str, Any] = {}
    needed = _("Please fill this in.")
    if wish.kind == Kind.RENAME and not wish.new_name:
        errors["new_name"] = needed
    if wish.kind == Kind.RENAME and wish.new_name == registrations[0].organisation.legal_name:
        errors["new_name"] = _("This is the name already.")
    if wish.kind in (Kind.SUCCESSION, Kind.TRANSFER) and not wish.receiver_name:
        errors["receiver_name"] = needed
    if wish.kind == Kind.REORGANISATION and not wish.receiver_name and not wish.units:
        errors["numbers"] = _("Say which unit uses it from now on, or which body holds it.")
    if wish.receiver_corporate_number and not is_corporate_number(wish.receiver_corporate_number):
        errors["receiver_corporate_number"] = _("This is no corporate number: 13 digits.")
    if errors:
        raise Refused(next(iter(errors.values())), errors)
    _refuse_proofs(wish, registrations, at)


def _refuse_proofs(wish: Wish, registrations: list[Registration], at: datetime) -> None:
    documents = {proof.document_pk for proof in wish.proofs if proof.document_pk is not None}
    keys = [one.pk for one in registrations]
    of_these = Document.objects.filter(pk__in=documents, registration__in=keys, erased_at=None)
    if of_these.count() != len(documents):
        raise Refused(_("Choose a paper of this registration."))
    for proof in wish.proofs:
        if proof.issued_on > timezone.localdate(at):
            words = _("A paper cannot be issued in the future.")
            raise Refused(words, {f"{proof.kind}_issued_on": words})


def _create(
    wish: Wish,
    registrations: list[Registration],
    token: UUID,
    *,
    actor: Actor,
    at: datetime,
    impact: dict[str, Any] | None = None,
) -> ChangeRequest:
    """Write the request with its registrations and stated papers; the database allows one open each."""
    change = ChangeRequest(
        number=preparing.new_number("Q", at),
        kind=wish.kind,
        organisation=registrations[0].organisation,
        receiver_name=wish.receiver_name,
        receiver_corporate_number=wish.receiver_corporate_number,
        new_name=wish.new_name,
        new_kana=wish.new_kana,
        renames_organisation=wish.renames_organisation,
        reason=wish.reason,
        wished_on=wish.wished_on,
        impact=impact or {},
        on_paper=actor.kind == OrganisationKind.PROVIDER,
        requested_by=actor.user,
        requested_at=at,
        token=token,
    )
    try:
        with transaction.atomic():
            change.save(force_insert=True)
            ChangeItem.objects.bulk_create(
                [
                    ChangeItem(change=change, registration=one, new_unit=wish.units.get(one.number, ""))
                    for one in registrations
                ],
                batch_size=500,
            )
    except IntegrityError as clash:
        raise WrongState(
            _("Another request about one of these registrations is open. Finish that one first.")
        ) from clash
    _keep_proofs(change, wish, actor)
    return change


def _keep_proofs(change: ChangeRequest, wish: Wish, actor: Actor) -> None:
    """Keep the papers that were stated, as far as this kind of request rests on them."""
    allowed = proofs_for(change)
    ChangeProof.objects.bulk_create(
        ChangeProof(
            change=change,
            kind=proof.kind,
            issued_on=proof.issued_on,
            reference=proof.reference,
            document_id=proof.document_pk,
            stated_by=actor.user,
        )
        for proof in wish.proofs
        if proof.kind in allowed
    )
