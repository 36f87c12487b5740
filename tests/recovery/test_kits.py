"""A recovery kit as the way out that is cheaper than a claim from the start. Who and when: test_table."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Role
from audit.models import Event
from handover import custody
from handover.models import ContactPoint, Custody, RecoveryKit, Registration, Task
from recovery import clock, transitions
from recovery.models import Evidence, FailedCode
from recovery.queries import weighing
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.letterbox import mails
from tests.recovery.kits import MADE, WRONG, second_code, shows, standing, with_both
from tests.stock import NOW

pytestmark = pytest.mark.django_db


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
