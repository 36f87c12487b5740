"""Places of their own: a data folder and a database each, on the kind of database of this run."""

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "SECRET_KEY": "tests",
    "FIELD_KEYS": urlsafe_b64encode(b"f" * 32).decode(),
    "KEY_ENCRYPTION_KEYS": f"k1:{b64encode(b'k' * 32).decode()},k2:{b64encode(b'K' * 32).decode()}",
}


@dataclass(frozen=True)
class Place:
    """One installation. `url` is its database; `keys` are the variables of its secrets, and others."""

    folder: Path
    url: str
    keys: dict[str, str] = field(default_factory=lambda: dict(KEYS))

    @property
    def environment(self) -> dict[str, str]:
        passed = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("PG")}
        return {
            **passed,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.url,
            "DEBUG": "on",
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
            **self.keys,
        }

    def manage(self, *words: object, limit: Callable[[], None] | None = None) -> "subprocess.CompletedProcess[str]":
        """Run `manage.py` with `words` and return what it said and how it ended."""
        command = [sys.executable, "manage.py", *map(str, words)]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, preexec_fn=limit, check=False
        )

    def started(self, *words: str, module: str = "tests.config.keeper") -> "subprocess.Popen[str]":
        """Start a process of `module` that goes on until its input ends."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env=self.environment,
            cwd=ROOT,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def told(self, errand: str, module: str = "tests.config.keeper") -> Any:
        """Return what an errand prints as JSON."""
        out, err = self.started(errand, module=module).communicate(timeout=300)
        assert out.strip(), err
        return json.loads(out.splitlines()[-1])

    def done(self, errand: str, module: str = "tests.config.keeper") -> None:
        """Do an errand and wait for its end."""
        process = self.started(errand, module=module)
        _, err = process.communicate(timeout=600)
        assert process.returncode == 0, err

    def execute(self, *statements: str) -> None:
        """Change the database behind the product's back, with its guards taken away."""
        if self.url.startswith("postgres"):
            host, _, name = self.url.removeprefix("postgres:///").rpartition("/")
            with psycopg.connect(host=host, dbname=name, autocommit=True) as raw:
                raw.execute("SET session_replication_role = replica")
                for one in statements:
                    raw.execute(one.encode())
            return
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as raw, raw:
            for [name] in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                raw.execute(f'DROP TRIGGER "{name}"')
            for one in statements:
                raw.execute(one)


class Builder:
    """Makes places, and takes their databases away again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[str] = []

    def empty(self, **keys: str) -> Place:
        """Return a place with nothing in it."""
        name = f"place_{uuid.uuid4().hex[:12]}"
        folder = self._folder / name
        if connection.vendor == "sqlite":
            return Place(folder, f"sqlite:///{folder / 'hikitsugi.sqlite3'}", KEYS | keys)
        self._on_server(f"CREATE DATABASE {name}")
        return Place(folder, self._url(name), KEYS | keys)

    def migrated(self) -> Place:
        """Return a place with the tables that this run of the tests made for itself."""
        if connection.vendor == "sqlite":
            place = self.empty()
            place.folder.mkdir(parents=True)
            with closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as raw:
                raw.execute("VACUUM INTO ?", [place.url.removeprefix("sqlite:///")])
            return place
        name = f"place_{uuid.uuid4().hex[:12]}"
        template = str(connection.settings_dict["NAME"])
        connection.close()
        self._on_server(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        (self._folder / name).mkdir(parents=True)
        return Place(self._folder / name, self._url(name))

    def clear(self) -> None:
        """Drop the databases of all places."""
        for name in self._made:
            self._on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        if statement.startswith("CREATE"):
            self._made.append(statement.split()[2])
        given = connection.settings_dict
        with psycopg.connect(host=str(given["HOST"]), dbname="postgres", autocommit=True) as raw:
            raw.execute(statement.encode())

    def _url(self, name: str) -> str:
        return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
