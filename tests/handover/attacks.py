"""Twelve named ways to make a false certificate from a true one, and changes at random."""

import io
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pikepdf
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

NAME = generic.NameObject


@dataclass(frozen=True)
class Scene:
    """What an attacker may have: true certificates, and keys and an installation of their own."""

    genuine: bytes
    another: bytes
    resigned: bytes  # the same page, signed by another key
    elsewhere: bytes  # another page by another installation


def places(pdf: bytes) -> tuple[int, int]:
    """Start and end of the signature's digits with their brackets."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+ *\]", pdf)
    assert found
    return int(found[1]), int(found[2])


def _flip(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def _revised(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def incremental_update(scene: Scene) -> bytes:
    """A new title in an appended revision, as an editor saves it."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        page[NAME("/Rotate")] = generic.NumberObject(90)
        writer.update_container(page)

    return _revised(scene.genuine, change)


def shadow_replaced(scene: Scene) -> bytes:
    """The page's content replaced by another in an appended revision; the signed bytes stay as they are."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        drawn = generic.StreamObject(stream_data=b"BT /F1 40 Tf 90 500 Td (owner: somebody else) Tj ET")
        page[NAME("/Contents")] = writer.add_object(drawn)
        writer.update_container(page)

    return _revised(scene.genuine, change)


def wrapped(scene: Scene) -> bytes:
    """The signature carried over into a new object of an appended revision, over the bytes that it was made for."""
    start, end = places(scene.genuine)

    def change(writer: IncrementalPdfFileWriter) -> None:
        old = writer.prev.embedded_signatures[0]
        moved = generic.DictionaryObject(dict(old.sig_object))
        moved[NAME("/ByteRange")] = generic.ArrayObject(
            map(generic.NumberObject, (0, start, end, len(scene.genuine) - end))
        )
        moved[NAME("/Contents")] = generic.ByteStringObject(_der(scene.genuine))
        name = writer.add_object(moved)
        field = writer.root["/AcroForm"]["/Fields"][0]
        field[NAME("/V")] = name
        writer.root["/Perms"][NAME("/DocMDP")] = name
        page = writer.root["/Pages"]["/Kids"][0]
        page[NAME("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 999 999 re f"))
        for changed in (field, writer.root["/Perms"], page):
            writer.update_container(changed)

    return _revised(scene.genuine, change)


def signature_removed(scene: Scene) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(scene.genuine)) as document:
        for key in ("/AcroForm", "/Perms"):
            del document.Root[key]
        del document.pages[0]["/Annots"]
        document.save(out)
    return out.getvalue()


def resigned(scene: Scene) -> bytes:
    return scene.resigned


def _in_a_stream(pdf: bytes) -> int:
    """The middle of the page's longest stream: glyphs or curves."""
    return max(
        (found.start() + 40 for found in re.finditer(rb"stream\r?\n", pdf)),
        key=lambda at: pdf.find(b"endstream", at) - at,
    )


def byte_in_contents(scene: Scene) -> bytes:
    return _flip(scene.genuine, _in_a_stream(scene.genuine))


def byte_in_metadata(scene: Scene) -> bytes:
    place = scene.genuine.find(b"pdfaid")
    return _flip(scene.genuine, place if place > 0 else scene.genuine.find(b"/M (") + 6)


def byte_in_signature(scene: Scene) -> bytes:
    start, _end = places(scene.genuine)
    digits = len(_der(scene.genuine)) * 2
    place = start + digits - 20
    other = b"0" if scene.genuine[place : place + 1] != b"0" else b"1"
    return scene.genuine[:place] + other + scene.genuine[place + 1 :]


def trailing_bytes(scene: Scene) -> bytes:
    return scene.genuine + b"\n% seen and approved\n"


def pages_swapped(scene: Scene) -> bytes:
    """The page of another certificate, with this one's signature laid into its room."""
    start, end = places(scene.genuine)
    other_start, other_end = places(scene.another)
    return scene.another[:other_start] + scene.genuine[start:end] + scene.another[other_end:]


