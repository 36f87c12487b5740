"""What every test can use. The people of the tests are in tests/cast.py."""

import contextlib
import gc
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.cast import Cast, build
from tests.migrated import Kept

OF_THE_DATABASE = {"db", "transactional_db", "client", "live_server"}

# A shared machine pauses at will, so no deadline an example; failures print what reproduces them.
_common: dict[str, Any] = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
hypothesis_settings.register_profile("usual", **_common)
hypothesis_settings.register_profile("soak", max_examples=10_000, **_common)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"page", "browser"} & fixtures:
            item.add_marker("browser")
        if not OF_THE_DATABASE & fixtures and not item.get_closest_marker("django_db"):
            item.add_marker("no_database")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the result on the other database (scripts/test.sh) just above the last line."""
    if other := os.environ.get("OTHER_RUN"):
        terminalreporter.section("the other database")
        terminalreporter.write_line(other.strip())


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was loaded until now stays to the end: nobody looks for garbage in it again."""
    gc.collect()
    gc.freeze()


# Databases ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def triggers_off(tables: Collection[str] | None = None) -> Iterator[None]:
    """Take our append-only triggers away for the length of the block, whatever they are called.

    For emptying tables between tests that commit, and for tests that tamper with the log. `tables` are those whose
    triggers are in the way on SQLite, where each of them costs; None are all.
    """
    back: list[str] = []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            for name, sql, table in cursor.fetchall():
                if tables is None or table in tables:
                    cursor.execute(f'DROP TRIGGER "{name}"')
                    back.append(sql)
        else:
            # Checks of references that wait for the commit would stand in the way of ALTER TABLE.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
            modes = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
            for table, name, mode in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
                back.append(f"ALTER TABLE {table} {modes[mode]} TRIGGER {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for sql in back:
                cursor.execute(sql)
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# What migrations and their after-work leave behind is the same for every test.
KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission", "recovery_procedureversion"}
KEPT_TABLES |= {"desk_scriptset", "desk_script", "desk_useguide"}

# But for versions of the procedure that a test's people wrote: the newest one that ships is in force again.
AS_SHIPPED = [
    "DELETE FROM desk_script WHERE set_id IN (SELECT id FROM desk_scriptset WHERE version IN"
    " (SELECT version FROM recovery_procedureversion WHERE begun_by_id IS NOT NULL))",
    "DELETE FROM desk_scriptset WHERE version IN"
    " (SELECT version FROM recovery_procedureversion WHERE begun_by_id IS NOT NULL)",
    "UPDATE desk_scriptset SET is_live = TRUE WHERE version = (SELECT MAX(version) FROM desk_scriptset)",
    "DELETE FROM desk_useguide WHERE by_id IS NOT NULL",
    "DELETE FROM recovery_procedureversion WHERE begun_by_id IS NOT NULL",
    "UPDATE recovery_procedureversion SET status = 'live', retired_at = NULL"
    " WHERE version = (SELECT MAX(version) FROM recovery_procedureversion)",
]


def _with_rows(names: list[str]) -> list[str]:
    """Return which of the tables hold anything: a test leaves rows in few of them."""
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


def empty_tables(case: TransactionTestCase | None = None) -> None:
    """Empty every table, also those which refuse it by design and those of no model (rate limits live in the cache's).

    Django's own way truncates and then tells every app to begin anew: ten times slower on PostgreSQL.
    """
    names = sorted(set(connection.introspection.table_names()) - KEPT_TABLES)
    if connection.vendor == "sqlite":
        names = _with_rows(names)
    deletes = [*(f"DELETE FROM {connection.ops.quote_name(name)}" for name in names), *AS_SHIPPED]
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            # Neither our triggers nor those of foreign keys fire; all rows go, so none is left dangling.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(deletes))
    else:
        with transaction.atomic(), triggers_off(names), connection.cursor() as cursor:
            for delete in deletes:
                cursor.execute(delete)


# How tests that commit end.
TransactionTestCase._fixture_teardown = empty_tables


@pytest.fixture(scope="session")
def kept_tables(pytestconfig: pytest.Config, django_db_use_migrations: bool) -> Kept | None:
    """The tables of an earlier run; None where there is no cache to keep them in (`-p no:cacheprovider`)."""
    cache = getattr(pytestconfig, "cache", None)
    return Kept(cache.mkdir("migrated")) if cache and django_db_use_migrations else None


@pytest.fixture(scope="session")
def django_db_keepdb(kept_tables: Kept | None, django_db_createdb: bool, django_db_modify_db_settings: None) -> bool:
    """Begin with the tables of an earlier run, where these still fit; pytest-django then migrates what is not there."""
    if kept_tables is None or connection.vendor != "sqlite":
        return False
    kept_tables.enter()
    if laid := not django_db_createdb and kept_tables.lay(Path(connection.settings_dict["TEST"]["NAME"])):
        kept_tables.leave()
    return laid


@pytest.fixture(scope="session")
def django_db_setup(kept_tables: Kept | None, django_db_keepdb: bool, django_db_setup: None) -> None:
    """Keep the tables for later runs, and for the other processes of this one, which wait for them."""
    if kept_tables is not None and connection.vendor == "sqlite" and not django_db_keepdb:
        kept_tables.keep(Path(connection.settings_dict["TEST"]["NAME"]))
        kept_tables.leave()


@pytest.fixture
def on_postgres() -> bool:
    """Whether this run is the one on PostgreSQL."""
    return bool(connection.vendor == "postgresql")


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Any) -> Path:
    """Give each test a data folder of its own: papers, mails and letters of one test are not those of another."""
    settings.DATA_DIR = tmp_path
    settings.MAIL_DIR = tmp_path / "mail"
    settings.LETTER_DIR = tmp_path / "letters"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}},
    }
    return tmp_path


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody of tests/cast.py, as rows of this test's database. A test that commits marks `transaction=True`."""
    return build()


# Browser ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium, which looks nothing up on the network by itself."""
    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ]
    if os.geteuid() == 0:
        quiet.append("--no-sandbox")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return {**browser_type_launch_args, "executable_path": program, "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": settings.TIME_ZONE}
