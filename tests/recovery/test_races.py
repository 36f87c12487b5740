"""Many press at the same moment: one wins, the others get a clean answer, nothing is half done. On both databases."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections

from accounts import codes
from accounts.errors import DomainError
from accounts.models import Membership, OneTimeCode, Role, User
from audit import verify
from audit.models import Event
from handover import kits
from handover import transitions as register
from handover.models import Custody, RecoveryKit, Registration
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Approval, AuditSample, Claim, Dispatch, Evidence, ProcedureVersion, Snapshot
from recovery.queries import weighing
from tests import claims
from tests.cast import Cast, actor, somebody
from tests.claims import PUBLIC, later
from tests.recovery import past
from tests.stock import ALL_YES, NOW, all_received, holder, offered

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("plain_paper")]

AT_ONCE = 25
"""Connections at a time; the rest comes as soon as one is free."""


def race(*acts: Callable[[], object]) -> list[str]:
    """Start `acts` together; return for each "won" or the name of the domain's answer, sorted. All else is raised."""
    start = threading.Barrier(min(AT_ONCE, len(acts)))
    first = set(range(min(AT_ONCE, len(acts))))

    def run(numbered: tuple[int, Callable[[], object]]) -> str:
        number, act = numbered
        try:
            if number in first:
                start.wait(30)
            act()
            return "won"
        except DomainError as error:
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(run, enumerate(acts)))


