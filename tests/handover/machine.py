"""People doing whatever comes to mind with two registrations: what the machine of the recovery goes on from.

All of handover is in tests/handover/life.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.actors import find_actor
from accounts.errors import DomainError
from accounts.models import Membership, Role, User
from audit import verify
from audit.models import Event
from handover import clock, custody, transitions
from handover.models import (
    Blob,
    Certificate,
    Custody,
    Deputy,
    GapAlert,
    Handover,
    HandoverItem,
    RecoveryKit,
    Registration,
)
from handover.queries.replay import replay
from tests.cast import build, somebody
from tests.stock import ALL_YES, NOW, paper, registration, tell_first

PEOPLE = st.integers(0, 3)
MARKS = ["received", "missing"]
VISITED: Counter[str] = Counter()


class Handovers(RuleBasedStateMachine):
    """`people`: 花子 (administrator), 太郎, 次郎, 三郎, then whoever joins; `at` only moves forward."""

    def __init__(self) -> None:
        super().__init__()
        # Each example is a savepoint: rolled back at its end, and transitions may still be durable inside.
        self.savepoint = transaction.atomic()
        self.savepoint._from_testcase = True  # type: ignore[attr-defined]
        self.savepoint.__enter__()
        cast = build()
        self.aoba = cast.aoba
        self.people = [cast.hanako, cast.taro, cast.jiro, cast.saburo]
        self.at = NOW
        self.written: dict[int, tuple[Any, ...]] = {}
        self.certificates = 0

    @initialize()
    def begin(self) -> None:
        self.registrations = [
            registration(self.aoba, "R-1", custodian=self.people[1]),
            registration(self.aoba, "R-2", custodian=None),
        ]
        for held in self.registrations:
            tell_first(held)
        paper(self.registrations[0], "利用契約書", self.people[1])

    def teardown(self) -> None:
        try:
            assert verify.run().first_bad is None
            assert replay().differences == []  # 28, with every period of the past
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def _try(self, act: Callable[..., Any], *, who: int | None = None, **arguments: Any) -> bool:
        """Let person `who` do `act` one second later; a domain error is an answer, anything else a finding."""
        self.at += timedelta(seconds=1)
        if who is not None:
            actor = find_actor(User.objects.get(pk=self.people[who % len(self.people)].pk))
            if actor is None:
                return False
            arguments["actor"] = actor
        try:
            act(**arguments, at=self.at)
        except DomainError:
            return False
        VISITED[act.__name__] += 1
        return True

    def _handover(self, place: int) -> Handover | None:
        rows = list(Handover.objects.open().order_by("pk"))
        return rows[place % len(rows)] if rows else None

    # What people do -------------------------------------------------------------------------------------------------

    @rule(number=st.integers(0, 1), who=PEOPLE, to=PEOPLE, days=st.sampled_from([0, 0, 1, 10]), offers=st.booleans())
    def prepares(self, number: int, who: int, to: int, days: int, offers: bool) -> None:
        self._prepare(number, who, to, days, offers=offers)

    @rule(number=st.integers(0, 1), to=PEOPLE, days=st.sampled_from([0, 0, 1]), mark=st.sampled_from(MARKS))
    def goes_most_of_the_way(self, number: int, to: int, days: int, mark: str) -> None:
        """The right people do the right things in the right order, so that examples reach the interesting places."""
        who = self._right_person(number)
        handover = self._prepare(number, who, to, days, offers=True)
        if handover:
            self._accept(handover, who, named=True, mark=mark)
        done = Handover.objects.filter(status="accepted", needs_confirmation=True).first()
        if done:
            self._try(transitions.confirm, who=0, handover_pk=done.pk)

    def _right_person(self, number: int) -> int:
        holder = Custody.objects.current().get(registration=self.registrations[number]).user_id
        return next((place for place, one in enumerate(self.people) if one.pk == holder), 0)

    def _prepare(self, number: int, who: int, to: int, days: int, *, offers: bool) -> Handover | None:
        before = set(Handover.objects.values_list("pk", flat=True))
        made = self._try(
            transitions.draft_handover,
            who=who,
            registration_pk=self.registrations[number].pk,
            successor=User.objects.get(pk=self.people[to].pk),
            effective_on=timezone.localdate(self.at) + timedelta(days=days),
            reason="",
            note="",
            things=[("鍵", "")],
        )
        if not made:
            return None
        handover = Handover.objects.exclude(pk__in=before).get()
        if offers:
            self._try(transitions.offer, who=who, handover_pk=handover.pk)
        return handover

    def _accept(self, handover: Handover, who: int, *, named: bool, mark: str) -> None:
        whole = HandoverItem.Kind.REGISTRATION
        marks = {item.pk: ("received" if item.kind == whole else mark, "") for item in handover.items.all()}
        if named:
            who = next((place for place, one in enumerate(self.people) if one.pk == handover.given_to_id), who)
        self._try(transitions.accept, who=who, handover_pk=handover.pk, marks=marks, answers=ALL_YES)

    @precondition(lambda self: Handover.objects.open().exists())
    @rule(place=st.integers(0, 5), who=PEOPLE)
    def offers(self, place: int, who: int) -> None:
        if found := self._handover(place):
            self._try(transitions.offer, who=who, handover_pk=found.pk)

    @precondition(lambda self: Handover.objects.open().exists())
    @rule(place=st.integers(0, 5), who=PEOPLE, named=st.booleans(), mark=st.sampled_from(MARKS))
    def accepts(self, place: int, who: int, named: bool, mark: str) -> None:
        if found := self._handover(place):
            self._accept(found, who, named=named, mark=mark)

    @precondition(lambda self: Handover.objects.open().exists())
    @rule(
        place=st.integers(0, 5),
        who=PEOPLE,
        act=st.sampled_from(["withdraw", "decline", "refuse_confirmation"]),
    )
    def says_no(self, place: int, who: int, act: str) -> None:
        if found := self._handover(place):
            self._try(getattr(transitions, act), who=who, handover_pk=found.pk, reason="")

    @precondition(lambda self: Handover.objects.filter(status="accepted").exists())
    @rule(who=PEOPLE)
    def confirms(self, who: int) -> None:
        found = Handover.objects.filter(status="accepted").order_by("pk").first()
        if found:
            self._try(transitions.confirm, who=who, handover_pk=found.pk)

    @rule(who=PEOPLE, gone=PEOPLE, seldom=st.integers(0, 2))
    def ends_a_membership(self, who: int, gone: int, seldom: int) -> None:
        if seldom == 0:
            self._try(transitions.leave, who=who, user_pk=self.people[gone].pk)

    @rule(place=PEOPLE, role=st.sampled_from([Role.MEMBER, Role.ADMINISTRATOR]))
    def somebody_joins(self, place: int, role: Role) -> None:
        """Take the place of somebody who has left, so that no example runs out of people."""
        if not User.objects.get(pk=self.people[place].pk).is_active:
            number = User.objects.count()
            self.people[place] = somebody(self.aoba, f"新人 {number}", "", f"new{number}@aoba.example", role)
            Membership.objects.filter(user=self.people[place]).update(since=self.at)
            custody.mind_administrator_gap(self.aoba, at=self.at)

    @rule(number=st.integers(0, 1), who=PEOPLE)
    def takes_into_care(self, number: int, who: int) -> None:
        self._try(transitions.take_into_care, who=who, registration_pk=self.registrations[number].pk)

    @rule(number=st.integers(0, 1), who=PEOPLE)
    def makes_a_kit(self, number: int, who: int) -> None:
        self._try(transitions.make_recovery_kit, who=who, registration_pk=self.registrations[number].pk)

    @rule(number=st.integers(0, 1), who=PEOPLE)
    def becomes_deputy(self, number: int, who: int) -> None:
        held = Custody.objects.current().get(registration=self.registrations[number])
        person = User.objects.get(pk=self.people[who].pk)
        if person.is_active and held.user_id != person.pk:
            Deputy.objects.get_or_create(
                registration=self.registrations[number], user=person, until=None, defaults={"since": self.at}
            )

    @rule(number=st.integers(0, 1))
    def a_certificate_is_issued(self, number: int) -> None:
        self.certificates += 1
        name = f"c{self.certificates}"
        blob = Blob.objects.create(name=name, sha256=name, size=1, content_type="application/pdf", stored_at=self.at)
        Certificate.objects.create(
            serial=name,
            check_code=name,
            registration=self.registrations[number],
            language="ja",
            facts={},
            facts_key=name,
            log_sequence=0,
            blob=blob,
            issued_at=self.at,
        )

    @rule(hours=st.sampled_from([1, 24, 24 * 4, 24 * 15, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        for act, number in clock.run(at=self.at).items():
            VISITED[act] += number

    # What must hold -------------------------------------------------------------------------------------------------

    @invariant()
    def one_custody_without_hole_or_overlap(self) -> None:  # 1
        for held in getattr(self, "registrations", []):
            rows = list(Custody.objects.filter(registration=held).order_by("from_at"))
            assert [row.to_at is None for row in rows] == [False] * (len(rows) - 1) + [True]
            assert all(earlier.to_at == later.from_at for earlier, later in pairwise(rows))

    @invariant()
    def past_custodies_are_never_rewritten(self) -> None:  # 2
        for row in Custody.objects.all():
            now = (row.registration_id, row.user_id, row.kind, row.basis, row.basis_label, row.from_at)
            known, ended = self.written.get(row.pk, (now, None))
            assert now == known
            assert ended is None or ended == row.to_at
            self.written[row.pk] = (now, row.to_at)

    @invariant()
    def a_switch_leaves_nothing_of_the_old_custody(self) -> None:  # 3
        assert not RecoveryKit.objects.filter(void_at=None, custody__to_at__isnull=False).exists()
        for row in Custody.objects.current():
            valid = Certificate.objects.filter(registration=row.registration, status="valid")
            assert not valid.filter(issued_at__lt=row.from_at).exists()
            assert row.basis != Custody.Basis.HANDOVER or row.basis_label

    @invariant()
    def the_successor_accepted_and_nobody_else(self) -> None:  # 4
        for done in Handover.objects.filter(status__in=Handover.DONE):
            assert done.offered_by_id != done.given_to_id
            accepted = Event.objects.filter(verb="handover.accepted", subject=done.label)
            assert [event.actor for event in accepted] == [f"user:{done.given_to_id}"]

    @invariant()
    def what_ended_changed_no_custody(self) -> None:  # 5
        ended = Handover.objects.exclude(status__in=Handover.DONE).values_list("number", flat=True)
        labels = [f"handover:{number}" for number in ended]
        assert not Custody.objects.filter(basis_label__in=labels).exists()

    @invariant()
    def an_administrator_or_an_alert(self) -> None:  # 6
        alert = GapAlert.objects.filter(organisation=self.aoba, kind="no_administrator", closed_at=None).exists()
        assert custody.administrators(self.aoba) or alert

    @invariant()
    def one_open_handover_each(self) -> None:  # 7
        for held in getattr(self, "registrations", []):
            rows = Handover.objects.open().filter(items__kind="registration", items__registration=held)
            assert rows.distinct().count() <= 1

    @invariant()
    def a_deputy_is_never_the_custodian(self) -> None:  # 8
        for row in Custody.objects.current().exclude(user=None):
            assert not Deputy.objects.current().filter(registration=row.registration, user=row.user).exists()

    @invariant()
    def nobody_who_left_holds_anything(self) -> None:  # 9
        assert not Custody.objects.current().filter(user__is_active=False).exists()
        assert not Deputy.objects.current().filter(user__is_active=False).exists()

    @invariant()
    def the_log_tells_who_holds_what(self) -> None:  # 28
        told = {f"registration:{held.number}": _first(held) for held in getattr(self, "registrations", [])}
        for event in Event.objects.order_by("sequence"):
            if event.verb == "handover.switched":
                told |= {
                    f"registration:{number}": facts["to"] for number, facts in event.facts["registrations"].items()
                }
            elif event.verb.startswith("custody."):
                told[event.subject] = event.facts["to"]
        for held in getattr(self, "registrations", []):
            assert told[held.label] == Custody.objects.current().get(registration=held).holder_label


def _first(held: Registration) -> str:
    return Custody.objects.filter(registration=held).order_by("from_at")[0].holder_label
