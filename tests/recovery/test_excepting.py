"""Exceptions (特例): asked by one, approved by two, until a day; nothing but the one need goes (P11, A12)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role, User
from audit import queries as log
from audit.models import Event
from handover.models import Registration
from recovery import clock, obstacles, transitions
from recovery.models import CaseException, Claim, RuleReview
from recovery.procedure import Item, assess, ends_on, load, read
from recovery.procedure.bending import Likeness, bendable, distance, why_near
from recovery.queries import exceptions as reads
from recovery.queries import signing, tracking, weighing
from tests import claims, seen
from tests.cast import Cast, actor, somebody
from tests.letterbox import mails
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]

WORDS = {
    "text": "水害で書類も事務所も失われました",
    "control": "本店の総務に二度折り返しました",
    "risk": "本店の総務が誤っている場合",
    "compared": "前例なし。同じ水害の申し込みと比べます",
}
PROCEDURE = read(load(1))


@pytest.fixture
def lost(cast: Cast) -> Registration:
    return claims.held(cast)


def lacking(cast: Cast, lost: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """Everything but a proof of the organisation is there, and with it the points."""
    claim = claims.accepted(cast, lost, at=at, claim=claim)
    for code in ("P1", "A2"):
        claims.prove(cast, claim, code, at=at)
    claims.by_letter(cast, claim, at=at)
    claims.tried(cast, claim, at=at)
    claim.refresh_from_db()
    return claim


def asks(
    cast: Cast, claim: Claim, *, by: User | None = None, at: datetime = claims.READY, **changes: Any
) -> CaseException:
    wanted: dict[str, Any] = {
        "rule": "category:O",
        "reason_code": "disaster",
        "missing_proof": "O2",
        "words": WORDS,
        "expires_on": timezone.localdate(at) + timedelta(days=30),
    }
    return transitions.ask_exception(claim.pk, **{**wanted, **changes}, actor=actor(by or cast.colleague), at=at)


def approves(made: CaseException, who: User, *, at: datetime = claims.READY, signed: str = "") -> CaseException:
    return transitions.approve_exception(
        made.pk, signed_hash=signed or made.facts_hash, reason="よい", actor=actor(who), at=at
    )


def granted(cast: Cast, claim: Claim, *, at: datetime = claims.READY, **changes: Any) -> CaseException:
    made = asks(cast, claim, at=at, **changes)
    approves(made, cast.approver, at=at)
    return approves(made, cast.senior, at=at)


def standing(claim: Claim, at: datetime = claims.READY) -> weighing.Standing:
    return weighing.standing_of(Claim.objects.select_related("registration", "procedure").get(pk=claim.pk), at)


def proposes(cast: Cast, claim: Claim, *, at: datetime = claims.READY) -> Claim:
    return transitions.propose(claim.pk, reason="特例あり", actor=actor(cast.operator), at=at)


def notified(cast: Cast, claim: Claim, *, at: datetime = claims.READY) -> Claim:
    proposes(cast, claim, at=at)
    claims.all_delivered(cast, claim, at=at)
    clock.run(at=at)
    claim.refresh_from_db()
    return claim


# What may be bent


def test_never_excepted_needs_cannot_be_chosen() -> None:
    assert bendable(PROCEDURE, 3) == (
        "category:O",
        "category:C",
        "channels",
        "points",
        "attempts",
        "inactivity",
        "window",
    )
    assert bendable(PROCEDURE, 4) == (
        *("category:O", "category:C", "mandatory:O1|O3|O5", "mandatory:C1b"),
        *("channels", "points", "attempts", "inactivity"),
    )
    for tier in (1, 2, 3, 4):
        assert not {
            "category:P",
            "category:A",
            "mandatory:P1|P2",
            "mandatory:A2",
            "more:A",
            "head_office",
            "mailbox",
        } & set(bendable(PROCEDURE, tier))


def test_what_the_procedure_never_excepts_is_data() -> None:
    strict = replace(PROCEDURE, never_excepted=("O", "C", "window", "attempts", "points", "channels", "inactivity"))
    assert bendable(strict, 3) == ("category:P", "category:A")
    free = replace(PROCEDURE, never_excepted=())
    assert "head_office" in bendable(free, 4)


@pytest.mark.parametrize("rule", ["category:P", "category:A", "mailbox", "notice", "cooling_off", "more:A", "outside"])
def test_operator_asks_for_what_is_never_excepted_and_is_refused(cast: Cast, lost: Registration, rule: str) -> None:
    claim = claims.accepted(cast, lost)
    with pytest.raises(Refused) as said:
        asks(cast, claim, rule=rule)
    assert set(said.value.fields) == {"rule"}
    assert not CaseException.objects.exists()


ITEMS = st.lists(
    st.builds(
        Item,
        st.sampled_from([kind.code for kind in PROCEDURE.kinds]),
        checked_on=st.just(date(2026, 11, 20)),
        endpoint=st.sampled_from(["", "a", "b", "c"]),
        source=st.sampled_from(["", "record", "registry", "published", "claimant"]),
        issued_on=st.sampled_from([None, date(2026, 11, 1)]),
        on_record_since=st.just(date(2026, 4, 1)),
        second_checked=st.booleans(),
    ),
    max_size=8,
)


@given(items=ITEMS, tier=st.sampled_from([3, 4]), data=st.data())
def test_exception_from_one_need_leaves_all_others(items: list[Item], tier: int, data: st.DataObject) -> None:
    need = data.draw(st.sampled_from(bendable(PROCEDURE, tier)))
    day = date(2026, 11, 20)
    before = assess(PROCEDURE, tier, items, on=day)
    after = assess(PROCEDURE, tier, items, on=day, waived=[need])
    assert need not in after.missing
    # Nothing else is gained: whatever way is taken, at most this one need fewer.
    assert len(before.missing) - 1 <= len(after.missing) <= len(before.missing)
    # What was chosen lacks, without any exception, exactly what is still said to be missing and at most this need.
    assert set(assess(PROCEDURE, tier, after.counted, on=day).missing) - {need} == set(after.missing)
    if not any(item.endpoint for item in items):
        # There is one way only to weigh this.
        assert after.missing == tuple(key for key in before.missing if key != need)


@pytest.mark.parametrize("tier", [3, 4])
def test_papers_alone_never_suffice_whatever_is_waived(tier: int) -> None:
    papers = [
        Item(code, checked_on=date(2026, 11, 20), issued_on=date(2026, 11, 1), second_checked=True)
        for code in ("O2", "O3", "O4", "L1", "L2", "L3", "P3")
    ]
    every = bendable(PROCEDURE, tier)
    missing = assess(PROCEDURE, tier, papers, on=date(2026, 11, 20), waived=every).missing
    assert {"category:P", "category:A"} <= set(missing)


# Asking and deciding


def test_operator_asks_and_two_people_approve(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    assert standing(claim).missing == ("category:O",)
    before = seen.mark()
    made = asks(cast, claim)
    assert (made.status, made.tier, made.route, made.precedents) == ("asked", 3, "normal", [])
    assert made.words == WORDS
    assert "水害".encode() not in bytes(made.sealed)
    assert seen.verbs(before) == ["exception.asked"]
    assert seen.notices(before) == [("exception_asked", cast.approver.label), ("exception_asked", cast.senior.label)]
    written = Event.objects.get(verb="exception.asked")
    assert written.facts == {
        "rule": "category:O",
        "tier": 3,
        "reason": "disaster",
        "missing": "O2",
        "expires_on": made.expires_on.isoformat(),
        "precedents": [],
    }
    assert set(written.about) == {made.label, claim.label, claim.inquiry.label}
    assert standing(claim).missing == ("category:O",)
    before = seen.mark()
    assert approves(made, cast.approver).status == "asked"
    assert standing(claim).missing == ("category:O",)
    assert seen.notices(before) == []
    made = approves(made, cast.senior)
    assert (made.status, made.decided_at) == ("valid", claims.READY)
    assert (standing(claim).missing, standing(claim).waived) == ((), ("category:O",))
    assert seen.verbs(before) == ["exception.approved", "exception.approved"]
    assert seen.notices(before) == [("exception_decided", cast.colleague.label)]
    facts = [one.facts for one in Event.objects.filter(verb="exception.approved").order_by("sequence")]
    assert [(one["role"], one["complete"], one["review"]) for one in facts] == [
        ("approver", False, None),
        ("senior", True, None),
    ]
    assert obstacles.to_propose(Claim.objects.get(pk=claim.pk), claims.READY) == []
    assert proposes(cast, claim).status == "proposed"


@pytest.mark.parametrize(
    "who", ["approver", "senior", "editor", "auditor", "agent", "supervisor", "hanako", "taro", "worker"]
)
def test_only_operators_ask(cast: Cast, lost: Registration, who: str) -> None:
    claim = lacking(cast, lost)
    with pytest.raises(NotAllowed):
        asks(cast, claim, by=getattr(cast, who))


def test_nobody_decides_who_had_a_hand_in_the_case(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    made = asks(cast, claim)
    asker_again = claims.same_human(cast, cast.colleague, Role.SENIOR)
    prepared = claims.same_human(cast, cast.operator, Role.APPROVER)
    for who in (
        asker_again,
        prepared,
        cast.operator,
        cast.colleague,
        cast.editor,
        cast.auditor,
        cast.agent,
        cast.hanako,
    ):
        with pytest.raises(NotAllowed):
            approves(made, who)
        with pytest.raises(NotAllowed):
            transitions.refuse_exception(made.pk, reason="", actor=actor(who), at=claims.READY)
    assert not made.approvals.exists()


def test_who_agreed_and_then_worked_on_the_case_does_not_count(cast: Cast, lost: Registration) -> None:
    """The machine found it: the same human's second account checks evidence after the first yes."""
    claim = lacking(cast, lost)
    made = asks(cast, claim)
    works = claims.same_human(cast, cast.approver, Role.OPERATOR)
    approves(made, cast.approver)
    claims.prove(cast, claim, "L4", by=works, at=claims.READY)
    with pytest.raises(WrongState):
        approves(made, cast.senior)
    made.refresh_from_db()
    assert made.status == "asked"
    assert transitions.refuse_exception(made.pk, reason="あらためて", actor=actor(cast.senior), at=claims.READY)
    assert asks(cast, claim).status == "asked"


