"""An operator proposes, everybody is told, and the window runs. Who and when: test_table."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role
from audit.models import Event
from handover.calendar import is_business_day
from handover.models import Registration
from recovery import clock
from recovery.models import Approval, Claim, Evidence
from recovery.queries import weighing
from tests import claims, seen
from tests.cast import Cast, somebody
from tests.claims import READY, later
from tests.recovery.decided import approves, proposes, talks
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


# Proposing


def test_operator_proposes_and_everybody_is_told_with_a_code(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    before = seen.mark()
    claim = proposes(claim, cast.operator)
    mail, post = claims.point(lost, "mail"), claims.point(lost, "post")
    assert (claim.status, claim.proposed_by, claim.proposed_at) == ("proposed", cast.operator, READY)
    assert seen.verbs(before) == ["claim.proposed"]
    assert seen.notices(before) == sorted(
        [
            ("claim_proposed", cast.taro.label),
            ("claim_proposed", cast.hanako.label),
            ("claim_proposed", f"contact_point:{mail.pk}"),
            ("claim_letter", f"contact_point:{post.pk}"),
        ]
    )
    written = Event.objects.get(verb="claim.proposed")
    assert written.facts == {"hash": claim.proposal_hash, "tier": 3, "points": 130}
    assert lost.label in written.about
    codes = {claims.objection_sent(one) for one in claim.dispatches.filter(purpose="proposed")}
    assert len(codes) == 4  # one each
    with pytest.raises(WrongState):
        proposes(claim, cast.operator)


def test_incomplete_claim_is_not_proposed_and_the_types_are_named(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    claims.prove(cast, claim, "O2")
    with pytest.raises(Refused) as refused:
        proposes(claim, cast.operator)
    assert str(refused.value).count("/") >= 3
    assert "R-1" not in str(refused.value)


def test_claim_without_a_confirmed_mailbox_is_not_proposed(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    Claim.objects.filter(pk=claim.pk).update(mailbox_verified_at=None)
    with pytest.raises(Refused):
        proposes(claim, cast.operator)


def test_mailbox_of_somebody_with_an_account_is_not_proposed(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    somebody(cast.wakaba, "渡邉 翔", "", "sho@new.example", Role.MEMBER)
    with pytest.raises(Refused):
        proposes(claim, cast.operator)


def test_custodian_who_was_here_a_month_ago_is_overridden_only_if_the_organisation_says_so(
    cast: Cast, lost: Registration
) -> None:
    claims.came(cast.taro, NOW - timedelta(minutes=1))
    claim = claims.proven(cast, lost)
    Evidence.objects.filter(claim=claim).update(departure_stated=False)
    assert weighing.standing_of(claim, READY).missing == ("inactivity",)
    assert "inactivity" not in weighing.standing_of(claim, later(days=31)).missing
    Evidence.objects.filter(claim=claim, code="A2").update(departure_stated=True)
    assert proposes(claim, cast.operator).status == "proposed"


@pytest.mark.parametrize(
    "way", ["spoke", "spoke through another account", "printed", "printed through another account"]
)
def test_operator_who_spoke_or_saw_a_code_does_not_propose(cast: Cast, lost: Registration, way: str) -> None:
    claim = claims.proven(cast, lost)  # the colleague has printed the letter with the code
    other = claims.same_human(cast, cast.colleague, Role.OPERATOR)
    operator_again = claims.same_human(cast, cast.operator, Role.OPERATOR)
    if way.startswith("spoke"):
        talks(cast, claim, cast.operator, "claimant")
    who = {
        "spoke": cast.operator,
        "spoke through another account": operator_again,
        "printed": cast.colleague,
        "printed through another account": other,
    }[way]
    with pytest.raises(NotAllowed):
        proposes(claim, who)


def test_operator_who_called_the_organisation_may_propose(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    assert claim.inquiry.contacts.filter(by=cast.operator, party="organisation").exists()
    assert proposes(claim, cast.operator).status == "proposed"


# The window


@pytest.mark.parametrize(
    ("begun", "tier", "last_day"),
    [
        (date(2026, 12, 2), 3, date(2026, 12, 7)),  # C1 and A2 passed: three business days
        (date(2027, 4, 28), 3, date(2027, 5, 7)),  # 29 Apr and 3 to 5 May are holidays
        (date(2027, 8, 10), 3, date(2027, 8, 18)),  # Mountain Day, Obon 13 to 16 Aug
        (date(2026, 12, 26), 3, date(2027, 1, 5)),  # 29 Dec to 3 Jan
        (date(2027, 4, 28), 4, date(2027, 5, 18)),
        (date(2026, 12, 26), 4, date(2027, 1, 15)),
    ],
)
def test_nobody_approves_before_the_last_day_is_over(cast: Cast, begun: date, tier: int, last_day: date) -> None:
    lost = claims.held(cast, alive=tier == 3)
    at = datetime(begun.year, begun.month, begun.day, 1, tzinfo=UTC)
    claim = claims.notified(cast, lost, at=at - (READY - NOW))
    assert (claim.tier, claim.window_begun_on) == (tier, begun)
    assert claim.window_ends_on is not None
    days = [begun + timedelta(days=step) for step in range(1, (claim.window_ends_on - begun).days + 1)]
    assert sum(is_business_day(day) for day in days) >= (3 if tier == 3 else 10)
    assert tier == 3 or len(days) >= 14
    assert claim.window_ends_on == last_day
    last_minute = datetime(last_day.year, last_day.month, last_day.day, 14, 59, tzinfo=UTC)  # 23:59 in Japan
    with pytest.raises(WrongState):
        approves(claim, cast.approver, at=last_minute)
    assert not Approval.objects.exists()
    approves(claim, cast.approver, at=last_minute + timedelta(minutes=1))


def test_window_of_weaker_evidence_is_a_week_and_five_business_days(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    for code in ("O2", "P1", "A2", "C2"):
        claims.prove(cast, claim, code)
    claims.tried(cast, claim)
    claim = proposes(claim, cast.operator)
    claims.all_delivered(cast, claim, at=READY)
    clock.run(at=READY)
    claim.refresh_from_db()
    # From Tuesday 8 December: seven days end on the 15th, when five business days are over as well.
    assert (claim.window_begun_on, claim.window_ends_on) == (date(2026, 12, 8), date(2026, 12, 15))


def test_silence_decides_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    before = seen.mark()
    for days in (1, 10, 100, 400):
        clock.run(at=claims.decided_at(claim) + timedelta(days=days))
    claim.refresh_from_db()
    # It tells and reminds people, once each.
    assert claim.status == "notified"
    assert sorted(seen.verbs(before)) == ["claim.holding_answered", "claim.passed_on", "claim.silence_noticed"]