def range_tampered(scene: Scene) -> bytes:
    """The range ends before the last bytes of the file, which are then free to change."""
    start, end = places(scene.genuine)
    rest = len(scene.genuine) - end
    return scene.genuine.replace(b"%d %d %d" % (start, end, rest), b"%d %d %d" % (start, end, rest - 64))


def permission_removed(scene: Scene) -> bytes:
    """Forms may be filled in, it says now; and the catalogue no longer names the certification."""
    return scene.genuine.replace(b"/TransformParams /P 1", b"/TransformParams /P 3")


def universal_forgery(scene: Scene) -> bytes:
    """No signature at all where it should be: some readers took that for a good one."""
    start, end = places(scene.genuine)
    return scene.genuine[: start + 1] + b"0" * (end - start - 2) + scene.genuine[end - 1 :]


def another_installation(scene: Scene) -> bytes:
    return scene.elsewhere


ATTACKS: dict[str, Callable[[Scene], bytes]] = {
    "incremental update": incremental_update,
    "shadow replaced": shadow_replaced,
    "signature wrapping": wrapped,
    "signature removed": signature_removed,
    "signed anew by another key": resigned,
    "a byte of the contents": byte_in_contents,
    "a byte of the metadata": byte_in_metadata,
    "a byte of the signature": byte_in_signature,
    "trailing bytes": trailing_bytes,
    "another certificate's page under this signature": pages_swapped,
    "byte range tampered": range_tampered,
    "permission removed": permission_removed,
    "universal forgery with empty contents": universal_forgery,
    "certificate of another installation": another_installation,
}


def _der(pdf: bytes) -> bytes:
    start, end = places(pdf)
    return bytes(cms.ContentInfo.load(bytes.fromhex(pdf[start + 1 : end - 1].decode())).untag().dump())


def changes(pdf: bytes, another: bytes, how_many: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many files that differ from `pdf`, each with what was done to it; the same for the same seed."""
    chance = random.Random(seed)
    start, end = places(pdf)
    made = 0
    while made < how_many:
        kind = chance.choice(("flip", "set", "insert", "delete", "cut", "swap", "append", "digit", "splice"))
        place = chance.randrange(len(pdf))
        length = chance.randrange(1, 400)
        piece = chance.randbytes(length)
        changed = {
            "flip": lambda at=place: pdf[:at] + bytes([pdf[at] ^ 1 << chance.randrange(8)]) + pdf[at + 1 :],
            "set": lambda at=place, new=piece: pdf[:at] + new + pdf[at + len(new) :],
            "insert": lambda at=place, new=piece: pdf[:at] + new + pdf[at:],
            "delete": lambda at=place, n=length: pdf[:at] + pdf[at + n :],
            "cut": lambda at=place: pdf[:at],
            "swap": lambda at=place, n=length: (
                pdf[:at] + pdf[at + n : at + 2 * n] + pdf[at : at + n] + pdf[at + 2 * n :]
            ),
            "append": lambda new=piece: pdf + new,
            "digit": lambda: _digit(pdf, chance.randrange(start + 1, end - 1), chance),
            "splice": lambda at=place: pdf[:at] + another[at:],
        }[kind]()
        if changed not in (pdf, another):  # the beginnings are alike: a splice there is the other genuine file
            made += 1
            yield f"{kind} at {place}, {length} bytes", changed


def _digit(pdf: bytes, place: int, chance: random.Random) -> bytes:
    """Another digit, or the same one in small letters, or white space: a signature reads alike, the file is another."""
    return pdf[:place] + chance.choice((b"0", b"7", b"F", b" ", pdf[place : place + 1].lower())) + pdf[place + 1 :]


def trusts_the_range_only(pdf: bytes) -> bool:
    """The planted fault: what the range covers is signed soundly, and nobody asks what it leaves out."""
    try:
        signature = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures[0]
        intact, valid = validate_sig_integrity(
            signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
        )
    except Exception:
        return False
    return bool(intact and valid)
