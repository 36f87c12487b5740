"""What tests about holdings share."""

from pathlib import Path

import pytest

from handover.models import Registration
from tests.cast import Cast
from tests.stock import paper, registration


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
