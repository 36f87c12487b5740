"""Evidence, codes and attempts. Who and when: test_table."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import OneTimeCode, Role
from audit.models import Event
from desk.models import Contact, Inquiry
from handover.models import ContactPoint, Registration
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Claim, ContactAttempt, Dispatch, Evidence
from recovery.queries import weighing
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later, prove
from tests.letterbox import mails
from tests.stock import NOW

pytestmark = pytest.mark.django_db
WRONG = "22222-22222"


@pytest.fixture
def lost(cast: Cast) -> Registration:
    return claims.held(cast)


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


def ordered(cast: Cast, claim: Claim, *, to: str = "", at: Any = NOW) -> Dispatch:
    target = to or f"contact_point:{claims.point(claim.registration, 'post').pk}"  # type: ignore[arg-type]
    return transitions.order_letter(claim.pk, to=target, actor=actor(cast.operator), at=at)[-1]


def types(claim: Claim, typed: str, *, at: Any = NOW, purpose: str = "letter") -> Claim:
    return transitions.enter_code(claim.pk, purpose=purpose, typed=typed, actor=PUBLIC, at=at)


def counted(claim: Claim, at: Any = NOW) -> frozenset[str]:
    return weighing.standing_of(Claim.objects.get(pk=claim.pk), at).assessment.codes


# Recorded by people


def test_operator_records_a_call_and_is_on_it(cast: Cast, claim: Claim) -> None:
    before = seen.mark()
    made = prove(cast, claim, "A2", note="総務の方が確認")
    assert (made.source, made.departure_stated, made.checked_by) == ("published", True, cast.operator)
    assert made.contact is not None
    assert (made.contact.party, made.contact.channel, made.contact.by) == ("organisation", "phone", cast.operator)
    assert len(made.endpoint) == 64
    assert seen.verbs(before) == ["evidence.recorded"]
    assert seen.notices(before) == []
    assert "9999" not in str(Event.objects.get(verb="evidence.recorded").facts)


@pytest.mark.parametrize("code", ["C1", "C1b", "C3", "C4", "C5", "A3", "X9", ""])
def test_code_evidence_is_never_recorded_by_hand(cast: Cast, claim: Claim, code: str) -> None:
    with pytest.raises(Refused) as refused:
        prove(cast, claim, code)
    assert list(refused.value.fields) == ["code"]


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("O2", {"issued_on": None}, "issued_on"),
        ("O2", {"issued_on": NOW.date() + timedelta(days=1)}, "issued_on"),
        ("A2", {"endpoint": ""}, "endpoint"),
    ],
)
def test_incomplete_evidence_is_refused_at_its_field(
    cast: Cast, claim: Claim, code: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        prove(cast, claim, code, **changes)
    assert list(refused.value.fields) == [field]
    assert not Evidence.objects.exists()
    assert not Contact.objects.exists()


def test_number_that_the_claimant_gave_for_calls_proves_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost, claim=claims.received(statement={"own_phone": "０３（９９９９）００００"}))
    with pytest.raises(Refused) as refused:
        prove(cast, claim, "A2", endpoint="03-9999-0000")
    assert list(refused.value.fields) == ["endpoint"]


def test_one_number_counts_once_however_it_is_spelled(cast: Cast, claim: Claim) -> None:
    prove(cast, claim, "A2", endpoint="０３ １２３４ ５６７８")  # the phone of record is the main number as well
    prove(cast, claim, "C2")
    assert len(counted(claim) & {"A2", "C2"}) == 1


def test_evidence_recorded_twice_counts_once(cast: Cast, claim: Claim) -> None:
    prove(cast, claim, "O2")
    points = weighing.standing_of(claim, NOW).assessment.points
    prove(cast, claim, "O2")
    assert weighing.standing_of(claim, NOW).assessment.points == points == 20


def test_contact_point_29_days_on_record_gives_nothing(cast: Cast, claim: Claim, lost: Registration) -> None:
    point = claims.point(lost, "mail")
    for days, expected in ((29, False), (30, True)):
        moved = later(days=days - 29)
        ContactPoint.objects.filter(registration=lost).update(since=later(days=-29).date())
        Evidence.objects.update(taken_back_at=NOW)
        sent = transitions.order_mail_code(claim.pk, contact_point_pk=point.pk, actor=actor(cast.operator), at=moved)
        transitions.enter_code(claim.pk, purpose="mail", typed=claims.code_sent(sent), actor=PUBLIC, at=moved)
        assert ("C3" in counted(claim, moved)) is expected
        # Nor does it ripen while the claim waits.
        assert ("C3" in counted(claim, later(days=20))) is expected


def test_dead_contact_point_gives_nothing(cast: Cast, claim: Claim, lost: Registration) -> None:
    prove(cast, claim, "C2")
    ContactPoint.objects.filter(registration=lost, kind="phone").update(health="bounced")
    assert "C2" not in counted(claim)


def test_evidence_taken_back_counts_no_more_and_stays_in_the_history(cast: Cast, claim: Claim) -> None:
    made = prove(cast, claim, "O2")
    before = seen.mark()
    transitions.take_back_evidence(made.pk, actor=actor(cast.colleague), at=later(hours=1))
    assert seen.verbs(before) == ["evidence.taken_back"]
    assert seen.notices(before) == []
    assert counted(claim) == frozenset()
    assert Evidence.objects.get().taken_back_by == cast.colleague
    with pytest.raises(WrongState):
        transitions.take_back_evidence(made.pk, actor=actor(cast.operator), at=later(hours=1))


def test_seal_counts_when_a_second_person_compared_it(cast: Cast, claim: Claim) -> None:
    made = prove(cast, claim, "O3")
    assert counted(claim) == frozenset()
    before = seen.mark()
    transitions.second_evidence(made.pk, actor=actor(cast.colleague), at=NOW)
    assert counted(claim) == {"O3"}
    assert seen.verbs(before) == ["evidence.seconded"]
    with pytest.raises(WrongState):
        transitions.second_evidence(made.pk, actor=actor(cast.colleague), at=NOW)


def test_same_human_through_another_account_is_no_second_person(cast: Cast, claim: Claim) -> None:
    made = prove(cast, claim, "O3")
    for who in (cast.operator, claims.same_human(cast, cast.operator, Role.OPERATOR)):
        with pytest.raises(NotAllowed):
            transitions.second_evidence(made.pk, actor=actor(who), at=NOW)
    assert counted(claim) == frozenset()


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


# Attempts


def test_attempt_by_mail_is_made_by_the_act_itself(cast: Cast, claim: Claim, lost: Registration) -> None:
    point, before = claims.point(lost, "mail"), seen.mark()
    made = transitions.record_attempt(
        claim.pk, medium="mail", contact_point_pk=point.pk, result="", actor=actor(cast.operator), at=NOW
    )
    assert (made.result, made.by) == ("sent", cast.operator)
    assert seen.verbs(before) == ["attempt.recorded"]
    assert seen.notices(before) == [("claim_accepted", f"contact_point:{point.pk}")]


def test_second_notice_leaves_the_objection_code_of_the_first_good(
    cast: Cast, claim: Claim, lost: Registration
) -> None:
    first = claim.dispatches.get(channel="letter")
    objection = claims.objection_sent(first)
    transitions.record_attempt(
        claim.pk,
        medium="post",
        contact_point_pk=claims.point(lost, "post").pk,
        result="",
        actor=actor(cast.operator),
        at=later(days=3),
    )
    assert transitions.object_to(typed=objection, words="", actor=PUBLIC, at=later(days=4)).frozen_by == "objection"


def test_predecessor_who_is_reached_stops_the_claim(cast: Cast, claim: Claim) -> None:
    before = seen.mark()
    transitions.record_attempt(
        claim.pk,
        medium="phone",
        contact_point_pk=None,
        result=ContactAttempt.Result.REACHED,
        actor=actor(cast.operator),
        at=NOW,
    )
    claim.refresh_from_db()
    assert (claim.status, claim.end_reason) == ("stopped", "custodian_active")
    assert seen.verbs(before) == ["attempt.recorded"]
    assert seen.notices(before) == sorted(
        [("claim_closed", claim.label), ("claim_stopped", cast.taro.label), ("claim_stopped", cast.hanako.label)]
    )
    assert "吉田" not in str(mails("claim_closed")) and "𠮷田" not in str(mails("claim_closed"))


def test_attempt_at_a_contact_point_of_another_record_is_refused(cast: Cast, claim: Claim) -> None:
    other = claims.held(cast, "R-2")
    with pytest.raises(Refused):
        transitions.record_attempt(
            claim.pk,
            medium="mail",
            contact_point_pk=claims.point(other, "mail").pk,
            result="",
            actor=actor(cast.operator),
            at=NOW,
        )
    assert not ContactAttempt.objects.exists()


@pytest.mark.parametrize(
    ("days", "media", "enough"),
    [
        ((0, 3, 7), ("mail", "phone", "mail"), True),
        ((0, 3), ("mail", "phone"), False),
        ((0, 3, 7), ("phone", "phone", "phone"), False),
    ],
)
def test_attempts_count_by_number_media_and_business_days(
    cast: Cast, claim: Claim, days: tuple[int, ...], media: tuple[str, ...], enough: bool
) -> None:
    for day, medium in zip(days, media, strict=True):
        transitions.record_attempt(
            claim.pk,
            medium=medium,
            contact_point_pk=None,
            result="no_answer",
            actor=actor(cast.operator),
            at=later(days=day),
        )
    # 20 November 2026 is a Friday; the 23rd is a holiday: five business days after it is the 30th.
    assert ("attempts" not in weighing.standing_of(claim, later(days=10)).missing) is enough
    assert "attempts" in weighing.standing_of(claim, later(days=9)).missing


# Papers alone


def test_contractor_with_all_papers_gets_nothing_and_learns_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost, claim=claims.received(capacity="contractor"))
    for code in ("L1", "L2", "L3", "P2"):
        prove(cast, claim, code)
    standing = weighing.standing_of(claim, claims.READY)
    assert standing.assessment.points == 35
    claims.tried(cast, claim)
    with pytest.raises(Refused) as refused:
        transitions.propose(claim.pk, reason="", actor=actor(cast.colleague), at=claims.READY)
    words = str(refused.value)
    for secret in ("R-1", "太郎", "千代田", "1234", "record.example", "登録済", str(standing.assessment.points)):
        assert secret not in words
    assert Claim.objects.get(pk=claim.pk).status == "collecting"


def test_evidence_of_a_year_ago_is_out_of_date(cast: Cast, claim: Claim) -> None:
    prove(cast, claim, "O2", issued_on=date(2025, 11, 1), source="claimant")
    assert counted(claim) == frozenset()


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
