"""A real ClamAV daemon with one signature of our own, and scanners that do not do what they should."""

import contextlib
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

MALWARE = "この文字列は試験用の署名に一致します HKTG-TEST-1".encode()
"""What the tests' signature finds; harmless everywhere else."""
NAME = "Hikitsugi.Test.UNOFFICIAL"


@pytest.fixture(scope="session")
def clamd_address() -> Iterator[str]:
    """A running clamd that knows nothing but `MALWARE`."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    folder = Path(tempfile.mkdtemp(prefix="tests-clamd-"))
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(f"Hikitsugi.Test:0:*:{MALWARE.hex()}\n")
    place = folder / "clamd.ctl"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {place}\nDatabaseDirectory {folder / 'db'}\nTemporaryDirectory {folder}\nForeground yes\n"
        "StreamMaxLength 30M\nMaxThreads 2\n"
    )
    with (folder / "clamd.log").open("wb") as told:
        daemon = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=told, stderr=told)
    try:
        _wait(place, daemon, folder / "clamd.log")
        yield f"unix:{place}"
    finally:
        daemon.terminate()
        daemon.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(place: Path, daemon: "subprocess.Popen[bytes]", told: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if daemon.poll() is not None:
            raise RuntimeError(told.read_text())
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.connect(str(place))
            return
        time.sleep(0.05)
    raise RuntimeError("clamd did not come up")


@pytest.fixture
def scanner(clamd_address: str, settings: Any) -> str:
    """The portal with the real scanner."""
    settings.CLAMD, settings.CLAMD_TIMEOUT = clamd_address, 30
    return clamd_address


Behaviour = Callable[[socket.socket], None]


def hangs(line: socket.socket) -> None:
    """Take everything and say nothing."""
    with contextlib.suppress(OSError):
        while line.recv(65536):
            pass


def cuts_off(line: socket.socket) -> None:
    """Hang up in the middle of the file."""
    line.recv(20)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def fails(line: socket.socket) -> None:
    """Answer with an error of its own."""
    line.recv(65536)
    line.sendall(b"INSTREAM size limit exceeded. ERROR\0")


def babbles(line: socket.socket) -> None:
    """Answer with what is no answer."""
    line.recv(65536)
    line.sendall(b"OK, probably\0")


def drips(line: socket.socket) -> None:
    """Answer byte by byte without end, each within any pause that one might wait for."""
    with contextlib.suppress(OSError):
        for _byte in range(200):
            line.sendall(b".")
            time.sleep(0.05)


@contextlib.contextmanager
def pretending(behaviour: Behaviour) -> Iterator[str]:
    """Give the address of something that listens where a scanner should and does `behaviour`."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _peer = listening.accept()
                with line:
                    behaviour(line)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"tcp:127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()
