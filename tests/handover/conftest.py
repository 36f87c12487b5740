"""What tests about holdings share."""

from datetime import timedelta
from pathlib import Path

import pytest

from handover import transitions
from handover.models import (
    Deputy,
    Document,
    Product,
    Registration,
)
from tests.cast import Cast, actor
from tests.handover.clamav import clamd_address as clamd_address
from tests.handover.clamav import scanner as scanner
from tests.handover.deputised import BEFORE, named
from tests.handover.explained import CARD
from tests.handover.imported import HEADER, Writer
from tests.stock import (
    NOW,
    START,
    TODAY,
    offered,
    paper,
    registration,
)


@pytest.fixture
def held(cast: Cast) -> Registration:
    """R-1 of 青葉商事, held by 太郎, with one paper."""
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    paper(made, "利用契約書", cast.taro)
    return made


@pytest.fixture
def vault(data_folder: Path) -> Path:
    """The empty folder of stored papers."""
    folder = data_folder / "papers"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def second(cast: Cast) -> Registration:
    """R-2 of 青葉商事, held by 次郎."""
    return registration(cast.aoba, "R-2", custodian=cast.jiro)


@pytest.fixture
def three(cast: Cast, held: Registration) -> list[Registration]:
    """R-1 to R-3, all held by 太郎, the first with a paper."""
    return [held, *(registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (2, 3))]


@pytest.fixture
def stocked(cast: Cast) -> Cast:
    """One registration for each filter, all of 青葉商事."""
    product = Product.objects.create(
        code="LAN-1", name_ja="広域", name_en="WAN", what_ja="線", what_en="line", stops_ja="x", stops_en="x"
    )
    rows = {
        number: registration(cast.aoba, number, custodian=cast.taro)
        for number in ("A-plain", "B-unit", "C-product", "D-critical", "E-closed", "F-papers", "G-moving")
    }
    Registration.objects.filter(number="B-unit").update(unit="大阪支社 経理部")
    Registration.objects.filter(number="C-product").update(product=product)
    Registration.objects.filter(number="D-critical").update(is_critical=True, registered_name="あ")
    Registration.objects.filter(number="E-closed").update(status="closed")
    for days, number in ((30, "F-papers"), (31, "A-plain")):
        Document.objects.create(
            registration=rows[number],
            kind="registry",
            title="登記事項証明書",
            expires_on=TODAY + timedelta(days=days),
            added_by=cast.taro,
            added_at=START,
        )
    offered(cast, rows["G-moving"])
    registration(cast.aoba, "H-jiro", custodian=cast.jiro)
    registration(cast.aoba, "I-nobody", custodian=None)
    care = registration(cast.aoba, "J-care", custodian=None)
    transitions.take_into_care(registration_pk=care.pk, actor=actor(cast.hanako), at=NOW)
    registration(cast.wakaba, "Z-foreign", custodian=cast.minoru)
    return cast


@pytest.fixture
def product(held: Registration) -> Product:
    made = Product.objects.create(code="LAN-1", **CARD)
    Registration.objects.filter(pk=held.pk).update(product=made)
    held.refresh_from_db()
    return made


@pytest.fixture
def csv(tmp_path: Path) -> Writer:
    """Write a file to import from its rows."""

    def write(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
        file = tmp_path / "register.csv"
        file.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
        return file

    return write


@pytest.fixture
def two(cast: Cast) -> list[Registration]:
    """R-1 and R-2, which the only administrator holds and does not want to give."""
    return [registration(cast.aoba, number, custodian=cast.hanako) for number in ("R-1", "R-2")]


@pytest.fixture
def deputy(cast: Cast, held: Registration) -> Deputy:
    """三郎, deputy of R-1."""
    return named(held, cast.saburo, cast.taro, BEFORE)