def test_one_human_never_counts_twice_and_one_is_a_senior(cast: Cast, lost: Registration) -> None:
    made = asks(cast, lacking(cast, lost))
    approves(made, cast.approver)
    other = somebody(cast.provider, "雪野 別", "ユキノ ベツ", "other@provider.example", Role.APPROVER)
    again = claims.same_human(cast, cast.approver, Role.SENIOR)
    for who in (cast.approver, other, again):
        with pytest.raises(WrongState):
            approves(made, who)
    made.refresh_from_db()
    assert (made.status, made.approvals.count()) == ("asked", 1)


def test_second_press_and_another_text_change_nothing(cast: Cast, lost: Registration) -> None:
    made = asks(cast, lacking(cast, lost))
    with pytest.raises(WrongState):
        approves(made, cast.approver, signed="0" * 64)
    approves(made, cast.approver)
    # Words changed behind the back of whoever signed: the hash no longer is that of the text.
    CaseException.objects.filter(pk=made.pk).update(sealed=CaseException.seal({**WORDS, "risk": "なし"}))
    with pytest.raises(WrongState):
        approves(made, cast.senior)
    CaseException.objects.filter(pk=made.pk).update(sealed=CaseException.seal(WORDS))
    approves(made, cast.senior)
    before = seen.mark()
    with pytest.raises(WrongState):
        approves(made, cast.senior)
    assert seen.verbs(before) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason_code": "persistence"}, "reason_code"),
        ({"missing_proof": "Z9"}, "missing_proof"),
        ({"words": {**WORDS, "control": " "}}, "control"),
        ({"words": {**WORDS, "compared": ""}}, "compared"),
        ({"words": {**WORDS, "risk": ""}}, "risk"),
        ({"expires_on": timezone.localdate(claims.READY)}, "expires_on"),
        ({"expires_on": timezone.localdate(claims.READY) + timedelta(days=91)}, "expires_on"),
        ({"rule": "points"}, "rule"),  # not missing here
        ({"rule": "window"}, "rule"),  # C1 and A2 shorten it already
    ],
)
def test_incomplete_request_is_refused_at_its_field(
    cast: Cast, lost: Registration, changes: dict[str, Any], field: str
) -> None:
    claim = lacking(cast, lost)
    with pytest.raises(Refused) as said:
        asks(cast, claim, **changes)
    assert set(said.value.fields) == {field}
    assert not CaseException.objects.exists()


