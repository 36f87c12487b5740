"""One claim for many registrations: the list, what is signed, and the new persons' own word."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import InvitationStatus
from audit.models import Event, EventAbout
from audit.signed import hash_of
from handover.models import Registration, Restriction
from recovery import clock, covering, transitions
from recovery.models import Claim, ClaimLine
from recovery.queries import signing, weighing
from tests import claims
from tests.cast import Cast, actor
from tests.recovery import bulk
from tests.recovery.bulk import NEW
from tests.seen import mark, notices, verbs
from tests.stock import NOW, holder, registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(cast: Cast) -> Claim:
    return claims.accepted(cast, claims.held(cast))


# The list ------------------------------------------------------------------------------------------------------------


def test_operator_takes_in_a_list_and_every_line_is_kept(cast: Cast, claim: Claim) -> None:
    one, two, three = bulk.others(cast, 3)
    Registration.objects.filter(pk=three.pk).update(status="closed")
    registration(cast.wakaba, "W-1", custodian=cast.minoru)
    since = mark()
    rows = [(one.number, ""), ("L-999", NEW), ("W-1", ""), ("R-1", ""), (one.number, ""), (three.number, "")]
    taken = bulk.listed(cast, claim, [*rows, (two.number, NEW)])
    states = ClaimLine.objects.filter(claim=claim).order_by("row").values_list("status", "reason")
    assert list(states) == [
        ("listed", ""),
        ("unknown", ""),
        # Another customer's registration is no more found than one that does not exist.
        ("unknown", ""),
        ("left_out", "twice"),
        ("left_out", "twice"),
        ("left_out", "closed"),
        ("listed", ""),
    ]
    assert (taken.is_bulk, taken.tier, taken.circumstances) == (True, 3, [])
    assert verbs(since) == ["claim.list_taken"]
    written = Event.objects.get(sequence__gt=since)
    assert written.facts == {"file": "0" * 64, "lines": 7, "listed": 2, "tier": taken.tier}
    about = set(EventAbout.objects.filter(event=written).values_list("label", flat=True))
    assert {one.label, two.label, "registration:R-1", cast.aoba.label} <= about
    assert three.label not in about
    marks = Restriction.objects.filter(case=claim.number, kind="claim_open", ended_at=None)
    assert set(marks.values_list("registration__number", flat=True)) == {"R-1", one.number, two.number}
    # Whoever has been told of the claim already is told once.
    assert cast.hanako.label not in {to for _template, to in notices(since)}
    told = {to for _template, to in notices(since) if to.startswith("contact_point")}
    assert len(told) == 2
    assert b"ichi@" not in b"".join(bytes(line.sealed) for line in ClaimLine.objects.all())


def test_highest_circumstance_places_the_claim_and_more_than_ten_are_tier_4(cast: Cast, claim: Claim) -> None:
    assert claim.tier == 3
    rows = [(one.number, "") for one in bulk.others(cast, 10)]
    assert bulk.listed(cast, claim, rows[:9]).tier == 3
    taken = bulk.listed(cast, claim, rows[9:])
    assert (taken.tier, taken.circumstances) == (4, ["more_than_ten"])
    line = ClaimLine.objects.get(registration__number="L-010")
    transitions.leave_out(line.pk, words="別件", actor=actor(cast.operator), at=claims.later(hours=1))
    claim.refresh_from_db()
    assert claim.tier == 3
    Registration.objects.filter(number="L-001").update(is_critical=True)
    other = registration(cast.aoba, "L-020", custodian=None)
    taken = bulk.listed(cast, claim, [(other.number, "")])
    assert taken.circumstances == ["critical", "more_than_ten"]


@pytest.mark.parametrize("who", ["agent", "approver", "senior", "hanako", "taro", "editor", "auditor"])
def test_nobody_but_an_operator_makes_the_list(cast: Cast, claim: Claim, who: str) -> None:
    bulk.listed(cast, claim, [("L-9", "")])
    line, person = ClaimLine.objects.get(), actor(getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.take_list(claim.pk, lines=[], sha256="", actor=person, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.match_line(line.pk, registration_number="R-1", actor=person, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.leave_out(line.pk, words="x", actor=person, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.invite_people(claim.pk, actor=person, at=NOW)


def test_list_is_taken_while_proofs_are_collected_and_not_before(cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast))
    with pytest.raises(WrongState):
        bulk.listed(cast, claim, [("L-1", "")])


def test_line_that_was_not_found_is_matched_by_number_within_the_customer(cast: Cast, claim: Claim) -> None:
    one = bulk.others(cast, 1)[0]
    registration(cast.wakaba, "W-1", custodian=None)
    bulk.listed(cast, claim, [("?", NEW), ("", "")])
    line = ClaimLine.objects.order_by("row")[0]
    person, at = actor(cast.operator), claims.later(hours=1)
    for number in ("W-1", "R-1", "none"):
        with pytest.raises(Refused) as said_no:
            transitions.match_line(line.pk, registration_number=number, actor=person, at=at)
        assert set(said_no.value.fields) == {"registration_number"}
    since = mark()
    matched = transitions.match_line(line.pk, registration_number=one.number, actor=person, at=at)
    assert (matched.status, matched.registration, verbs(since)) == ("listed", one, ["claim.line_matched"])
    assert Event.objects.get(sequence__gt=since).facts == {"row": 1, "registration": one.number, "listed": True}
    with pytest.raises(WrongState):
        transitions.match_line(line.pk, registration_number=one.number, actor=person, at=at)


def test_line_is_left_out_with_a_reason_and_its_mark_ends(cast: Cast, claim: Claim) -> None:
    one = bulk.others(cast, 1)[0]
    bulk.listed(cast, claim, [(one.number, "")])
    line, at = ClaimLine.objects.get(), claims.later(hours=1)
    with pytest.raises(Refused):
        transitions.leave_out(line.pk, words=" ", actor=actor(cast.operator), at=at)
    left = transitions.leave_out(line.pk, words="廃止予定", actor=actor(cast.operator), at=at)
    assert (left.status, left.reason, left.words, left.left_by) == ("left_out", "operator", "廃止予定", cast.operator)
    assert not Restriction.objects.filter(registration=one, ended_at=None).exists()
    with pytest.raises(WrongState):
        transitions.leave_out(line.pk, words="また", actor=actor(cast.operator), at=at)


def test_competing_claim_takes_its_line_off_and_is_frozen_whichever_came_first(cast: Cast, claim: Claim) -> None:
    one, two = bulk.others(cast, 2)
    first = claims.linked(cast, one, claim=claims.received(sender="192.0.2.9"))
    bulk.listed(cast, claim, [(one.number, ""), (two.number, "")])
    assert bulk.states(claim) == {one.number: ("left_out", "competing"), two.number: ("listed", "")}
    first.refresh_from_db()
    assert first.frozen_by == "competing"
    second = claims.linked(cast, two, claim=claims.received(sender="192.0.2.10"))
    assert second.frozen_by == "competing"
    assert bulk.states(claim)[two.number] == ("left_out", "competing")
    claim.refresh_from_db()
    assert claim.frozen_at is None


def test_two_lists_never_hold_one_registration(cast: Cast, claim: Claim) -> None:
    one = bulk.others(cast, 1)[0]
    bulk.listed(cast, claim, [(one.number, "")])
    other = claims.accepted(cast, claims.held(cast, "R-2"), claim=claims.received(sender="192.0.2.9"))
    bulk.listed(cast, other, [(one.number, "")])
    assert bulk.states(claim) == bulk.states(other) == {one.number: ("left_out", "competing")}


def test_clock_takes_off_what_somebody_in_charge_has_come_back_to_and_the_rest_goes_on(
    cast: Cast, claim: Claim
) -> None:
    held = registration(cast.aoba, "L-1", custodian=cast.jiro)
    other = bulk.others(cast, 1)[0]
    bulk.listed(cast, claim, [(held.number, ""), (other.number, "")])
    with pytest.raises(WrongState):
        transitions.drop_active(claim.pk, actor=clock.CLOCK, at=claims.later(hours=1))
    clock.run(at=claims.later(hours=1))  # what is due anyhow
    claims.came(cast.jiro, claims.later(hours=1))
    since = mark()
    assert clock.run(at=claims.later(hours=2))["lists_shortened"] == 1
    assert verbs(since) == ["claim.lines_dropped"]
    assert notices(since) == [("claim_stopped", cast.jiro.label)]
    assert bulk.states(claim) == {held.number: ("left_out", "active"), other.number: ("listed", "")}
    claim.refresh_from_db()
    assert claim.status == "collecting"


def test_end_of_the_claim_leaves_every_line_out(cast: Cast, claim: Claim) -> None:
    one = bulk.others(cast, 1)[0]
    bulk.listed(cast, claim, [(one.number, "")])
    transitions.withdraw(claim.pk, actor=claims.PUBLIC, at=claims.later(hours=1))
    assert bulk.states(claim) == {one.number: ("left_out", "ended")}
    assert not Restriction.objects.filter(ended_at=None).exists()


# What is signed ------------------------------------------------------------------------------------------------------


def test_hash_of_the_whole_list_is_in_what_is_signed(cast: Cast) -> None:
    one, two = bulk.others(cast, 2)
    claim = bulk.proposed(cast, [(one.number, NEW), (two.number, "")])
    assert claim.proposal["list"]["count"] == 2  # type: ignore[index]
    words = dict(signing.signed_words(claim))
    assert f"{one.number} → {NEW}" in [one for said in words.values() for one in said]
    now = weighing.decision_facts(claim, weighing.standing_of(claim, claims.READY))
    assert hash_of(now) == claim.proposal_hash
    line = ClaimLine.objects.get(registration=one)
    ClaimLine.objects.filter(pk=line.pk).update(sealed=ClaimLine.seal({**line.typed, "mail": "evil@x.example"}))
    moved = weighing.decision_facts(claim, weighing.standing_of(claim, claims.READY))
    assert hash_of(moved) != claim.proposal_hash


def test_what_is_left_out_later_was_signed_all_the_same(cast: Cast) -> None:
    one, two = bulk.others(cast, 2)
    claim = bulk.approved(cast, [(one.number, ""), (two.number, "")])
    line = ClaimLine.objects.get(registration=one)
    at = claims.decided_at(claim)
    transitions.leave_out(line.pk, words="別件", actor=actor(cast.operator), at=at)
    done = bulk.executed(cast, bulk.ready(cast, claim))
    assert done.status == "executed"
    assert bulk.states(done) == {one.number: ("left_out", "operator"), two.number: ("taken", "")}
    assert holder(one) is None


# The new persons -----------------------------------------------------------------------------------------------------


def test_each_new_person_gets_one_link_and_confirms_by_an_own_account(cast: Cast) -> None:
    one, two, three = bulk.others(cast, 3)
    rows = [(one.number, NEW), (two.number, NEW.upper()), (three.number, cast.saburo.email)]
    claim = bulk.approved(cast, rows)
    at = claims.decided_at(claim)
    asked = [one for one in notices(0) if one[0] == "claim_unit"]
    assert len(asked) == 2 and ("claim_unit", cast.saburo.label) in asked
    person = bulk.opens(NEW, "新任 一", at=at)
    assert len(covering.own_lines(actor(person))) == 2
    for stranger in (cast.jiro, cast.operator, cast.minoru):
        with pytest.raises(NotAllowed):
            transitions.confirm_lines(claim.pk, actor=actor(stranger), at=at)
    with pytest.raises(WrongState):
        # 三郎 has no second factor.
        transitions.confirm_lines(claim.pk, actor=actor(cast.saburo), at=at)
    since = mark()
    transitions.confirm_lines(claim.pk, actor=actor(person), at=at)
    written = Event.objects.get(sequence__gt=since)
    assert (written.verb, written.facts) == ("claim.unit_confirmed", {"rows": [1, 2]})
    with pytest.raises(WrongState):
        transitions.confirm_lines(claim.pk, actor=actor(person), at=at)
    with pytest.raises(NotAllowed):
        transitions.get_ready(claim.pk, actor=actor(person), at=at)


def test_new_person_who_declines_leaves_the_unit_as_it_is(cast: Cast) -> None:
    one = bulk.others(cast, 1)[0]
    claim = bulk.approved(cast, [(one.number, NEW)])
    person = bulk.opens(NEW, "新任 一", at=claims.decided_at(claim))
    since = mark()
    transitions.decline_lines(claim.pk, actor=actor(person), at=claims.decided_at(claim))
    assert (verbs(since), bulk.states(claim)) == (["claim.unit_declined"], {one.number: ("left_out", "declined")})
    with pytest.raises(NotAllowed):
        transitions.confirm_lines(claim.pk, actor=actor(person), at=claims.decided_at(claim))


def test_operator_sends_new_links_and_the_old_ones_lead_nowhere(cast: Cast) -> None:
    one = bulk.others(cast, 1)[0]
    claim = bulk.approved(cast, [(one.number, NEW)])
    old = ClaimLine.objects.get().invitation
    at = claims.decided_at(claim) + timedelta(hours=1)
    since = mark()
    transitions.invite_people(claim.pk, actor=actor(cast.operator), at=at)
    assert verbs(since) == ["claim.people_invited"] and len(notices(since)) == 1
    assert old
    old.refresh_from_db()
    assert old.status == InvitationStatus.WITHDRAWN
    person = bulk.opens(NEW, "新任 一", at=at)
    transitions.confirm_lines(claim.pk, actor=actor(person), at=at)
    with pytest.raises(WrongState):
        transitions.invite_people(claim.pk, actor=actor(cast.operator), at=at)


def test_address_with_an_account_elsewhere_is_left_out_and_says_so(cast: Cast) -> None:
    one = bulk.others(cast, 1)[0]
    claim = bulk.approved(cast, [(one.number, cast.minoru.email)])
    assert bulk.states(claim) == {one.number: ("left_out", "account")}


def test_send_back_takes_the_links_and_accounts_of_new_persons_away(cast: Cast) -> None:
    one = bulk.others(cast, 1)[0]
    claim = bulk.approved(cast, [(one.number, NEW)])
    at = claims.decided_at(claim)
    person = bulk.opens(NEW, "新任 一", at=at)
    transitions.confirm_lines(claim.pk, actor=actor(person), at=at)
    transitions.send_back(claim.pk, reason="もう一度", actor=actor(cast.approver), at=at)
    person.refresh_from_db()
    line = ClaimLine.objects.get()
    assert (person.is_active, line.person, line.confirmed_at, line.is_signed) == (False, None, None, False)
    assert line.status == "listed"
