"""Pictures of papers made by the confined child: right, upright, without what the file said beside, and of hostile
files a picture or a refusal, in time."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from handover.vault import confined, limits, painter, preview
from handover.vault.kinds import kind_of_name
from handover.vault.preview import NotShown
from tests.handover.photographed import UPRIGHT, corner_colours, taken, upright, written
from tests.handover.test_vault_inspect import BAD, GOOD, picture, swelling_pdf

SEEN = preview.DRAWN | preview.READ


def drawn(body: bytes, kind: str, page: int = 1, *, is_large: bool = False) -> Image.Image:
    made = preview.picture([body], kind, page=page, is_large=is_large)
    with Image.open(io.BytesIO(made)) as opened:
        assert opened.format == "JPEG"
        opened.load()
        return opened


def test_pages_of_a_pdf_are_counted_measured_and_drawn() -> None:
    body = written("One", "Two", "Three")
    told = preview.outline([body], "pdf", first=2, many=10)
    assert (told.pages, told.sizes) == (3, [(1131, 1600), (1131, 1600)])
    pages = [drawn(body, "pdf", page) for page in (1, 2, 3)]
    assert {page.size for page in pages} == {(1131, 1600)}
    assert len({page.tobytes() for page in pages}) == 3
    assert all(page.convert("L").getextrema() == (0, 255) for page in pages)
    assert drawn(body, "pdf", is_large=True).size == (2262, 3200)


def test_page_on_its_side_is_measured_and_drawn_as_it_is_read() -> None:
    body = written("One", rotate=90)
    assert preview.outline([body], "pdf", first=1, many=1).sizes == [(1600, 1131)]
    assert drawn(body, "pdf").size == (1600, 1131)


def test_what_was_typed_into_a_form_is_seen() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(written(""))) as made:
        ink = made.make_stream(b"0 0 1 rg 0 0 100 100 re f", BBox=[0, 0, 100, 100], Subtype=pikepdf.Name.Form)
        field = made.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="name",
                V="typed",
                F=4,
                Rect=[0, 0, 100, 100],
                AP=pikepdf.Dictionary(N=ink),
            )
        )
        made.pages[0].obj.Annots = [field]
        made.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        made.save(out)
    assert corner_colours(drawn(out.getvalue(), "pdf"))[2] == "blue"


@pytest.mark.parametrize("page", [0, 2, -1])
def test_page_that_is_not_there_is_refused(page: int) -> None:
    with pytest.raises(NotShown):
        preview.picture([written("One")], "pdf", page=page, is_large=False)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_come_out_upright_and_without_a_place(orientation: int) -> None:
    body = taken(upright(), orientation)
    assert b"SECRETCAMERA" in body
    assert preview.outline([body], "jpg", first=1, many=1).sizes == [(300, 420)]
    made = preview.picture([body], "jpg", page=1, is_large=False)
    with Image.open(io.BytesIO(made)) as seen:
        assert (seen.size, corner_colours(seen)) == ((300, 420), UPRIGHT)
        assert not seen.getexif() and "exif" not in seen.info
    assert b"SECRETCAMERA" not in made


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "L", "P", "1", "I;16"])
def test_every_kind_of_pixel_is_shown_on_white(mode: str) -> None:
    out = io.BytesIO()
    if mode == "I;16":
        Image.new("I;16", (90, 60), 65_535).save(out, "PNG")
    else:
        Image.new(mode, (90, 60), 255 if mode in {"L", "1", "P"} else None).save(out, "PNG")
    seen = drawn(out.getvalue(), "png")
    transparent = mode in {"RGBA", "LA"}
    assert seen.size == (90, 60)
    white = transparent or mode in {"L", "1", "I;16"}
    assert not white or seen.convert("L").getextrema()[0] >= 250  # type: ignore[operator]


def test_colours_of_print_and_large_photographs_are_shown() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (60, 40), (0, 0, 0, 0)).save(out, "JPEG")
    assert drawn(out.getvalue(), "jpg").convert("L").getextrema() == (255, 255)
    large = picture("JPEG", (5000, 3000))
    assert (drawn(large, "jpg").size, drawn(large, "jpg", is_large=True).size) == ((1600, 960), (3200, 1920))


def test_first_lines_of_texts_are_told_in_all_encodings() -> None:
    for encoding in ("utf-8", "cp932", "utf-16"):
        told = preview.lines(["一行目 <b>\r\n二行目".encode(encoding)], "txt")
        assert (told.rows, told.more) == ([["一行目 <b>"], ["二行目"]], False)
    table = preview.lines(['番号,名義\r\n1,"青空, 商事"\r\n'.encode()], "csv")
    assert table.rows == [["番号", "名義"], ["1", "青空, 商事"]]


def test_long_texts_are_cut_and_say_so() -> None:
    told = preview.lines([b"x" * 900 + b"\n" + b"line\n" * 900], "txt")
    assert (len(told.rows), len(told.rows[0][0]), told.more) == (limits.MAX_ROWS, limits.MAX_LINE, True)
    wide = preview.lines([b",".join([b"y" * 300] * 50) + b"\n"], "csv")
    assert ([len(row) for row in wide.rows], len(wide.rows[0][0])) == ([limits.MAX_CELLS], limits.MAX_CELL)
    assert preview.lines([("𠮷" * 1000 + "\n").encode() * 6000], "txt").more


FILES = [(name, build) for name, build in GOOD] + [(name, build) for name, build, _code in BAD]
SHOWN = [(name, build) for name, build in FILES if (kind_of_name(name) or "") in SEEN]


@pytest.mark.parametrize("part", range(8))
def test_hostile_files_give_a_picture_or_none_and_no_crash(part: int) -> None:
    """Those that the check refuses too: what it once let in must not harm later either."""
    for name, build in SHOWN[part::8]:
        kind = kind_of_name(name)
        assert kind is not None
        deeds = [["rows"]] if kind.value in preview.READ else [["outline", "1", "10"], ["picture", "1", "1600"]]
        for deed, *numbers in deeds:
            done = subprocess.run(
                [sys.executable, "-s", "-P", "-m", "handover.vault.painter", deed, kind.value, "12", *numbers],
                input=build(),
                env={"PYTHONPATH": str(confined.ROOT)},
                capture_output=True,
                check=False,
                timeout=15,
            )
            assert done.returncode in (0, 1), (name, deed, done.returncode)
            assert len(done.stdout) < 1_000_000, name


def heavy_pdf() -> bytes:
    """A page whose drawing would take for ever."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(595, 842))
        inner = made.make_stream(b"0 0 595 842 re f " * 400, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842])
        for _ in range(6):
            again = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
            group = pikepdf.Dictionary(S=pikepdf.Name.Transparency)
            inner = made.make_stream(
                b"/X Do " * 60, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842], Resources=again, Group=group
            )
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        page.obj.Contents = made.make_stream(b"/X Do")
        made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("build", [heavy_pdf, lambda: swelling_pdf(128)], ids=["heavy", "swelling"])
