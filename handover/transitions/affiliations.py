"""That two organisations belong together, on record with its proof; it opens nothing to anybody (B5)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, OrganisationKind
from accounts.rulebook import check
from audit.record import event
from handover import custody, notices
from handover.models import Affiliation
from handover.rules import TABLE


def record_affiliation(
    *, organisation_pk: int, other_pk: int, kind: str, proof: str, issued_on: date, actor: Actor, at: datetime
) -> Affiliation:
    """Record that `other` is the parent, subsidiary or sister of an organisation, and by which paper that is known.

    Raises `NotAllowed`; `WrongState` when it is on record; `Refused` for one and the same, no customer, or a paper
    from the future.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_affiliation", None, actor)
        customers = Organisation.objects.filter(kind=OrganisationKind.CUSTOMER)
        sides = customers.in_bulk([organisation_pk, other_pk])
        if len(sides) != 2:
            words = _("Choose another customer organisation.")
            raise Refused(words, {"other": words})
        if issued_on > timezone.localdate(at):
            words = _("A paper cannot be issued in the future.")
            raise Refused(words, {"issued_on": words})
        try:
            with transaction.atomic():
                made = Affiliation.objects.create(
                    organisation=sides[organisation_pk],
                    other=sides[other_pk],
                    kind=kind,
                    proof=proof,
                    issued_on=issued_on,
                    recorded_by=actor.user,
                    since=at,
                )
        except IntegrityError as clash:
            raise WrongState(_("This affiliation is on record already. Nothing was changed.")) from clash
        about = [side.label for side in sides.values()]
        facts = {"kind": kind, "issued_on": issued_on.isoformat()}
        written = event(rule.event, actor=actor, at=at, subject=made.label, about=about, facts=facts)
        people = [person for side in sides.values() for person in custody.administrators(side)]
        notices.tell("affiliation_recorded", people, event=written, at=at, affiliation=made)
        return made


def end_affiliation(*, affiliation_pk: int, actor: Actor, at: datetime) -> Affiliation:
    """End an affiliation; it stays in the history. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        ended = Affiliation.objects.select_for_update(no_key=True).get(pk=affiliation_pk)
        rule = check(TABLE, "end_affiliation", ended, actor)
        if ended.until is not None:
            raise WrongState(_("This affiliation has already ended. Nothing was changed."))
        ended.until = at
        ended.save(update_fields=["until"])
        about = [f"organisation:{ended.organisation_id}", f"organisation:{ended.other_id}"]
        event(rule.event, actor=actor, at=at, subject=ended.label, about=about, facts={"kind": ended.kind})
        return ended
