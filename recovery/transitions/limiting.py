"""What follows from codes that were not right. The worker does it, so that nobody's page takes longer for it (A10)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import WrongState
from accounts.rulebook import check
from audit.record import Actor, event
from handover import custody, notices
from handover.models import Custody, RecoveryKit, Registration
from recovery import dispatching, limits, saved_codes, steps
from recovery.models import FailedCode, PhonePause
from recovery.queries import procedures
from recovery.rules import TABLE


def note_failed_code(failed_pk: int, *, actor: Actor, at: datetime) -> FailedCode:
    """Write a wrong try down; with the last one the code is dead, and who has mail on record is told (A6).

    Of a kit it is written down as that, and nothing else: `end_guessed_kit` does the rest.

    Raises `WrongState` when it is written down already.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(FailedCode.objects.only("claim_id").get(pk=failed_pk).claim_id)
        found = FailedCode.objects.select_for_update(no_key=True).get(pk=failed_pk)
        rule = check(TABLE, "note_failed_code", None, actor)
        if found.noted_at:
            raise WrongState(_("This is written down already. Nothing was changed."))
        found.noted_at = at
        found.save(update_fields=["noted_at"])
        facts = {"dead": found.dead, "purpose": found.purpose, "tried_at": found.at.isoformat()}
        about = [claim.inquiry.label]
        if found.purpose == FailedCode.KIT:
            event("kit.refused", actor=actor, at=at, subject=claim.label, about=about, facts=facts)
            return found
        written = event(rule.event, actor=actor, at=at, subject=claim.label, about=about, facts=facts)
        if found.dead:
            dispatching.warn_of_guesses(claim, event=written, at=at)
        return found


def pause_phone(registration_pk: int, *, actor: Actor, at: datetime) -> PhonePause:
    """Switch verification by phone off for a registration on which too many codes failed today; tell its people.

    Nothing else changes: whoever is in charge signs in as ever. Raises `WrongState` when there were not so many, or it
    is off already.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True, of=("self",)).get(pk=registration_pk)
        rule = check(TABLE, "pause_phone", registration, actor)
        rules = procedures.live().procedure.limits
        failed = limits.failures_on(registration.pk, at)
        if failed < rules["failures_per_registration_a_day"] or limits.pause_of(registration, at):
            raise WrongState(_("There is nothing to switch off here. Nothing was changed."))
        until = at + timedelta(hours=rules["phone_off_hours"])
        made = PhonePause.objects.create(registration=registration, since=at, until=until)
        labels = [registration.label, registration.organisation.label]
        facts = {"until": until.isoformat(), "failed": failed}
        written = event(rule.event, actor=actor, at=at, subject=registration.label, about=labels, facts=facts)
        held = Custody.objects.current().filter(registration=registration).select_related("user").first()
        people = [held.user if held else None, *custody.administrators(registration.organisation)]
        notices.tell("phone_paused", people, event=written, at=at, registration=registration, until=until)
        return made


def end_guessed_kit(kit_pk: int, *, actor: Actor, at: datetime) -> RecoveryKit:
    """Void a recovery kit that has no try left; tell whoever made it and ask for a new one (A6, A10).

    From its last try on it opens nothing; this writes it down. Raises `WrongState` when it has tries left, or was used,
    replaced or ended meanwhile.
    """
    with transaction.atomic(durable=True):
        kit = RecoveryKit.objects.select_related("custody__user").get(pk=kit_pk)
        rows = Registration.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
        registration = rows.get(pk=kit.custody.registration_id)
        rule = check(TABLE, "end_guessed_kit", registration, actor)
        valid = RecoveryKit.objects.filter(pk=kit_pk, void_at=None, tries__gte=saved_codes.most_tries())
        if not valid.update(void_at=at):
            raise WrongState(_("This kit has tries left, or is not in use any more. Nothing was changed."))
        kit.refresh_from_db(fields=["tries", "void_at"])
        saved_codes.ask_for_new(registration, kit, at=at)
        labels, facts = [registration.label, registration.organisation.label], {"kit": kit.pk, "tries": kit.tries}
        written = event(rule.event, actor=actor, at=at, subject=registration.label, about=labels, facts=facts)
        people = [kit.custody.user, *custody.administrators(registration.organisation)]
        notices.tell("kit_guessed", people, event=written, at=at, registration=registration)
        return kit
