"""Signed certificates without a database, and keys of others, for tests about signatures."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from handover.printing import room as gap
from handover.printing.certificate import certificate_pdf
from handover.signing import signer
from tests.handover.attacks import Scene, places
from tests.handover.printed import AT, facts, issue


@dataclass(frozen=True)
class Signed:
    pdf: bytes
    print: str


def signed(**changes: Any) -> Signed:
    """A certificate as the installation of the moment signs it; `changes` are facts of it."""
    room = signer.room(at=AT, signer="あおぞら通信株式会社")
    code = changes.pop("check_code", "7Q4M2KXH9PTD")
    return Signed(*signer.sign(certificate_pdf(facts(**changes), issue(check_code=code), room), room))


def emptied(pdf: bytes) -> bytes:
    """The file as it was before it was signed."""
    start, end = places(pdf)
    bare = pdf[:start] + gap.empty((end - start - 2) // 2) + pdf[end:]
    return re.sub(rb"/ByteRange \[[^\]]*\]", gap.unfilled_range(), bare)


def scene(genuine: bytes, another: bytes, folder: Path, settings: Any) -> Scene:
    """What an attacker with a key of their own can make of two genuine certificates."""
    own, settings.SIGNING_FILE = settings.SIGNING_FILE, str(folder / "theirs.pem")
    try:
        start, end = places(genuine)
        room = gap.Room(signer="あおぞら通信株式会社", at=AT + timedelta(days=1), size=(end - start - 2) // 2)
        resigned, _print = signer.sign(emptied(genuine), room)
        elsewhere = signed(custodian_name="山田 花子", custodian_kana="やまだ はなこ", check_code="2222222222AB").pdf
    finally:
        settings.SIGNING_FILE = own
    return Scene(genuine, another, resigned, elsewhere)
