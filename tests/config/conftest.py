"""Places that are backed up and restored, each with a data folder and a database of its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.config.places import Builder


@pytest.fixture(scope="module")
def places(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Builder]:
    """What makes places of their own on the kind of database of this run."""
    with django_db_blocker.unblock():
        builder = Builder(tmp_path_factory.mktemp("places"))
        yield builder
        builder.clear()
