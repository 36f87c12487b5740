"""Printing gives back what it took: a worker prints for months, and a job thousands of pages."""

import ctypes
import gc
import re
from collections.abc import Callable
from itertools import pairwise

import pytest

from handover.printing import render
from handover.printing.certificate import certificate_pdf
from handover.printing.receipt import receipt_pdf
from handover.printing.recovery_kit import kit_pdf
from tests.handover.printed import facts, issue, kit, receipt

SPELLS, TURNS = 3, 3
KEPT_AT_MOST = 4 << 10  # bytes a page; the library keeps half a kilobyte, one with OpenType features thirty to seventy


class Counted(ctypes.Structure):
    """What glibc's mallinfo2 tells: all fields are sizes, those that are needed have names here."""

    _fields_ = [
        (name, ctypes.c_size_t) for name in ("arena", "a", "b", "c", "mapped", "d", "e", "in_use", "free", "releasable")
    ]


def _allocated() -> int:
    """Bytes that libraries have allocated and not given back. Python's own objects mostly lie elsewhere."""
    tell = ctypes.CDLL(None).mallinfo2
    tell.restype = Counted
    gc.collect()
    counted = tell()
    return int(counted.in_use + counted.mapped)


def _kept(draw: Callable[[], bytes]) -> float:
    """Bytes a page that are not given back: the least of some spells, for what is kept on purpose fills but one."""
    marks = [_allocated()]
    for _spell in range(SPELLS):
        for _turn in range(TURNS):
            draw()
        marks.append(_allocated())
    return min(after - before for before, after in pairwise(marks)) / TURNS


@pytest.mark.parametrize(
    "draw",
    [
        lambda: certificate_pdf(facts(custodian_name="𠮷田 𠮷之助"), issue()),
        lambda: certificate_pdf(facts(custodian_name="Fiona Griffith"), issue(language="en")),
        lambda: receipt_pdf(receipt()),
        lambda: kit_pdf(kit(language="en")),
    ],
    ids=["certificate", "certificate in English", "receipt", "kit with its lists"],
)
def test_pages_give_their_memory_back(draw: Callable[[], bytes]) -> None:
    assert _kept(draw) < KEPT_AT_MOST


def test_features_of_fonts_would_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The experiment can fail: what this library forgets to give back is seen."""
    plain = render.style_text
    monkeypatch.setattr(
        render, "style_text", lambda name, face: plain(name, face) + "td { font-variant-ligatures: none }"
    )
    render._sheet.cache_clear()
    try:
        assert _kept(lambda: certificate_pdf(facts(), issue())) > KEPT_AT_MOST
    finally:
        render._sheet.cache_clear()


def test_no_sheet_asks_for_features_of_fonts() -> None:
    asked = [
        (sheet.name, found)
        for sheet in render.STYLE.glob("*.css")
        for found in re.findall(
            r"font-(?:variant|feature|kerning)[-a-z]*:[^;}]*|letter-spacing: 0\s*[;}]", sheet.read_text("utf-8")
        )
    ]
    assert asked == [("common.css", "font-variant-numeric: normal ")], "and that one takes a feature away"
