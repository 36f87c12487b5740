"""Erasing a paper: proposed by one natural person, agreed to by another, and then gone for good (D6)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, Organisation, OrganisationKind, User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import event
from handover import custody, erasing, notices
from handover.models import Custody, Document, DocumentVersion, Erasure, Registration
from handover.models.erasures import DECIDING
from handover.rules import TABLE
from handover.rules.erasures import second_persons


def propose_erasure(
    *, document_pk: int, number: int | None, reason: str, token: UUID, actor: Actor, at: datetime
) -> Erasure:
    """Propose to erase a paper, or its version `number`. Nothing is gone until another natural person agrees.

    `token` is the form's own: a second press gives back what the first one made. Raises `NotAllowed`, `Refused`, and
    `WrongState` while the paper is held fast, listed in an open handover, or proposed already.
    """
    with transaction.atomic(durable=True):
        document = _lock(document_pk)
        rule = check(TABLE, "propose_erasure", document, actor)
        if made := _find_made(token, document, actor):
            return made
        if reason not in Erasure.Reason.values:
            wrong = _("Choose a reason from the list.")
            raise Refused(wrong, {"reason": wrong})
        versions = _what(document, number)
        erasing.refuse_protected(document, at=at)
        if Erasure.objects.open().filter(document=document).exists():
            raise WrongState(_("To erase this paper is proposed already. It waits for the second person."))
        made = Erasure.objects.create(
            token=token,
            organisation=document.registration.organisation,
            document=document,
            number=number,
            reason=reason,
            proposed_by=actor.user,
            proposed_at=at,
        )
        written = _write(rule, made, versions, actor=actor, at=at)
        people = [*_deciding(made), _in_charge(document.registration)]
        _tell("erasure_proposed", people, made, written, at)
        return made


def look_at_erasure(*, erasure_pk: int, actor: Actor, at: datetime) -> Erasure:
    """Write down that somebody of the provider looks at a proposal, before it is shown. Raises `NotAllowed`."""
    with transaction.atomic(durable=True):
        erasure = Erasure.objects.select_related("document__registration").get(pk=erasure_pk)
        rule = check(TABLE, "look_at_erasure", erasure, actor)
        _write(rule, erasure, (), actor=actor, at=at)
        return erasure


def agree_erasure(*, erasure_pk: int, checked: str, actor: Actor, at: datetime) -> Erasure:
    """Agree, as the second natural person, and erase: the rows become stubs, and after the commit the files go.

    The view has made the fresh check. `checked` is how the provider made sure that the customer wants it, "" for an
    administrator of the customer. Raises `NotAllowed`; `Refused` without a check that is needed; `WrongState` when it
    is decided, something speaks against it now, or a newer version was kept since.
    """
    with transaction.atomic(durable=True):
        erasure = _lock_erasure(erasure_pk)
        rule = check(TABLE, "agree_erasure", erasure, actor)
        is_provider = actor.kind == OrganisationKind.PROVIDER
        if is_provider != (checked in Erasure.Check.values):
            wrong = _("Say how you made sure that the customer wants this.")
            raise Refused(wrong, {"checked": wrong})
        versions = _what(erasure.document, erasure.number)
        if erasure.document.registration.organisation_id != erasure.organisation_id:
            raise WrongState(_("This registration has another holder by now. Take the proposal back."))
        erasing.refuse_protected(erasure.document, at=at)
        if any(version.added_at > erasure.proposed_at for version in versions):
            raise WrongState(_("A newer version was kept since this was proposed. Take it back and propose it anew."))
        _decide(erasure, Erasure.Status.ERASED, actor, at)
        erasure.checked = checked
        erasure.save(update_fields=["status", "decided_by", "decided_at", "checked"])
        files = erasing.make_stubs(erasure, versions, at=at)
        written = _write(rule, erasure, versions, actor=actor, at=at)
        people = [erasure.proposed_by, _in_charge(erasure.document.registration)]
        _tell("erasure_done", [*people, *custody.administrators(erasure.organisation)], erasure, written, at)
    erasing.remove_files(files)
    return erasure


def decline_erasure(*, erasure_pk: int, actor: Actor, at: datetime) -> Erasure:
    """Keep the paper: the second person does not agree. Raises `NotAllowed`, `WrongState`."""
    return _end(erasure_pk, "decline_erasure", Erasure.Status.DECLINED, actor=actor, at=at)


def withdraw_erasure(*, erasure_pk: int, actor: Actor, at: datetime) -> Erasure:
    """Take a proposal back; the paper stays. Raises `NotAllowed`, `WrongState`."""
    return _end(erasure_pk, "withdraw_erasure", Erasure.Status.WITHDRAWN, actor=actor, at=at)


def _end(erasure_pk: int, action: str, status: str, *, actor: Actor, at: datetime) -> Erasure:
    with transaction.atomic(durable=True):
        erasure = _lock_erasure(erasure_pk)
        rule = check(TABLE, action, erasure, actor)
        _decide(erasure, status, actor, at)
        erasure.save(update_fields=["status", "decided_by", "decided_at"])
        written = _write(rule, erasure, (), actor=actor, at=at)
        _tell("erasure_ended", [erasure.proposed_by, *_deciding(erasure)], erasure, written, at)
        return erasure


def _decide(erasure: Erasure, status: str, actor: Actor, at: datetime) -> None:
    erasure.status, erasure.decided_by, erasure.decided_at = status, actor.user, at


def _lock(document_pk: int) -> Document:
    """Lock the registration first, as every act on papers does: a hold, a version or a handover waits for this."""
    registration_pk = Document.objects.values_list("registration_id", flat=True).get(pk=document_pk)
    Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
    return Document.objects.select_related("registration__organisation").get(pk=document_pk)


def _lock_erasure(erasure_pk: int) -> Erasure:
    document = _lock(Erasure.objects.values_list("document_id", flat=True).get(pk=erasure_pk))
    erasure = Erasure.objects.select_related("organisation", "proposed_by").get(pk=erasure_pk)
    erasure.document = document
    return erasure


def _find_made(token: UUID, document: Document, actor: Actor) -> Erasure | None:
    """Return what an earlier press of the same form made; the token of another's form is nothing to build on."""
    found = Erasure.objects.filter(token=token).first()
    if found and (found.document_id, found.proposed_by_id) != (document.pk, actor.user.pk):
        raise WrongState(_("This form has been used already. Open it again."))
    return found


