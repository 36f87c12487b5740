"""One world for all walks of a process: each request is undone, so none leaves anything to the next."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from tests.stock import NOW
from tests.walk.walking import Walk
from tests.walk.world import build_world


@pytest.fixture(scope="package")
def walk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("walk")


@pytest.fixture(autouse=True)
def data_folder(walk_folder: Path) -> Path:
    """Stay in the folder of the world, instead of one a test."""
    return walk_folder


@pytest.fixture(scope="package")
def walk(django_db_setup: None, django_db_blocker: Any, walk_folder: Path) -> Iterator[Walk]:
    """A walk through a world that is undone at the end."""
    with (
        django_db_blocker.unblock(),
        override_settings(DATA_DIR=walk_folder, MAIL_DIR=walk_folder / "mail"),
        time_machine.travel(NOW, tick=True),
    ):
        point = transaction.atomic()
        point._from_testcase = True
        # Thousands of refusals are what a walk is made of.
        told = logging.getLogger("django.request")
        told.setLevel(logging.ERROR)
        with point:
            yield Walk(build_world())
            transaction.set_rollback(True)
        told.setLevel(logging.NOTSET)
