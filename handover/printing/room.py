"""Room for a signature inside a page as it is written, so that signing later fills a gap and adds no revision.

The file has one revision for ever: whatever is appended to it is an alteration, with no exception to think about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pydyf

FIELD = "Certification"
PROFILE = b"/ETSI.CAdES.detached"
NUMBER_WIDTH = 10  # digits of each place in the range; our files have six


@dataclass(frozen=True, slots=True)
class Room:
    """Who will sign and when, and how many bytes are kept free for the signature."""

    signer: str
    at: datetime
    size: int


def empty(size: int) -> bytes:
    """The gap as it stands in the file before it is filled: `size` zero bytes as hexadecimal digits."""
    return b"<" + b"00" * size + b">"


def unfilled_range() -> bytes:
    """The range of signed bytes before it is known, as wide as it will be."""
    return b"/ByteRange [0 " + b" ".join([b"9" * NUMBER_WIDTH] * 3) + b"]"


class _Uncompressed(pydyf.Object):
    """The signature's dictionary, in the clear: its places in the file are written into it afterwards."""

    compressible = False

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room

    @property
    def data(self) -> bytes:
        parts = (
            b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter " + PROFILE,
            b"/M " + pydyf.String(_stamp(self.room.at)).data,
            b"/Name " + pydyf.String(self.room.signer).data,
            # No changes allowed: a certification signature with P=1.
            b"/Reference [<</Type /SigRef /TransformMethod /DocMDP"
            b" /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>]",
            unfilled_range(),
            b"/Contents " + empty(self.room.size) + b">>",
        )
        return b"\n".join(parts)


def _stamp(at: datetime) -> str:
    zone = at.strftime("%z") or "+0000"
    return f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


def lay(pdf: Any, room: Room) -> None:
    """Put the signature's field and its dictionary into `pdf` (of pydyf), invisible on its first page."""
    page = pdf.objects[int(pdf.pages["Kids"][0])]
    signature = _Uncompressed(room)
    pdf.add_object(signature)
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(FIELD),
            "F": 132,  # printed and locked
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "P": page.reference,
            "V": signature.reference,
        }
    )
    pdf.add_object(field)
    page["Annots"] = pydyf.Array([field.reference])
    page["Tabs"] = "/S"
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([field.reference]), "SigFlags": 3})
    pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})
