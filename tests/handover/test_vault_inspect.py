"""Good and chosen bad files against the check of papers, through the real child process."""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from handover.vault import child, limits
from handover.vault import inspect as inspecting
from handover.vault.inspect import inspect
from handover.vault.kinds import Kind, kind_of_name, refusal_of_name

Builder = Callable[[], bytes]
Check = Callable[[str, bytes], inspecting.Verdict]


# Builders of files ------------------------------------------------------------------------------------------------
def pdf(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, **options: object) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    change(made)
    out = io.BytesIO()
    made.save(out, **options)
    return out.getvalue()


def action(**entries: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Type=pikepdf.Name.Action, **entries)


SCRIPT = {"S": pikepdf.Name.JavaScript, "JS": "app.alert(1)"}


def on_opening(**entries: object) -> Callable[[pikepdf.Pdf], None]:
    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = action(**entries)

    return change


def on_page(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.AA = pikepdf.Dictionary(O=action(**SCRIPT))


def on_annotation(**entries: object) -> Callable[[pikepdf.Pdf], None]:
    def change(made: pikepdf.Pdf) -> None:
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 9, 9], **entries)
        made.pages[0].obj.Annots = [made.make_indirect(link)]

    return change


def attached(made: pikepdf.Pdf) -> None:
    made.attachments["a.exe"] = b"MZ"


def script_in_names(made: pikepdf.Pdf) -> None:
    made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", action(**SCRIPT)]))


def xfa(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=made.make_stream(b"<xdp/>"))


def deep_script(made: pikepdf.Pdf) -> None:
    nest = pikepdf.Array([action(**SCRIPT)])
    for _ in range(60):
        nest = pikepdf.Array([nest])
    made.Root.PieceInfo = pikepdf.Dictionary(Any=nest)


def harmless_link(made: pikepdf.Pdf) -> None:
    on_annotation(Subtype=pikepdf.Name.Link, A=action(S=pikepdf.Name.URI, URI="https://example.jp/"))(made)
    made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])
    made.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=[]), EmbeddedFiles=pikepdf.Dictionary(Names=[])
    )


def disguised_script() -> bytes:
    body = pdf(on_opening(S=pikepdf.Name.JavaScript), compress_streams=False)
    # The same name in the spelling of ISO 32000-1, 7.3.5; the length stays, so the table of offsets stays right.
    changed = body.replace(b"/S /JavaScript /Type", b"/S/J#61vaScript/Type")
    assert changed != body and len(changed) == len(body)
    return changed


def swelling_pdf(pieces: int) -> bytes:
    """An object stream that unpacks to `pieces` times 16 MiB, from 16 KiB each."""
    packer = zlib.compressobj(9)
    start = packer.compress(b"1 0 <</Type/Catalog/Pages 9 0 R>>") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * (16 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    objects = start + piece * pieces
    body = b"%PDF-1.5\n"
    body += b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(objects)
    body += objects + b"\nendstream\nendobj\n"
    place = len(body)
    rows = [(0, 0, 0), (2, 5, 0), (1, 9, 0), (1, place, 0)]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    body += b"6 0 obj\n<</Type/XRef/Size 7/Index[0 2 5 2]/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % place


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(out, kind, **options)
    return out.getvalue()


def moving_png() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), (shade, 0, 0)) for shade in (0, 99)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def huge_png() -> bytes:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


def phone_notes() -> bytes:
    notes = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1795211862000"
    directory = b"SEFH" + struct.pack("<II", 107, 1) + struct.pack("<HHII", 0, 0x0A01, len(notes), len(notes))
    return notes + directory + struct.pack("<I", len(directory)) + b"SEFT"


CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}


def relation(kind: str, target: str, mode: str = "") -> str:
    mode = f' TargetMode="{mode}"' if mode else ""
    link = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="{RELATIONS}">{link}</Relationships>'