def test_of_200_wrong_codes_at_once_five_are_compared(
    cast: Cast, lost: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = claims.accepted(cast, lost)
    to = f"contact_point:{claims.point(lost, 'post').pk}"
    sent = transitions.order_letter(claim.pk, to=to, actor=actor(cast.operator), at=NOW)[0]
    right = claims.code_sent(sent)
    compared: list[int] = []
    matches = codes.matches

    def counts(code: OneTimeCode | None, typed: str) -> bool:
        if code is not None:
            compared.append(code.pk)
        return matches(code, typed)

    monkeypatch.setattr(codes, "matches", counts)

    def guess() -> object:
        return transitions.enter_code(claim.pk, purpose="letter", typed="22222-22222", actor=PUBLIC, at=NOW)

    assert race(*[guess] * 200) == ["Refused"] * 200
    assert len(compared) == 5
    code = OneTimeCode.objects.get(pk=sent.code_id)
    assert code.throttling_failure_count == code.max_tries == 5
    clock.run(at=NOW)
    assert Event.objects.filter(verb="claim.code_refused").count() == 200
    # Dead, also for the right one.
    assert race(lambda: transitions.enter_code(claim.pk, purpose="letter", typed=right, actor=PUBLIC, at=NOW)) == [
        "Refused"
    ]
    assert not Evidence.objects.exists()


def test_right_code_typed_in_by_many_is_evidence_once(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    to = f"contact_point:{claims.point(lost, 'post').pk}"
    right = claims.code_sent(transitions.order_letter(claim.pk, to=to, actor=actor(cast.operator), at=NOW)[0])
    answers = race(
        *[lambda: transitions.enter_code(claim.pk, purpose="letter", typed=right, actor=PUBLIC, at=NOW)] * 50
    )
    assert answers.count("won") == 1
    assert set(answers) <= {"won", "Refused", "WrongState"}
    assert Evidence.objects.count() == 1


def approvers(cast: Cast, number: int) -> list[User]:
    return [
        somebody(cast.provider, f"決裁{one}", "", f"approver{one}@provider.example", Role.APPROVER)
        for one in range(number)
    ]


def test_of_50_approvals_at_once_one_counts(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    at = claims.decided_at(claim)
    approve = partial(transitions.approve, claim.pk, signed_hash=claim.proposal_hash, reason="", at=at)
    people = [actor(who) for who in approvers(cast, 10)]
    answers = race(*[partial(approve, actor=people[number % 10]) for number in range(50)])
    assert answers == ["WrongState"] * 49 + ["won"]
    assert Approval.objects.count() == 1
    assert Event.objects.filter(verb="claim.approved").count() == 1
    assert Notice.objects.filter(template="claim_approved").count() == 1
    assert verify.run().first_bad is None


def test_one_human_with_two_accounts_approves_once_however_fast(cast: Cast) -> None:
    claim = claims.notified(cast, claims.held(cast, alive=False))
    again = claims.same_human(cast, cast.approver, Role.SENIOR)
    at = claims.decided_at(claim)
    approve = partial(transitions.approve, claim.pk, signed_hash=claim.proposal_hash, reason="", at=at)
    answers = race(*[partial(approve, actor=actor(who)) for who in (cast.approver, again) * 4])
    assert answers == ["WrongState"] * 7 + ["won"]
    claim.refresh_from_db()
    assert claim.status == "notified"


def test_of_50_executions_at_once_one_changes_custody(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    at, who = claims.decided_at(claim), actor(cast.approver)
    answers = race(*[lambda: transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=who, at=at)] * 50)
    assert answers == ["WrongState"] * 49 + ["won"]
    assert Custody.objects.count() == 2
    assert Snapshot.objects.count() == Event.objects.filter(verb="claim.executed").count() == 1
    assert Membership.objects.current().get(user=holder(lost)).role == Role.MEMBER
    assert verify.run().first_bad is None


@pytest.mark.parametrize("turn", range(3))
def test_objection_against_execution_is_never_both(cast: Cast, lost: Registration, turn: int) -> None:
    claim = claims.ready(cast, lost)
    at, who = claims.decided_at(claim), actor(cast.approver)
    typed = claims.objection_made(claim, at=at)

    def executes() -> object:
        return transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=who, at=at)

    def objects() -> object:
        return transitions.object_to(typed=typed, words="", actor=PUBLIC, at=at)

    race(*([executes, objects] if turn % 2 else [objects, executes]))
    claim.refresh_from_db()
    if claim.status == "executed":
        assert (claim.frozen_at, holder(lost)) == (None, claim.claimant)
    else:
        assert (claim.status, claim.frozen_by, holder(lost)) == ("approved", "objection", cast.taro)
        assert not Approval.objects.filter(void_at=None).exists()


@pytest.mark.parametrize("turn", range(2))
def test_custodian_who_comes_against_execution_leaves_one_answer(cast: Cast, lost: Registration, turn: int) -> None:
    claim = claims.ready(cast, lost)
    at, who = claims.decided_at(claim), actor(cast.approver)
    claims.came(cast.taro, at)
    acts: list[Callable[[], object]] = [
        lambda: transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=who, at=at),
        lambda: transitions.stop(claim.pk, actor=clock.CLOCK, at=at),
    ]
    assert race(*(acts if turn else reversed(acts))) == ["WrongState", "won"]
    claim.refresh_from_db()
    assert (claim.status, holder(lost)) == ("stopped", cast.taro)


def test_two_print_runs_at_once_print_each_letter_once(cast: Cast, lost: Registration) -> None:
    for number in range(2, 5):
        claims.accepted(cast, claims.held(cast, f"R-{number}"), claim=claims.received(at=later(minutes=number * 5)))
    letters = list(Dispatch.objects.to_print().values_list("pk", flat=True))
    assert len(letters) == 3
    orders = [letters, letters[::-1], letters, letters[::-1]]
    people = [actor(cast.operator), actor(cast.colleague)] * 2
    answers = race(
        *[
            partial(transitions.print_letters, order, actor=who, at=later(hours=1))
            for order, who in zip(orders, people, strict=True)
        ]
    )
    assert answers == ["WrongState"] * 3 + ["won"]
    [run] = Event.objects.filter(verb="letters.printed")
    assert len(run.facts["letters"]) == len(set(run.facts["letters"])) == 3
    assert not Notice.objects.filter(channel="letter", payload__isnull=False).exists()


@pytest.mark.parametrize("turn", range(2))
def test_two_claims_linked_at_once_freeze_each_other(cast: Cast, lost: Registration, turn: int) -> None:
    one = claims.received()
    two = claims.received(at=later(minutes=1), statement={"mail": "two@new.example"})
    by = {one.pk: actor(cast.operator), two.pk: actor(cast.colleague)}
    link = partial(transitions.link, registration_number="R-1", at=later(hours=1))
    answers = race(*[partial(link, pk, actor=by[pk]) for pk in (list(by) if turn else list(by)[::-1])])
    assert answers == ["won", "won"]
    assert sorted(Claim.objects.values_list("status", "frozen_by")) == [("matched", "competing")] * 2


def test_link_followed_while_the_claim_ends_leaves_no_account(cast: Cast, lost: Registration) -> None:
    claim = claims.approved(cast, lost)
    at = claims.decided_at(claim)
    answers = race(
        lambda: claims.opens_account(claim, at=at),
        lambda: transitions.withdraw(claim.pk, actor=PUBLIC, at=at + timedelta(seconds=1)),
    )
    assert answers in (["won", "won"], ["WrongState", "won"])
    assert not User.objects.filter(email="sho@new.example", is_active=True).exists()
    assert not Membership.objects.current().filter(role=Role.CLAIMANT).exists()


def test_ready_and_the_end_of_the_claim_at_once_never_wait_for_each_other(cast: Cast, lost: Registration) -> None:
    claim = claims.approved(cast, lost)
    at = claims.decided_at(claim)
    user = claims.opens_account(claim, at=at)
    who = actor(user)
    answers = race(
        *[lambda: transitions.get_ready(claim.pk, actor=who, at=at)] * 4,
        lambda: transitions.withdraw(claim.pk, actor=PUBLIC, at=at),
        lambda: transitions.send_back(claim.pk, reason="", actor=actor(cast.approver), at=at),
    )
    assert "won" in answers
    assert set(answers) <= {"won", "WrongState", "NotAllowed"}
    claim.refresh_from_db()
    assert claim.status == "withdrawn"
    assert not User.objects.get(pk=user.pk).is_active


def test_number_said_by_many_at_once_is_evidence_once(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    number = transitions.take_call_number(claim.pk, actor=PUBLIC, at=NOW)
    who, phone = actor(cast.operator), claims.point(lost, "phone").pk
    call = transitions.begin_phone_call(claim.pk, contact_point_pk=phone, actor=who, at=NOW)
    answers = race(*[lambda: transitions.enter_said_number(call.pk, typed=number, actor=who, at=NOW)] * 50)
    assert answers.count("won") == 1
    assert set(answers) <= {"won", "Refused", "WrongState"}
    assert Evidence.objects.get().code == "C2"


# Recovery kits --------------------------------------------------------------------------------------------------------

MADE = NOW - timedelta(days=40)
AFTER = later(minutes=1)


def kit_of(cast: Cast, lost: Registration) -> tuple[str, str]:
    kit, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=MADE)
    return kit.number, code


def shows(claim: Claim, kit: tuple[str, str]) -> Callable[[], object]:
    """Show a kit for a claim, a minute after everything was prepared."""
    return lambda: transitions.redeem_kit(claim.pk, number=kit[0], typed=kit[1], actor=PUBLIC, at=AFTER)


def test_of_40_wrong_tries_of_a_kit_at_once_five_are_compared(
    cast: Cast, lost: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, code = kit_of(cast, lost)
    guessing = [claims.received(sender=f"192.0.2.{one}") for one in range(8)]
    compared: list[str] = []
    compare = kits.check_password

    def counts(typed: str, code_hash: str) -> bool:
        compared.append(typed)
        return compare(typed, code_hash)

    monkeypatch.setattr(kits, "check_password", counts)
    wrong = (number, "2222-2222-2222-2222")
    assert race(*[shows(claim, wrong) for claim in guessing] * 5) == ["Refused"] * 40
    kit = RecoveryKit.objects.get()
    assert len(compared) == kit.tries == 5
    assert race(shows(claims.received(sender="192.0.2.99"), (number, code))) == ["Refused"]
    # Two workers at once: it is voided once, and told once.
    acts = [lambda: transitions.end_guessed_kit(kit.pk, actor=clock.CLOCK, at=later(minutes=3))] * 2
    assert race(*acts) == ["WrongState", "won"]
    assert Event.objects.filter(verb="kit.guessed").count() == 1


def test_right_kit_shown_by_many_at_once_is_evidence_once(cast: Cast, lost: Registration) -> None:
    kit = kit_of(cast, lost)
    answers = race(*[shows(claims.received(sender=f"192.0.2.{one}"), kit) for one in range(8)])
    assert answers == ["Refused"] * 7 + ["won"]
    assert Evidence.objects.count() == Event.objects.filter(verb="kit.redeemed").count() == 1


@pytest.mark.parametrize("turn", range(4))
def test_kit_shown_while_its_custodian_hands_over_is_no_way_back_in(cast: Cast, lost: Registration, turn: int) -> None:
    kit, claim = kit_of(cast, lost), claims.received()
    made = offered(cast, lost, days=0)
    marks, taker = all_received(made), actor(cast.jiro)

    def accepts() -> object:
        return register.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=taker, at=AFTER)

    shown = shows(claim, kit)
    answers = race(*([shown, accepts] if turn % 2 else [accepts, shown]))
    assert answers in (["Refused", "won"], ["won", "won"])
    assert (holder(lost), RecoveryKit.objects.get().void_at) == (cast.jiro, AFTER)
    claim.refresh_from_db()
    if answers == ["won", "won"]:
        # It was shown first and found its registration; with the custody that it belonged to it has come to its end.
        assert (claim.registration, Evidence.objects.get().code) == (lost, "C5")
        assert "C5" not in weighing.standing_of(claim, AFTER).assessment.codes
    else:
        assert (claim.status, claim.registration, Evidence.objects.count()) == ("received", None, 0)


@pytest.mark.parametrize("turn", range(2))
def test_kit_shown_while_a_new_one_is_made_opens_or_is_void(cast: Cast, lost: Registration, turn: int) -> None:
    kit, claim = kit_of(cast, lost), claims.received()
    shown = shows(claim, kit)

    def makes() -> object:
        return register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=AFTER)

    answers = race(*([shown, makes] if turn else [makes, shown]))
    assert answers in (["Refused", "won"], ["won", "won"])
    assert Evidence.objects.count() == answers.count("won") - 1
    assert list(RecoveryKit.objects.order_by("pk").values_list("void_at", flat=True)) == [AFTER, None]


