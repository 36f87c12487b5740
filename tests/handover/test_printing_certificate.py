"""The certificate: one page always, the right words, the same bytes for the same input."""

import json
import subprocess
import sys
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from handover.printing.certificate import certificate_html, certificate_pdf, check_address
from handover.printing.errors import FactRefused
from handover.printing.facts import CertificateFacts

from .printed import facts, issue, pages, squeezed

# Lengths of the longest values among 20,000 real organisations, and the limits of the facts.
LONGEST_ON_RECORD = {
    "organisation_name": "株" * 58,
    "registered_name": "Ｅｘａｍｐｌｅ　Ｃａｐｉｔａｌ　Ｍａｎａｇｅｍｅｎｔ　" * 2 + "Ｈｏｌｄｉｎｇｓ",
    "registered_kana": "カブシキガイシヤ" * 9 + "カ",
    "unit": "本店　（ＥＸＡＭＰＬＥ　ＣＯＲＰＯＲＡＴＩＯＮ）" * 2 + "（ＬＴＤ．）ａｎｄ",
    "address": "東京都港区六本木１丁目９番１０号" + "階" * 42,
}
LIMITS = {
    "organisation_name": "株" * 120,
    "registered_name": "式" * 120,
    "registered_kana": "カ" * 160,
    "unit": "部" * 120,
    "address": "東" * 200,
    "custodian_name": "名" * 120,
    "custodian_kana": "な" * 160,
    "custodian_department": "課" * 120,
}
# Few characters, but each word fills a line: only the layout finds out that this does not fit at the usual size.
LINES = " ".join(["W" * 15] * 5)
TALL = {"registered_name": LINES, "unit": LINES, "registered_kana": "", "custodian_department": ""}
UNBROKEN = {"organisation_name": "W" * 90, "registered_name": "W" * 90, "address": "W" * 150, "unit": "W" * 90}


@pytest.mark.parametrize(
    ("changes", "language"),
    [
        ({}, "ja"),
        ({}, "en"),
        (LONGEST_ON_RECORD, "ja"),
        (LONGEST_ON_RECORD, "en"),
        (LIMITS, "ja"),
        (UNBROKEN, "en"),
        (TALL, "ja"),
    ],
)
def test_certificate_is_one_page_with_every_fact_whole(changes: dict[str, Any], language: str) -> None:
    stated = facts(**changes)
    printed = pages(certificate_pdf(stated, issue(language=language)))
    assert len(printed) == 1
    for value in (stated.registered_name, stated.unit, stated.address, stated.custodian_department):
        assert squeezed(value) in printed[0]


def test_japanese_certificate_says_what_is_recorded() -> None:
    (text,) = pages(certificate_pdf(facts(), issue()))
    for words in (
        "登録内容証明書",
        "CERTIFICATEOFREGISTRATION",
        "青葉商事株式会社御中",
        "登録番号R-2026-004182",
        "登録者名義",
        "アオバショウジカブシキガイシャ",
        "利用部署本社情報システム部",
        "法人番号1180301018771",
        "〒100-0005",
        "登録担当者",
        "わたなべ",
        "経理部",
        "担当開始日2026年（令和8年）11月27日（引継ぎによる）",
        "第2026-004182-07号",
        "記録番号第48213号の時点の内容",
        "https://touroku.example.jp/verify/",
        "7Q4M-2KXH-9PTD",
    ):
        assert words in text, words
    assert "電子署名" not in text
    assert "責任者" not in text


def test_english_certificate_says_the_same() -> None:
    (text,) = pages(certificate_pdf(facts(), issue(language="en")))
    for words in (
        "Certificate of Registration",
        "登録内容証明書",
        "Registration number R-2026-004182",
        "Custodian since 27 November 2026 (by handover)",
        "Certificate No. 2026-004182-07",
        "Content as at record No. 48213 of our log",
        "Check code 7Q4M-2KXH-9PTD",
    ):
        assert squeezed(words) in text, words
    assert "御中" not in text
    assert "signature" not in text.lower()


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        ("ja", "渡邉 翔", ["選任の手続き中です", "管理代行", "渡邉", "管理代行の開始日"]),
        ("ja", "", ["選任の手続き中です", "あおぞら通信株式会社が管理を代行しています", "管理代行の開始日"]),
        ("en", "", ["Tobeappointed.Caredformeanwhilebyあおぞら通信株式会社.", "Caredforsince"]),
    ],
)
def test_caretaker_is_not_called_custodian(language: str, name: str, words: list[str]) -> None:
    kept = facts(custody="caretaker", basis="caretaker", custodian_name=name)
    (text,) = pages(certificate_pdf(kept, issue(language=language)))
    assert [word for word in words if word not in text] == []
    assert "担当開始日" not in text
    assert "Custodian since" not in text


