"""From what somebody remembers to a linked and accepted claim. Who and when: test_table."""

import pytest

from accounts.errors import Refused, WrongState
from audit import queries as log
from audit.models import Event
from desk.models import Inquiry
from handover.models import CaseAccess, ContactPoint, Registration, Restriction
from recovery import transitions
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.letterbox import mails
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db


def test_operator_looks_for_candidates_and_no_customer_sees_it(cast: Cast, lost: Registration) -> None:
    claim, before = claims.received(), seen.mark()
    transitions.look_for(claim.pk, found=7, actor=actor(cast.operator), at=NOW)
    assert seen.verbs(before) == ["claim.candidates_listed"]
    written = Event.objects.get(verb="claim.candidates_listed")
    assert written.facts == {"found": 7}
    assert set(written.about) == {claim.label, claim.inquiry.label}


def test_operator_links_and_only_the_case_knows(cast: Cast, lost: Registration) -> None:
    claim, before = claims.received(), seen.mark()
    claim = claims.linked(cast, lost, claim=claim)
    assert (claim.status, claim.registration, claim.tier, claim.circumstances) == ("matched", lost, 3, [])
    assert seen.verbs(before) == ["claim.linked"]
    assert seen.notices(before) == []
    assert lost.label not in Event.objects.get(verb="claim.linked").about
    assert not Restriction.objects.exists()
    assert Inquiry.objects.get(pk=claim.inquiry_id).stage == "received"


def test_operator_links_to_another_one_before_it_is_accepted(cast: Cast, lost: Registration) -> None:
    other = claims.held(cast, "R-2")
    claim = claims.linked(cast, other)
    claim = claims.linked(cast, lost, claim=claim)
    assert claim.registration == lost
    assert claim.frozen_at is None


@pytest.mark.parametrize("number", ["R-9", "R-1"])
def test_unknown_or_closed_registration_is_not_linked(cast: Cast, lost: Registration, number: str) -> None:
    Registration.objects.filter(pk=lost.pk).update(status=Registration.Status.CLOSED)
    claim = claims.received()
    with pytest.raises(Refused):
        transitions.link(claim.pk, registration_number=number, actor=actor(cast.operator), at=NOW)
    claim.refresh_from_db()
    assert (claim.status, claim.registration) == ("received", None)


@pytest.mark.parametrize(
    ("what", "tier"),
    [("critical", 4), ("returned_mail", 4), ("recent_change", 4), ("earlier_objection", 4), ("nothing", 3)],
)
def test_circumstances_of_the_record_raise_the_tier(cast: Cast, lost: Registration, what: str, tier: int) -> None:
    if what == "critical":
        Registration.objects.filter(pk=lost.pk).update(is_critical=True)
    elif what == "returned_mail":
        ContactPoint.objects.filter(registration=lost, kind="post").update(health="returned")
    elif what == "recent_change":
        ContactPoint.objects.filter(registration=lost, kind="phone").update(since=later(days=-29).date())
    elif what == "earlier_objection":
        earlier = claims.accepted(cast, lost, at=later(days=-300))
        letter = earlier.dispatches.get(channel="letter")
        transitions.object_to(typed=claims.objection_sent(letter), words="", actor=PUBLIC, at=later(days=-299))
        transitions.withdraw(earlier.pk, actor=PUBLIC, at=later(days=-298))
    claim = claims.linked(cast, lost)
    assert (claim.tier, claim.circumstances) == (tier, [what] if tier == 4 else [])


def test_operator_accepts_and_everybody_on_record_is_told(cast: Cast, lost: Registration) -> None:
    claim = claims.linked(cast, lost)
    transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=NOW)
    before = seen.mark()
    claim = transitions.accept(claim.pk, actor=actor(cast.operator), at=NOW)
    mail, post = claims.point(lost, "mail"), claims.point(lost, "post")
    assert (claim.status, claim.accepted_at) == ("collecting", NOW)
    assert seen.verbs(before) == ["claim.accepted"]
    assert seen.notices(before) == sorted(
        [
            ("claim_accepted", cast.taro.label),
            ("claim_accepted", cast.hanako.label),
            ("claim_accepted", f"contact_point:{mail.pk}"),
            ("claim_letter", f"contact_point:{post.pk}"),
        ]
    )
    mark = Restriction.objects.get()
    assert (mark.kind, mark.blocks, mark.case) == ("claim_open", [], claim.number)
    assert log.about(lost.label).first().verb == "claim.accepted"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        transitions.accept(claim.pk, actor=actor(cast.operator), at=NOW)


