"""What a contractor does by a mandate: look, report faults, read papers. Within registrations, scope and period."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import event
from handover import mandate_sides, notices
from handover.documents import refuse_held
from handover.mandate_steps import lock
from handover.models import Document, DocumentVersion, FaultReport, MandateRegistration
from handover.rules import TABLE


def look_by_mandate(*, row_pk: int, actor: Actor, at: datetime) -> Event:
    """Write down that somebody of the contractor opened a registration, before it is shown (R11).

    Raises `NotAllowed`, `WrongState` when the mandate is not in force on it. Locks nothing, for nothing changes.
    """
    with transaction.atomic(durable=True):
        row, rule = _check("look_by_mandate", row_pk, actor, at)
        return event(
            rule.event,
            actor=actor,
            at=at,
            subject=row.registration.label,
            about=mandate_sides.about(row.mandate, []),
            facts={"page": "mandate", "as": "contractor", "mandate": row.mandate.number},
        )


def read_by_mandate(*, row_pk: int, version_pk: int, actor: Actor, at: datetime) -> DocumentVersion:
    """Write down that who stands for the person in charge opens a paper, before the first byte is given (R11).

    Raises `NotAllowed`, `WrongState` when the mandate is not in force, `DocumentVersion.DoesNotExist` for a paper of
    another registration or under seal, `documents.Held` in quarantine. Locks nothing, for nothing changes.
    """
    with transaction.atomic(durable=True):
        return _seen("read_by_mandate", row_pk, version_pk, actor, at)


def look_at_paper_by_mandate(*, row_pk: int, version_pk: int, actor: Actor, at: datetime) -> DocumentVersion:
    """Write down that who stands for the person in charge looks at the pages of a paper, before the first is shown.

    Once for each opening of the page that shows them; otherwise like `read_by_mandate`, with the same errors.
    """
    with transaction.atomic(durable=True):
        return _seen("look_at_paper_by_mandate", row_pk, version_pk, actor, at)


def report_fault(*, row_pk: int, text: str, token: UUID, actor: Actor, at: datetime) -> FaultReport:
    """Report a fault on a registration; who is in charge gets the words as a mail, or the administrators.

    `token` is the form's own: a second press gives back what the first made. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        lock(MandateRegistration.objects.values_list("mandate_id", flat=True).get(pk=row_pk))
        row, rule = _check("report_fault", row_pk, actor, at)
        if standing := FaultReport.objects.filter(token=token).first():
            if (standing.row_id, standing.reported_by_id) != (row.pk, actor.user.pk):
                raise WrongState(_("This form has been used already. Open it again."))
            return standing
        made = FaultReport.objects.create(row=row, reported_by=actor.user, reported_at=at, text=text, token=token)
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=row.mandate.label,
            about=mandate_sides.about(row.mandate, [row.registration]),
            facts={"as": "contractor", "mandate": row.mandate.number, "fault": made.pk},
        )
        people = mandate_sides.of_customer(row.mandate, [row.registration])[:1]
        notices.tell("mandate_fault", people, event=written, at=at, row=row, mandate=row.mandate, fault=made)
        return made


def _seen(action: str, row_pk: int, version_pk: int, actor: Actor, at: datetime) -> DocumentVersion:
    row, rule = _check(action, row_pk, actor, at)
    papers = DocumentVersion.objects.exclude(document__kind__in=Document.SEALED)
    version = papers.select_related("document", "blob").get(pk=version_pk, document__registration=row.registration)
    refuse_held(version.blob)
    document = version.document
    facts = {"version": version.number, "as": "representative", "mandate": row.mandate.number}
    about = mandate_sides.about(row.mandate, [row.registration])
    event(rule.event, actor=actor, at=at, subject=document.label, about=about, facts=facts)
    return version


def _check(action: str, row_pk: int, actor: Actor, at: datetime) -> tuple[MandateRegistration, Rule]:
    row = MandateRegistration.objects.select_related("registration", "mandate__customer", "mandate__contractor").get(
        pk=row_pk
    )
    rule = check(TABLE, action, row, actor)
    if not MandateRegistration.objects.in_force(at).filter(pk=row.pk).exists():
        raise WrongState(_("The mandate is not in force on this registration now. Nothing was changed."))
    return row, rule
