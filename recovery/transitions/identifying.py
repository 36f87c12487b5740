"""Who is who: the objector shows to be who was told, and an operator finds what the claimant is (A7, B5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.models import Organisation
from accounts.rulebook import check
from audit import queries as log
from audit.record import Actor
from desk import announcing, posing, progress
from desk.models import Contact, Inquiry
from handover import reaching
from handover.models import ContactPoint
from recovery import steps
from recovery.models import Claim, Objection
from recovery.models.evidence import UNHEALTHY
from recovery.queries import waiting
from recovery.rules import TABLE


def identify_objector(
    objection_pk: int,
    *,
    how: str,
    contact_point_pk: int | None,
    person_pk: int | None,
    note: str,
    actor: Person,
    at: datetime,
) -> Objection:
    """Write down by what an objector showed to be who was told; from then on the objection cannot lapse.

    As much as a proof through a contact point asks for: a call answered at a phone of record (`contact_point_pk`), the
    code itself where it went to a contact point of record, or a sign-in since by the custodian, a deputy or an
    administrator (`person_pk`). What is on record too short, or dead, shows nothing. `note` is for the case.
    Whoever does it decides nothing about the objection. Raises `NotAllowed`, `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(Objection.objects.only("claim_id").get(pk=objection_pk).claim_id)
        found = Objection.objects.select_for_update(no_key=True).get(pk=objection_pk)
        rule = check(TABLE, "identify_objector", found, actor)
        if found.identified_at:
            raise WrongState(_("The objector has been identified already. Nothing was changed."))
        if how == Objection.How.CALLBACK:
            _refuse_point(claim, contact_point_pk, at, kinds=[ContactPoint.Kind.PHONE], field="contact_point")
            party, way = Contact.Party.RECORD, Contact.Direction.OUT
            phone = Contact.Channel.PHONE
            call = {"direction": way, "channel": phone, "party": party, "by": actor.user}
            call["intention"] = announcing.use(claim.inquiry, channel=phone, actor=actor, at=at)
            progress.note(claim.inquiry_id, text=note, at=at, **call)
        elif how == Objection.How.CODE:
            kinds = [ContactPoint.Kind.MAIL, ContactPoint.Kind.POST]
            _refuse_point(claim, _point_told(found), at, kinds=kinds, field="how")
        elif how == Objection.How.SIGN_IN:
            _refuse_absent(claim, found, person_pk)
        else:
            words = _("Choose a way from the list.")
            raise Refused(words, {"how": words})
        found.identified_at, found.identified_how, found.identified_by = at, how, actor.user
        found.save(update_fields=["identified_at", "identified_how", "identified_by"])
        steps.note(rule, claim, actor=actor, at=at, objection=found.pk, how=how)
        return found


def _refuse_point(claim: Claim, pk: int | None, at: datetime, *, kinds: Sequence[str], field: str) -> None:
    """Raise `Refused` unless it is a live contact point of this registration, long enough on record."""
    long_enough = timezone.localdate(at) - timedelta(days=claim.procedure.procedure.tenure_days)
    points = ContactPoint.objects.filter(registration=claim.registration, kind__in=kinds, pk=pk or 0, until=None)
    live = points.filter(since__lte=long_enough).exclude(health__in=UNHEALTHY)
    if not reaching.serving(live, reaching.PROCEDURE):
        words = _("Only a contact point shows it that is alive and has been on record for 30 days.")
        raise Refused(words, {field: words})


def _point_told(objection: Objection) -> int | None:
    """Return the contact point whose notice carried the code: `accepted:contact_point:5:3`."""
    parts = objection.told.split(":")
    return int(parts[2]) if len(parts) > 2 and parts[1] == "contact_point" and parts[2].isdecimal() else None


def _refuse_absent(claim: Claim, objection: Objection, person_pk: int | None) -> None:
    person = next((one for one in waiting.people_on_record(claim) if one.pk == person_pk), None)
    if person is None or not log.acted_since(person.label, objection.at):
        words = _("This person has not signed in since the objection came in.")
        raise Refused(words, {"person": words})


def find_capacity(claim_pk: int, *, capacity: str, actor: Person, at: datetime) -> Claim:
    """Write down what the claimant is, as an operator found out. A contractor stays at the lowest rung (B5).

    Who said to be the customer and is a contractor leaves a flag; after the second time in 90 days, in calls or behind
    claims, the customer is told, see `tell_of_posing`. Raises `NotAllowed`, `WrongState`, `Refused` (no such capacity).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "find_capacity", claim, actor)
        kinds = Inquiry.Capacity
        if capacity not in (kinds.CUSTOMER, kinds.CONTRACTOR, kinds.AFFILIATE):
            words = _("Choose one from the list.")
            raise Refused(words, {"capacity": words})
        poses = capacity == kinds.CONTRACTOR and claim.inquiry.capacity_stated == kinds.CUSTOMER
        claim.posed_at = (claim.posed_at or at) if poses else None
        claim.save(update_fields=["posed_at"])
        progress.find_capacity(claim.inquiry_id, capacity=capacity)
        steps.note(rule, claim, actor=actor, at=at, capacity=capacity, poses=poses)
        claim.inquiry.capacity_found = capacity
        return claim


def tell_of_posing(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Tell the customer once that contractors said several times in 90 days to be it: in calls, or behind claims.

    Named are nobody, and no matter. Raises `WrongState` where there are not two, or the customer was told.
    """
    with transaction.atomic(durable=True):
        # The customer before the claim, as where a caller is named: both count what the other one found.
        linked = Organisation.objects.filter(registrations__claims=claim_pk)
        customer = linked.select_for_update(no_key=True, of=("self",)).first()
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "tell_of_posing", claim, actor)
        posed = posing.due(customer, at) if customer else []
        if not customer or not posed:
            raise WrongState(_("There is nothing to tell here. Nothing was changed."))
        written = steps.note(rule, claim, actor=actor, at=at, times=len(posed))
        posing.tell(customer, posed, event=written, at=at)
        return claim
