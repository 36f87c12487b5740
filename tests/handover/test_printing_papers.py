"""The handover receipt and the recovery kit."""

import re
from datetime import datetime
from io import BytesIO

import pikepdf
import pytest

from handover.printing.errors import FactRefused
from handover.printing.facts import ReceiptRegistration
from handover.printing.guard import check_size
from handover.printing.pictures import seal_url
from handover.printing.receipt import handover_address, receipt_html, receipt_pdf
from handover.printing.recovery_kit import kit_html, kit_pdf, recover_address

from .printed import fonts, kit, pages, receipt, squeezed


def test_receipt_shows_both_sides_with_their_times_and_every_mark() -> None:
    (text,) = pages(receipt_pdf(receipt()))
    for words in (
        "引継ぎ受領書",
        "受領書番号H-2026-000317",
        "髙橋",
        "たかはし",
        "渡邉",
        "わたなべ",
        "2026年（令和8年）11月20日10時20分",
        "2026年（令和8年）11月27日10時20分",
        "2026年（令和8年）12月1日",
        "R-2026-004182",
        "引継ぎ物1番●受領",
        "引継ぎ物2番△引継ぎ時に確認できず",
        "引継ぎ物3番―担当外",
        "1/1",
    ):
        assert words in text, words
    assert "紛失" not in text


def test_english_receipt_shows_the_same() -> None:
    (text,) = pages(receipt_pdf(receipt(language="en")))
    for words in (
        "Handover receipt",
        "Handed over by",
        "20 November 2026, 10:20",
        "Received",
        "Not mine",
        "1 December 2026",
    ):
        assert squeezed(words) in text, words


def test_long_receipt_repeats_its_heads_and_counts_its_pages() -> None:
    printed = pages(receipt_pdf(receipt(items=80)))
    assert len(printed) >= 3
    for number, text in enumerate(printed, 1):
        assert f"{number}/{len(printed)}" in text
        assert "H-2026-000317" in text
    for text in printed[:-1]:
        assert "確認結果" in text
    everything = "".join(printed)
    assert all(f"引継ぎ物{number}番" in everything for number in range(1, 81))


def test_receipt_of_most_items_is_within_bounds_and_one_more_is_refused() -> None:
    one = ReceiptRegistration(number="R" * 40, name="株" * 120, unit="部" * 120)
    check_size(receipt_html(receipt(items=500, registrations=(one,) * 500)))
    with pytest.raises(FactRefused):
        receipt(items=501)


def test_receipt_without_items_still_names_the_registrations() -> None:
    (text,) = pages(receipt_pdf(receipt(items=0)))
    assert "R-2026-004182" in text
    assert "引継ぎ物" not in text


def test_receipt_code_leads_to_a_page_behind_sign_in() -> None:
    assert handover_address(receipt()) == "https://touroku.example.jp/handovers/H-2026-000317/"
    with pytest.raises(FactRefused):
        receipt(receipt_number="H/../1")


def test_receipt_needs_moments_with_their_time_zone() -> None:
    with pytest.raises(FactRefused):
        receipt(issued_at=datetime(2026, 11, 27))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", ["7Q4M2KXH9PTD3RWC", "7Q4M2KXH9PTD3RWC6VNE", "7Q4M2KXH9PTD3RWC" * 2])
def test_kit_is_one_page_behind_its_cover_with_the_code_in_groups(language: str, code: str) -> None:
    _cover, text = pages(kit_pdf(kit(code=code, language=language)))
    assert code in re.sub(r"[^0-9A-Za-z]", "", text)
    assert "-".join(re.findall("....", code)[:4]) in text
    assert "K-2026-0812" in text
    assert "https://touroku.example.jp/recover/" in text


def test_kit_names_neither_registration_nor_person_and_keeps_the_code_out_of_addresses() -> None:
    html = kit_html(kit())
    assert "R-2026" not in html
    assert "渡邉" not in html
    assert recover_address(kit()) == "https://touroku.example.jp/recover/"
    with pikepdf.open(BytesIO(kit_pdf(kit()))) as pdf:
        assert "7Q4M" not in str(pdf.docinfo)


@pytest.mark.parametrize("code", ["7Q4M2KXH9PTD", "7Q4M2KXH9PTD3RWCé", "7q4m2kxh9ptd3rwc"])
def test_kit_with_a_weak_or_odd_code_is_refused(code: str) -> None:
    with pytest.raises(FactRefused):
        kit(code=code)


def test_papers_draw_no_box_and_are_archival_and_the_same_each_time() -> None:
    for make in (lambda: receipt_pdf(receipt()), lambda: kit_pdf(kit())):
        pdf = make()
        assert pdf == make()
        assert [box for font in fonts(pdf) for box in font.boxes()] == []
        with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert document.Root.MarkInfo.Marked


def test_markup_in_an_item_is_printed_as_text() -> None:
    title = "<img src=file:///etc/passwd>"
    html = receipt_html(receipt(items=0, registrations=(ReceiptRegistration(number="R1", name=title),)))
    assert "&lt;img src=file:///etc/passwd&gt;" in html


@pytest.mark.parametrize("words", ["印", "登録", "登録之印", "登録窓口之印", "登録窓口責任者之印"])
def test_seal_takes_one_to_nine_characters(words: str) -> None:
    assert seal_url(words).startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize("words", ["", "一二三四五六七八九十", "😀"])
def test_seal_that_cannot_be_cut_is_refused(words: str) -> None:
    with pytest.raises(FactRefused):
        seal_url(words)