def test_bombs_end(build: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(build)
    body = build()
    monkeypatch.setattr(limits, "WALL_SECONDS", 3.0)
    began = time.monotonic()
    with pytest.raises(NotShown):
        preview.picture([body], "pdf", page=1, is_large=True)
    assert time.monotonic() - began < 6


def test_page_of_any_size_is_bounded() -> None:
    for size in ((14_400, 3), (3, 3), (3, 14_400)):
        out = io.BytesIO()
        with pikepdf.new() as made:
            made.add_blank_page(page_size=size)
            made.save(out)
        assert max(drawn(out.getvalue(), "pdf", is_large=True).size) <= 3200


@pytest.mark.parametrize("program", ["print('no picture')", "print('{}')", "import os; os.abort()", "pass"])
def test_nonsense_of_the_child_is_no_picture(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wrong.py").write_text(program)
    monkeypatch.setattr(preview, "_CHILD", "wrong")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(confined.ask, "__kwdefaults__", {"root": tmp_path})
    for ask in (
        lambda: preview.picture([b"x"], "png", page=1, is_large=False),
        lambda: preview.outline([b"x"], "png", first=1, many=1),
        lambda: preview.lines([b"x"], "txt"),
    ):
        with pytest.raises(NotShown):
            ask()


def test_nothing_is_left_open_and_nothing_lies_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = len(os.listdir("/proc/self/fd"))
    drawn(written("Secret"), "pdf")
    preview.lines(["秘密".encode()], "txt")
    assert len(os.listdir("/proc/self/fd")) == before
    assert list(tmp_path.iterdir()) == []


def test_picture_of_what_is_over_the_check_s_limit_is_not_decoded() -> None:
    body = next(build for name, build, _code in BAD if name == "bomb.png")()
    with pytest.raises(ValueError, match="too large"):
        painter.picture("png", body, 1, 1600)