def _what(document: Document, number: int | None) -> list[DocumentVersion]:
    """Return the versions that would go. Raises `WrongState` when there is nothing left to erase."""
    versions = erasing.versions_of(document, number)
    if document.erased_at or (number is not None and not versions):
        raise WrongState(_("This is erased already, or was never kept. Nothing was changed."))
    return versions


def _in_charge(registration: Registration) -> User | None:
    current = Custody.objects.current().filter(registration=registration).select_related("user").first()
    return current.user if current else None


def _deciding(erasure: Erasure) -> list[User]:
    """Return who can be the second person: of the customer, or else of the provider."""
    if people := second_persons(erasure.organisation_id, erasure.proposed_by):
        return people
    providers = Organisation.objects.filter(kind=OrganisationKind.PROVIDER)
    rows = Membership.objects.current().filter(organisation__in=providers, role__in=DECIDING, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def _tell(template: str, people: Iterable[User | None], erasure: Erasure, written: Event, at: datetime) -> None:
    notices.tell(template, people, event=written, at=at, erasure=erasure, registration=erasure.document.registration)


def _write(rule: Rule, erasure: Erasure, versions: Iterable[DocumentVersion], *, actor: Actor, at: datetime) -> Event:
    document = erasure.document
    about = [document.label, document.registration.label, f"organisation:{erasure.organisation_id}"]
    facts = {**erasing.facts_of(erasure, versions), "reason": erasure.reason}
    if erasure.checked:
        facts["checked"] = erasure.checked
    return event(rule.event, actor=actor, at=at, subject=erasure.label, about=about, facts=facts)