def test_nothing_of_the_record_is_in_a_notice_to_the_claimant(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    rows = [f"{mail['subject']}{mail['body']}" for mail in mails() if mail["recipient"] == claim.label]
    assert rows
    for word in ("R-1", "千代田", "太郎", "taro@", "record.example", "03-1234"):
        assert not any(word in row for row in rows), word


def test_claimant_is_not_told_by_mail_that_something_was_found(cast: Cast, lost: Registration) -> None:
    claim = claims.linked(cast, lost)
    transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=NOW)
    before = seen.mark()
    transitions.accept(claim.pk, actor=actor(cast.operator), at=NOW)
    assert claim.label not in [to for _template, to in seen.notices(before)]


def test_lately_slipped_in_address_is_never_the_only_one_written_to(cast: Cast, lost: Registration) -> None:
    ContactPoint.objects.filter(registration=lost, kind="post").update(
        since=later(days=-5).date(), value="東京都港区9-9"
    )
    claim = claims.accepted(cast, lost)
    letters = claim.dispatches.filter(channel="letter").values_list("to", flat=True)
    assert set(letters) == {f"contact_point:{claims.point(lost, 'post').pk}", "holder"}


def test_record_without_any_postal_address_writes_to_the_holder(cast: Cast) -> None:
    bare = registration(cast.aoba, "R-5", custodian=cast.taro)
    claim = claims.accepted(cast, bare)
    assert list(claim.dispatches.filter(channel="letter").values_list("to", flat=True)) == ["holder"]


def test_tier_4_tells_replaced_addresses_and_the_head_office(cast: Cast, lost: Registration) -> None:
    Registration.objects.filter(pk=lost.pk).update(is_critical=True)
    old, ancient = (
        ContactPoint.objects.create(
            registration=lost,
            kind="mail",
            value=f"{days}@record.example",
            since=later(days=-900).date(),
            until=later(days=-days).date(),
            health="good",
        )
        for days in (100, 400)
    )
    claim = claims.proposed(cast, lost)
    told = set(claim.dispatches.filter(purpose="proposed").values_list("to", flat=True))
    assert {"head_office", f"contact_point:{old.pk}"} <= told
    assert f"contact_point:{ancient.pk}" not in told


def test_operator_opens_the_record_for_this_case_and_the_customer_sees_it(cast: Cast, lost: Registration) -> None:
    claim = claims.linked(cast, lost)
    before = seen.mark()
    first, second = (transitions.open_record(claim.pk, actor=actor(cast.operator), at=NOW) for _press in range(2))
    assert first == second == CaseAccess.objects.get()
    assert (first.user, first.case) == (cast.operator, claim.number)
    assert seen.verbs(before) == ["record.opened"] * 2
    assert log.about(lost.label).filter(verb="record.opened").count() == 2
    assert Registration.objects.visible_to(actor(cast.operator), NOW).filter(pk=lost.pk).exists()
    assert not Registration.objects.visible_to(actor(cast.colleague), NOW).filter(pk=lost.pk).exists()


def test_looks_end_with_the_case(cast: Cast, lost: Registration) -> None:
    claim = claims.linked(cast, lost)
    transitions.open_record(claim.pk, actor=actor(cast.operator), at=NOW)
    transitions.withdraw(claim.pk, actor=PUBLIC, at=later(days=1))
    assert not Registration.objects.visible_to(actor(cast.operator), NOW).filter(pk=lost.pk).exists()


def test_operator_takes_the_head_office_from_the_registry_only(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    before = seen.mark()
    given = {
        "postal_code": "100-0002",
        "address": "東京都千代田区皇居外苑1-1",
        "actor": actor(cast.operator),
        "at": NOW,
    }
    claim = transitions.take_head_office(claim.pk, source="registry", **given)  # type: ignore[arg-type]
    assert claim.head_office == {
        "postal_code": "1000002",
        "address": "東京都千代田区皇居外苑1-1",
        "source": "registry",
        "by": cast.operator.pk,
    }
    assert seen.verbs(before) == ["claim.head_office_taken"]
    assert "皇居" not in str(Event.objects.get(verb="claim.head_office_taken").facts)
    for change in ({"source": "claimant"}, {"source": "registry", "postal_code": "12"}):
        with pytest.raises(Refused):
            transitions.take_head_office(claim.pk, **{**given, **change})  # type: ignore[arg-type]
