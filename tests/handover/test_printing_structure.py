"""A certificate as a file: archival, tagged, in its language, every font inside, whatever face its names ask for."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest

from handover.printing.certificate import certificate_pdf
from handover.printing.faces import BIZ_UD, NOTO, NOTO_LATIN, REGISTERS, Face, choose
from handover.printing.receipt import receipt_pdf

from .printed import facts, fonts, issue, receipt

NAMES = {
    "usual": ("渡邉 翔", BIZ_UD),
    "beyond": ("𠮷田 翔", NOTO),
    "letters": ("Łukasiewicz 𠮷田", NOTO_LATIN),
    "registers": ("𛂞𛀁 翔", REGISTERS),
}


def _tagged(element: pikepdf.Object, found: list[str]) -> list[str]:
    """The kinds of the structure elements below this one."""
    if isinstance(element, pikepdf.Array):
        for each in element:
            _tagged(each, found)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            found.append(str(element.S))
        if "/K" in element:
            _tagged(element.K, found)
    return found


def _embedded(document: pikepdf.Pdf) -> list[bool]:
    return [
        any(key in each for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        for each in document.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
    ]


def check(pdf: bytes, language: str) -> None:
    """Hold what every paper of ours promises as a file."""
    with pikepdf.open(BytesIO(pdf)) as document:
        root = document.Root
        with document.open_metadata() as metadata:
            assert (metadata.pdfa_status, metadata["dc:title"] != "") == ("3A", True)
        assert str(root.Lang) == language and root.MarkInfo.Marked
        kinds = _tagged(root.StructTreeRoot.K, [])
        assert {"/H1", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= set(kinds), set(kinds)
        pictures = [
            each for each in document.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]
        assert pictures and all(str(each.get("/Alt", "")) for each in pictures), "a picture without words for it"
        embedded = _embedded(document)
        assert embedded and all(embedded)
        intents = [str(each.S) for each in root.OutputIntents]
        assert intents == ["/GTS_PDFA1"] and not {"/JavaScript", "/AA", "/OpenAction"} & set(root.keys())
    printed = fonts(pdf)
    assert [box for font in printed for box in font.boxes()] == []
    assert all(font.characters.get(glyph) for font in printed for glyph in font.drawn), "a glyph that reads as nothing"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_certificate_is_whole_as_a_file(name: str, language: str) -> None:
    custodian, face = NAMES[name]
    stated: dict[str, Any] = {"custodian_name": custodian, "custodian_kana": ""}
    assert _chosen(custodian) == face
    pdf = certificate_pdf(facts(**stated), issue(language=language))
    check(pdf, language)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.pages) == 1


def _chosen(name: str) -> Face:
    return choose(name + "登録内容証明書 渡邉 御中")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_receipt_is_whole_as_a_file(language: str) -> None:
    check(receipt_pdf(receipt(items=60, language=language)), language)


@pytest.mark.parametrize("lost", ["fonts", "language", "words"])
def test_file_that_lacks_something_is_found(lost: str) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(certificate_pdf(facts(), issue()))) as document:
        for each in document.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor" and lost == "fonts":
                for key in {"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()):
                    del each[key]
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure" and lost == "words":
                del each["/Alt"]
        if lost == "language":
            del document.Root["/Lang"]
        document.save(out)
    with pytest.raises((AssertionError, AttributeError)):
        check(out.getvalue(), "ja")
