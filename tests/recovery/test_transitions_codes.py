"""Codes by letter and by mail. Who and when: test_table."""

import pytest

from accounts.errors import Refused, WrongState
from accounts.models import OneTimeCode
from desk.models import Inquiry
from handover.models import ContactPoint, Registration
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Claim, Dispatch, Evidence
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.letterbox import mails
from tests.recovery.coded import WRONG, counted, ordered, types
from tests.stock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


# Codes by letter


def test_operator_orders_a_letter_to_the_record(cast: Cast, claim: Claim, lost: Registration) -> None:
    before = seen.mark()
    sent = ordered(cast, claim)
    to = f"contact_point:{claims.point(lost, 'post').pk}"
    assert (sent.purpose, sent.channel, sent.to, sent.gives, sent.ordered_by) == (
        "code",
        "letter",
        to,
        "C1",
        cast.operator,
    )
    assert seen.verbs(before) == ["letter.ordered"]
    assert seen.notices(before) == [("claim_letter", to)]
    content = claims._content(sent.notice)
    assert content["addressee"][0] == "青葉商事株式会社"
    assert content["claimant"] == "情報システム部 渡邉"  # department and surname, never the whole name
    assert "R-1" not in str(content)


def test_second_press_within_a_minute_orders_no_second_letter(cast: Cast, claim: Claim) -> None:
    ordered(cast, claim)
    with pytest.raises(Refused):
        ordered(cast, claim, at=later(seconds=20))
    assert Dispatch.objects.filter(purpose="code").count() == 1


def test_letters_are_issued_anew_twice_and_no_more(cast: Cast, claim: Claim) -> None:
    sent = [ordered(cast, claim, at=later(minutes=2 * number)) for number in range(3)]
    with pytest.raises(Refused):
        ordered(cast, claim, at=later(minutes=8))
    for void in sent[:2]:  # the one before is void
        with pytest.raises(Refused):
            types(claim, claims.code_sent(void), at=later(minutes=9))
    types(claim, claims.code_sent(sent[2]), at=later(minutes=9))
    assert counted(claim, later(minutes=9)) == {"C1"}


def test_letter_needs_an_address_of_this_record(cast: Cast, claim: Claim, lost: Registration) -> None:
    other = claims.held(cast, "R-2")
    for to in (
        f"contact_point:{claims.point(other, 'post').pk}",
        f"contact_point:{claims.point(lost, 'mail').pk}",
        "head_office",
        "東京都港区1-1",
        "contact_point:²",
    ):
        with pytest.raises(Refused):
            ordered(cast, claim, to=to)


def test_address_younger_than_30_days_is_written_to_together_with_the_old_one(
    cast: Cast, claim: Claim, lost: Registration
) -> None:
    old = claims.point(lost, "post")
    ContactPoint.objects.filter(pk=old.pk).update(until=later(days=-20).date())
    new = ContactPoint.objects.create(
        registration=lost,
        kind="post",
        value="東京都港区9-9",
        postal_code="1050001",
        since=later(days=-20).date(),
        health="good",
    )
    sent = transitions.order_letter(claim.pk, to=f"contact_point:{new.pk}", actor=actor(cast.operator), at=NOW)
    assert [one.to for one in sent] == [f"contact_point:{new.pk}", f"contact_point:{old.pk}"]
    codes = [claims.code_sent(one) for one in sent]
    types(claim, codes[0])
    assert counted(claim) == frozenset()  # the young address proves nothing
    types(claim, codes[1])
    assert counted(claim) == {"C1"}


def test_letter_to_the_head_office_gives_its_own_evidence(cast: Cast) -> None:
    lost = claims.held(cast, "R-3", alive=False)
    claim = claims.accepted(cast, lost)
    given = {"address": "東京都千代田区皇居外苑1-1", "source": "registry", "actor": actor(cast.operator), "at": NOW}
    transitions.take_head_office(claim.pk, postal_code="1000002", **given)  # type: ignore[arg-type]
    claims.compared(cast, claim)
    sent = ordered(cast, claim, to="head_office")
    assert sent.gives == "C1b"
    went = OneTimeCode.objects.get(pk=sent.code_id).step.partition(":")[2]
    # The same one in another spelling is the same one.
    spelled = {**given, "address": "東京都千代田区皇居外苑１－１"}
    transitions.take_head_office(claim.pk, postal_code="100-0002", **spelled)  # type: ignore[arg-type]
    types(claim, claims.code_sent(sent))
    assert Evidence.objects.get().endpoint == went
    assert counted(claim) == {"C1b"}


def test_claimant_types_the_code_of_the_letter_and_it_is_evidence(cast: Cast, claim: Claim) -> None:
    sent = ordered(cast, claim)
    before = seen.mark()
    types(claim, claims.code_sent(sent).lower().replace("-", " "), at=later(days=3))
    made = Evidence.objects.get()
    assert (made.code, made.source, made.checked_by, made.one_time_code) == ("C1", "record", None, sent.code)
    assert seen.verbs(before) == ["claim.code_entered"]
    assert seen.notices(before) == []
    assert Inquiry.objects.get(pk=claim.inquiry_id).turn == "provider"
    with pytest.raises(Refused):  # once
        types(claim, claims.code_sent(sent), at=later(days=3))
    assert Evidence.objects.count() == 1


