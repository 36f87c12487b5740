"""Samples for the auditor: what is drawn, who reads it, what becomes of a finding. An auditor decides nothing."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role
from audit.models import Event, EventAbout
from handover.calendar import business_days_after
from recovery import clock, transitions
from recovery.models import AuditSample, CaseException, Claim, Duty, ProcedureVersion
from recovery.queries import auditing
from tests import claims
from tests.cast import Cast, actor
from tests.handover.paper_files import incoming
from tests.recovery.past import Past, lost, noon, write
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db
A = AuditSample.Status
DAY = date(2026, 7, 6)
OVER = noon(business_days_after(DAY, 10))
AT = OVER + timedelta(days=1)
CLOCK = clock.CLOCK


@pytest.fixture(autouse=True)
def old_version(db: None) -> None:
    """The version has been in force for long, so that tier 4 is nothing special by itself."""
    ProcedureVersion.objects.update(live_since=datetime(2025, 1, 1, tzinfo=NOW.tzinfo))


def over(cast: Cast, number: int = 1, **changes: object) -> list[Claim]:
    (at,) = lost(cast.aoba)
    return write(cast, [Past(received=DAY, **changes)] * number, at=at)  # type: ignore[arg-type]


def considered(some: Iterable[Claim], at: datetime = AT) -> list[AuditSample]:
    return [transitions.consider_for_audit(one.pk, actor=CLOCK, at=at) for one in some]


def drawn(cast: Cast) -> AuditSample:
    """The first of a pool is always drawn."""
    (sample,) = considered(over(cast))
    return sample


def read(cast: Cast) -> AuditSample:
    return transitions.read_sample(drawn(cast).pk, actor=actor(cast.auditor), at=AT)


def by_desk(claim: Claim, cast: Cast, taken_by: str = "agent") -> None:
    Claim.objects.filter(pk=claim.pk).update(status="collecting")
    who = actor(getattr(cast, taken_by))
    transitions.submit_paper(claim.pk, code="O3", paper=incoming(), token=uuid.uuid4(), actor=who, at=NOW)
    Claim.objects.filter(pk=claim.pk).update(status="executed")


def excepted(cast: Cast, claim: Claim, status: str = "valid") -> None:
    CaseException.objects.create(
        claim=claim,
        rule="category:C",
        reason_code="disaster",
        sealed=CaseException.seal({}),
        expires_on=DAY,
        tier=3,
        status=status,
        asked_by=cast.operator,
        asked_at=NOW,
        decided_at=None if status == "asked" else NOW,
    )


# Pools --------------------------------------------------------------------------------------------------------------


def test_clock_places_every_kind_in_its_pool(cast: Cast) -> None:
    usual, agents, operators, hard, bent, asked_only = over(cast, 6)
    by_desk(agents, cast)
    by_desk(operators, cast, "operator")
    Claim.objects.filter(pk=hard.pk).update(tier=4)
    excepted(cast, bent)
    excepted(cast, asked_only, "refused")
    pools = {one.claim_id: one.pool for one in considered([usual, agents, operators, hard, bent, asked_only])}
    assert pools == {
        usual.pk: "general",
        agents.pk: "agency",
        operators.pk: "general",
        hard.pk: "general",
        bent.pk: "exception",
        asked_only.pk: "general",
    }


def test_tier_4_is_read_whole_in_the_first_half_year_of_a_version(cast: Cast) -> None:
    some = over(cast, 4, tier=4)
    ProcedureVersion.objects.update(live_since=OVER - timedelta(days=100))
    assert [(one.pool, one.status) for one in considered(some)] == [("tier_4", A.OPEN)] * 4
    ProcedureVersion.objects.update(live_since=OVER - timedelta(days=200))
    assert {one.pool for one in considered(over(cast, 2, tier=4))} == {"general"}


def test_every_exception_is_read_also_where_the_claim_was_refused(cast: Cast) -> None:
    some = [*over(cast, 3), *over(cast, status="refused", reason="not_confirmed")]
    for one in some:
        excepted(cast, one)
    assert [(one.pool, one.status) for one in considered(some)] == [("exception", A.OPEN)] * 4


def test_what_ended_without_an_exception_is_of_no_pool(cast: Cast) -> None:
    (refused,) = over(cast, status="refused")
    with pytest.raises(WrongState):
        considered([refused])
    assert auditing.for_considering(AT) == []


# Drawing ------------------------------------------------------------------------------------------------------------


def test_clock_draws_three_of_a_hundred_and_six_of_those_by_the_desk(cast: Cast) -> None:
    some = over(cast, 67)
    considered(some)
    assert AuditSample.objects.drawn().count() == 3, "3 % of 67, rounded up"
    agents = over(cast, 18)
    for one in agents:
        by_desk(one, cast)
    considered(agents)
    assert AuditSample.objects.drawn().filter(pool="agency").count() == 2, "6 % of 18, rounded up"
    assert [(one.considered, one.drawn, one.waiting) for one in auditing.shares()] == [
        (67, 3, 3),
        (18, 2, 2),
        (0, 0, 0),
        (0, 0, 0),
    ]


def test_draw_takes_from_those_that_came_since_the_last_one(cast: Cast) -> None:
    """So the thirty-fourth is not the one that everybody who counts expects."""
    some = over(cast, 34)
    keys = [one.pk for one in considered(some)]
    second = AuditSample.objects.drawn().exclude(pk=keys[0]).get()
    assert second.pk in keys[1:]
    assert auditing.due_in("general") == (0, [])
    considered(over(cast))
    number, candidates = auditing.due_in("general")
    assert number == 0 and len(candidates) == 1 and not set(candidates) & set(keys)


def test_draw_is_an_event_of_what_was_considered_and_of_what_was_drawn(cast: Cast) -> None:
    (first,) = over(cast)
    before = mark()
    considered([first])
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.actor, written.subject) == ("audit.considered", "system:clock", first.label)
    assert written.facts == {"pool": "general", "drawn": [first.number]}
    assert written.about == sorted([first.label, first.inquiry.label]), "nothing of it in the customer's history"
    (second,) = over(cast)
    (sample,) = considered([second])
    assert sample.status == A.PASSED
    assert Event.objects.order_by("-sequence")[0].facts == {"pool": "general", "drawn": []}
    assert notices(before) == []


def test_claim_is_considered_once_for_each_end(cast: Cast) -> None:
    (one,) = over(cast)
    considered([one])
    before = mark()
    with pytest.raises(WrongState):
        considered([one])
    assert verbs(before) == []
    Claim.objects.filter(pk=one.pk).update(executed_at=AT)
    considered([one], AT + timedelta(days=1))
    assert AuditSample.objects.filter(claim=one).count() == 2


def test_clock_considers_the_day_after_and_only_once(cast: Cast) -> None:
    (one,) = over(cast)
    midnight = OVER + timedelta(hours=12)
    assert clock.run(at=midnight - timedelta(seconds=1))["considered_for_audit"] == 0
    assert clock.run(at=midnight)["considered_for_audit"] == 1
    assert clock.run(at=midnight)["considered_for_audit"] == 0
    assert AuditSample.objects.get().claim == one


def test_real_recovery_is_considered_the_day_after(cast: Cast) -> None:
    claim = claims.executed(cast, claims.held(cast))
    assert claim.executed_at
    assert clock.run(at=claim.executed_at + timedelta(days=1))["considered_for_audit"] == 1
    sample = AuditSample.objects.get()
    assert (sample.claim, sample.pool, sample.status, sample.over_at) == (claim, "general", A.OPEN, claim.executed_at)


def test_only_the_clock_draws(cast: Cast) -> None:
    (one,) = over(cast)
    for user in (cast.auditor, cast.senior, cast.operator):
        with pytest.raises(NotAllowed):
            transitions.consider_for_audit(one.pk, actor=actor(user), at=AT)
    assert not AuditSample.objects.exists()


# Reading ------------------------------------------------------------------------------------------------------------


def test_auditor_reads_a_case_which_is_an_event_with_the_case_for_the_customer(cast: Cast) -> None:
    claim = claims.executed(cast, claims.held(cast))
    assert claim.executed_at and claim.registration
    at = claim.executed_at + timedelta(days=1)
    (sample,) = considered([claim], at)
    before, as_it_was = mark(), Claim.objects.values().get(pk=claim.pk)
    transitions.read_sample(sample.pk, actor=actor(cast.auditor), at=at)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.actor, written.subject) == ("audit.read", cast.auditor.label, sample.label)
    assert written.facts == {"case": claim.number}
    about = {claim.label, claim.inquiry.label, claim.registration.label, cast.aoba.label, sample.label}
    assert set(EventAbout.objects.filter(event=written).values_list("label", flat=True)) == about
    assert Claim.objects.values().get(pk=claim.pk) == as_it_was
    transitions.read_sample(sample.pk, actor=actor(cast.auditor), at=at)
    assert verbs(before) == ["audit.read", "audit.read"], "every look"


def test_nobody_but_an_auditor_reads_a_sample(cast: Cast) -> None:
    sample = drawn(cast)
    before = mark()
    for user in (cast.senior, cast.approver, cast.operator, cast.editor, cast.agent, cast.taro):
        with pytest.raises(NotAllowed):
            transitions.read_sample(sample.pk, actor=actor(user), at=AT)
    assert verbs(before) == []


def test_auditor_who_had_a_part_in_the_case_does_not_read_it(cast: Cast) -> None:
    """Under whatever account: the operator's other account is an auditor's."""
    claim = claims.executed(cast, claims.held(cast))
    assert claim.executed_at
    (sample,) = considered([claim], claim.executed_at + timedelta(days=1))
    other = claims.same_human(cast, cast.operator, Role.AUDITOR)
    with pytest.raises(NotAllowed):
        transitions.read_sample(sample.pk, actor=actor(other), at=AT)


def test_what_was_not_drawn_is_not_read(cast: Cast) -> None:
    _first, second = considered(over(cast, 2))
    with pytest.raises(WrongState):
        transitions.read_sample(second.pk, actor=actor(cast.auditor), at=AT)
    assert auditing.find(second.pk) is None


# Findings -----------------------------------------------------------------------------------------------------------


def found(cast: Cast, sample: AuditSample, outcome: str = "not_in_order", words: str = "印影の確認が一人だけ") -> None:
    transitions.record_finding(sample.pk, outcome=outcome, words=words, actor=actor(cast.auditor), at=AT)


def test_finding_that_all_is_in_order_ends_the_sample(cast: Cast) -> None:
    sample = read(cast)
    before = mark()
    found(cast, sample, "in_order", "")
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.facts) == ("audit.found", {"case": sample.claim.number, "outcome": "in_order"})
    assert set(written.about) == {sample.label, sample.claim.label, sample.claim.inquiry.label}
    sample.refresh_from_db()
    assert (sample.status, sample.found_by, sample.found_at, sample.words) == (A.IN_ORDER, cast.auditor, AT, "")
    assert not Duty.objects.exists() and notices(before) == []


def test_finding_that_something_is_wrong_becomes_a_duty_of_the_seniors(cast: Cast) -> None:
    sample = read(cast)
    before, claim = mark(), Claim.objects.values().get(pk=sample.claim_id)
    found(cast, sample)
    assert verbs(before) == ["audit.found"]
    assert notices(before) == [("audit_not_in_order", cast.senior.label)]
    duty = Duty.objects.get()
    assert (duty.claim_id, duty.kind, duty.closed_at) == (sample.claim_id, Duty.Kind.AUDIT, None)
    assert duty.due_on == business_days_after(AT.date(), 5)
    assert Claim.objects.values().get(pk=sample.claim_id) == claim, "the auditor changes nothing of the case"
    sample.refresh_from_db()
    assert sample.words == "印影の確認が一人だけ" and b"\xe5\x8d\xb0" not in bytes(sample.sealed_words or b"")
    transitions.finish_duty(duty.pk, words="教育した", actor=actor(cast.senior), at=AT)
    with pytest.raises(NotAllowed):
        transitions.finish_duty(duty.pk, words="教育した", actor=actor(cast.auditor), at=AT)


def test_finding_needs_the_case_to_be_read_by_the_same_person(cast: Cast) -> None:
    sample = drawn(cast)
    with pytest.raises(WrongState):
        found(cast, sample, "in_order")
    sample.refresh_from_db()
    assert sample.status == A.OPEN


def test_finding_is_written_once(cast: Cast) -> None:
    sample = read(cast)
    found(cast, sample, "in_order")
    before = mark()
    with pytest.raises(WrongState):
        found(cast, sample)
    assert verbs(before) == [] and not Duty.objects.exists()


def test_finding_is_one_of_two_and_says_what_is_wrong(cast: Cast) -> None:
    sample = read(cast)
    for outcome, words in (("open", "x"), ("passed", "x"), ("", "x"), ("not_in_order", "  ")):
        with pytest.raises(Refused):
            found(cast, sample, outcome, words)
    sample.refresh_from_db()
    assert sample.status == A.OPEN


def test_nobody_but_an_auditor_writes_a_finding(cast: Cast) -> None:
    sample = read(cast)
    for user in (cast.senior, cast.approver, cast.operator, cast.editor):
        with pytest.raises(NotAllowed):
            transitions.record_finding(sample.pk, outcome="in_order", words="", actor=actor(user), at=AT)
