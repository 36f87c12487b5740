"""The stage: people, registrations, the time, codes that somebody has in hands, and the one way in which one acts."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.actors import Actor, find_actor
from accounts.errors import DomainError
from accounts.models import Role, User
from audit.record import Public, System
from desk.models import Inquiry
from handover.models import ContactPoint, Registration
from handover.transitions import make_recovery_kit
from tests import claims
from tests.announced import announced
from tests.cast import actor, build, enrol, somebody
from tests.recovery.life.rows import Case, Now
from tests.stock import NOW, TODAY, registration, tell_first

PUBLIC = Public()
CHANGING = ("at", "now", "trail", "count", "codes", "links", "called", "holders", "versions", "carried", "used_kits")
MAIN_NUMBER = "03-9999-0000"


class Code(NamedTuple):
    """A code as it stands in the one mail or letter that carries it."""

    pk: int
    purpose: str
    subject: str
    step: str
    plain: str


class World:
    """A stage as it is at the beginning of every sequence.

    R-1 is alive on record; of R-2 everything came back; a number was put on the record of R-3 lately; R-4 is in the
    provider's keeping.
    """

    def __init__(self) -> None:
        self.cast = cast = build()
        self.judge = somebody(
            cast.provider, "裁 久", "サバキ ヒサシ", "judge@provider.example", Role.APPROVER, Role.SENIOR
        )
        self.third = somebody(cast.provider, "三宅 操", "ミヤケ ミサオ", "third@provider.example", Role.OPERATOR)
        # Second accounts of some of them: one human, who never counts as two.
        self.operator_twin = claims.same_human(cast, cast.operator, Role.APPROVER)
        self.colleague_twin = claims.same_human(cast, cast.colleague, Role.APPROVER)
        self.approver_twin = claims.same_human(cast, cast.approver, Role.SENIOR)
        self.staff = [
            *(cast.operator, cast.colleague, self.third, cast.approver, cast.senior, self.judge, cast.agent),
            *(cast.supervisor, self.operator_twin, self.colleague_twin, self.approver_twin, cast.editor, cast.auditor),
        ]
        self.registrations = [*self._on_record()]
        for held in self.registrations:
            tell_first(held)
        # By number of registration: number and code of the kit that was printed in good time.
        self.kits = dict(self._kits())
        self.by_pk = {one.pk: one for one in self.registrations}
        self.humans = {pk: ("person", person) if person else ("user", pk) for pk, person in self._people()}
        self.visits: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.checks: Callable[[World, Now, Now], None] = lambda world, before, now: None
        self.looks_after_all = True
        self.first = Now.read(0)
        self.begin()

    def _on_record(self) -> list[Registration]:
        cast = self.cast
        alive, dead = claims.held(cast, "R-1"), claims.held(cast, "R-2", alive=False)
        young, kept = claims.held(cast, "R-3"), registration(cast.wakaba, "R-4", custodian=None)
        phone = {"registration": young, "kind": "phone", "health": "good"}
        ContactPoint.objects.create(**phone, value="03-5555-0003", since=TODAY - timedelta(days=20))
        ContactPoint.objects.create(registration=kept, kind="phone", value="03-4444-0004", since=date(2026, 6, 1))
        return [alive, dead, young, kept]

    def _kits(self) -> Iterator[tuple[int, tuple[str, str]]]:
        for held in self.registrations[:3]:
            at = NOW - timedelta(days=40)
            kit, code = make_recovery_kit(registration_pk=held.pk, actor=actor(self.cast.taro), at=at)
            yield held.pk, (kit.number, code)

    @staticmethod
    def _people() -> list[tuple[int, int | None]]:
        return list(User.objects.values_list("pk", "person"))

    def begin(self) -> None:
        """Be as at first. The rows are rolled back by whoever played."""
        self.at: datetime = NOW
        self.now = replace(self.first, told=[], memo={})
        self.trail: list[str] = []
        self.count = 0
        self.codes: dict[int, Code] = {}
        # The link to an account, by the number of its claim; the number that was really called, by evidence.
        self.links: dict[str, str] = {}
        self.called: dict[int, str] = {}
        self.holders = {f"registration:{one.number}": self.now.current(one.pk).holder for one in self.registrations}
        self.versions: dict[int, int] = {}
        self.used_kits: frozenset[int] = frozenset()
        # The notice that carries each code.
        self.carried: dict[int, str] = {}
        # What was tried last, and what the clock says that it did.
        self.act, self.was_refused = "", False
        self.clocked: dict[str, int] = {}
        self._actors: dict[int, Actor | None] = {}

    def keep(self) -> dict[str, Any]:
        """What `put` brings back, together with the rows of this moment."""
        return {name: copy(getattr(self, name)) for name in CHANGING}

    def put(self, kept: dict[str, Any]) -> None:
        for name, value in kept.items():
            setattr(self, name, copy(value))
        self._actors = {}

    # Whom and what a rule may choose from ---------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def human(self, account: int) -> object:
        """The natural person behind an account."""
        return self.humans.get(account, ("user", account))

    def actor(self, person: int) -> Actor | None:
        if person not in self._actors:
            self._actors[person] = find_actor(User.objects.get(pk=person))
        return self._actors[person]

    def usually(self, random: Random, *right: User) -> int:
        """One of the right people mostly; else anybody: of the desk, or the same human in other clothes."""
        if random.random() < 0.93:
            return random.choice(right).pk
        cast = self.cast
        others = [*self.staff, self.operator_twin, self.approver_twin, cast.taro, cast.hanako, cast.wakako]
        return random.choice(others).pk

    def operator(self, random: Random) -> int:
        """Who examines: mostly one and the same, so that somebody is left who did not."""
        return self.usually(random, *[self.cast.operator] * 19, self.cast.colleague)

    def second(self, random: Random) -> int:
        """Who prints and looks a second time."""
        return self.usually(random, *[self.cast.colleague] * 19, self.cast.operator)

    def user(self, pk: int) -> User:
        return User.objects.get(pk=pk)

    def enrols(self, user: User) -> None:
        """Somebody sets up a second factor."""
        enrol(user)
        self._actors.pop(user.pk, None)

    def again(self, case: Case) -> Case:
        return self.now.cases[case.pk]

    def holder(self, case: Case) -> int | None:
        return self.now.current(case.registration).user if case.registration else None

    def point(self, case: Case, kind: str, *, youngest: bool = False) -> ContactPoint | None:
        rows = ContactPoint.objects.current().filter(registration=case.registration, kind=kind)
        return rows.order_by("-since" if youngest else "since", "pk").first()

    def codes_of(self, case: Case, purpose: str) -> list[Code]:
        """What codes of a claim there are in mails and letters, the last one last."""
        return [one for one in self.codes.values() if one.subject == case.label and one.purpose == purpose]

    def once(self, name: str, read: Callable[[], list[Any]]) -> list[Any]:
        """What `read` finds, asked once between two acts: rules are drawn more often than anything happens."""
        if name not in self.now.memo:
            self.now.memo[name] = read()
        found: list[Any] = self.now.memo[name]
        return found

    # Acting ---------------------------------------------------------------------------------------------------------

    def announces(self, who: int, case: Case) -> None:
        """A call is announced before it is made; who may not call announces nothing either."""
        caller = self.actor(who)
        if caller is not None:
            with contextlib.suppress(DomainError):
                announced(Inquiry(pk=case.inquiry), caller.user, at=self.at)
            # Nothing that the invariants are about: the next act is looked at from here on.
            self.now = Now.read(self.now.sequence)

    def do(self, act: Callable[..., Any], who: int | Public | System, /, *things: Any, **arguments: Any) -> Any:
        """Let `who` do `act` a minute later. None when a rule said no: an answer, while any other error is a finding.

        After whatever was tried the rows are read anew and the invariants are asked.
        """
        self.at += timedelta(minutes=1)
        name = act.__name__
        actor = self.actor(who) if isinstance(who, int) else who
        if actor is None:
            return None
        said = f"{name}(who={actor.label}, {_shown(things, arguments)})"
        self.act, self.was_refused = name, False
        try:
            done = act(*things, **arguments, actor=actor, at=self.at)
        except DomainError as no:
            self.refused[name] += 1
            self.was_refused = True
            self.trail.append(f"{said}: {type(no).__name__}: {no}")
            self.look()
            return None
        except Exception:
            self.trail.append(f"{said}: failed")
            raise
        self.visits[name] += 1
        self.trail.append(said)
        self.look()
        return True if done is None else done

    def look(self) -> None:
        """Read what the rows hold now and ask the invariants."""
        before, self.now = self.now, Now.read(self.now.sequence)
        if any(one.verb in ("claim.executed", "rollback.confirmed") for one in self.now.told):
            self._actors = {}
        self.checks(self, before, self.now)


def _shown(things: tuple[Any, ...], arguments: dict[str, Any]) -> str:
    return ", ".join([*map(str, things), *(f"{key}={value!s}" for key, value in arguments.items())])
