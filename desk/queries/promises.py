"""What the clock finds about promises, and what supervisors and seniors find on their lists."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from desk.models import Climb, Closing, Hold, Inquiry, Pause, Referral, Word
from desk.queries.elapsed import begun_before, elapsed, pauses_of
from handover.calendar import business_days_after, is_business_day

SPEAK_AFTER = 4
"""Business days without a word after which the clock writes, or puts a call on the list: the day before the last."""
SILENT_AFTER = 5
"""Business days without a word after which it climbs (procedure.md A11)."""
HOLDING_AFTER = 15
"""Business days until the inquirer is told why it takes longer (procedure.md A11)."""
OLD_AFTER = 35
"""Business days until it climbs to a senior of the provider (procedure.md A11)."""
OFFICE = (time(9), time(18))
"""When the clock writes to people: on business days, from when until when."""
REOPEN_WITHIN = timedelta(days=180)
"""For how long a matter is taken up again under its number (procedure.md A11)."""
MOST = 500
"""Rows of one round of the clock; the rest follows a minute later."""


# For the clock ------------------------------------------------------------------------------------------------------


def is_office_time(at: datetime) -> bool:
    """Whether people are written to now."""
    here = timezone.localtime(at)
    return is_business_day(here.date()) and OFFICE[0] <= here.time() < OFFICE[1]


def timed() -> QuerySet[Inquiry]:
    """Return what this clock minds: claims have one of their own, in recovery."""
    return Inquiry.objects.exclude(topic=Inquiry.Topic.RECOVERY).exclude(status=Inquiry.Status.CLOSED)


_BEGUN = Coalesce(OuterRef("reopened_at"), OuterRef("received_at"))


def _since() -> Coalesce:
    return Coalesce(F("reopened_at"), F("received_at"))


def _day_begins(at: datetime, days: int) -> datetime:
    """Return the instant before which something has to lie so that `days` business days are over by now."""
    last = begun_before(timezone.localdate(at), days)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))


def for_speaking(at: datetime) -> list[int]:
    """Return the open inquiries that heard nothing for four business days and are owed no call yet."""
    if not is_office_time(at):
        return []
    owed = Word.objects.filter(inquiry=OuterRef("pk"), said_at=None)
    rows = timed().filter(~Exists(owed), told_at__lt=_day_begins(at, SPEAK_AFTER))
    return list(rows.order_by("told_at", "pk").values_list("pk", flat=True)[:MOST])


def is_silent(inquiry: Inquiry, at: datetime, days: int) -> bool:
    """Whether the inquirer heard nothing for `days` business days."""
    return inquiry.told_at is not None and inquiry.told_at < _day_begins(at, days)


def for_silence(at: datetime) -> list[tuple[int, str]]:
    """Return the inquiries that heard nothing for five business days, with whom that is to be told to now."""
    found = []
    for to, days in ((Climb.To.SUPERVISOR, SILENT_AFTER), (Climb.To.SENIOR, SILENT_AFTER + 1)):
        told = Climb.objects.filter(inquiry=OuterRef("pk"), why=Climb.Why.SILENT, to=to, settled_at=None)
        rows = timed().filter(~Exists(told), told_at__lt=_day_begins(at, days))
        found += [(pk, str(to)) for pk in rows.order_by("told_at", "pk").values_list("pk", flat=True)[:MOST]]
    return found


def for_explaining_delay(at: datetime) -> list[int]:
    """Return the inquiries open for 15 business days that were not told why."""
    if not is_office_time(at):
        return []
    told = Word.objects.filter(
        inquiry=OuterRef("pk"),
        kind=Word.Kind.HOLDING,
        queued_at__gte=_BEGUN,
    )
    return _old(timed().filter(~Exists(told)), HOLDING_AFTER, at)


def for_ageing(at: datetime) -> list[int]:
    """Return the inquiries open for 35 business days that no senior was told of."""
    told = Climb.objects.filter(inquiry=OuterRef("pk"), why=Climb.Why.OLD, at__gte=_BEGUN)
    return _old(timed().filter(~Exists(told)), OLD_AFTER, at)


def _old(rows: QuerySet[Inquiry], days: int, at: datetime) -> list[int]:
    before = _day_begins(at, days)
    paused = Pause.objects.filter(inquiry=OuterRef("pk"), ended_at=None)
    # The first condition is the one that has an index.
    rows = rows.filter(~Exists(paused), received_at__lt=before).annotate(since=_since()).filter(since__lt=before)
    found = list(rows.only("pk", "received_at", "reopened_at", "closed_at").order_by("received_at", "pk")[:MOST])
    still = pauses_of([one.pk for one in found], at)
    return [one.pk for one in found if elapsed(one, at, still.get(one.pk, [])) >= days]


def for_climbing(at: datetime) -> list[tuple[int, str]]:
    """Return the overdue promises with whom they are to be told to now: at once, and one business day later."""
    late = Hold.objects.filter(closed_at=None, promised_until__lt=at)
    return _climbing(late, Climb.objects.filter(hold=OuterRef("pk")), at)


WAITS_AT_DESK = (Inquiry.Status.OPEN, Inquiry.Status.ANSWERED)
"""Where an inquirer who was passed on waits for the other desk; a promise of anybody is a promise of its own."""


def for_taking_in(at: datetime) -> list[tuple[int, str]]:
    """Return the inquirers passed on whom nobody took in by the time promised, as `for_climbing` does promises."""
    late = Referral.objects.filter(taken_at=None, returned_at=None, promised_until__lt=at)
    late = late.filter(inquiry__status__in=WAITS_AT_DESK)
    return _climbing(late, Climb.objects.filter(referral=OuterRef("pk")), at)


def _climbing(late: QuerySet[Any], told: QuerySet[Climb], at: datetime) -> list[tuple[int, str]]:
    first = late.filter(~Exists(told)).order_by("promised_until", "pk").values_list("pk", flat=True)[:MOST]
    known = late.filter(Exists(told.filter(to=Climb.To.SUPERVISOR)), ~Exists(told.filter(to=Climb.To.SENIOR)))
    second = known.order_by("promised_until", "pk").values_list("pk", "promised_until")[:MOST]
    return [
        *((pk, str(Climb.To.SUPERVISOR)) for pk in first),
        *((pk, str(Climb.To.SENIOR)) for pk, until in second if a_business_day_after(until) <= at),
    ]


def a_business_day_after(until: datetime) -> datetime:
    """Return the same time of day, one business day later."""
    here = timezone.localtime(until)
    return here + (business_days_after(here.date(), 1) - here.date())


# Who is told --------------------------------------------------------------------------------------------------------


def leaders_of(home: Organisation) -> list[User]:
    """Return the supervisors of one agency."""
    return list(_people(Role.SUPERVISOR, organisation=home))


def leaders(owner: User) -> list[User]:
    """Return the supervisors of the agency of `owner`; none for the provider's people, and nobody leads oneself."""
    homes = Membership.objects.current().filter(user=owner, organisation__kind=OrganisationKind.AGENCY)
    return list(_people(Role.SUPERVISOR, organisation__in=homes.values("organisation")).exclude(pk=owner.pk))


