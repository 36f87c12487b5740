"""A wrong setting is told at the start, by `manage.py check`."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from config.checks import scanning, signing
from tests.handover.authorities import BEGINS, certificate, pem


def test_installation_without_an_own_key_is_fine() -> None:
    assert signing() == []


@pytest.mark.parametrize(("name", "value"), [("SIGNING_PKCS12", "/none.p12"), ("TIMESTAMP_URL", "ftp://tsa.example")])
def test_setting_that_cannot_work_is_an_error(settings: Any, name: str, value: str) -> None:
    setattr(settings, name, value)
    (error,) = signing()
    assert error.id == "config.E001" and name in error.msg


def test_certificate_that_is_not_good_yet_is_an_error(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "own.pem"
    file.write_bytes(pem(key, certificate(key, "own", days=36500)))
    file.chmod(0o600)
    settings.SIGNING_KEY = settings.SIGNING_CERTIFICATE = str(file)
    assert signing() == []
    monkeypatch.setattr("config.checks.timezone.now", lambda: BEGINS.replace(year=2025))
    (error,) = signing()
    assert "good only from 2026-01-01" in error.msg


@pytest.mark.parametrize("address", ["", "unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:[::1]:3310"])
def test_scanner_that_can_be_there_is_fine(settings: Any, address: str) -> None:
    settings.CLAMD = address
    assert scanning() == []


@pytest.mark.parametrize("address", ["clamd", "unix:clamd.ctl", "tcp:127.0.0.1", "tcp::3310", "tcp:a:99999", "udp:a:1"])
def test_scanner_that_cannot_be_there_is_an_error(settings: Any, address: str) -> None:
    """Every paper would wait in quarantine for an answer that never comes."""
    settings.CLAMD = address
    (error,) = scanning()
    assert error.id == "config.E002" and "CLAMD" in error.msg
