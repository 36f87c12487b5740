"""Lists that run over several pages: nothing stands alone, nothing is drawn over, nothing breaks in the middle."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handover.printing.facts import ReceiptMandate
from handover.printing.labels import TOP, sheet_pdf
from handover.printing.manifest import Manifest, ManifestLine, manifest_pdf
from handover.printing.package import IndexFile, IndexPeriod, PackageIndex, index_pdf
from handover.printing.receipt import receipt_pdf

from .lettered import printed_words
from .printed import AT, ISSUER, ORIGIN, pages, receipt
from .test_printing_labels import label, sheet

GOLDEN_LINE = 21.2  # mm below the upper edge of a label, see style/label.css


def _run(count: int) -> bytes:
    kinds = ["Letter of a claim", "Activation letter", "Formal answer", "Yearly question"]
    lines = tuple(
        ManifestLine(number=f"L2611-{place:04d}", kind=kinds[place % 4], pages=1, is_registered=place == 0)
        for place in range(count)
    )
    return manifest_pdf(
        Manifest(
            number="20261127101000", lines=lines, printed_by="空知 操", printed_at=AT, issuer=ISSUER, language="en"
        )
    )


@pytest.mark.parametrize("count", [12, 13])
def test_no_row_of_a_list_stands_alone_on_the_last_page(count: int) -> None:
    first, last = [page.count("L2611-") for page in pages(_run(count))]
    assert first + last == count and last > 1


def test_manifest_says_how_many_go_by_registered_mail_beside_all_of_them() -> None:
    [page] = pages(_run(4))
    assert "Lettersinall4oftheseregisteredmail1" in page


def _index(files: int) -> bytes:
    ten = date(2016, 12, 31)
    return index_pdf(
        PackageIndex(
            registration_number="R-2021-001047",
            registered_name="青葉商事株式会社",
            registered_kana="アオバショウジ",
            organisation_name="青葉商事株式会社",
            corporate_number="1180301018771",
            unit="情報システム部",
            postal_code="1000005",
            address="東京都千代田区丸の内一丁目2番3号",
            product="ひかり回線",
            status="利用中",
            registered_on=date(2010, 10, 10),
            periods=(IndexPeriod(holder="髙橋 美咲", kind="登録担当者", basis="登録", since=ten, until=ten),) * 2,
            files=tuple(
                IndexFile(path=f"papers/{place}.pdf", title="契約書", size=1_234_567, sha256=f"{place:064x}")
                for place in range(files)
            ),
            unfiled=(),
            log_events=212,
            log_sequence=18811,
            head_sequence=20110,
            head_hash="ab" * 32,
            made_at=AT,
            public_origin=ORIGIN,
            issuer=ISSUER,
        )
    )


@pytest.mark.parametrize("files", [2, 3, 4])
def test_place_in_the_log_stays_together_with_its_hash_and_the_seal(files: int) -> None:
    parts = ("記録における位置", "18811", "ab" * 32, "README.txt")
    for page in pages(_index(files)):
        assert len({part in page for part in parts}) == 1


def test_sizes_are_grouped_and_the_last_day_of_a_period_stays_on_its_line(tmp_path: Path) -> None:
    pdf = _index(1)
    assert "1,234,567" in pages(pdf)[0]
    words = [word for page in printed_words(pdf, tmp_path) for word in page]
    assert [word for word in words if word[0].endswith("31日まで")] and not [w for w in words if w[0] == "まで"]


def test_until_when_a_mandate_is_kept_stays_on_one_line(tmp_path: Path) -> None:
    kept = ReceiptMandate(
        number="M-2026-0007", contractor="みどり電設株式会社", ends_on=date(2027, 12, 31), is_kept=True
    )
    pdf = receipt_pdf(replace(receipt(), mandates=(kept,)))
    words = [word[0] for page in printed_words(pdf, tmp_path) for word in page]
    assert [word for word in words if word.endswith("12月31日まで継続")]


@pytest.mark.parametrize("name", ["契約書", "𠮷野家", "Łukasiewicz 𠮷田", "𛂞𛀁 箱"])
def test_words_for_the_finder_end_above_the_line_whatever_face_the_name_asks_for(name: str, tmp_path: Path) -> None:
    [words] = printed_words(sheet_pdf(sheet(labels=(label(0, name),))), tmp_path)
    finder = [word for word in words if word[0].startswith(("administrator", "organisation"))]
    assert (
        len(finder) == 2 and max(word[4] for word in finder) < TOP + GOLDEN_LINE + 0.4
    )  # the box of a word ends below its letters