def leaders_at(inquiry: Inquiry) -> list[User]:
    """Return the supervisors of the desk that has `inquiry`, of every desk while none has it."""
    where = (
        {"organisation": inquiry.agency_id} if inquiry.agency_id else {"organisation__kind": OrganisationKind.AGENCY}
    )
    return list(_people(Role.SUPERVISOR, **where))


def seniors() -> list[User]:
    """Return the seniors of the provider."""
    return list(_people(Role.SENIOR, organisation__kind=OrganisationKind.PROVIDER))


def _people(role: str, **where: object) -> QuerySet[User]:
    rows = Membership.objects.current().filter(role=role, **where)
    return User.objects.filter(pk__in=rows.values("user"), is_active=True).order_by("pk")


def sees_climbed(actor: Actor) -> str:
    """Return whose list of climbed matters `actor` reads, "" for nobody's."""
    if actor.kind == OrganisationKind.AGENCY and actor.has(Role.SUPERVISOR):
        return str(Climb.To.SUPERVISOR)
    if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR):
        return str(Climb.To.SENIOR)
    return ""


def climbed_to(actor: Actor) -> QuerySet[Climb]:
    """Return what climbed to `actor` and is not settled.

    A supervisor reads the promises of the own people, who was passed on to the own desk, and of what nobody promised
    that of the own desk or of none; no others.
    """
    to = sees_climbed(actor)
    rows = Climb.objects.filter(to=to, settled_at=None)
    if to == Climb.To.SUPERVISOR:
        own = Membership.objects.filter(organisation=actor.organisation).values("user")
        nobodys = Q(hold=None, referral=None) & (Q(inquiry__agency=None) | Q(inquiry__agency=actor.organisation))
        rows = rows.filter(nobodys | Q(hold__owner__in=own) | Q(referral__taker=actor.organisation))
    return rows