def office(kind: str = "docx", more: dict[str, str | bytes] | None = None, main_type: str = "") -> bytes:
    main = "word/document.xml" if kind == "docx" else "xl/workbook.xml"
    override = f'<Override PartName="/{main}" ContentType="{main_type or MAIN[kind]}"/>'
    default = '<Default Extension="xml" ContentType="application/xml"/>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{CONTENT}">{default}{override}</Types>',
        "_rels/.rels": relation("officeDocument", main),
        main: f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>DDE 引継ぎ</w:t></w:r></w:p></w:body></w:document>',
    } | (more or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def word_paragraph(inner: str) -> dict[str, str | bytes]:
    return {"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body><w:p>{inner}</w:p></w:body></w:document>'}


def dde() -> bytes:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in ("DDE", "AUTO c:\\\\cmd"))
    return office(more=word_paragraph(runs))


def field(words: str) -> bytes:
    return office(more=word_paragraph(f"<w:r><w:instrText>{words}</w:instrText></w:r>".replace('"', "&quot;")))


def locked_zip() -> bytes:
    body = bytearray(office())
    position = body.find(b"PK\x01\x02")
    while position >= 0:  # the mark for an encrypted entry, in the directory and before the entry
        body[position + 8] |= 1
        position = body.find(b"PK\x01\x02", position + 1)
    return bytes(body)


def twice_the_same_name() -> bytes:
    out = io.BytesIO(office())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", "<other/>")
    return out.getvalue()


def bare_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


def old_office(inside: str = "") -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + inside.encode("utf-16-le") + bytes(1000)


JPG = picture("JPEG")
PNG = picture("PNG")
PDF = pdf()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BILLION = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'

GOOD: list[tuple[str, Builder]] = [
    ("link.docx", lambda: field('HYPERLINK "http://a.example/"')),
    ("plain.pdf", lambda: PDF),
    ("link.pdf", lambda: pdf(harmless_link)),
    ("packed.pdf", lambda: pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)),
    ("linear.pdf", lambda: pdf(linearize=True)),
    ("padded.pdf", lambda: PDF + b"\r\n\0\0"),
    ("scan.PNG", lambda: PNG),
    ("photo.jpg", lambda: JPG),
    ("photo.JPEG", lambda: picture("JPEG", progressive=True, comment=b"by phone")),
    ("galaxy.jpg", lambda: JPG + phone_notes()),
    ("two-in-one.jpg", lambda: JPG + JPG + bytes(64)),
    ("letter.docx", office),
    ("hyperlink.docx", lambda: office(more={"word/_rels/a.rels": relation("hyperlink", "https://a.jp", "External")})),
    ("table.xlsx", lambda: office("xlsx", {"xl/printerSettings/printerSettings1.bin": b"\x01\0"})),
    ("note.txt", lambda: "パスワード通知書は総務の金庫。\r\n".encode()),
    ("note-of-old.txt", lambda: "髙橋 電話番号一覧\r\n①②\x1a".encode("cp932")),
    ("notepad.txt", lambda: "引継ぎ".encode("utf-16")),
    ("from-excel.csv", lambda: "\ufeff番号,名義\r\n0312345678,青空商事\r\n".encode()),
    ("list.csv", lambda: "番号,名義\r\n0312345678,青空商事\r\n".encode("cp932")),
]

