"""Checks of the settings beside Django's own: a wrong one is told at the start, not to the first customer."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils import timezone


def signing(**_named: Any) -> list[CheckMessage]:
    """Whether an own key or a time-stamp service, where one is configured, can be used. Asks no service."""
    from handover.signing import keys
    from handover.signing.errors import KeyUnusable

    try:
        if keys.configured():
            keys.current(at=timezone.now()).check_begun(timezone.now())
        if settings.TIMESTAMP_URL:
            from handover.signing.timestamps import Service

            Service(settings.TIMESTAMP_URL)
    except KeyUnusable as error:
        return [Error(f"Certificates cannot be signed: {error}", id="config.E001")]
    return []


def scanning(**_named: Any) -> list[CheckMessage]:
    """Whether the address of the virus scanner, where one is set, is one: with a wrong one every paper stays closed."""
    from handover.vault import clamd

    if settings.CLAMD and not clamd.is_address(settings.CLAMD):
        words = "CLAMD must be unix:/path/of/the/socket or tcp:HOST:PORT: until then no uploaded paper can be opened"
        return [Error(words, id="config.E002")]
    return []
