"""The cheaper exits inside: a colleague's vouch, an offer to settle it there. Who and when: test_table."""

from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from handover.models import Registration
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Claim, Evidence, ExitOffer, VouchRequest
from recovery.queries import exits
from tests import claims, seen
from tests.cast import Cast, actor, somebody
from tests.claims import PUBLIC, later
from tests.letterbox import mails
from tests.recovery.kits import MADE, standing
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


def ask(cast: Cast, claim: Claim, *, at: Any = NOW) -> dict[User, VouchRequest]:
    made = transitions.ask_to_vouch(claim.pk, actor=actor(cast.operator), at=at)
    return {one.user: one for one in made}


def test_operator_asks_colleagues_but_not_the_custodian(cast: Cast, claim: Claim) -> None:
    before = seen.mark()
    made = ask(cast, claim)
    assert list(made) == [cast.hanako, cast.jiro, cast.saburo]
    assert seen.verbs(before) == ["vouch.asked"]
    assert Event.objects.get(verb="vouch.asked").facts == {"asked": 3}
    sent = mails("claim_vouch")
    assert {mail["recipient"] for mail in sent} == {one.label for one in made}
    body = sent[0]["body"]
    assert "情報システム部 渡邉" in body
    for secret in (claim.number, "R-1", "翔", "sho@new.example", "青葉商事"):
        assert secret not in body
    with pytest.raises(Refused):
        ask(cast, claim, at=later(hours=1))


def test_claimant_and_contractors_people_are_never_asked(cast: Cast, claim: Claim) -> None:
    same_mail = somebody(cast.aoba, "別 名", "ベツ メイ", "SHO@new.example", Role.MEMBER)
    namesake = somebody(cast.aoba, "渡邉　翔", "ワタナベ ショウ", "own@aoba.example", Role.MEMBER)
    both = somebody(cast.aoba, "兼 業", "ケン ギョウ", "both@aoba.example", Role.MEMBER)
    Membership.objects.create(user=both, organisation=cast.works, role=Role.MEMBER, since=MADE)
    assert not {same_mail, namesake, both} & set(ask(cast, claim))


def test_colleague_vouches_and_it_is_evidence(cast: Cast, claim: Claim) -> None:
    made = ask(cast, claim)[cast.jiro]
    before = seen.mark()
    done = transitions.answer_vouch(made.pk, knows=True, actor=actor(cast.jiro), at=later(hours=1))
    assert done.evidence is not None
    assert (done.status, done.evidence.code, done.evidence.endpoint) == ("given", "A3", cast.jiro.label)
    assert done.evidence.checked_by == cast.jiro
    assert seen.verbs(before) == ["vouch.answered"]
    assert Event.objects.get(verb="vouch.answered").facts == {"vouch": made.pk, "answer": "given"}
    found = standing(claim, later(hours=1))
    assert (found.assessment.codes, found.assessment.points) == (frozenset({"A3"}), 40)
    with pytest.raises(WrongState):
        transitions.answer_vouch(made.pk, knows=False, actor=actor(cast.jiro), at=later(hours=2))


def test_colleague_does_not_know_the_person_and_nothing_counts(cast: Cast, claim: Claim) -> None:
    made = ask(cast, claim)[cast.jiro]
    done = transitions.answer_vouch(made.pk, knows=False, actor=actor(cast.jiro), at=later(hours=1))
    assert (done.status, done.evidence) == ("declined", None)
    assert not Evidence.objects.exists()
    assert Event.objects.get(verb="vouch.answered").facts == {"vouch": made.pk, "answer": "declined"}


def test_nobody_else_answers_for_the_one_who_was_asked(cast: Cast, claim: Claim) -> None:
    made = ask(cast, claim)[cast.jiro]
    for other in (cast.hanako, cast.saburo, cast.operator, cast.worker, cast.wakako):
        with pytest.raises(NotAllowed):
            transitions.answer_vouch(made.pk, knows=True, actor=actor(other), at=NOW)
    assert not Evidence.objects.exists()


