"""A PostgreSQL server of the tests' own: `python -m tests.postgres COMMAND...` runs COMMAND with DATABASE_URL set.

The server listens on a Unix socket in its own temporary folder and nowhere else, keeps nothing, and ends with the
command. It also ends when this process is killed, because the kernel then signals it; the folder which a killed run
leaves behind is removed by the next one.

`--check` exits 0 when the programs of PostgreSQL are on this machine, else 1.
"""

import contextlib
import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PREFIX = "test-postgres-"
START_SECONDS = 60
MEMORY = Path("/dev/shm")  # the folder inside it is drawn, and only its owner enters
ENOUGH_MEMORY = 2 * 1024**3
"""Bytes: ten times what 600 tests of two processes took (November 2026)."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def find_programs() -> Path | None:
    """Return the folder of `initdb` and `postgres`, of the highest version installed, or None."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    # Resolved, because a link to one program has not the others beside it.
    folders = [(folder / "initdb").resolve().parent for folder in folders]
    found = [folder for folder in folders if (folder / "initdb").is_file() and (folder / "postgres").is_file()]
    return max(found, key=_version, default=None)


def _version(folder: Path) -> tuple[int, ...]:
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"(\d+)(?:\.(\d+))?", told)
    return tuple(int(part or 0) for part in match.groups()) if match else (0,)


def _server_user() -> dict[str, Any]:
    """Arguments of `subprocess` that run the server as somebody else where we are root, whom it refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise RuntimeError("neither the account postgres nor nobody exists; PostgreSQL refuses to run as root")


def _end_with_parent() -> None:
    # SIGINT is PostgreSQL's fast shutdown. Set after the change of user, which would clear it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _room() -> Path:
    """Return where the server keeps its files: in memory where there is enough of it, or the disk decides the speed."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY and os.access(MEMORY, os.W_OK | os.X_OK):
            return MEMORY
    return Path(tempfile.gettempdir())


def remove_leftovers(folder: Path | None = None) -> list[Path]:
    """Remove folders of runs whose server is gone, wherever one keeps its files, and return them."""
    removed = []
    places = [folder] if folder else [MEMORY, Path(tempfile.gettempdir())]
    for left in (found for place in places for found in place.glob(f"{PREFIX}*")):
        try:
            maker = int(left.name.removeprefix(PREFIX).split("-")[0])
            os.kill(maker, 0)
        except (ValueError, ProcessLookupError):
            shutil.rmtree(left, ignore_errors=True)
            removed.append(left)
        except PermissionError:
            continue
    return removed


@contextlib.contextmanager
def server() -> Iterator[dict[str, str]]:
    """Run a server for the length of the block. Yields the environment variables that lead to it.

    Raises RuntimeError, with the server's own words, when it does not come up.
    """
    programs = find_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not on this machine")
    remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_room()))
    user = _server_user()
    if user:
        os.chown(folder, user["user"], user["group"])
    try:
        data = folder / "data"
        _initialise(programs, data, user)
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *_options(folder)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=(log := (folder / "log").open("wb")),
            stderr=log,
            start_new_session=True,
            preexec_fn=_end_with_parent,
            **user,
        )
        try:
            _wait(programs, folder, process)
            # A folder of 0700 guards the socket; so nobody needs a password.
            yield {"DATABASE_URL": f"postgres:///{folder}/postgres", "PGUSER": "tests"}
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(programs: Path, data: Path, user: dict[str, Any]) -> None:
    command = [programs / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, cwd=data.parent, capture_output=True, text=True, check=False, **user)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _options(folder: Path) -> list[str]:
    values = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        # Nothing here outlives the run, so nothing has to reach the disk.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_wal_size": "256MB",
        # Tables of a few rows that nobody analysed look dear to the planner; compiling costs more than they do.
        "jit": "off",
        "max_connections": "300",
        "timezone": "UTC",
    }
    return [part for key, value in values.items() for part in ("-c", f"{key}={value}")]


def _wait(programs: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        ready = subprocess.run([programs / "pg_isready", "-q", "-h", folder, "-d", "postgres"], check=False)
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        return 0 if find_programs() else 1
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    # A terminated run must reach its `finally`, or the server outlives it until the kernel's signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server() as variables:
        return subprocess.run(arguments, env={**os.environ, **variables}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
