"""Receipts at once by the channel that was chosen; what the forms ask for, and what is kept for whoever calls."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from desk import transitions
from desk.clock import CLOCK
from desk.forms.days import DaysField
from desk.models import Inquiry, Needs, Statement, Word
from outbox.models import Notice
from recovery import transitions as claiming
from recovery.models import Claim
from tests.cast import Cast, actor, sign_in
from tests.desk.promised import asked, held
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "東京都千代田区千代田1-1"


def test_receipt_by_mail_goes_at_once_with_both_numbers(cast: Cast) -> None:
    before = mark()
    inquiry, code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    assert (verbs(before), notices(before)) == (["inquiry.opened"], [("inquiry_receipt", inquiry.label)])
    said = mails("inquiry_receipt")[0]
    assert inquiry.receipt_number in said["body"] and code in said["body"] and "相田" not in said["body"]
    assert Word.objects.get().channel == "mail"


def test_receipt_by_letter_waits_for_the_print_run_and_is_kept_encrypted(cast: Cast) -> None:
    inquiry, code = asked(cast.agent, address=ADDRESS, mail="toru@example.jp", answer_by="letter")
    word = Word.objects.get()
    assert (word.channel, word.letter_number.startswith("D2611-")) == ("letter", True)
    notice = Notice.objects.get(channel="letter")
    assert notice.payload is not None and code.encode() not in bytes(notice.payload)
    assert mails("inquiry_receipt") == []  # mailed too only when chosen
    assert inquiry.told_at == NOW


def test_receipt_on_the_phone_is_said_in_the_call_and_mailed_to_nobody(cast: Cast) -> None:
    before = mark()
    asked(cast.agent, mail="toru@example.jp", answer_by="phone")
    word = Word.objects.get()
    assert (word.channel, word.kind, word.said_at, word.by) == ("phone", "receipt", NOW, cast.agent)
    assert notices(before) == []


@pytest.mark.parametrize(
    ("stated", "answer_by", "field"),
    [
        ({}, "phone", "own_phone"),
        ({"own_phone": "あとで"}, "phone", "own_phone"),
        ({"own_phone": "03-1111-2222"}, "mail", "mail"),
        ({"own_phone": "03-1111-2222"}, "letter", "address"),
        ({"own_phone": "03-1111-2222"}, "pigeon", "answer_by"),
    ],
)
def test_call_always_asks_for_a_number_and_for_what_the_answer_needs(
    cast: Cast, stated: dict[str, str], answer_by: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        transitions.open_inquiry(
            topic="question",
            statement=Statement(name="相田 透", **stated),
            capacity="unknown",
            answer_by=answer_by,
            language="ja",
            actor=actor(cast.agent),
            at=NOW,
        )
    assert field in refused.value.fields
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    ("answer_by", "stated"),
    [("mail", {"mail": "toru@example.jp"}), ("letter", {"postal_code": "100-0001", "address": ADDRESS})],
)
def test_caller_who_was_asked_and_gives_no_number_is_taken_down_all_the_same(
    cast: Cast, answer_by: str, stated: dict[str, str]
) -> None:
    wanted = {"topic": "question", "capacity": "unknown", "language": "ja"}
    statement = Statement(name="相田 透", **stated)
    transitions.begin_call(name="相田 透", number="", actor=actor(cast.agent), at=NOW)
    with pytest.raises(Refused):
        transitions.open_inquiry(statement=statement, answer_by="phone", **wanted, actor=actor(cast.agent), at=NOW)
    with pytest.raises(Refused):  # the colleague has asked nobody
        transitions.open_inquiry(
            statement=statement, answer_by=answer_by, **wanted, actor=actor(cast.supervisor), at=NOW
        )
    made, _code = transitions.open_inquiry(
        statement=statement, answer_by=answer_by, **wanted, actor=actor(cast.agent), at=NOW
    )
    assert Word.objects.get(inquiry=made).channel == answer_by


# Claims --------------------------------------------------------------------------------------------------------------


def claimed(cast: Cast, answer_by: str, **stated: str) -> Claim:
    claim, _code = claiming.open_claim(
        statement=Statement(name="相田 透", organisation_name="青葉商事", own_phone="03-1111-2222", **stated),
        capacity="customer",
        answer_by=answer_by,
        language="ja",
        sender="desk",
        actor=actor(cast.agent),
        at=NOW,
    )
    return claim


def test_claim_taken_down_on_the_phone_gives_its_receipt_by_letter_too(cast: Cast) -> None:
    claim = claimed(cast, "letter", postal_code="100-0001", address=ADDRESS)
    word = Word.objects.get(inquiry=claim.inquiry)
    assert (word.kind, word.channel) == ("receipt", "letter")
    assert transitions.print_words([word.pk], actor=actor(cast.operator), at=NOW).startswith(b"%PDF")
    with pytest.raises(Refused):
        claimed(cast, "letter", address=ADDRESS)


def test_claim_by_mail_and_by_phone_has_its_receipt(cast: Cast) -> None:
    by_mail = claimed(cast, "mail", mail="toru@example.jp")
    assert len(mails("claim_received")) == 1
    assert not Word.objects.filter(inquiry=by_mail.inquiry).exists()
    by_phone = claimed(cast, "phone")
    assert Word.objects.get(inquiry=by_phone.inquiry).channel == "phone"


# Wishes --------------------------------------------------------------------------------------------------------------


def test_wishes_are_kept_encrypted_and_shown_to_whoever_calls(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    before = mark()
    needs = Needs(("relay", "slowly"), "筆談でも可")
    transitions.record_needs(inquiry.pk, needs=needs, actor=actor(cast.agent), at=NOW)
    inquiry.refresh_from_db()
    assert "筆談".encode() not in bytes(inquiry.sealed_needs or b"")
    assert Needs.opened(inquiry.sealed_needs) == needs
    assert verbs(before) == ["inquiry.needs_recorded"]
    page = sign_in(Client(), cast.operator).get(f"/desk/inquiries/{inquiry.receipt_number}/").content.decode()
    assert "筆談でも可" in page
    with pytest.raises(Refused):
        transitions.record_needs(inquiry.pk, needs=Needs(("deaf",)), actor=actor(cast.agent), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.record_needs(inquiry.pk, needs=needs, actor=actor(cast.auditor), at=NOW)
    transitions.record_needs(inquiry.pk, needs=Needs(), actor=actor(cast.agent), at=NOW)
    inquiry.refresh_from_db()
    assert inquiry.sealed_needs is None


def test_nobody_promises_a_call_to_whoever_wishes_for_none(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, needs=Needs(("no_phone",)), mail="toru@example.jp")
    with pytest.raises(Refused) as refused:
        held(inquiry, cast.agent)
    assert list(refused.value.fields) == ["next_action"]
    held(inquiry, cast.agent, next_action="mail")


def test_nobody_promises_a_call_on_a_day_that_was_ruled_out(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    stated = Statement(name="相田 透", own_phone="03-1111-2222", not_on="2026-11-23")
    Inquiry.objects.filter(pk=inquiry.pk).update(sealed=stated.sealed())
    with pytest.raises(Refused) as refused:
        held(inquiry, cast.agent, days=3)
    assert list(refused.value.fields) == ["promised_until"]
    held(inquiry, cast.agent, days=4)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("２０２６年１２月２８日、2027/1/4", "2026-12-28 2027-01-04"),
        ("2026-12-28 2026-12-28", "2026-12-28"),
        ("12/28", None),
        ("2026-02-30", None),
        ("あさって", None),
        (" ".join(f"2026-12-{day:02}" for day in range(1, 12)), None),
    ],
)
def test_days_are_read_in_any_spelling(typed: str, kept: str | None) -> None:
    field: Any = DaysField()
    if kept is None:
        with pytest.raises(ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == kept


# Pages ---------------------------------------------------------------------------------------------------------------


def test_closing_asks_who_agreed_on_a_page_of_its_own(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    hold, client = held(inquiry, cast.agent), sign_in(Client(), cast.agent)
    path = f"/desk/holds/{hold.pk}/close/"
    assert "折り返しの電話" in client.get(path).content.decode()
    assert client.post(path, {"agreed_by": "", "agreed_how": "phone"}).status_code == 200
    hold.refresh_from_db()
    assert hold.closed_at is None
    client.post(path, {"agreed_by": "相田 透", "agreed_how": "phone"})
    hold.refresh_from_db()
    assert (hold.agreed_by, hold.agreed_how) == ("相田 透", "phone")


def test_page_of_a_matter_shows_what_was_heard_paused_and_told(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    transitions.pause_clock(inquiry.pk, reason="papers", actor=actor(cast.agent), at=NOW)
    hold = held(inquiry, cast.agent)
    transitions.climb_hold(hold.pk, to="supervisor", actor=CLOCK, at=hold.promised_until + timedelta(minutes=1))
    with pytest.raises(WrongState):
        transitions.climb_hold(hold.pk, to="supervisor", actor=CLOCK, at=hold.promised_until + timedelta(hours=1))
    client = sign_in(Client(), cast.supervisor)
    page = client.get(f"/desk/inquiries/{inquiry.receipt_number}/").content.decode()
    assert page.count('class="timeline"') >= 2
    listed = client.get("/desk/climbed/").content.decode()
    assert inquiry.receipt_number in listed and cast.agent.display_name in listed
    assert inquiry.receipt_number not in sign_in(Client(), cast.senior).get("/desk/climbed/").content.decode()


def test_page_of_a_matter_costs_the_same_for_a_long_history(cast: Cast, django_assert_max_num_queries: Any) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp")
    client = sign_in(Client(), cast.agent)
    for number in range(3):
        held(inquiry, cast.agent, days=3 + number)
        transitions.remind_inquirer(inquiry.pk, medium="mail", actor=actor(cast.agent), at=NOW)
    # The first look within the hour is counted, which is not what the history costs.
    client.get(f"/desk/inquiries/{inquiry.receipt_number}/")
    with django_assert_max_num_queries(22):
        assert client.get(f"/desk/inquiries/{inquiry.receipt_number}/").status_code == 200