def test_whoever_turns_out_to_be_the_claimant_does_not_vouch(cast: Cast, claim: Claim) -> None:
    made = ask(cast, claim)[cast.jiro]
    User.objects.filter(pk=cast.jiro.pk).update(email="sho@new.example")
    cast.jiro.refresh_from_db()
    with pytest.raises(NotAllowed):
        transitions.answer_vouch(made.pk, knows=True, actor=actor(cast.jiro), at=NOW)


def test_vouch_is_not_taken_once_the_claim_moved_on(cast: Cast, claim: Claim) -> None:
    made = ask(cast, claim)[cast.jiro]
    transitions.withdraw(claim.pk, actor=PUBLIC, at=NOW)
    with pytest.raises(WrongState):
        transitions.answer_vouch(made.pk, knows=True, actor=actor(cast.jiro), at=NOW)
    assert not Evidence.objects.exists()


def test_whoever_asked_for_a_vouch_prepared_the_case(cast: Cast, claim: Claim) -> None:
    from recovery.rules.people import prepared

    claim.refresh_from_db()
    assert not prepared(cast.colleague, claim)
    transitions.ask_to_vouch(claim.pk, actor=actor(cast.colleague), at=NOW)
    assert prepared(cast.colleague, claim)


def test_nobody_records_a_vouch_or_a_kit_by_hand(cast: Cast, claim: Claim) -> None:
    for code in ("A3", "C5"):
        with pytest.raises(Refused):
            claims.prove(cast, claim, code)


# Settling it inside


def test_clock_offers_it_to_the_administrator_once(cast: Cast, lost: Registration, claim: Claim) -> None:
    before = seen.mark()
    assert clock.run(at=later(minutes=1))["exits_offered"] == 1
    assert seen.verbs(before) == ["claim.exit_offered"]
    assert Event.objects.get(verb="claim.exit_offered").facts == {"told": 1}
    (sent,) = mails("claim_exit")
    assert sent["recipient"] == cast.hanako.label
    assert "/registrations/R-1/" in sent["body"]
    assert ExitOffer.objects.get().told == 1
    assert clock.run(at=later(minutes=2))["exits_offered"] == 0
    with pytest.raises(WrongState):
        transitions.offer_reassignment(claim.pk, actor=clock.CLOCK, at=later(minutes=3))


def test_offer_changes_nothing_of_the_claim(cast: Cast, claim: Claim) -> None:
    before = Claim.objects.filter(pk=claim.pk).values().get()
    clock.run(at=later(minutes=1))
    assert Claim.objects.filter(pk=claim.pk).values().get() == before
    assert not Notice.objects.filter(recipient=claim.label, queued_at__gt=NOW).exists()


def test_nothing_is_offered_where_nobody_could(cast: Cast, lost: Registration, claim: Claim) -> None:
    Membership.objects.filter(organisation=cast.aoba, role=Role.ADMINISTRATOR).update(until=NOW)
    assert exits.for_offering() == []
    with pytest.raises(WrongState):
        transitions.offer_reassignment(claim.pk, actor=clock.CLOCK, at=NOW)


def test_deputy_who_stands_in_is_offered_it_and_one_who_does_not_is_not(
    cast: Cast, lost: Registration, claim: Claim
) -> None:
    for number, user in ((1, cast.jiro), (2, cast.saburo)):
        deputy = lost.deputies.create(user=user, since=MADE, place=number)
        if user == cast.jiro:
            deputy.stand_ins.create(basis="administrator", reason="長期不在", by=cast.hanako, since=MADE)
    assert exits.settlers(lost) == [cast.hanako, cast.jiro]
    Membership.objects.filter(organisation=cast.aoba, role=Role.ADMINISTRATOR).update(until=NOW)
    assert exits.for_offering() == [claim.pk]


def test_administrator_who_holds_it_is_not_offered_it(cast: Cast, lost: Registration, claim: Claim) -> None:
    own = claims.linked(cast, registration(cast.aoba, "R-9", custodian=cast.hanako), claim=claims.received())
    own = transitions.accept(own.pk, actor=actor(cast.operator), at=NOW)
    Claim.objects.exclude(pk=own.pk).update(frozen_at=NOW, frozen_by="objection")
    assert exits.for_offering() == []