@dataclass(frozen=True)
class ClimbLine:
    """One overdue matter as a supervisor or senior reads it."""

    number: str
    topic: Inquiry.Topic
    why: str
    owner: str
    owner_pk: int | None
    since: datetime


def climbed_lines(actor: Actor) -> list[ClimbLine]:
    """Return what climbed to `actor`, the oldest first."""
    rows = climbed_to(actor).select_related("inquiry", "hold__owner", "referral__taker").order_by("at", "pk")[:MOST]
    return [
        ClimbLine(
            number=row.inquiry.receipt_number,
            topic=Inquiry.Topic(row.inquiry.topic),
            why=row.get_why_display(),
            owner=_owner(row),
            owner_pk=row.hold.owner_id if row.hold else None,
            since=row.at,
        )
        for row in rows
    ]


def _owner(climb: Climb) -> str:
    """Return whose it is: a person's promise, or the desk's to which somebody was passed on; "" for nobody's."""
    if climb.hold:
        return climb.hold.owner.display_name
    return climb.referral.taker.legal_name if climb.referral else ""


# For pages ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """How a matter went so far, for whoever picks it up: `days` are business days in which our clock ran."""

    days: int
    words: list[Word]
    climbs: list[Climb]
    pause: Pause | None
    pauses: list[Pause]
    closing: Closing | None


def course_of(inquiry: Inquiry, at: datetime) -> Course:
    """Return what the inquirer heard, when the clock stood still, what climbed, and how it ended."""
    pauses = list(inquiry.pauses.select_related("begun_by", "ended_by").order_by("-begun_at", "-pk"))
    return Course(
        days=elapsed(inquiry, at),
        words=list(inquiry.words.select_related("by", "notice").order_by("-queued_at", "-pk")),
        climbs=list(inquiry.climbs.order_by("-at", "-pk")),
        pause=next((one for one in pauses if one.ended_at is None), None),
        pauses=[one for one in pauses if one.ended_at],
        closing=inquiry.closings.filter(reopened_at=None).select_related("by").first(),
    )


def own_holds(owner: User) -> list[Hold]:
    """Return the open promises of `owner`, the one due first before the others."""
    return list(
        Hold.objects.filter(owner=owner, closed_at=None).select_related("inquiry").order_by("promised_until", "pk")
    )


def colleagues(actor: Actor, owner: User, roles: tuple[str, ...]) -> list[User]:
    """Return who of the actor's organisation can go on with the promises of `owner`: other people, other humans."""
    rows = Membership.objects.current().filter(organisation=actor.organisation, role__in=roles)
    people = User.objects.filter(pk__in=rows.values("user"), is_active=True).exclude(pk=owner.pk)
    if owner.person_id:
        people = people.exclude(person=owner.person_id)
    return list(people.order_by("kana", "pk"))


def find_colleague(actor: Actor, pk: int) -> User | None:
    """Return somebody of the actor's own organisation."""
    rows = Membership.objects.current().filter(organisation=actor.organisation, user=pk)
    return User.objects.filter(pk__in=rows.values("user")).first()


def letters_waiting() -> list[Word]:
    """Return letters to inquirers that wait for the printer, the oldest first."""
    rows = Word.objects.filter(channel="letter", notice__status="queued").select_related("inquiry", "by")
    return list(rows.order_by("queued_at", "pk")[:200])