BAD: list[tuple[str, Builder, str]] = [
    ("empty.pdf", lambda: b"", "empty"),
    ("a.pdf", lambda: pdf(on_opening(**SCRIPT)), "pdf_script"),
    ("page.pdf", lambda: pdf(on_page), "pdf_script"),
    (
        "in-object-stream.pdf",
        lambda: pdf(on_page, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "pdf_script",
    ),
    ("names.pdf", lambda: pdf(script_in_names), "pdf_script"),
    ("deep.pdf", lambda: pdf(deep_script), "pdf_script"),
    ("disguised.pdf", disguised_script, "pdf_script"),
    (
        "uri.pdf",
        lambda: pdf(on_annotation(Subtype=pikepdf.Name.Link, A=action(S=pikepdf.Name.URI, URI="JavaScript:a()"))),
        "pdf_script",
    ),
    ("launch.pdf", lambda: pdf(on_opening(S=pikepdf.Name.Launch, F="cmd.exe")), "pdf_launch"),
    ("sends.pdf", lambda: pdf(on_opening(S=pikepdf.Name.SubmitForm, F="http://a.example")), "pdf_sends"),
    ("imports.pdf", lambda: pdf(on_opening(S=pikepdf.Name.ImportData, F="a.fdf")), "pdf_sends"),
    ("remote.pdf", lambda: pdf(on_opening(S=pikepdf.Name.GoToR, F="b.pdf", D=[0])), "pdf_elsewhere"),
    ("embedded-goto.pdf", lambda: pdf(on_opening(S=pikepdf.Name.GoToE, D=[0])), "pdf_elsewhere"),
    ("attached.pdf", lambda: pdf(attached), "pdf_attachment"),
    ("share.pdf", lambda: pdf(on_opening(S=pikepdf.Name.URI, URI="file://share/a")), "pdf_elsewhere"),
    ("windows-share.pdf", lambda: pdf(on_opening(S=pikepdf.Name.URI, URI="\\\\share\\a")), "pdf_elsewhere"),
    ("rich.pdf", lambda: pdf(on_annotation(Subtype=pikepdf.Name.RichMedia)), "pdf_media"),
    ("xfa.pdf", lambda: pdf(xfa), "pdf_xfa"),
    ("locked.pdf", lambda: pdf(encryption=pikepdf.Encryption(user="u", owner="o")), "pdf_password"),
    ("restricted.pdf", lambda: pdf(encryption=pikepdf.Encryption(user="", owner="o")), "pdf_password"),
    ("cut.pdf", lambda: PDF[: len(PDF) // 2], "damaged"),
    ("tail.pdf", lambda: PDF + b"<script>alert(1)</script>", "two_kinds"),
    ("and-zip.pdf", lambda: PDF + bare_zip(), "two_kinds"),
    ("not-really.pdf", lambda: PNG, "mismatch"),
    ("late-start.pdf", lambda: b"junk\n" + PDF, "mismatch"),
    ("drawing.png", lambda: SVG, "mismatch"),
    ("is-a-jpeg.png", lambda: JPG, "mismatch"),
    ("tail.png", lambda: PNG + b"more", "trailing_data"),
    ("moving.png", moving_png, "picture_moving"),
    ("bomb.png", huge_png, "picture_too_large"),
    ("cut.png", lambda: PNG[:-20], "damaged"),
    ("wrong-sum.png", lambda: PNG.replace(b"IDAT", b"IDAt"), "damaged"),
    ("script-tail.jpg", lambda: JPG + b"<script>alert(1)</script>", "two_kinds"),
    ("script-comment.jpg", lambda: picture("JPEG", comment=b"<script>alert(1)</script>"), "two_kinds"),
    ("pdf-inside.jpg", lambda: picture("JPEG", comment=PDF), "two_kinds"),
    ("and-zip.jpg", lambda: JPG + bare_zip(), "two_kinds"),
    ("film-behind.jpg", lambda: JPG + b"\0\0\0\x18ftypmp42" + bytes(500), "trailing_data"),
    ("notes-with-film.jpg", lambda: JPG + b"\0\0\0\x18ftypmp42" + phone_notes(), "trailing_data"),
    ("cut.jpg", lambda: JPG[:-30], "damaged"),
    ("macros.docx", lambda: office(more={"word/vbaProject.bin": b"x"}), "kind_macros"),
    (
        "renamed-docm.docx",
        lambda: office(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "kind_macros",
    ),
    ("sheet-macros.xlsx", lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": "<a/>"}), "kind_macros"),
    ("ole.docx", lambda: office(more={"word/embeddings/oleObject1.bin": b"x"}), "office_embedded"),
    ("nested.docx", lambda: office(more={"word/media/image1.png": bare_zip()}), "office_embedded"),
    ("program.docx", lambda: office(more={"word/media/run.exe": b"MZ"}), "office_embedded"),
    (
        "template.docx",
        lambda: office(more={"word/_rels/s.rels": relation("attachedTemplate", "http://a.example/t", "External")}),
        "office_external",
    ),
    (
        "linked.xlsx",
        lambda: office("xlsx", {"xl/_rels/workbook.xml.rels": relation("externalLink", "externalLinks/e.xml")}),
        "office_external",
    ),
    ("dde.docx", dde, "office_external"),
    ("picture-field.docx", lambda: field('INCLUDEPICTURE "http://a.example/p.png" \\d'), "office_external"),
    ("link-field.docx", lambda: field("LINK Excel.Sheet.12 //share/a.xlsx"), "office_external"),
    ("connections.xlsx", lambda: office("xlsx", {"xl/connections.xml": "<connections/>"}), "office_external"),
    ("billion.docx", lambda: office(more={"word/styles.xml": BILLION}), "office_dtd"),
    ("billion16.docx", lambda: office(more={"word/styles.xml": BILLION.encode("utf-16")}), "office_dtd"),
    ("bomb.xlsx", lambda: office("xlsx", {"xl/media/a.png": bytes(40_000_000)}), "office_unpacks"),
    (
        "entries.xlsx",
        lambda: office("xlsx", {f"xl/{number}.xml": "" for number in range(limits.MAX_ENTRIES)}),
        "office_unpacks",
    ),
    ("up.docx", lambda: office(more={"../../etc/a.xml": "<a/>"}), "damaged"),
    ("twice.docx", twice_the_same_name, "two_kinds"),
    ("prepended.docx", lambda: bare_zip() + office(), "two_kinds"),
    ("locked-parts.docx", locked_zip, "office_password"),
    ("locked.xlsx", lambda: old_office("EncryptedPackage"), "office_password"),
    ("renamed-doc.docx", old_office, "kind_old_office"),
    ("zip.docx", bare_zip, "mismatch"),
    ("sheet.docx", lambda: office("xlsx"), "mismatch"),
    ("cut.docx", lambda: office()[:-30], "damaged"),
    ("page.txt", lambda: b"  <!DOCTYPE html><p>a", "mismatch"),
    ("drawing.csv", lambda: SVG, "mismatch"),
    ("document.txt", lambda: PDF, "mismatch"),
    ("mail.txt", lambda: b"From: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\na", "kind_mail"),
    ("binary.csv", lambda: b"a,b\0c", "text_control"),
    ("escape.txt", lambda: b"\x1b]0;title\x07", "text_control"),
    ("bytes.txt", lambda: b"\xfd\xfe\xff\xa0", "text_encoding"),
    ("cut-kanji.txt", lambda: "番".encode("cp932")[:1], "text_encoding"),
    ("half.txt", lambda: b"\xff\xfea", "text_encoding"),
    # By name alone:
    ("a.zip", bare_zip, "kind_archive"),
    ("a.svg", lambda: SVG, "kind_web"),
    ("a.html", lambda: b"<p>", "kind_web"),
    ("a.eml", lambda: b"From: a", "kind_mail"),
    ("a.xls", old_office, "kind_old_office"),
    ("a.docm", office, "kind_macros"),
    ("IMG_0001.HEIC", lambda: b"", "kind_photo"),
    ("a.pdf.exe", lambda: PDF, "kind_unknown"),
    ("pdf", lambda: PDF, "kind_unknown"),
]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def run(name: str, body: bytes) -> inspecting.Verdict:
        path = tmp_path / "upload"
        path.write_bytes(body)
        return inspect(path, name)

    return run


@pytest.mark.parametrize(("name", "build"), GOOD, ids=[name for name, _ in GOOD])
def test_holder_uploads_good_file_is_accepted(name: str, build: Builder, check: Check) -> None:
    verdict = check(name, build())
    assert (verdict.codes, verdict.accepted) == ((), True)
    ending = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    assert verdict.kind == ending and verdict.content_type == Kind(ending).content_type


@pytest.mark.parametrize(("name", "build", "code"), BAD, ids=[name for name, *_ in BAD])
def test_checker_reads_bad_file_finds_what_is_wrong(name: str, build: Builder, code: str) -> None:
    kind, by_name, body = kind_of_name(name), refusal_of_name(name), build()
    if kind is None:
        assert by_name is not None and by_name.code == code
    elif body:
        assert code in child.checker(kind)(kind.value, body)


# The same through the process with its limits, for some of each kind: a start costs 0.1 s.
@pytest.mark.parametrize(("name", "build", "code"), BAD[::5], ids=[name for name, *_ in BAD[::5]])
def test_holder_uploads_bad_file_is_refused_with_reason(name: str, build: Builder, code: str, check: Check) -> None:
    verdict = check(name, build())
    assert code in verdict.codes and not verdict.accepted and verdict.kind is None
    for refusal in verdict.refusals:
        assert str(refusal.reason).strip() and str(refusal.advice).strip()


def test_holder_uploads_file_of_26_mb_is_refused_without_being_read(check: Check) -> None:
    assert check("big.txt", b"a" * (limits.MAX_FILE_SIZE + 1)).codes == ("too_large",)


def test_holder_uploads_file_of_exactly_25_mib_is_accepted(check: Check) -> None:
    assert check("full.txt", b"a" * limits.MAX_FILE_SIZE).accepted


def test_holder_uploads_swelling_pdf_is_refused_in_time(check: Check) -> None:
    began = time.monotonic()
    assert check("swelling.pdf", swelling_pdf(128)).codes in {("unchecked",), ("damaged",)}
    assert time.monotonic() - began < 15
