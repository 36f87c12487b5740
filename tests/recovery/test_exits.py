"""The cheaper exits: a recovery kit, a colleague's vouch, an offer to settle it inside. Who and when: test_table."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from handover import custody
from handover import transitions as register
from handover.models import ContactPoint, Custody, RecoveryKit, Registration, Task
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Claim, Evidence, ExitOffer, FailedCode, VouchRequest
from recovery.queries import exits, weighing
from tests import claims, seen
from tests.cast import Cast, actor, somebody
from tests.claims import PUBLIC, later
from tests.letterbox import mails
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db

MADE = NOW - timedelta(days=40)
WRONG = "2222-2222-2222-2222"


@pytest.fixture
def lost(cast: Cast) -> Registration:
    return claims.held(cast)


@pytest.fixture
def kit(cast: Cast, lost: Registration) -> tuple[str, str]:
    """太郎 printed a kit in good time: number and code as they stand on the sheet."""
    made, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=MADE)
    return made.number, code


def shows(claim: Claim, kit: tuple[str, str], *, at: Any = NOW, code: str = "") -> Claim:
    return transitions.redeem_kit(claim.pk, number=kit[0], typed=code or kit[1], actor=PUBLIC, at=at)


def standing(claim: Claim, at: Any = NOW) -> weighing.Standing:
    return weighing.standing_of(Claim.objects.get(pk=claim.pk), at)


def second_code(claim: Claim) -> str:
    return claims.code_sent(claim.dispatches.get(purpose="code"))


def with_both(claim: Claim, kit: tuple[str, str], *, at: Any = NOW) -> Claim:
    """The kit, the mailbox, and the second code from the mail of record."""
    typed = claims.code_in_mail(claim)
    shows(claim, kit, at=at)
    transitions.enter_mailbox_code(claim.pk, typed=typed, actor=PUBLIC, at=at)
    return transitions.enter_code(claim.pk, purpose="mail", typed=second_code(claim), actor=PUBLIC, at=at)


# A recovery kit


def test_right_kit_finds_its_registration_tells_everybody_and_sends_one_second_code(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = claims.received()
    before = seen.mark()
    found = shows(claim, kit)
    assert (found.status, found.registration, found.tier, found.accepted_at) == ("collecting", lost, 3, NOW)
    row = RecoveryKit.objects.get()
    assert row.void_at == NOW
    made = Evidence.objects.get()
    assert (made.code, made.source, made.checked_by, made.endpoint) == ("C5", "record", None, "")
    assert seen.verbs(before) == ["kit.redeemed"]
    event = Event.objects.get(verb="kit.redeemed")
    assert event.facts == {"kit": row.pk, "evidence": made.pk, "tier": 3, "second": "mail"}
    assert {*event.about} >= {lost.label, cast.aoba.label, claim.inquiry.label}
    codes = claim.dispatches.filter(purpose="code")
    assert [(one.channel, one.gives, one.to) for one in codes] == [
        ("mail", "C3", f"contact_point:{claims.point(lost, 'mail').pk}")
    ]
    told = set(claim.dispatches.filter(purpose="accepted").values_list("to", flat=True))
    assert told >= {cast.taro.label, cast.hanako.label, f"contact_point:{claims.point(lost, 'post').pk}"}
    assert {mail["recipient"] for mail in mails("kit_used")} == {cast.taro.label, cast.hanako.label}
    assert Task.objects.get(kind="make_recovery_kit", done_at=None).owner == cast.taro


def test_kit_and_second_code_are_enough_and_nothing_of_either_alone(lost: Registration, kit: tuple[str, str]) -> None:
    claim = claims.received()
    shows(claim, kit)
    assert standing(claim).missing == ("kit_code", "mailbox")
    claim = transitions.enter_code(claim.pk, purpose="mail", typed=second_code(claim), actor=PUBLIC, at=NOW)
    assert (standing(claim).missing, standing(claim).exit) == (("mailbox",), "kit")
    Evidence.objects.filter(code="C5").update(taken_back_at=NOW)
    assert "category:O" in standing(claim).missing


def test_kit_goes_on_to_a_person_through_a_window_of_three_business_days(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = with_both(claims.received(), kit)
    claim = transitions.propose(claim.pk, reason="キットとコード", actor=actor(cast.operator), at=NOW)
    assert claim.proposal["exit"] == "kit"
    claims.all_delivered(cast, claim, at=NOW)
    clock.run(at=NOW)
    claim.refresh_from_db()
    assert (claim.status, claim.window_begun_on) == ("notified", NOW.date())
    assert claim.window_ends_on == date(2026, 11, 26)  # Friday the 20th, then a weekend and a holiday
    clock.run(at=later(days=60))
    claim.refresh_from_db()
    assert claim.status == "notified"  # nothing by silence
    claim = transitions.approve(
        claim.pk,
        signed_hash=claim.proposal_hash,
        reason="よい",
        actor=actor(cast.approver),
        at=claims.decided_at(claim),
    )
    user = claims.opens_account(claim, at=claims.decided_at(claim))
    transitions.get_ready(claim.pk, actor=actor(user), at=claims.decided_at(claim))
    claim.refresh_from_db()
    transitions.execute(
        claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=claims.decided_at(claim)
    )
    held = Custody.objects.current().get(registration=lost)
    assert (held.user, held.basis) == (user, "recovery")


def test_strict_tier_keeps_its_own_window_and_the_senior(cast: Cast, lost: Registration, kit: tuple[str, str]) -> None:
    Registration.objects.filter(pk=lost.pk).update(is_critical=True)
    claim = with_both(claims.received(), kit)
    assert standing(claim).missing == ("head_office",)
    transitions.take_head_office(
        claim.pk, postal_code="1000002", address="外苑1-1", source="registry", actor=actor(cast.operator), at=NOW
    )
    claim = transitions.propose(claim.pk, reason="よい", actor=actor(cast.operator), at=NOW)
    assert claim.window_ends_on >= later(days=14).date()
    assert weighing.wanted_roles(claim) == {Role.APPROVER.value, Role.SENIOR.value}


@pytest.mark.parametrize("flaw", ["code", "number", "void", "switched", "closed"])
def test_wrong_kit_reads_the_same_whatever_is_wrong(
    cast: Cast, lost: Registration, kit: tuple[str, str], flaw: str
) -> None:
    claim = claims.received()
    number, code = kit
    if flaw == "void":
        RecoveryKit.objects.update(void_at=MADE)
    if flaw == "switched":
        Custody.objects.filter(registration=lost).update(to_at=NOW - timedelta(days=1))
    if flaw == "closed":
        Registration.objects.filter(pk=lost.pk).update(status="closed")
    before = seen.mark()
    given = ("K-2222-2222" if flaw == "number" else number, WRONG if flaw == "code" else code)
    with pytest.raises(Refused) as refused:
        shows(claim, given)
    assert str(refused.value) == str(
        _("This could not be confirmed with what we have. Check the letters and digits, or choose another way.")
    )
    claim.refresh_from_db()
    assert (claim.status, claim.registration) == ("received", None)
    assert not Evidence.objects.exists()
    assert seen.verbs(before) == []
    # One row whatever it was; the worker writes it down.
    row = FailedCode.objects.get()
    assert (row.claim, row.purpose, row.dead, row.at) == (claim, "kit", False, NOW)
    clock.run(at=later(minutes=1))
    assert Event.objects.get(verb="kit.refused").facts["purpose"] == "kit"


def test_kit_works_once(lost: Registration, kit: tuple[str, str]) -> None:
    shows(claims.received(), kit)
    other = claims.received(sender="192.0.2.2")
    with pytest.raises(Refused):
        shows(other, kit)
    other.refresh_from_db()
    assert other.status == "received"


def guesses(kit: tuple[str, str], count: int, *, claim: Claim | None = None, at: Any = NOW) -> Claim:
    claim = claim or claims.received(sender="192.0.2.66", at=at)
    for _try in range(count):
        with pytest.raises(Refused):
            shows(claim, kit, code=WRONG, at=at)
    return claim


def test_right_code_at_the_fifth_try_opens_and_at_the_sixth_the_kit_is_dead(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = guesses(kit, 4)
    assert shows(claim, kit).status == "collecting"
    made, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=NOW)
    other = (made.number, code)
    guesses(other, 5, claim=claims.received(sender="192.0.2.2"))
    # Dead at once, for the right code and whoever shows it on whichever day.
    late = claims.received(sender="192.0.2.3", at=later(days=2))
    with pytest.raises(Refused):
        shows(late, other, at=later(days=2))
    assert Evidence.objects.count() == 1


def test_worker_voids_a_kit_that_was_guessed_at_and_the_custodian_is_told_and_asked_for_a_new_one(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    guesses(kit, 5)
    before = seen.mark()
    # What is being compared just now may be right: it has a minute.
    assert clock.run(at=later(seconds=59))["kits_ended"] == 0
    assert clock.run(at=later(minutes=1))["kits_ended"] == 1
    row = RecoveryKit.objects.get()
    assert (row.void_at, row.tries) == (later(minutes=1), 5)
    event = Event.objects.get(verb="kit.guessed")
    assert (event.subject, event.facts) == (lost.label, {"kit": row.pk, "tries": 5})
    assert {*event.about} == {lost.label, cast.aoba.label}
    assert seen.verbs(before) == ["kit.refused"] * 5 + ["kit.guessed"]
    assert seen.notices(before) == sorted(("kit_guessed", who.label) for who in (cast.taro, cast.hanako))
    for mail in mails("kit_guessed"):
        assert f"/registrations/{lost.number}/" in mail["body"]
        assert "C-" not in mail["body"] and kit[0] not in mail["body"]
    assert Task.objects.get(kind="make_recovery_kit", done_at=None).owner == cast.taro
    assert clock.run(at=later(minutes=2))["kits_ended"] == 0
    with pytest.raises(WrongState):
        transitions.end_guessed_kit(row.pk, actor=clock.CLOCK, at=later(minutes=2))
    with pytest.raises(NotAllowed):
        transitions.end_guessed_kit(row.pk, actor=actor(cast.operator), at=later(minutes=2))


def test_kit_with_a_try_left_stays_and_a_new_one_begins_anew(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    guesses(kit, 4)
    row = RecoveryKit.objects.get()
    with pytest.raises(WrongState):
        transitions.end_guessed_kit(row.pk, actor=clock.CLOCK, at=later(minutes=2))
    assert clock.run(at=later(minutes=2))["kits_ended"] == 0
    guesses(kit, 1, claim=claims.received(sender="192.0.2.2"))
    made, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=later(minutes=3))
    # Replaced before the worker came: there is nothing left to void, and nobody to be told.
    assert clock.run(at=later(minutes=4))["kits_ended"] == 0
    claim = claims.received(sender="192.0.2.3", at=later(minutes=5))
    assert shows(claim, (made.number, code), at=later(minutes=5)).status == "collecting"


def test_one_claim_makes_one_kit_worthless_at_most(cast: Cast, lost: Registration, kit: tuple[str, str]) -> None:
    more, code = register.make_recovery_kit(
        registration_pk=claims.held(cast, "R-2").pk, actor=actor(cast.taro), at=MADE
    )
    claim = guesses(kit, 3)
    guesses((more.number, code), 7, claim=claim)
    assert dict(RecoveryKit.objects.values_list("number", "tries")) == {kit[0]: 3, more.number: 2}
    assert shows(claim, kit, at=later(days=1)).status == "collecting"


def test_wrong_kits_count_among_the_failed_checks_of_the_linked_registration(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = claims.accepted(cast, lost)
    guesses(("K-2222-2222", ""), 10, claim=claim)
    assert clock.run(at=later(minutes=1))["phones_paused"] == 1
    assert {mail["recipient"] for mail in mails("phone_paused")} == {cast.taro.label, cast.hanako.label}


def test_kit_of_a_custodian_who_handed_over_since_counts_no_more(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = with_both(claims.received(), kit)
    assert standing(claim).exit == "kit"
    with transaction.atomic():
        custody.give(lost, cast.jiro, kind="custodian", basis="handover", basis_label="handover:0", at=later(hours=1))
    after = standing(claim, later(hours=1))
    assert "C5" not in after.assessment.codes
    assert (after.exit, "category:O" in after.missing) == ("", True)
    with pytest.raises(Refused):
        transitions.propose(claim.pk, reason="キットとコード", actor=actor(cast.operator), at=later(hours=2))


def test_kit_of_another_registration_is_no_evidence(cast: Cast, lost: Registration, kit: tuple[str, str]) -> None:
    claim = claims.linked(cast, claims.held(cast, "R-2"))
    with pytest.raises(Refused):
        shows(claim, kit)
    assert RecoveryKit.objects.get().void_at is None
    assert not Evidence.objects.exists()


def test_kit_on_a_contested_registration_freezes_both_and_sends_nothing(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    first = claims.accepted(cast, lost)
    second = shows(claims.received(sender="192.0.2.2"), kit)
    first.refresh_from_db()
    assert (first.frozen_by, second.frozen_by, second.status) == ("competing", "competing", "matched")
    assert Evidence.objects.get().claim == second
    assert not second.dispatches.exists()


def test_second_code_goes_by_letter_where_no_mail_is_healthy(lost: Registration, kit: tuple[str, str]) -> None:
    ContactPoint.objects.filter(registration=lost, kind="mail").update(health="bounced")
    claim = claims.received()
    shows(claim, kit)
    assert [(one.channel, one.gives) for one in claim.dispatches.filter(purpose="code")] == [("letter", "C1")]


def test_young_address_gets_no_second_code(lost: Registration, kit: tuple[str, str]) -> None:
    ContactPoint.objects.filter(registration=lost).update(since=later(days=-29).date())
    claim = claims.received()
    shows(claim, kit)
    assert not claim.dispatches.filter(purpose="code").exists()
    assert "category:O" in standing(claim).missing


def test_objection_freezes_a_claim_with_a_kit(lost: Registration, kit: tuple[str, str]) -> None:
    claim = claims.received()
    shows(claim, kit)
    notice = claim.dispatches.get(purpose="accepted", channel="letter", to__startswith="contact_point")
    found = transitions.object_to(typed=claims.objection_sent(notice), words="", actor=PUBLIC, at=later(hours=1))
    assert (found.pk, found.frozen_by) == (claim.pk, "objection")


def test_custodian_who_signs_in_stops_a_claim_with_a_kit(cast: Cast, lost: Registration, kit: tuple[str, str]) -> None:
    claim = with_both(claims.received(), kit)
    claims.came(cast.taro, later(hours=1))
    clock.run(at=later(hours=2))
    claim.refresh_from_db()
    assert claim.status == "stopped"


# A colleague's vouch


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
