"""What tests about holdings share."""

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
