"""Legal holds: while one stands, nothing of a registration is erased."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import event
from handover import custody, erasing, notices
from handover.models import Custody, LegalHold, Registration
from handover.rules import TABLE
from outbox import cipher


def place_hold(*, registration_pk: int, reason: str, words: str, actor: Actor, at: datetime) -> LegalHold:
    """Hold the papers of a registration fast, until the same side lifts it.

    `words` are kept encrypted and needed for the reason "other". A senior of the provider needs an open case about it.
    Raises `NotAllowed`, `Refused`, `WrongState` when this side holds it already.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "place_hold", registration, actor)
        case = "" if actor.is_customer else erasing.open_case(registration, at)
        if case is None:
            raise NotAllowed(rule.why_not)
        if reason not in LegalHold.Reason.values or (reason == LegalHold.Reason.CASE) != bool(case):
            wrong = _("Choose a reason from the list.")
            raise Refused(wrong, {"reason": wrong})
        if reason == LegalHold.Reason.OTHER and not words.strip():
            wrong = _("Say in a few words why.")
            raise Refused(wrong, {"words": wrong})
        if LegalHold.objects.standing().filter(registration=registration, case=case).exists():
            raise WrongState(_("These papers are held fast already. Nothing was changed."))
        made = LegalHold.objects.create(
            registration=registration,
            reason=reason,
            sealed_words=cipher.encrypt(words.strip()) if words.strip() else None,
            case=case,
            placed_by=actor.user,
            placed_at=at,
        )
        _tell("hold_placed", made, _write(rule, made, actor=actor, at=at), at)
        return made


def lift_hold(*, hold_pk: int, actor: Actor, at: datetime) -> LegalHold:
    """Lift a hold. Nothing is erased by that: it may only be proposed again. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        registration_pk = LegalHold.objects.values_list("registration_id", flat=True).get(pk=hold_pk)
        Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        hold = LegalHold.objects.select_related("registration").get(pk=hold_pk)
        rule = check(TABLE, "lift_hold", hold, actor)
        hold.lifted_by, hold.lifted_at = actor.user, at
        hold.save(update_fields=["lifted_by", "lifted_at"])
        _tell("hold_lifted", hold, _write(rule, hold, actor=actor, at=at), at)
        return hold


def _write(rule: Rule, hold: LegalHold, *, actor: Actor, at: datetime) -> Event:
    registration = hold.registration
    about = [registration.label, f"organisation:{registration.organisation_id}"]
    facts = {"reason": hold.reason, "case": hold.case}
    return event(rule.event, actor=actor, at=at, subject=hold.label, about=about, facts=facts)


def _tell(template: str, hold: LegalHold, written: Event, at: datetime) -> None:
    """Tell who is in charge and the administrators of the holder; the words are for the page, not for a mail."""
    registration = hold.registration
    current = Custody.objects.current().filter(registration=registration).select_related("user").first()
    people: list[User | None] = [current.user if current else None, *custody.administrators(registration.organisation)]
    notices.tell(template, people, event=written, at=at, registration=registration, hold=hold)
