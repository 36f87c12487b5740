"""The people of an agency now: who is on the phone, who promised what, about whom there is an alarm.

In the order of their names and with nothing to rank them by: no number of calls is counted here (K10).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from desk.models import Alarm, Call, Hold
from handover.calendar import day_of

SHOWN = 50
"""Promises of one agency that a page lists; the others are in the queue."""


@dataclass
class Colleague:
    """One person: `has_left` and still the owner of a promise, which somebody has to take over."""

    user: User
    roles: list[Words] = field(default_factory=list)
    has_left: bool = False
    on_the_phone_since: datetime | None = None
    open_holds: int = 0
    overdue: int = 0
    due_today: int = 0
    alarms: int = 0


@dataclass(frozen=True)
class Promise:
    """One promise that is overdue or due today: who keeps it, of which case, until when."""

    number: str
    topic: str
    owner: User
    until: datetime
    next_action: Words
    is_overdue: bool


@dataclass(frozen=True)
class Team:
    """One agency with its people; `more` is how many promises of the day are not listed."""

    agency: Organisation
    people: list[Colleague]
    promises: list[Promise]
    more: int


def teams(actor: Actor, at: datetime) -> list[Team]:
    """Return the actor's agency, for a senior of the provider every one; six queries however many there are."""
    rows = Organisation.objects.filter(kind=OrganisationKind.AGENCY).order_by("kana", "legal_name", "pk")
    if actor.kind == OrganisationKind.AGENCY:
        rows = rows.filter(pk=actor.organisation.pk)
    agencies = list(rows)
    ever = Membership.objects.filter(organisation__in=agencies)
    holds = Hold.objects.filter(closed_at=None, owner__in=ever.values("user"))
    by_agency = _people(ever, holds)
    everybody = {user_pk: one for people in by_agency.values() for user_pk, one in people.items()}
    _count_holds(everybody, holds, at)
    for call in Call.objects.running().filter(by__in=list(everybody)):
        everybody[call.by_id].on_the_phone_since = call.began_at
    open_alarms = Alarm.objects.visible_to(actor).open().filter(about__in=list(everybody))
    for about, count in open_alarms.values_list("about").annotate(Count("pk")).order_by():
        everybody[about].alarms = count
    promises = _promises(everybody, holds, at)
    return [_team(agency, by_agency.get(agency.pk, {}), promises) for agency in agencies]


def _people(ever: QuerySet[Membership], holds: QuerySet[Hold]) -> dict[int, dict[int, Colleague]]:
    """Return who works in each agency now, or left it with a promise still open, in the order of their names."""
    rows = ever.filter(Q(until=None) | Q(user__in=holds.values("owner")))
    found: dict[int, dict[int, Colleague]] = {}
    for row in rows.select_related("user").order_by("user__kana", "user__display_name", "user__pk", "role"):
        one = found.setdefault(row.organisation_id, {}).setdefault(row.user_id, Colleague(row.user, has_left=True))
        if row.until is None:
            one.has_left = False
            one.roles.append(Role(row.role).label)
    return found


def _count_holds(people: dict[int, Colleague], holds: QuerySet[Hold], at: datetime) -> None:
    _begun, ended = day_of(at)
    late, today = Q(promised_until__lt=at), Q(promised_until__gte=at, promised_until__lt=ended)
    counted = holds.values("owner").annotate(
        all=Count("pk"), late=Count("pk", filter=late), today=Count("pk", filter=today)
    )
    for row in counted.order_by():
        one = people[row["owner"]]
        one.open_holds, one.overdue, one.due_today = row["all"], row["late"], row["today"]


def _promises(people: dict[int, Colleague], holds: QuerySet[Hold], at: datetime) -> list[Promise]:
    """Return the promises that are overdue or due today, the oldest first."""
    _begun, ended = day_of(at)
    rows = holds.filter(promised_until__lt=ended).order_by("promised_until", "pk")
    columns = ("inquiry__receipt_number", "inquiry__topic", "owner", "promised_until", "next_action")
    return [
        Promise(number, topic, people[owner].user, until, Hold.NextAction(action).label, until < at)
        for number, topic, owner, until, action in rows.values_list(*columns)
    ]


def _team(agency: Organisation, people: dict[int, Colleague], promises: Iterable[Promise]) -> Team:
    theirs = [one for one in promises if one.owner.pk in people]
    return Team(agency, list(people.values()), theirs[:SHOWN], max(0, len(theirs) - SHOWN))
