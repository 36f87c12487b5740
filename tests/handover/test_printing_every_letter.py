"""Every kind of letter in its envelope: measured on the sheet that is printed, in mm.

The envelope is 長形3号 of JIS S 5502, 120 by 235 mm, the largest that is posted at the standard rate, for A4 folded in
three. Neither that standard nor the post fixes where its window is: postal rules ask for 45 by 80 mm at least, for one
that keeps clear of the edges, and for paper through which nothing behind it can be read. Ours is the usual 45 by 90 mm
at the upper left; `window.py` uses the 40 by 86 mm of the sheet that it shows whatever the play. The window of DIN 680
for DL (220 by 110 mm) lies 15 mm from the lower edge, for a sheet folded at 105 mm: our letters do not go into it.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from shutil import copytree
from typing import Any

import pikepdf
import pytest

from handover.printing import render
from handover.printing.names import postal_code

from .every_letter import EVERY, LONG, USUAL, VALUES, WHOLE_WINDOW
from .measured import (
    FIRST_FOLD,
    SECOND_FOLD,
    UPWARDS,
    WINDOW,
    characters,
    drawings,
    find,
    opened,
    shown_or_behind,
    wrong_in_window,
)
from .printed import fonts, squeezed

NAMES = {"ja": ("usual", "long", "difficult", "whole"), "en": ("long", "foreign")}
"""Which of the values are tried in which language: both are set by the same rules."""


def shown(values: dict[str, Any]) -> str:
    """What the window is to show: in another alphabet the names stand above the address."""
    code, names = values["postal_code"], "".join(values["addressee"])
    where = (f"〒{postal_code(code)}" if code else "") + values["address"]
    return squeezed(names + where if values["address"].isascii() or "ß" in values["address"] else where + names)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", EVERY)
def test_letter_in_its_envelope(kind: str, language: str) -> None:
    """One letter of each kind with each of the values; what is measured is the same for all."""
    one = EVERY[kind]
    for name in NAMES[language]:
        values = VALUES[name]
        pdf = one.draw(values, language)
        if name in ("difficult", "foreign"):
            assert [box for font in fonts(pdf) for box in font.boxes()] == []
        with opened(pdf) as document:
            pages = list(document)
            assert len(pages) == (2 if kind == "recovery kit" else 1)
            assert wrong_in_window(pages[0], shown(values)) == [], name
            for place, page in enumerate(pages, 1):
                marks = [mark.top for mark in drawings(page) if mark.right < 6]
                assert marks == pytest.approx([FIRST_FOLD, SECOND_FOLD], abs=0.3), name
                text = characters(page)
                foot = "".join(mark.text for mark in text if mark.top > 280)
                assert foot.startswith(one.number) and foot.endswith(f"{place}/{len(pages)}"), foot
                assert max(mark.bottom for mark in text) < 297 - 8, "printers leave the edge blank"
                assert not [mark for mark in text if 279.5 < mark.top < 281.5 or mark.left < 20 or mark.right > 190]
            if not one.has_note:
                above = [mark for mark in characters(pages[0]) if 62 < mark.top < WINDOW[3] + UPWARDS]
                assert above == [], "what it is about can show in the window"
            for secret in one.secrets:
                assert sum(len(find(characters(page), secret)) for page in pages) == len(secret)
                assert [mark for page in pages for mark in shown_or_behind(page, secret)] == [], name
            registered = squeezed("簡易書留・転送不要" if language == "ja" else "Registered mail, do not forward")
            assert bool(find(characters(pages[0]), registered)) == one.is_registered
            if kind == "recovery kit":
                assert not [mark for mark in [*characters(pages[1]), *drawings(pages[1])] if mark.meets(*WINDOW)]


@pytest.mark.parametrize("kind", ["claim code", "opening told", "yearly question", "formal answer", "recovery kit"])
def test_letter_asks_to_be_printed_in_true_size_on_one_side(kind: str) -> None:
    """A sheet that is fitted to the page by the viewer has its address a few millimetres beside the window."""
    with pikepdf.open(BytesIO(EVERY[kind].draw(USUAL, "ja"))) as document, document.open_metadata() as metadata:
        wishes = document.Root.ViewerPreferences
        assert (str(wishes.PrintScaling), str(wishes.Duplex)) == ("/None", "/Simplex")
        assert wishes.DisplayDocTitle and metadata.pdfa_status == "3A"


# The measures themselves can fail -------------------------------------------------------------------------------------


Restyle = Callable[[str, str], None]
AT_HOME = ".window { position: absolute; left: 0; top: -46.5mm"


@pytest.fixture
def restyle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Restyle]:
    """Change a style sheet for one test: in all sheets, where `old` stands."""
    folder = copytree(render.STYLE, tmp_path / "style")

    def change(old: str, new: str) -> None:
        found = [sheet for sheet in folder.iterdir() if old in sheet.read_text("utf-8")]
        assert found, old
        for sheet in found:
            sheet.write_text(sheet.read_text("utf-8").replace(old, new), "utf-8")
        _forget()

    monkeypatch.setattr(render, "STYLE", folder)
    yield change
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    render.style_text.cache_clear()
    render._sheet.cache_clear()


@pytest.mark.parametrize("moved", ["left: 10mm; top: -46.5mm", "left: -10mm; top: -46.5mm"])
@pytest.mark.parametrize("kind", ["claim code", "yearly question", "formal answer", "recovery kit"])
def test_address_moved_ten_millimetres_aside_is_found(kind: str, moved: str, restyle: Restyle) -> None:
    values = WHOLE_WINDOW if "left: 10mm" in moved else USUAL
    restyle(AT_HOME, f".window {{ position: absolute; {moved}")
    with opened(EVERY[kind].draw(values, "ja")) as document:
        assert wrong_in_window(document[0], shown(values)) != []


@pytest.mark.parametrize("moved", ["-36.5mm", "-56.5mm"])
def test_address_moved_ten_millimetres_up_or_down_is_found(moved: str, restyle: Restyle) -> None:
    restyle(
        ".window { position: absolute; left: 0; top: -46.5mm", f".window {{ position: absolute; left: 0; top: {moved}"
    )
    with opened(EVERY["inquiry update"].draw(LONG, "ja")) as document:
        assert wrong_in_window(document[0], shown(LONG)) != []


@pytest.mark.parametrize("kind", ["claim code", "opening code", "inquiry receipt"])
def test_code_moved_into_the_window_or_behind_it_is_found(kind: str, restyle: Restyle) -> None:
    one = EVERY[kind]
    secret = one.secrets[0]
    with opened(one.draw(USUAL, "ja")) as document:
        assert shown_or_behind(document[0], secret) == []
    restyle(".code .secret {", ".code .secret { position: absolute; left: 30mm; top: 60mm;")
    with opened(one.draw(USUAL, "ja")) as document:
        assert shown_or_behind(document[0], secret) != [], "where it once stood: behind the window when folded"
        assert wrong_in_window(document[0], shown(USUAL)) == [], "but not to be seen on the flat sheet"
    restyle("left: 30mm; top: 60mm;", "left: 30mm; top: -25mm;")
    with opened(one.draw(USUAL, "ja")) as document:
        assert shown_or_behind(document[0], secret) != []
        assert wrong_in_window(document[0], shown(USUAL)) != []


def test_fold_mark_elsewhere_is_found(restyle: Restyle) -> None:
    restyle(".first { top: 36mm }", ".first { top: 46mm }")
    with opened(EVERY["claim refusal"].draw(USUAL, "ja")) as document:
        marks = [mark.top for mark in drawings(document[0]) if mark.right < 6]
    assert marks == pytest.approx([FIRST_FOLD + 10, SECOND_FOLD], abs=0.3)
