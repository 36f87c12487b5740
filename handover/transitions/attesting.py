"""“Still you?” once a year: asked, reminded, told to others, sent by letter, answered (R7).

Not answering never removes anybody: it opens an alert. What concerns thousands of registrations goes in pieces, and
nobody gets two mails of one stage on one day.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System, event
from handover import custody
from handover.attesting import LISTED, Share, lock_registrations, open_alerts, queue_letters, tell_once
from handover.models import Attestation, Custody, Deputy, GapAlert, Registration
from handover.notices import tell
from handover.queries import attestation as queries
from handover.rules import TABLE
from handover.rules.attestation import LETTER, PIECE, TELL_OTHERS, due_on

A = GapAlert.Kind


def ask_attestation(*, user_pk: int, actor: System, at: datetime) -> int:
    """Ask one person whether they are still in charge of what is due; returns of how many (at most a piece).

    Raises `WrongState` when nothing is due.
    """
    today = timezone.localdate(at)
    with transaction.atomic(durable=True):
        person = User.objects.select_for_update(no_key=True).get(pk=user_pk)
        rule = check(TABLE, "ask_attestation", person, actor)
        due = queries.askable(at).filter(user=person)
        keys = due.order_by("registration__number").values_list("registration_id", flat=True)[:PIECE]
        registrations = lock_registrations(keys)
        rows = list(due.filter(registration__in=registrations))
        if not rows:
            raise WrongState(_nothing())
        share = _share(Registration.objects.filter(pk__in=due.values("registration")))
        answers = queries.last_answers(person, registrations)
        made = [
            Attestation(
                registration_id=row.registration_id,
                user=person,
                due_on=due_on(answers.get(row.registration_id) or row.from_at, today),
                asked_at=at,
            )
            for row in rows
        ]
        Attestation.objects.bulk_create(made)
        written = _write(rule, person.label, registrations, actor=actor, at=at)
        until = min(one.due_on for one in made)
        tell_once(
            "attestation_asked", [person], f"attestation:0:{today}", event=written, at=at, share=share, until=until
        )
        return len(rows)


def remind_attestation(*, user_pk: int, stage: int, actor: System, at: datetime) -> int:
    """Remind one person of the questions that reached `stage` (14 days before, on the day); returns of how many.

    Raises `WrongState` when that was done.
    """
    today = timezone.localdate(at)
    with transaction.atomic(durable=True):
        person = User.objects.select_for_update(no_key=True).get(pk=user_pk)
        rule = check(TABLE, "remind_attestation", person, actor)
        due = queries.at_stage(stage, today).filter(user=person)
        rows = _take(due)
        share, until = _share_of(due), due.aggregate(until=Min("due_on"))["until"]
        _reach(stage, rows)
        written = _write(rule, person.label, _registrations(rows), actor=actor, at=at, stage=stage)
        tell_once(
            "attestation_reminder",
            [person],
            f"attestation:{stage}:{today}",
            event=written,
            at=at,
            share=share,
            until=until,
        )
        return len(rows)


def escalate_attestation(*, organisation_pk: int, actor: System, at: datetime) -> int:
    """Tell administrators and deputies what nobody answered 14 days after the due day; returns of how many.

    Raises `WrongState` when that was done.
    """
    today = timezone.localdate(at)
    with transaction.atomic(durable=True):
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_pk)
        rule = check(TABLE, "escalate_attestation", organisation, actor)
        due = queries.at_stage(TELL_OTHERS, today).filter(registration__organisation=organisation)
        rows = _take(due)
        share = _share_of(due)
        deputies = _deputies(rows, due)
        _reach(TELL_OTHERS, rows)
        written = _write(rule, organisation.label, _registrations(rows), actor=actor, at=at, stage=TELL_OTHERS)
        what, template = f"attestation:{TELL_OTHERS}:{today}", "attestation_unanswered"
        administrators = custody.administrators(organisation)
        tell_once(template, administrators, what, event=written, at=at, share=share, as_deputy=False)
        for deputy, own in deputies:
            tell_once(template, [deputy], what, event=written, at=at, share=own, as_deputy=True)
        return len(rows)


def post_attestation(*, organisation_pk: int, actor: System, at: datetime) -> int:
    """Open the gap alerts of what nobody answered 30 days after the due day, and send letters; returns of how many.

    The person in charge stays in charge. Raises `WrongState` when that was done.
    """
    today = timezone.localdate(at)
    with transaction.atomic(durable=True):
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_pk)
        rule = check(TABLE, "post_attestation", organisation, actor)
        rows = _take(queries.at_stage(LETTER, today).filter(registration__organisation=organisation))
        registrations = _registrations(rows)
        _reach(LETTER, rows)
        open_alerts(A.NOT_ATTESTED, registrations, at=at)
        written = _write(rule, organisation.label, registrations, actor=actor, at=at, stage=LETTER)
        queue_letters({row.registration_id: row for row in rows}, registrations, event=written)
        return len(rows)


def attest(*, registration_pks: Sequence[int], answer: str, actor: Actor, at: datetime) -> list[Registration]:
    """Answer for registrations (at most a piece) whether `actor` is still in charge of them: all or none.

    “Still me” closes the alerts of these registrations that are about the person. Any other answer opens one until
    they are handed over, or taken back by a later “still me”, and the administrators are told; custody stays.
    Raises `NotAllowed`, `WrongState` (answered or changed hands meanwhile), `Refused`.
    """
    wanted = set(registration_pks)
    with transaction.atomic(durable=True):
        registrations = lock_registrations(wanted)
        questions = _questions(registrations, at)
        rule = check(TABLE, "attest", questions, actor)
        if answer not in Attestation.Answer.values or not 1 <= len(wanted) <= PIECE:
            raise Refused(_("Choose at least one registration and an answer."))
        if len(questions) != len(wanted):
            raise WrongState(_("Some of these were answered or changed hands meanwhile. Nothing was changed."))
        for question in questions:
            question.answered_at, question.answered_by, question.answer = at, actor.user, answer
        fields = ["answered_at", "answered_by", "answer"]
        Attestation.objects.bulk_update([one for one in questions if one.pk], fields, batch_size=100)
        Attestation.objects.bulk_create([one for one in questions if not one.pk])
        is_still = answer == Attestation.Answer.STILL
        _settle(registrations, is_still=is_still, at=at)
        written = _write(rule, actor.label, registrations, actor=actor, at=at, answer=answer)
        if not is_still:
            people = custody.administrators(actor.organisation, but=actor.user)
            share = _share(Registration.objects.filter(pk__in=wanted))
            tell("attestation_disclaimed", people, event=written, at=at, share=share, person=actor.user)
        return registrations


def _settle(registrations: list[Registration], *, is_still: bool, at: datetime) -> None:
    answered = custody.OF_THE_PERSON if is_still else (A.NOT_ATTESTED, A.CUSTODIAN_ABSENT)
    GapAlert.objects.filter(kind__in=answered, registration__in=registrations, closed_at=None).update(closed_at=at)
    if not is_still:
        open_alerts(A.DISCLAIMED, registrations, at=at)


def _questions(registrations: list[Registration], at: datetime) -> list[Attestation]:
    """Return what can be answered: open questions, and those taken back after “not me” (new, not yet written)."""
    active = [one for one in registrations if one.status == Registration.Status.ACTIVE]
    found = {one.registration_id: one for one in Attestation.objects.open().filter(registration__in=active)}
    again = GapAlert.objects.filter(kind=A.DISCLAIMED, registration__in=active, closed_at=None)
    held = Custody.objects.current().filter(registration__in=again.values("registration"), user__isnull=False)
    for row in held.select_related("user"):
        if row.user and row.registration_id not in found:
            found[row.registration_id] = Attestation(
                registration_id=row.registration_id, user=row.user, due_on=timezone.localdate(at), asked_at=at
            )
    return [found[key] for key in sorted(found)]


def _take(due: QuerySet[Attestation]) -> list[Attestation]:
    """Lock the registrations of one piece of `due` and return what of it is due still, by number."""
    keys = due.order_by("registration__number").values_list("registration_id", flat=True)[:PIECE]
    locked = {one.pk: one for one in lock_registrations(keys)}
    rows = list(due.filter(registration__in=list(locked)).order_by("registration__number"))
    if not rows:
        raise WrongState(_nothing())
    for row in rows:
        row.registration = locked[row.registration_id]
    return rows


def _reach(stage: int, rows: list[Attestation]) -> None:
    Attestation.objects.filter(pk__in=[row.pk for row in rows]).update(reminded=stage)


def _registrations(rows: list[Attestation]) -> list[Registration]:
    return [row.registration for row in rows]


def _share_of(due: QuerySet[Attestation]) -> Share:
    return _share(Registration.objects.filter(pk__in=due.values("registration")))


def _share(rows: QuerySet[Registration]) -> Share:
    return Share(rows.count(), list(rows.order_by("number")[:LISTED]))


def _deputies(rows: list[Attestation], due: QuerySet[Attestation]) -> list[tuple[User, Share]]:
    """Return the deputies of `rows`, each with all of theirs that is due, not only this piece."""
    standing_in = Deputy.objects.current().filter(user__is_active=True)
    here = standing_in.filter(registration__in=[row.registration_id for row in rows])
    whole = standing_in.filter(registration__in=due.values("registration"), user__in=here.values("user"))
    counted = dict(whole.order_by().values_list("user").annotate(count=Count("pk")))
    people = User.objects.filter(pk__in=counted).order_by("pk")
    return [
        (
            one,
            Share(
                counted[one.pk],
                list(
                    Registration.objects.filter(pk__in=whole.filter(user=one).values("registration")).order_by(
                        "number"
                    )[:LISTED]
                ),
            ),
        )
        for one in people
    ]


def _nothing() -> str:
    return _("There is nothing to do here now. Nothing was changed.")


def _write(
    rule: Rule,
    subject: str,
    registrations: Sequence[Registration],
    *,
    actor: Actor | System,
    at: datetime,
    **facts: object,
) -> Event:
    organisations = {f"organisation:{one.organisation_id}" for one in registrations}
    return event(
        rule.event,
        actor=actor,
        at=at,
        subject=subject,
        about=[*organisations, *(one.label for one in registrations)],
        facts={"registrations": len(registrations), **facts},
    )
