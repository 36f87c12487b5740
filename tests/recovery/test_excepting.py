"""Exceptions (特例): asked by one, approved by two, until a day (P11, A12)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role
from audit.models import Event
from handover.models import Registration
from recovery import obstacles, transitions
from recovery.models import CaseException, Claim
from tests import claims, seen
from tests.cast import Cast, actor, somebody
from tests.recovery.excepted import WORDS, approves, asks, granted, lacking, proposes, standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


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