def test_code_of_another_claim_is_nothing_here(cast: Cast, claim: Claim) -> None:
    other = claims.accepted(cast, claims.held(cast, "R-2"), claim=claims.received(at=later(minutes=3)))
    code = claims.code_sent(ordered(cast, other))
    ordered(cast, claim)
    with pytest.raises(Refused):
        types(claim, code)
    assert not Evidence.objects.exists()
    types(other, code)
    assert Evidence.objects.get().claim == other


def test_sixth_try_is_refused_even_if_it_is_right(cast: Cast, claim: Claim) -> None:
    sent = ordered(cast, claim)
    clock.run(at=NOW)  # what is due anyhow
    before = seen.mark()
    for _try in range(5):
        with pytest.raises(Refused):
            types(claim, WRONG)
    clock.run(at=NOW)
    assert seen.verbs(before) == ["claim.code_refused"] * 5
    with pytest.raises(Refused):
        types(claim, claims.code_sent(sent))
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(("days", "good"), [(20, True), (22, False)])
def test_letter_code_works_for_21_days_from_posting(cast: Cast, claim: Claim, days: int, good: bool) -> None:
    sent = ordered(cast, claim)
    code = claims.code_sent(sent)
    transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=later(days=5))
    if good:
        types(claim, code, at=later(days=5 + days))
    else:
        with pytest.raises(Refused):
            types(claim, code, at=later(days=5 + days))
    assert Evidence.objects.exists() is good


def test_every_wrong_code_gets_the_same_words(cast: Cast, claim: Claim) -> None:
    words = set()
    for typed, purpose in ((WRONG, "letter"), (WRONG, "mail"), ("", "letter"), ("x" * 500, "letter")):
        with pytest.raises(Refused) as refused:
            types(claim, typed, purpose=purpose)
        words.add(str(refused.value))
    assert len(words) == 1


def test_objection_code_is_no_evidence_and_guessing_here_never_spends_it(cast: Cast, claim: Claim) -> None:
    letter = claim.dispatches.get(channel="letter")
    objection = claims.objection_sent(letter)
    for typed in (objection, *[WRONG] * 6):
        with pytest.raises(Refused):
            types(claim, typed, purpose="objection")
    assert not Evidence.objects.exists()
    assert transitions.object_to(typed=objection, words="", actor=PUBLIC, at=NOW).frozen_at == NOW


def test_code_entered_after_the_proposal_changes_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    sent = ordered(cast, claim, at=claims.READY)
    code = claims.code_sent(sent)
    claim = transitions.propose(claim.pk, reason="", actor=actor(cast.operator), at=claims.READY)
    with pytest.raises(WrongState):
        types(claim, code, at=claims.READY)


# Codes by mail


def test_operator_has_a_code_mailed_to_the_record(cast: Cast, claim: Claim, lost: Registration) -> None:
    point = claims.point(lost, "mail")
    before = seen.mark()
    sent = transitions.order_mail_code(claim.pk, contact_point_pk=point.pk, actor=actor(cast.operator), at=NOW)
    assert seen.verbs(before) == ["mail_code.ordered"]
    assert seen.notices(before) == [("claim_code", f"contact_point:{point.pk}")]
    assert mails("claim_code")[0]["to"] == point.value
    code = claims.code_sent(sent)
    with pytest.raises(Refused):  # not before the next minute
        transitions.order_mail_code(claim.pk, contact_point_pk=point.pk, actor=actor(cast.operator), at=NOW)
    with pytest.raises(Refused):
        types(claim, code, purpose="mail", at=later(hours=25))
    types(claim, code, purpose="mail", at=later(hours=23))
    assert counted(claim, later(hours=23)) == {"C3"}


def test_mail_code_goes_to_a_mail_address_of_this_record_only(cast: Cast, claim: Claim, lost: Registration) -> None:
    other = claims.held(cast, "R-2")
    for pk in (claims.point(other, "mail").pk, claims.point(lost, "phone").pk, 0):
        with pytest.raises(Refused):
            transitions.order_mail_code(claim.pk, contact_point_pk=pk, actor=actor(cast.operator), at=NOW)


def test_no_mail_of_a_code_waits_after_it_left(cast: Cast, claim: Claim, lost: Registration) -> None:
    sent = transitions.order_mail_code(
        claim.pk, contact_point_pk=claims.point(lost, "mail").pk, actor=actor(cast.operator), at=NOW
    )
    claims.all_delivered(cast, claim, at=NOW)
    assert Notice.objects.get(pk=sent.notice_id).payload is None


def test_code_that_was_guessed_at_dies_and_the_record_is_told(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    post = claims.point(lost, "post")
    transitions.order_letter(claim.pk, to=f"contact_point:{post.pk}", actor=actor(cast.operator), at=NOW)
    clock.run(at=NOW)  # what is due anyhow
    before = seen.mark()
    for number in range(5):
        with pytest.raises(Refused):
            transitions.enter_code(claim.pk, purpose="letter", typed="WRONG-CODE2", actor=PUBLIC, at=NOW)
        clock.run(at=NOW)
        assert bool(seen.notices(before)) == (number == 4)
    mail = claims.point(lost, "mail")
    told = {cast.taro.label, cast.hanako.label, f"contact_point:{mail.pk}"}
    assert seen.notices(before) == sorted(("claim_guessed", label) for label in told)
    assert seen.verbs(before) == ["claim.code_refused"] * 5
