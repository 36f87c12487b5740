"""The stage: people, registrations, the time, and the one way in which somebody acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.actors import Actor, find_actor
from accounts.errors import DomainError
from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from audit.record import Public, System
from handover import custody, transitions
from handover.models import Registration
from tests.cast import build, somebody
from tests.handover.life.rows import Now
from tests.opening import unclaimed
from tests.stock import NOW, paper, registration, tell_first


class Step(NamedTuple):
    """One thing that somebody does; with its own seed, so that a shortened list plays the same."""

    rule: str
    seed: int


CHANGING = (
    *("people", "at", "now", "trail", "count", "accepted", "holders"),
    *("homes", "homes_before", "closed", "begun", "secrets"),
)


class World:
    """A stage as it is at the beginning of every sequence. `perform` plays inside a savepoint of its own."""

    def __init__(self) -> None:
        self.cast = cast = build()
        self.aoba = cast.aoba
        # A second account of the operator: one human, who never counts as two.
        self.twin = somebody(cast.provider, "空知 操", "ソラチ ミサオ", "misao@provider.example", Role.APPROVER)
        User.objects.filter(pk=self.twin.pk).update(person=cast.operator.person)
        extra = [
            somebody(cast.aoba, "伊藤 四郎", "イトウ シロウ", "shiro@aoba.example", Role.MEMBER),
            somebody(cast.aoba, "加藤 五月", "カトウ サツキ", "satsuki@aoba.example", Role.MEMBER, language="en"),
        ]
        self.first_people = [cast.hanako, cast.taro, cast.jiro, cast.saburo, *extra]
        self.stranger = cast.wakako
        # A second account of the approver, in another role: two accounts, one human.
        self.senior_twin = somebody(cast.provider, "天野 決", "アマノ ケツ", "second@provider.example", Role.SENIOR)
        User.objects.filter(pk=self.senior_twin.pk).update(person=cast.approver.person)
        # Whether the clock looks after everything in this sequence, also what is rare and takes it long.
        self.looks_after_all = True
        holders = [cast.taro, cast.taro, cast.taro, None]
        self.registrations = [
            registration(cast.aoba, f"R-{place}", custodian=user) for place, user in enumerate(holders, 1)
        ]
        # Customers besides: one that may receive, and one that nobody has claimed.
        self.unclaimed = unclaimed()
        self.everything = [*self.registrations, *self.unclaimed.registrations.all()]
        for held in self.everything:
            tell_first(held)
        paper(self.registrations[0], "利用契約書", cast.taro)
        paper(self.registrations[2], "工事完了報告書", cast.taro)
        self.numbers = {one.pk: one.number for one in self.everything}
        self.visits: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.checks: Callable[[World, Now, Now], None] = lambda world, before, now: None
        self.first = Now.read(0)
        self.begin()

    def begin(self) -> None:
        """Be as at first. The rows are rolled back by whoever played."""
        self.people = list(self.first_people)
        self.at = NOW
        self.now = replace(self.first, told=[], memo={})
        self.trail: list[str] = []
        self.count = 0
        self.accepted: set[int] = set()
        self.holders = {
            f"registration:{self.numbers[one.pk]}": self.now.current(one.pk).holder for one in self.everything
        }
        self.homes = {one.pk: one.organisation_id for one in self.everything}
        self.homes_before = self.homes
        self.closed: set[int] = set()
        # What was done in this sequence, so that what cannot be there costs no query; codes and links by their owner.
        self.begun: set[str] = set()
        self.secrets: dict[str, str] = {}
        self.members_changed()

    def keep(self) -> dict[str, Any]:
        """What `put` brings back, together with the rows of this moment."""
        return {name: copy(getattr(self, name)) for name in CHANGING}

    def put(self, kept: dict[str, Any]) -> None:
        for name, value in kept.items():
            setattr(self, name, copy(value))
        self.members_changed()

    def members_changed(self) -> None:
        rows = Membership.objects.current().filter(organisation__kind=OrganisationKind.CUSTOMER, user__is_active=True)
        roles = list(rows.order_by("since", "pk").values_list("user_id", "role", "organisation_id"))
        self.members = {user for user, _role, home in roles if home == self.aoba.pk}
        self.administrators = [
            user for user, role, home in roles if home == self.aoba.pk and role == Role.ADMINISTRATOR
        ]
        # Of other customers, with where they work.
        self.outside = {user: home for user, _role, home in roles if home != self.aoba.pk}
        self._actors: dict[int, Actor | None] = {}

    # Whom and what a rule may choose from --------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def home_of(self, person: int) -> int | None:
        """For which customer `person` works; None for staff and for who has left."""
        return self.aoba.pk if person in self.members else self.outside.get(person)

    def outside_of(self, home: Organisation) -> list[int]:
        """Who works for a customer of the other ones."""
        return [user for user, works_for in self.outside.items() if works_for == home.pk]

    def is_own(self, registration_pk: int) -> bool:
        """Whether the customer of the story still holds it, and it is not closed."""
        return self.homes[registration_pk] == self.aoba.pk and registration_pk not in self.closed

    def actor(self, person: int) -> Actor | None:
        if person not in self._actors:
            self._actors[person] = find_actor(User.objects.get(pk=person))
        return self._actors[person]

    def somebody(self, random: Random) -> int:
        return random.choice(sorted(self.members))

    def other(self, random: Random, *but: int | None) -> int:
        """A member who is none of `but`; anybody when there is no other."""
        return random.choice(sorted(self.members - set(but)) or sorted(self.members))

    def administrator(self, random: Random, *but: int | None) -> int:
        left = [one for one in self.administrators if one not in but] or self.administrators
        return random.choice(left) if left else self.somebody(random)

    def usually(self, random: Random, right: int | None, among: Sequence[int] = ()) -> int:
        """The right person nine times out of ten, if still there; else anybody, once in a while even a stranger."""
        chance = random.random()
        if chance < 0.9 and right is not None and self.home_of(right):
            return right
        return self.stranger.pk if chance > 0.99 else random.choice(list(among) or sorted(self.members))

    def mostly(self, random: Random, right: int) -> int:
        """The right one of those who are not of the customer; once in a while anybody: staff, contractor, member."""
        cast = self.cast
        if random.random() < 0.93:
            return right
        others = [cast.worker, cast.agent, cast.operator, cast.colleague, cast.approver, cast.senior, self.senior_twin]
        return random.choice([*(one.pk for one in others), *sorted(self.members)])

    def holder_or_administrator(self, random: Random, registration_pk: int) -> int:
        holder = self.now.current(registration_pk).user
        if holder is None or random.random() < 0.35:
            return self.administrator(random)
        return holder

    def user(self, pk: int) -> User:
        return User.objects.get(pk=pk)

    def once(self, name: str, read: Callable[[], list[Any]]) -> list[Any]:
        """What `read` finds, asked once between two acts: rules are drawn more often than anything happens."""
        if name not in self.now.memo:
            self.now.memo[name] = read()
        found: list[Any] = self.now.memo[name]
        return found

    # Acting --------------------------------------------------------------------------------------------------------

    def do(self, act: Callable[..., Any], who: int | Public | System, **arguments: Any) -> Any:
        """Let `who` do `act` a minute later. None when a rule said no: an answer, while any other error is a finding.

        After whatever was done the rows are read anew and the invariants are asked.
        """
        self.at += timedelta(minutes=1)
        name = act.__name__
        arguments["actor"] = self.actor(who) if isinstance(who, int) else who
        if arguments["actor"] is None:
            return None
        said = f"{name}(who={who if isinstance(who, int) else who.label}, {_shown(arguments)})"
        try:
            done = act(**arguments, at=self.at)
        except DomainError as no:
            self.refused[name] += 1
            self.trail.append(f"{said}: {type(no).__name__}")
            return None
        except Exception:
            self.trail.append(f"{said}: failed")
            raise
        self.visits[name] += 1
        self.begun.add(name)
        self.trail.append(said)
        self.look()
        return True if done is None else done

    def look(self) -> None:
        """Read what the rows hold now and ask the invariants."""
        before, self.now = self.now, Now.read(self.now.sequence)
        self.homes_before = self.homes
        verbs = {one.verb for one in self.now.told}
        if verbs & {"membership.ended", "invitation.accepted"}:
            self.members_changed()
        if verbs & {"change.executed", "change.continued"}:
            rows = list(Registration.objects.values_list("pk", "organisation_id", "status"))
            self.homes = {pk: home for pk, home, _status in rows}
            self.closed = {pk for pk, _home, status in rows if status == Registration.Status.CLOSED}
        self.checks(self, before, self.now)

    def joins(self, random: Random, role: Role) -> None:
        self.count += 1
        number = User.objects.count()
        person = somebody(self.aoba, f"新人 {number}", "", f"new{number}@aoba.example", role)
        Membership.objects.filter(user=person).update(since=self.at)
        custody.mind_administrator_gap(self.aoba, at=self.at)
        self.people.append(person)
        self.members_changed()


def _shown(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value!s}" for key, value in arguments.items() if key != "actor")


class Rule(NamedTuple):
    """What may happen: how often, to what (nothing: not now), and how."""

    name: str
    weight: float
    find: Callable[[World], Sequence[Any]]
    act: Callable[[World, Random, Any], object]


def always(world: World) -> Sequence[Any]:
    """For rules that need nothing to be there."""
    return (None,)


def registrations(world: World) -> Sequence[Registration]:
    return [one for one in world.registrations if world.is_own(one.pk)]


T = transitions
"""The acts by name, as the rules call them: looked up at the moment of the act, so that a planted one is used."""