def test_asked_for_only_once_and_only_while_collecting(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    granted(cast, claim)
    with pytest.raises(Refused):
        asks(cast, claim)
    proposes(cast, claim)
    with pytest.raises(WrongState):
        asks(cast, claim, rule="inactivity")


def test_refused_exception_leaves_the_need_and_tells_who_asked(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    made, before = asks(cast, claim), seen.mark()
    made = transitions.refuse_exception(made.pk, reason="代わりの確認が弱い", actor=actor(cast.senior), at=claims.READY)
    assert (made.status, made.end_words) == ("refused", "代わりの確認が弱い")
    assert seen.verbs(before) == ["exception.refused"]
    assert seen.notices(before) == [("exception_decided", cast.colleague.label)]
    assert standing(claim).missing == ("category:O",)
    with pytest.raises(WrongState):
        approves(made, cast.approver)
    # It may be asked for anew, and the refusal is now the nearest precedent.
    assert asks(cast, claim).precedents == [made.pk]


# What it does to the decision


def test_exception_is_part_of_what_is_signed(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    made = granted(cast, claim)
    claim = proposes(cast, claim)
    assert claim.proposal is not None
    assert claim.proposal["exceptions"] == [
        [made.pk, "category:O", made.facts_hash, made.expires_on.isoformat()],
    ]
    words = dict(signing.signed_words(claim))
    assert any(WORDS["control"] in line for lines in words.values() for line in lines)
    without = {name: value for name, value in claim.proposal.items() if name != "exceptions"}
    assert weighing.hash_of(without) != claim.proposal_hash


def test_case_without_exception_signs_what_it_always_signed(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    assert claim.proposal is not None
    assert "exceptions" not in claim.proposal


def test_exception_that_ran_out_holds_nothing_up_any_more(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    granted(cast, claim, expires_on=timezone.localdate(claims.READY) + timedelta(days=1))
    claim = notified(cast, claim)
    at = claims.decided_at(claim)
    with pytest.raises(WrongState):
        transitions.approve(claim.pk, signed_hash=claim.proposal_hash, reason="", actor=actor(cast.approver), at=at)
    assert standing(claim, at).missing == ("category:O",)
    assert obstacles.to_approve(claim, at) != []


def test_exception_that_ran_out_is_asked_for_anew(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    first = granted(cast, claim)
    at = claims.READY + timedelta(days=(first.expires_on - timezone.localdate(claims.READY)).days + 1)
    again = asks(cast, claim, at=at, expires_on=timezone.localdate(at) + timedelta(days=5))
    assert (again.rule, again.status) == (first.rule, "asked")
    first.refresh_from_db()
    assert first.status == "ended"


def test_exception_from_another_route_is_asked_for_anew(cast: Cast, lost: Registration) -> None:
    """It was bent where something else stands in for what is missing."""
    claim = lacking(cast, lost)
    first = granted(cast, claim)
    transitions.set_route(
        claim.pk, route="association", reason="規約を見ました", actor=actor(cast.colleague), at=claims.READY
    )
    assert standing(claim).waived == ()
    again = asks(cast, claim)
    first.refresh_from_db()
    assert (first.status, again.rule, again.status, again.route) == ("ended", first.rule, "asked", "association")


def test_ended_exception_voids_the_approval_and_sends_the_case_back(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    made = granted(cast, claim)
    claim = notified(cast, claim)
    at = claims.decided_at(claim)
    transitions.approve(claim.pk, signed_hash=claim.proposal_hash, reason="", actor=actor(cast.approver), at=at)
    before = seen.mark()
    made = transitions.end_exception(made.pk, reason="代わりの確認が誤り", actor=actor(cast.colleague), at=at)
    claim.refresh_from_db()
    assert (made.status, made.ended_by, claim.status) == ("ended", cast.colleague, "collecting")
    assert not claim.approvals.filter(void_at=None).exists()
    assert seen.verbs(before) == ["exception.ended"]
    assert Event.objects.get(verb="exception.ended").facts["goes_back"] is True
    assert standing(claim, at).missing == ("category:O",)
    with pytest.raises(WrongState):
        transitions.end_exception(made.pk, reason="", actor=actor(cast.colleague), at=at)


def test_who_asked_takes_it_back_and_strangers_do_not(cast: Cast, lost: Registration) -> None:
    made = asks(cast, lacking(cast, lost))
    for who in (cast.agent, cast.editor, cast.auditor, cast.hanako, cast.worker):
        with pytest.raises(NotAllowed):
            transitions.end_exception(made.pk, reason="", actor=actor(who), at=claims.READY)
    assert transitions.end_exception(made.pk, reason="", actor=actor(cast.colleague), at=claims.READY).status == "ended"


def test_longer_window_is_bent_to_the_shortened_one_and_no_further(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    for code in ("O2", "O3", "P1", "A1", "A2"):
        claims.prove(cast, claim, code)
    transitions.second_evidence(claim.evidence.get(code="O3").pk, actor=actor(cast.colleague), at=NOW)
    claims.prove(cast, claim, "C2")
    claims.tried(cast, claim)
    assert standing(claim).missing == ()
    made = granted(cast, claim, rule="window", missing_proof="")
    claim = notified(cast, claim)
    assert claim.window_begun_on and claim.window_ends_on
    three = PROCEDURE.tier(3).window
    assert three and three.shortened
    assert claim.proposal and claim.proposal["exceptions"][0][0] == made.pk
    assert claim.window_ends_on == ends_on(claim.window_begun_on, three, shortened=True)
    assert claim.window_ends_on < ends_on(claim.window_begun_on, three, shortened=False)


def test_nobody_outside_the_provider_hears_of_it(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    before = seen.mark()
    granted(cast, claim)
    staff = {user.label for user in (cast.approver, cast.senior, cast.colleague)}
    assert {to for _template, to in seen.notices(before)} <= staff
    for label in (lost.label, cast.aoba.label):
        assert not log.about(label).filter(verb__startswith="exception.").exists()
    proposes(cast, claim)
    told = [mail["body"] for mail in mails("claim_proposed")]
    assert told and not any("特例" in body or "水害" in body for body in told)
    # The claimant is not asked any more for what is waived, and hears no reason.
    claim = Claim.objects.select_related("inquiry", "procedure", "registration__product").get(pk=claim.pk)
    assert "特例" not in str(tracking.facts_for(claim, 3, claims.READY))


def test_exception_of_another_claim_helps_nobody(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    granted(cast, claim)
    other = lacking(cast, claims.held(cast, "R-2"))
    assert standing(other).missing == ("category:O",)


# Precedents


def likeness(**changes: Any) -> Likeness:
    usual: dict[str, Any] = {
        "reason": "disaster",
        "rule": "category:O",
        "tier": 3,
        "route": "normal",
        "circumstances": frozenset({"critical"}),
    }
    return Likeness(**{**usual, **changes})


def test_distance_weighs_reason_then_need_then_tier_then_route_then_circumstances() -> None:
    one = likeness()
    further = [
        likeness(),
        likeness(circumstances=frozenset()),
        likeness(route="affiliate"),
        likeness(tier=4),
        likeness(rule="points"),
        likeness(reason="other"),
    ]
    found = [distance(one, other) for other in further]
    assert found == sorted(found) and len(set(found)) == len(found) and found[0] == 0
    assert [distance(other, one) for other in further] == found
    assert len(why_near(one, one)) == 5
    assert len(why_near(one, likeness(reason="other"))) == 4


def test_three_nearest_are_shown_the_latest_first_among_equals(cast: Cast) -> None:
    made = []
    for number, reason in enumerate(("other", "disaster", "no_seal", "disaster"), start=2):
        claim = lacking(cast, claims.held(cast, f"R-{number}"))
        made.append(granted(cast, claim, reason_code=reason, at=claims.READY + timedelta(minutes=number)))
    claim = lacking(cast, claims.held(cast))
    asked = asks(cast, claim, at=claims.READY + timedelta(hours=1))
    assert asked.precedents == [made[3].pk, made[1].pk, made[2].pk]
    shown = reads.precedents_of(asked)
    assert [one.distance for one in shown] == [0, 0, 8]
    assert len(shown[0].why) == 5 and len(shown[2].why) == 4
    # Fixed when it was asked: what comes later is not slipped in below what was compared.
    later = lacking(cast, claims.held(cast, "R-9"), at=NOW + timedelta(days=1))
    granted(cast, later, at=claims.READY + timedelta(days=1, hours=2))
    assert [one.pk for one in reads.precedents_of(asked)] == asked.precedents


# The rule is reviewed


def several(cast: Cast, count: int, *, first: int = 1, at: datetime = claims.READY, reason: str = "disaster") -> None:
    for number in range(first, first + count):
        claim = lacking(cast, claims.held(cast, f"R-{number}"), at=at - (claims.READY - NOW))
        granted(cast, claim, reason_code=reason, at=at + timedelta(minutes=number))


def test_third_of_a_kind_in_six_months_opens_a_review_for_the_editor(cast: Cast) -> None:
    several(cast, 2)
    several(cast, 1, first=3, reason="no_seal")
    assert not RuleReview.objects.exists()
    before = seen.mark()
    several(cast, 1, first=4)
    review = RuleReview.objects.get()
    assert (review.reason_code, review.count, review.rules, review.status) == (
        "disaster",
        3,
        [["category:O", 3]],
        "open",
    )
    assert ("rule_review_opened", cast.editor.label) in seen.notices(before)
    assert Event.objects.filter(verb="exception.approved").latest("sequence").facts["review"] == review.pk
    # One task at a time.
    several(cast, 1, first=5)
    assert RuleReview.objects.count() == 1


def test_editor_closes_the_review_and_what_it_saw_is_not_counted_again(cast: Cast) -> None:
    several(cast, 3)
    review = RuleReview.objects.get()
    at = claims.READY + timedelta(hours=1)
    for who in (cast.operator, cast.approver, cast.senior, cast.auditor, cast.hanako):
        with pytest.raises(NotAllowed):
            transitions.close_rule_review(review.pk, outcome="stays", words="", actor=actor(who), at=at)
    with pytest.raises(Refused):
        transitions.close_rule_review(review.pk, outcome="later", words="", actor=actor(cast.editor), at=at)
    before = seen.mark()
    closed = transitions.close_rule_review(
        review.pk, outcome="stays", words="例外で足りる", actor=actor(cast.editor), at=at
    )
    assert (closed.status, closed.outcome, closed.closed_by) == ("closed", "stays", cast.editor)
    assert seen.verbs(before) == ["rule_review.closed"]
    with pytest.raises(WrongState):
        transitions.close_rule_review(review.pk, outcome="stays", words="", actor=actor(cast.editor), at=at)
    later = claims.READY + timedelta(days=1)
    several(cast, 2, first=11, at=later)
    assert RuleReview.objects.count() == 1
    several(cast, 1, first=13, at=later)
    assert RuleReview.objects.count() == 2


def test_exceptions_of_longer_ago_do_not_count(cast: Cast) -> None:
    several(cast, 2)
    CaseException.objects.update(decided_at=claims.READY - timedelta(days=190))
    several(cast, 1, first=3)
    assert not RuleReview.objects.exists()


# The list


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    several(cast, count)
    with django_assert_num_queries(1):
        assert len(reads.listed(claims.READY)) == count
