"""What an answer must not say: numbers, people in charge and addresses on record, in whatever spelling."""

from typing import Any

import pytest

from accounts.errors import Refused
from audit.models import Event
from desk import queries, transitions, withholding
from desk.models import FormalAnswer, Statement
from handover import restricting
from handover.models import BillReference, ContactPoint, Registration
from tests.cast import Cast, actor
from tests.desk.written import asked, drafted, let_leave, proposed
from tests.seen import mark, verbs
from tests.stock import NOW, START, TODAY, registration

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "R-2026-004182"
ASKER = Statement(name="渡邉 翔", mail="sho@new.example", own_phone="03-1111-2222")


def on_record(cast: Cast) -> Registration:
    cast.taro.display_name, cast.taro.kana = "髙橋 太郎", "タカハシ タロウ"
    cast.taro.save(update_fields=["display_name", "kana"])
    held = registration(cast.aoba, NUMBER, custodian=cast.taro)
    held.address = "東京都千代田区千代田1-1 青葉ビル8階"
    held.save(update_fields=["address"])
    ContactPoint.objects.create(
        registration=held, kind="phone", value="03-1234-5678", since=START.date(), health="good", purposes=[]
    )
    return held


def found(cast: Cast, text: str, **case: Any) -> set[str]:
    inquiry = asked(cast, by="mail", statement=case.pop("statement", ASKER))
    held = on_record(cast)
    if case.get("linked", True):
        restricting.restrict(held, "claim_open", case=inquiry.receipt_number, at=NOW)
    return set(withholding.found_in([text], inquiry, at=NOW))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("登録番号はR-2026-004182です。", {"number"}),
        ("登録番号はｒ－２０２６－００４１８２です。", {"number"}),
        ("番号は R 2026 004182", {"number"}),
        ("担当は高橋太郎様です。", {"name"}),
        ("ご担当の髙橋様にお尋ねください。", {"name"}),
        ("タカハシ　タロウさんへ", {"name"}),
        ("書類は千代田区ではなく、東京都千代田区千代田１－１青葉ビル８階あてです。", {"address"}),
        ("０３（１２３４）５６７８へおかけください。", {"address"}),
        ("r-2026-004182@record.example あて", {"number", "address"}),
        ("渡邉翔様のお申し出のとおりです。", set()),
        ("審査担当の空知　操がご連絡します。", {"staff"}),
        ("空知さんではなく担当の部署がご連絡します。", set()),
        ("受付番号C-1234-567-890、12月4日まで、東京都のお客さま。", set()),
    ],
)
def test_what_is_on_record_is_found_in_any_spelling(cast: Cast, text: str, named: set[str]) -> None:
    assert found(cast, text) == named


def test_any_registration_number_counts_but_names_only_of_what_is_concerned(cast: Cast) -> None:
    text = "R-2026-004182は髙橋太郎様です。"
    assert found(cast, text, linked=False) == {"number"}


@pytest.mark.parametrize("statement", [{"organisation_name": "青葉商事株式会社"}, {"bill_reference": "AZ-4471-1047"}])
def test_what_is_concerned_follows_from_what_was_stated(cast: Cast, statement: dict[str, str]) -> None:
    inquiry = asked(
        cast,
        by="mail",
        statement=Statement(name="渡邉 翔", mail="sho@new.example", own_phone="03-1111-2222", **statement),
    )
    held = on_record(cast)
    held.registered_name = "青葉商事株式会社"
    held.save(update_fields=["registered_name"])
    BillReference.objects.create(registration=held, reference="AZ-4471-1047", since=TODAY)
    assert withholding.found_in(["髙橋太郎"], inquiry, at=NOW) == {"name"}


def test_proposal_is_refused_and_the_draft_stays_with_its_warning(cast: Cast) -> None:
    inquiry = asked(cast, by="mail")
    on_record(cast)
    made = drafted(cast, inquiry, text="登録番号はR-2026-004182です。")
    before = mark()
    with pytest.raises(Refused) as refused:
        transitions.propose_answer(made.pk, actor=actor(cast.operator), at=NOW)
    assert list(refused.value.fields) == ["text"]
    made.refresh_from_db()
    assert (made.status, verbs(before)) == ("draft", [])


def test_release_is_refused_when_it_names_somebody_by_now(cast: Cast) -> None:
    """Between proposal and release the case was linked: what was harmless names the custodian now."""
    inquiry = asked(cast, by="mail")
    made = proposed(cast, inquiry, text="髙橋太郎様とお話しください。")
    restricting.restrict(on_record(cast), "claim_open", case=inquiry.receipt_number, at=NOW)
    before = mark()
    with pytest.raises(Refused):
        let_leave(made, cast.approver)
    assert (FormalAnswer.objects.get().status, verbs(before)) == ("proposed", [])
    assert queries.answers_shown(inquiry) == []
    assert not Event.objects.filter(verb="answer.released").exists()
