"""What the log says of a failure, and what it must not say."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from config import logs

SECRET = "pw-7f3a"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log as in real use, written to memory."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    logs.configure({"json": True, "level": "INFO"})
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers, root.level = handlers, level


def fail(password: str) -> None:
    raise ValueError("the mail server is away")


def test_error_is_logged_with_its_place_and_without_local_values(lines: io.StringIO) -> None:
    try:
        fail(SECRET)
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /")
    [line] = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert line["exception"][0]["exc_value"] == "the mail server is away"
    assert line["exception"][0]["frames"][-1]["name"] == "fail"
    assert SECRET not in lines.getvalue()


@pytest.mark.parametrize(
    "address",
    [
        f"/invitation/{SECRET}/",
        f"/accounts/password/reset/key/{SECRET}/",
        f"/accounts/confirm-email/{SECRET}/",
        f"/verify/{SECRET}/",
    ],
)
def test_refusal_on_a_secret_link_is_logged_without_it(lines: io.StringIO, address: str) -> None:
    logging.getLogger("django.request").warning("%s: %s", "Conflict", address)
    [line] = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert line["event"] == f"Conflict: {address.replace(SECRET, '...')}"


def test_other_addresses_stay_readable(lines: io.StringIO) -> None:
    logging.getLogger("django.request").warning("%s: %s", "Not Found", "/registrations/R-1/")
    assert json.loads(lines.getvalue())["event"] == "Not Found: /registrations/R-1/"
