"""Reads of the yearly question: whom to ask, whom to remind, and what waits for somebody's answer."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from handover import reaching
from handover.models import Attestation, ContactPoint, Custody, GapAlert, NoticeLetter, Registration
from handover.rules.attestation import (
    ASKED_DAYS_BEFORE,
    DAYS,
    DUE,
    LETTER,
    SOON,
    TELL_OTHERS,
    last_base,
    midnight,
)

A_ROUND = 200
"""People or customers of one round of the clock, so that other appointments are kept meanwhile."""
TO_PRINT = 200
"""Letters in one list; a morning's post is less."""


def in_charge() -> QuerySet[Custody]:
    """Return the current custodies of people in charge: a caretaker is not asked, its gap is open anyway."""
    rows = Custody.objects.current().filter(kind=Custody.Kind.CUSTODIAN, user__is_active=True)
    return rows.filter(registration__status=Registration.Status.ACTIVE)


def askable(at: datetime) -> QuerySet[Custody]:
    """Return the custodies that are to be asked about by `at`."""
    bound = midnight(last_base(timezone.localdate(at) + timedelta(days=ASKED_DAYS_BEFORE)) + timedelta(days=1))
    own = Attestation.objects.filter(registration=OuterRef("registration"))
    answered = own.filter(user=OuterRef("user"))
    rows = in_charge().filter(from_at__lt=bound)
    return rows.filter(~Exists(own.open()), ~Exists(answered.filter(answered_at__gte=bound)))


def last_answers(user: User, registrations: Sequence[Registration]) -> dict[int, datetime]:
    """Return when `user` last answered for each of `registrations` (by key); those never answered for are left out."""
    rows = Attestation.objects.filter(user=user, registration__in=registrations, answered_at__isnull=False)
    return dict(rows.order_by().values_list("registration_id").annotate(last=Max("answered_at")))


def due_for_asking(at: datetime) -> Sequence[int]:
    """Return the people (keys) who are to be asked, at most a round of them."""
    rows = askable(at).order_by("user_id").values_list("user_id", flat=True)
    return list(rows.distinct()[:A_ROUND])


def at_stage(stage: int, today: date) -> QuerySet[Attestation]:
    """Return the open questions that reached `stage` by `today` and were not dealt with at it.

    Of the reminders to the person only the latest is sent when the clock stood still; the others are told before a
    letter goes out.
    """
    day = today - timedelta(days=DAYS[stage])
    rows = Attestation.objects.open().filter(registration__status=Registration.Status.ACTIVE, due_on__lte=day)
    if stage == LETTER:
        return rows.filter(reminded=TELL_OTHERS)
    rows = rows.filter(reminded__lt=stage)
    return rows if stage == TELL_OTHERS else rows.filter(due_on__gt=today - timedelta(days=DAYS[stage + 1]))


def due_for_reminding(at: datetime) -> Sequence[tuple[int, int]]:
    """Return person and stage of the reminders that are due, at most a round of each stage."""
    today = timezone.localdate(at)
    return [
        (user, stage)
        for stage in (SOON, DUE)
        for user in at_stage(stage, today).order_by("user_id").values_list("user_id", flat=True).distinct()[:A_ROUND]
    ]


def due_for_escalation(at: datetime, stage: int) -> Sequence[int]:
    """Return the customers (keys) of which a question reached `stage`: `TELL_OTHERS` or `LETTER`."""
    rows = at_stage(stage, timezone.localdate(at)).order_by("registration__organisation_id")
    return list(rows.values_list("registration__organisation_id", flat=True).distinct()[:A_ROUND])


def waiting_for(actor: Actor) -> QuerySet[Attestation]:
    """Return the questions that `actor` has to answer, the most urgent first."""
    rows = Attestation.objects.open().filter(user=actor.user, registration__status=Registration.Status.ACTIVE)
    return rows.select_related("registration__product").order_by("due_on", "registration__number")


def keys_waiting_for(actor: Actor) -> list[int]:
    """Return the registrations (keys) that `actor` is asked about, the most urgent first."""
    return list(waiting_for(actor).values_list("registration_id", flat=True))


def answerable_by(actor: Actor) -> list[tuple[int, str]]:
    """Return key and number of every registration that `actor` can answer for."""
    asked = waiting_for(actor).values_list("registration_id", "registration__number")
    return [*asked, *disclaimed_by(actor).values_list("pk", "number")]


def disclaimed_by(actor: Actor) -> QuerySet[Registration]:
    """Return what `actor` holds and said not to be in charge of: to be handed over, or taken back."""
    held = Custody.objects.current().filter(user=actor.user)
    alerts = GapAlert.objects.filter(kind=GapAlert.Kind.DISCLAIMED, closed_at=None)
    rows = Registration.objects.filter(pk__in=alerts.values("registration")).filter(pk__in=held.values("registration"))
    return rows.order_by("number")


def post_of(registrations: Sequence[Registration]) -> dict[int, ContactPoint | None]:
    """Return for each of `registrations` its live postal address of record, the oldest that is kept for procedures.

    None where there is none and the registration's own address is to be written to; left out where the post came back
    from every address.
    """
    points = ContactPoint.objects.current().filter(registration__in=registrations, kind=ContactPoint.Kind.POST)
    found: dict[int, ContactPoint | None] = {one.pk: None for one in registrations}
    dead: dict[int, set[str]] = {}
    for point in points.order_by("-since", "-pk"):
        if point.health == ContactPoint.Health.RETURNED:
            dead.setdefault(point.registration_id, set()).add(point.value)
        elif reaching.serves(point, reaching.PROCEDURE):
            found[point.registration_id] = point
    for one in registrations:
        if found[one.pk] is None and one.address in dead.get(one.pk, set()):
            del found[one.pk]
    return found


def letters_to_print() -> list[NoticeLetter]:
    """Return the letters that wait for the print run, the oldest first."""
    return list(NoticeLetter.objects.filter(printed_at=None).order_by("queued_at", "pk")[:TO_PRINT])


def letters_underway(at: datetime) -> list[NoticeLetter]:
    """Return the letters printed in the last 90 days that have not come back, the newest first."""
    rows = NoticeLetter.objects.filter(printed_at__gt=at - timedelta(days=90), returned_at=None)
    return list(rows.order_by("-printed_at", "-pk")[:TO_PRINT])


def find_letter(pk: int) -> NoticeLetter | None:
    """Return a letter that has left and not come back."""
    return NoticeLetter.objects.filter(Q(pk=pk, printed_at__isnull=False, returned_at=None)).first()
