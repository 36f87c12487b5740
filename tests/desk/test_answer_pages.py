"""Pages of formal answers: writing, releasing with the fresh check, printing, and the inquirer's own page."""

import html
import uuid
from typing import Any

import pytest
from django.test import Client

from desk import answering, composing, transitions, withholding
from desk.models import FormalAnswer, Inquiry
from handover import documents
from tests.cast import Cast, actor, sign_in
from tests.desk.written import LETTER, asked, drafted, proposed, released
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)


def press(client: Client, path: str, **data: Any) -> Any:
    return client.post(path, data)


def inquired(cast: Cast) -> tuple[Inquiry, str]:
    return transitions.open_inquiry(
        topic="question",
        statement=LETTER,
        capacity="unknown",
        answer_by="letter",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )


def test_operator_writes_looks_and_proposes(cast: Cast, client: Client) -> None:
    inquiry = asked(cast)
    sign_in(client, cast.operator)
    path = f"/desk/inquiries/{inquiry}/answers/"
    data = {
        "template": "answer",
        "chosen": ["decided"],
        "text": "登録番号は R-1 です。",
        "way": "letter",
        "token": uuid.uuid4(),
    }
    assert press(client, path, **{**data, "chosen": [], "text": ""}).status_code == 200
    for _press in range(2):
        assert press(client, path, **data | {"token": "1b4e28ba-2fa1-41d2-883f-0016d3cca429"}).status_code == 302
    made = FormalAnswer.objects.get()
    own = f"/desk/answers/{made.pk}/"
    page = client.get(own).content.decode()
    assert "登録番号は R-1 です。" in page and "検討の結果" in page
    pdf = client.get(f"{own}pdf/")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    change = {**data, "text": "来月から変更いたします。", "token": uuid.uuid4()}
    assert press(client, f"{own}change/", **change).status_code == 302
    assert press(client, f"{own}propose/").status_code == 302
    made.refresh_from_db()
    assert (made.status, made.text) == ("proposed", "来月から変更いたします。")


def test_agent_has_no_field_for_own_words(cast: Cast, client: Client) -> None:
    inquiry = asked(cast)
    sign_in(client, cast.agent)
    path = f"/desk/inquiries/{inquiry}/answers/"
    page = client.get(path).content.decode()
    assert 'name="text"' not in page and 'value="decided"' not in page and 'value="under_way"' in page
    data = {"template": "progress", "chosen": ["under_way"], "way": "letter", "text": "ご安心ください"}
    assert press(client, path, **data, token=uuid.uuid4()).status_code == 302
    assert FormalAnswer.objects.get().text == ""


def test_approver_reads_and_releases_after_a_fresh_check(cast: Cast, client: Client) -> None:
    made = proposed(cast, asked(cast))
    path = f"/desk/answers/{made.pk}/release/"
    signed = composing.fingerprint(FormalAnswer.objects.select_related("inquiry").get())
    sign_in(client, cast.approver, fresh=False)
    assert press(client, path, signed_hash=signed).status_code == 200
    made.refresh_from_db()
    assert made.status == "proposed", "the fresh check was not given"
    client = sign_in(Client(), cast.approver)
    assert path in client.get("/desk/answers/").content.decode()
    page = client.get(path).content.decode()
    assert signed in page and "検討の結果" in page
    assert press(client, path, signed_hash=signed).status_code == 302
    made.refresh_from_db()
    assert made.status == "released"
    assert press(client, path, signed_hash=signed).status_code == 409


def test_list_says_who_else_releases_and_prints_once(cast: Cast, client: Client) -> None:
    proposed(cast, asked(cast))
    letter = released(cast, asked(cast))
    sign_in(client, cast.operator)
    page = client.get("/desk/answers/").content.decode()
    assert "/release/" not in page and str(letter.letter_number) in page
    printed = press(client, "/desk/answers/print/", letters=[letter.pk])
    assert printed["Content-Type"] == "application/pdf"
    assert str(letter.letter_number) in printed["Content-Disposition"]
    assert press(client, "/desk/answers/print/", letters=[letter.pk]).status_code == 302
    sign_in(client, cast.approver)
    assert press(client, "/desk/answers/print/", letters=[letter.pk]).status_code == 403


def test_sent_back_and_taken_back_with_a_reason(cast: Cast, client: Client) -> None:
    made = proposed(cast, asked(cast))
    sign_in(client, cast.senior)
    assert press(client, f"/desk/answers/{made.pk}/send-back/", reason="").status_code == 200
    assert press(client, f"/desk/answers/{made.pk}/send-back/", reason="短く").status_code == 302
    sign_in(client, cast.operator)
    assert "短く" in client.get(f"/desk/answers/{made.pk}/").content.decode()
    assert press(client, f"/desk/answers/{made.pk}/withdraw/", reason="重複").status_code == 302
    made.refresh_from_db()
    assert (made.status, made.reason) == ("withdrawn", "重複")


def test_draft_that_names_a_registration_warns(cast: Cast, client: Client) -> None:
    registration(cast.aoba, "R-2026-004182", custodian=cast.taro)
    made = drafted(cast, asked(cast), text="番号はＲ－２０２６－００４１８２です。")
    sign_in(client, cast.operator)
    page = client.get(f"/desk/answers/{made.pk}/").content.decode()
    assert answering.warning({withholding.NUMBER}) in html.unescape(page)
    press(client, f"/desk/answers/{made.pk}/propose/")
    made.refresh_from_db()
    assert made.status == "draft"


# The inquirer ---------------------------------------------------------------------------------------------------------


def open_case(client: Client, number: str, tracking: str) -> Any:
    return client.post("/recover/status/", {"number": number, "tracking": tracking})


def test_inquirer_reads_the_answer_with_both_codes(cast: Cast, client: Client) -> None:
    inquiry, tracking = inquired(cast)
    made, other = released(cast, inquiry), released(cast, asked(cast))
    assert open_case(client, inquiry.receipt_number, "AAAAA-AAAAA").status_code == 200
    assert client.get("/recover/inquiry/").status_code == 302
    answer = open_case(client, inquiry.receipt_number, tracking)
    assert answer["Location"] == "/recover/inquiry/"
    page = client.get("/recover/inquiry/").content.decode()
    assert str(made.letter_number) in page and inquiry.receipt_number in page
    pdf = client.get(f"/recover/answer/{made.pk}/")
    made.refresh_from_db()
    assert made.blob and pdf.content == documents.read_bytes(made.blob)
    assert client.get(f"/recover/answer/{other.pk}/").status_code == 404
    assert client.get("/recover/case/").status_code == 302


def test_nothing_is_read_without_codes_or_before_release(cast: Cast, client: Client) -> None:
    inquiry, tracking = inquired(cast)
    waiting, left = proposed(cast, inquiry), released(cast, asked(cast))
    for pk in (waiting.pk, left.pk, 999):
        assert client.get(f"/recover/answer/{pk}/")["Location"] == "/recover/status/"
    open_case(client, inquiry.receipt_number, tracking)
    assert client.get(f"/recover/answer/{waiting.pk}/").status_code == 404
    assert "/recover/answer/" not in client.get("/recover/inquiry/").content.decode()