# Samples for the auditor ----------------------------------------------------------------------------------------------


@pytest.fixture
def long_in_force() -> Iterator[None]:
    """The first six months of a version, in which everything of tier 4 is drawn, are over. Versions outlive a test."""
    kept = dict(ProcedureVersion.objects.values_list("pk", "live_since"))
    ProcedureVersion.objects.update(live_since=NOW - timedelta(days=700))
    yield
    for pk, since in kept.items():
        ProcedureVersion.objects.filter(pk=pk).update(live_since=since)


def over(cast: Cast, number: int) -> list[Claim]:
    """Recoveries of tier 3 that were carried out long ago, of which nobody has considered any."""
    received = (NOW - timedelta(days=100)).date()
    # Each on a registration of its own: who considers one waits for nobody who considers another.
    return past.write(cast, [past.Past(received=received, at=at) for at in past.lost(cast.aoba, number)])


def considers(claim: Claim) -> Callable[[], object]:
    return lambda: transitions.consider_for_audit(claim.pk, actor=clock.CLOCK, at=NOW)


def test_two_workers_consider_one_claim_once(long_in_force: None, cast: Cast) -> None:
    (claim,) = over(cast, 1)
    assert race(*[considers(claim)] * 4) == ["WrongState"] * 3 + ["won"]
    assert AuditSample.objects.get().status == "open"
    assert Event.objects.filter(verb="audit.considered").count() == 1


def test_two_workers_at_once_draw_as_many_samples_as_one(long_in_force: None, cast: Cast) -> None:
    some = over(cast, 20)
    assert race(*map(considers, some)) == ["won"] * 20
    # Of 20 one is owed, at 3 per cent; a worker that does not see the other's would draw a second.
    assert AuditSample.objects.drawn().count() == 1
    facts = [one.facts["drawn"] for one in Event.objects.filter(verb="audit.considered")]
    assert sorted(map(len, facts)) == [0] * 19 + [1]
