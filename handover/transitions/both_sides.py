"""What either side says besides yes and no: things on the list, the giver's signature, an objection, reading again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership
from accounts.rulebook import check
from handover import custody, notices, preparing, switching
from handover.models import Handover, HandoverItem
from handover.preparing import MAX_THINGS
from handover.rules import TABLE
from handover.rules.packages import MOST_ITEMS

S = Handover.Status


def add_item(
    *,
    handover_pk: int,
    registration_pk: int,
    kind: str,
    name: str,
    place: str,
    detail: str,
    actor: Actor,
    at: datetime,
) -> HandoverItem:
    """Put a thing, key, sealed envelope or note for one registration on the list; of an offer the successor is told.

    `place` is where it lies, `detail` what a note says. Raises `NotAllowed`, `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "add_item", handover, actor)
        if kind not in HandoverItem.LOOSE or registration_pk not in {one.pk for one in registrations}:
            raise Refused(_("Choose what it is and to which registration it belongs."))
        loose = handover.items.standing().filter(kind__in=HandoverItem.LOOSE, registration=registration_pk)
        if loose.count() >= MAX_THINGS or handover.items.standing().count() >= MOST_ITEMS:
            raise Refused(_("At most %(limit)d things. Put the rest into one line.") % {"limit": MAX_THINGS})
        made = HandoverItem.objects.create(
            handover=handover, kind=kind, registration_id=registration_pk, name=name, place=place, detail=detail
        )
        written = switching.noted(
            rule, handover, registrations, actor=actor, at=at, facts={"item": made.pk, "kind": kind}
        )
        if handover.status == S.OFFERED:
            notices.tell("handover_changed", [handover.given_to], event=written, at=at, handover=handover)
        return made


def drop_item(*, item_pk: int, actor: Actor, at: datetime) -> HandoverItem:
    """Take a thing, key, envelope or note off the list of a draft; the row stays. Papers belong to the registration.

    Raises `NotAllowed`, `WrongState` (offered meanwhile, or off the list already).
    """
    with transaction.atomic(durable=True):
        handover_pk = HandoverItem.objects.values_list("handover_id", flat=True).get(pk=item_pk)
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "drop_item", handover, actor)
        item = HandoverItem.objects.select_for_update(no_key=True).get(pk=item_pk)
        if item.left_at or item.kind not in HandoverItem.LOOSE:
            raise WrongState(_("This cannot be taken off the list, or is off it already. Nothing was changed."))
        item.left_at = at
        item.save(update_fields=["left_at"])
        switching.noted(rule, handover, registrations, actor=actor, at=at, facts={"item": item.pk, "kind": item.kind})
        return item


def countersign(*, handover_pk: int, remark: str, actor: Actor, at: datetime) -> Handover:
    """The giver signs what the successor marked, with a remark if need be; the receipt shows both signatures.

    The view has made the fresh check. It holds nothing up: the switch does not wait for it (B2).
    Raises `NotAllowed`, `WrongState` (signed already).
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "countersign", handover, actor)
        if handover.countersigned_at:
            raise WrongState(_("The marks have been signed already. Nothing was changed."))
        handover.countersigned_by, handover.countersigned_at, handover.giver_remark = actor.user, at, remark
        handover.save(update_fields=["countersigned_by", "countersigned_at", "giver_remark"])
        written = switching.noted(rule, handover, registrations, actor=actor, at=at, facts={"has_remark": bool(remark)})
        notices.tell("handover_countersigned", [handover.given_to], event=written, at=at, handover=handover)
        return handover


def raise_objection(*, handover_pk: int, reason: str, actor: Actor, at: datetime) -> Handover:
    """Who holds it objects to being replaced: the handover pauses until an administrator has answered (B2, B5).

    Raises `NotAllowed`, `WrongState`; `WrongState` too when an objection to this one was answered before.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "raise_objection", handover, actor)
        if handover.objected_at:
            raise WrongState(_("Your objection to this handover has been answered already. Nothing was changed."))
        handover.frozen_from, handover.status = handover.status, S.FROZEN
        handover.objection, handover.objected_at = reason, at
        handover.save(update_fields=["frozen_from", "status", "objection", "objected_at"])
        written = switching.noted(
            rule, handover, registrations, actor=actor, at=at, facts={"from": handover.frozen_from}
        )
        people = [handover.offered_by, handover.given_to, *custody.administrators(handover.organisation)]
        notices.tell("handover_objected", people, event=written, at=at, handover=handover)
        return handover


def settle_objection(*, handover_pk: int, answer: str, actor: Actor, at: datetime) -> Handover:
    """An administrator answers the objection in writing; the handover goes on, not before the notice days are over.

    The organisation prevails over the person (B5), but the person gets three business days from the answer.
    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "settle_objection", handover, actor)
        handover.status, handover.frozen_from = handover.frozen_from, ""
        handover.objection_answer = answer
        handover.effective_on = max(handover.effective_on, preparing.earliest_for_others(at))
        # The pause does not count against the successor.
        if handover.offered_at and handover.objected_at and handover.status == S.OFFERED:
            handover.offered_at += at - handover.objected_at
        handover.save(update_fields=["status", "frozen_from", "objection_answer", "effective_on", "offered_at"])
        written = switching.noted(
            rule,
            handover,
            registrations,
            actor=actor,
            at=at,
            facts={"to": handover.status, "effective_on": handover.effective_on.isoformat()},
        )
        people = [handover.given_by, handover.offered_by, handover.given_to]
        notices.tell("handover_resumed", people, event=written, at=at, handover=handover)
        return handover


def reopen_overlap(*, handover_pk: int, actor: Actor, at: datetime) -> Handover:
    """Let the first predecessor read and answer for another time, for information only (B5).

    For a successor who left during the overlap, or who still has questions. Custody stays where it is.
    Raises `NotAllowed`, `WrongState` (the predecessor has left, or there is none).
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "reopen_overlap", handover, actor)
        stays = Membership.objects.current().filter(user=handover.given_by, organisation=handover.organisation)
        if handover.given_by is None or not stays.exists():
            raise WrongState(_("The predecessor no longer belongs to the organisation. Nothing was changed."))
        handover.status, handover.ended_at = S.OVERLAP, None
        handover.reads_until = at + timedelta(days=handover.overlap_days)
        handover.save(update_fields=["status", "ended_at", "reads_until"])
        written = switching.noted(
            rule, handover, registrations, actor=actor, at=at, facts={"until": handover.reads_until.isoformat()}
        )
        people = [handover.given_by, handover.given_to]
        notices.tell("handover_reading_reopened", people, event=written, at=at, handover=handover)
        return handover
