"""Business stands still: an operator makes one named setting after a call, another person confirms or takes it back.

No control is handed over, and nothing of it depends on how the claim itself ends (procedure.md A12, P20).
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import Actor, event
from desk import announcing, progress
from desk.models import Contact
from handover import restricting
from handover.folding import find_phone
from handover.models import ContactPoint, Registration
from outbox import cipher
from recovery import deciding, dispatching, endpoints, named_settings, steps
from recovery.models import Claim, Dispatch, Duty, UrgentSetting
from recovery.queries import urgent as reads
from recovery.rules import TABLE
from recovery.rules.urgent import MOST_DAYS

S = UrgentSetting.Status
LOOK_WITHIN = 1
"""Business days in which somebody looks at what the clock has pointed out."""


def make_setting(
    claim_pk: int,
    *,
    code: str,
    before: str,
    after: str,
    reason: str,
    remind_on: date,
    contact_point_pk: int | None,
    number: str,
    note: str,
    actor: Person,
    at: datetime,
) -> UrgentSetting:
    """Write down one named setting that the actor makes now, after a call; everybody on record is told.

    The call goes to the phone number of record `contact_point_pk`; only where none can be used, to the published main
    `number`, where somebody else than the claimant answers. `note`: with whom and what was asked; `before` and
    `after`: what it was and is, in words. Raises `NotAllowed`, `WrongState` (frozen, contested, the person in charge
    is here, another setting stands), `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "make_setting", claim, actor)
        registration = _may_be_set(claim, at)
        wanted = named_settings.find(registration, code)
        _refuse_incomplete(wanted is not None, before, after, reason, remind_on, note, at)
        point, endpoint = _called(claim, contact_point_pk, number, at)
        made = UrgentSetting(
            claim=claim,
            registration=registration,
            code=code,
            name_ja=wanted.ja if wanted else "",
            name_en=wanted.en if wanted else "",
            sealed=UrgentSetting.seal({"before": before, "after": after, "reason": reason}),
            basis=UrgentSetting.Basis.RECORD if point else UrgentSetting.Basis.PUBLISHED,
            contact=_note_call(claim, is_record=point is not None, note=note, actor=actor, at=at),
            contact_point=point,
            endpoint=endpoint,
            remind_on=remind_on,
            made_by=actor.user,
            made_at=at,
        )
        _keep(made)
        facts = {"name": code, "basis": made.basis, "remind_on": remind_on.isoformat()}
        written = _note(rule, made, actor=actor, at=at, **facts)
        _tell(made, Dispatch.Purpose.SETTING, event=written, actor=actor, at=at)
        return made


def _may_be_set(claim: Claim, at: datetime) -> Registration:
    """Return the registration, or raise `WrongState`: who can be reached sets it, and what is contested stays."""
    steps.refuse_frozen(claim)
    registration = claim.registration
    if registration is None or registration.status != Registration.Status.ACTIVE:
        raise WrongState(_("The registration is no longer active. Nothing was changed."))
    restricting.refuse_contested(registration, at=at)
    deciding.refuse_active_custodian(claim)
    return registration


def _refuse_incomplete(
    is_known: bool, before: str, after: str, reason: str, remind_on: date, note: str, at: datetime
) -> None:
    fields = {}
    if not is_known:
        fields["code"] = _("Choose a setting from the list.")
    for name, value in (("before", before), ("after", after), ("reason", reason), ("note", note)):
        if not value.strip():
            fields[name] = _("Please write this down: whoever confirms or takes it back reads it.")
    today = timezone.localdate(at)
    if not today < remind_on <= today + timedelta(days=MOST_DAYS):
        fields["remind_on"] = _("Choose a day within the next %(days)d days.") % {"days": MOST_DAYS}
    if fields:
        raise Refused(next(iter(fields.values())), fields)


def _called(claim: Claim, pk: int | None, number: str, at: datetime) -> tuple[ContactPoint | None, str]:
    """Return the number of record that was called, or None, and the fingerprint of the number in either case."""
    usable = reads.phones_of(claim, at)
    if usable:
        point = next((one for one in usable if one.pk == pk), None)
        if point is None:
            words = _("Choose the phone number of record that was called.")
            raise Refused(words, {"contact_point": words})
        return point, endpoints.of_point(point)
    if find_phone(number) is None:
        words = _("Enter the published main number that was called, with its area code.")
        raise Refused(words, {"number": words})
    used = endpoints.print_of(ContactPoint.Kind.PHONE, number)
    own = claim.inquiry.statement.own_phone
    if own and used == endpoints.print_of(ContactPoint.Kind.PHONE, own):
        words = _("This is the number that the claimant gave for calling back. It proves nothing.")
        raise Refused(words, {"number": words})
    return None, used


def _note_call(claim: Claim, *, is_record: bool, note: str, actor: Person, at: datetime) -> Contact:
    phone = Contact.Channel.PHONE
    return progress.note(
        claim.inquiry_id,
        text=note,
        at=at,
        direction=Contact.Direction.OUT,
        channel=phone,
        intention=announcing.use(claim.inquiry, channel=phone, actor=actor, at=at),
        party=Contact.Party.RECORD if is_record else Contact.Party.ORGANISATION,
        by=actor.user,
    )


def _keep(made: UrgentSetting) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as clash:
        raise WrongState(
            _("A setting of this registration stands already. Take it back first. Nothing was changed.")
        ) from clash


def confirm_setting(setting_pk: int, *, actor: Person, at: datetime) -> UrgentSetting:
    """Say as the second person that it was right to make it. It stays until somebody takes it back.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        found = _lock(setting_pk)
        rule = check(TABLE, "confirm_setting", found, actor)
        found.status, found.confirmed_by, found.confirmed_at = S.CONFIRMED, actor.user, at
        found.save(update_fields=["status", "confirmed_by", "confirmed_at"])
        if not reads.is_due(found, at):
            _end_duty(found, actor, at)
        _note(rule, found, actor=actor, at=at)
        return found


def reverse_setting(setting_pk: int, *, reason: str, actor: Person, at: datetime) -> UrgentSetting:
    """Take the setting back, at any time and whatever became of the claim; everybody on record is told.

    Raises `NotAllowed`, `WrongState`, `Refused` without a reason.
    """
    with transaction.atomic(durable=True):
        found = _lock(setting_pk)
        rule = check(TABLE, "reverse_setting", found, actor)
        if not reason.strip():
            words = _("Say why.")
            raise Refused(words, {"reason": words})
        was = found.status
        found.status, found.reversed_by, found.reversed_at = S.REVERSED, actor.user, at
        found.sealed_end = cipher.encrypt(reason)
        found.save(update_fields=["status", "reversed_by", "reversed_at", "sealed_end"])
        _end_duty(found, actor, at)
        written = _note(rule, found, actor=actor, at=at, was=was)
        _tell(found, Dispatch.Purpose.UNSET, event=written, actor=actor, at=at)
        return found


def remind_of_setting(setting_pk: int, *, actor: Actor, at: datetime) -> Duty:
    """Open a duty about a setting that nobody confirmed, or whose day has come. It takes nothing back by itself."""
    with transaction.atomic(durable=True):
        found = _lock(setting_pk)
        rule = check(TABLE, "remind_of_setting", found, actor)
        open_now = Duty.objects.open().filter(claim=found.claim, kind=Duty.Kind.SETTING)
        if open_now.exists() or not reads.is_due(found, at):
            raise WrongState(_("Nobody has to be reminded of this setting. Nothing was changed."))
        made = Duty.objects.create(
            claim=found.claim, kind=Duty.Kind.SETTING, opened_at=at, due_on=steps.soon(at, LOOK_WITHIN)
        )
        _note(rule, found, actor=actor, at=at, duty=made.pk)
        return made


def _lock(setting_pk: int) -> UrgentSetting:
    claim = steps.lock(UrgentSetting.objects.only("claim_id").get(pk=setting_pk).claim_id)
    rows = UrgentSetting.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("registration__organisation", "made_by").get(pk=setting_pk)
    found.claim = claim
    return found


def _end_duty(found: UrgentSetting, actor: Person, at: datetime) -> None:
    duties = Duty.objects.open().filter(claim=found.claim, kind=Duty.Kind.SETTING)
    duties.update(closed_at=at, closed_by=actor.user)


def _note(rule: Rule, found: UrgentSetting, *, actor: Actor, at: datetime, **facts: Any) -> Event:
    """Write it into the case and, with its number, into the customer's history: also before it is accepted."""
    registration, claim = found.registration, found.claim
    labels = [claim.inquiry.label, registration.label, registration.organisation.label]
    more = {"case": claim.number, "setting": found.pk, **facts}
    return event(rule.event, actor=actor, at=at, subject=claim.label, about=labels, facts=more)


def _tell(found: UrgentSetting, purpose: str, *, event: Event, actor: Person, at: datetime) -> None:
    """Tell every channel of record. What was taken back is nothing to object to, so that notice carries no code."""
    claim = found.claim
    for to in dispatching.recipients(claim, of=found.registration, at=at):
        code, plain = None, ""
        if purpose == Dispatch.Purpose.SETTING:
            code, plain = dispatching.objection_code(claim, purpose, to, at=at)
        dispatching.send(
            claim,
            purpose,
            to,
            event=event,
            at=at,
            code=code,
            objection=plain,
            ordered_by=actor.user,
            more={"setting": found},
        )