def test_absent_facts_are_said_to_be_absent() -> None:
    bare = facts(registered_kana="", unit="", corporate_number="", postal_code="", custodian_kana="")
    (text,) = pages(certificate_pdf(bare, issue()))
    assert text.count("登録なし") == 2
    assert "〒" not in text


def test_markup_in_a_name_is_printed_as_text() -> None:
    name = "<b>&amp;<img src=x>"
    (text,) = pages(certificate_pdf(facts(registered_name=name), issue()))
    assert squeezed(name) in text


def test_same_input_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib, django; django.setup()\n"
        "from handover.printing.certificate import certificate_pdf\n"
        "from tests.handover.printed import facts, issue\n"
        "print(hashlib.sha256(certificate_pdf(facts(), issue())).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()[
        -1
    ]
    certificate_pdf(facts(custodian_name="𠮷田 太郎"), issue(serial="1"))  # what was printed before must not matter
    assert sha256(certificate_pdf(facts(), issue())).hexdigest() == other.split()[-1]


def test_file_is_tagged_archival_and_dated_by_the_issue() -> None:
    with pikepdf.open(BytesIO(certificate_pdf(facts(), issue()))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "ja"
        assert "2026-004182-07" in str(pdf.docinfo.Title)
        assert str(pdf.docinfo.CreationDate) == "D:20261127102000+09'00"
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert metadata["xmp:CreateDate"] == "2026-11-27T10:20:00+09:00"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert len(pdf.attachments) == 0
        assert all("/Annots" not in page for page in pdf.pages)
        figures = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"]
        assert sorted(str(figure.Alt) for figure in figures) == [
            "この証明書を確かめるページのQRコード",
            "印影：登録窓口之印",
        ]
        roles = {str(item.S) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item}
        assert {"/H1", "/Table", "/TR", "/TH", "/TD", "/P"} <= roles


def test_every_drawing_state_of_the_file_is_defined_in_it() -> None:
    """The ground is laid in as it was drawn once; a state it named without bringing it along would be an error."""
    with pikepdf.open(BytesIO(certificate_pdf(facts(), issue()))) as pdf:
        forms = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"]
        assert forms
        for drawn in (*pdf.pages, *forms):
            states = {
                str(operands[0]) for operands, operator in pikepdf.parse_content_stream(drawn) if str(operator) == "gs"
            }
            assert states <= set(drawn.Resources.get("/ExtGState", {}).keys())


def test_usual_certificate_is_a_small_file() -> None:
    assert len(certificate_pdf(facts(), issue())) < 250_000


def test_code_leads_to_the_public_page_of_this_certificate() -> None:
    assert check_address(issue()) == "https://touroku.example.jp/verify/7Q4M-2KXH-9PTD/"
    assert check_address(issue(check_code="7Q4M-2KXH-9PTD")) == check_address(issue())


def test_page_holds_no_style_and_no_script() -> None:
    html = certificate_html(facts(), issue())
    assert "<style" not in html
    assert "style=" not in html
    assert "<script" not in html


def test_facts_come_back_from_their_json() -> None:
    text = facts().as_json()
    assert CertificateFacts.from_json(text) == facts()
    assert CertificateFacts.from_json(text).as_json() == text
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert facts(since=date(2026, 11, 28)).as_json() != text


@pytest.mark.parametrize("text", ['{"format":2}', '{"format":1}', "{}"])
def test_json_of_another_format_is_refused(text: str) -> None:
    with pytest.raises(FactRefused):
        CertificateFacts.from_json(text)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"registered_name": "株" * 121}, "registered_name", "too_long"),
        ({"address": "東" * 201}, "address", "too_long"),
        ({"registered_name": " "}, "registered_name", "empty"),
        ({"custodian_name": ""}, "custodian_name", "empty"),
        ({"custodian_name": "渡邉\u202e翔"}, "custodian_name", "control_character"),
        ({"unit": "経理\x00部"}, "unit", "control_character"),
        ({"unit": "経理\u200b部"}, "unit", "control_character"),
        ({"unit": "\ue000"}, "unit", "control_character"),
        ({"basis": "gift"}, "basis", "malformed"),
        ({"custody": "owner"}, "custody", "malformed"),
    ],
)
def test_fact_out_of_bounds_is_refused_by_name(change: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(FactRefused) as refusal:
        facts(**change)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


@pytest.mark.parametrize(
    "change",
    [
        {"check_code": "7Q4M"},
        {"check_code": "7q4m2kxh9ptd"},
        {"public_origin": "https://touroku.example.jp/"},
        {"public_origin": "javascript:1"},
        {"issued_at": datetime(2026, 11, 27)},
        {"log_sequence": -1},
    ],
)
def test_issue_out_of_bounds_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(FactRefused):
        issue(**change)
