"""The search for a lost registration beside registers of growing size: what it finds, how long it takes, what it costs.

    python -m bench.matching FOLDER [SIZE ...]      FOLDER: registrations.csv, claims.csv, truth.csv; sizes ascending

The rows of FOLDER are among all that `bench.registers` makes of them. Everything but the names' own columns is written
by the functions that an import uses; only the rows of the index are sorted once a size instead of once a transaction.
Times are CPU times of this process, and on PostgreSQL of its server's process too. DATABASE_URL chooses the database.
"""

import csv
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # models load only once Django is set up, in the process that measures
    from desk.models import Statement

Table = list[tuple[str, float, float, float, float]]
DATA = "MATCHING_DATA"
"""Setting of the environment: the folder for `make bench`, which leaves this out where there is none."""
SIZES = (20_000, 100_000)
"""Of `make bench`; 300,000 and 1,000,000 take a quarter of an hour: see above."""
PIECE = 5_000
NOW = datetime(2026, 11, 27, tzinfo=UTC)
COMPARED = 8
"""Claims that are compared with every name."""
CHANGED = 60
GROWS, FASTER, MIB, CHANGE_MS = 4.0, 30.0, 40.0, 1.0
TARGETS = {100_000: (20.0, 60.0), 300_000: (20.0, 60.0), 1_000_000: (20.0, 60.0)}
"""Milliseconds of one claim: the median, and 99 in 100."""


def rows() -> Table:
    """Name, bare ms, ours ms, ratio and the ratio aimed at; nothing where no data are at hand."""
    if not (folder := os.environ.get(DATA)):
        sys.stderr.write(f"matching: left out, {DATA} names no folder\n")
        return []
    found = _run([folder, *map(str, SIZES), "--json"], stdout=subprocess.PIPE)
    return [tuple(row) for row in json.loads(found.stdout.splitlines()[-1])]


def _run(arguments: Sequence[str], stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATA_DIR": os.environ.get("BENCH_DIR", folder),
            "DEBUG": "off",
            "PUBLIC_ORIGIN": "http://localhost:8000",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
            "BENCH_INSIDE": "1",
        }
        if "BENCH_POSTGRES" not in os.environ:
            environment["DATABASE_URL"] = f"sqlite:///{environment['DATA_DIR']}/bench.sqlite3"
        command = [sys.executable, "-m", "bench.matching", *arguments]
        return subprocess.run(command, env=environment, stdout=stdout, check=True, text=True)


def measure(folder: Path, sizes: Sequence[int], *, is_filling: bool = False) -> Table:
    """Fill the database of this process to each size in turn, print what is found there, return the ratios.

    With `is_filling` nothing is measured: another run goes on there.
    """
    from django.core.management import call_command

    from bench import registers
    from handover.models import Registration
    from recovery.matching.claims import read

    call_command("migrate", verbosity=0)
    real = registers.read(folder / "registrations.csv")
    claims = read(folder / "claims.csv")
    truth = _truth(folder / "truth.csv")
    # What an earlier run wrote stays, where the database does.
    filled = Registration.objects.count()
    made = islice(registers.register(real, max(sizes), alone=_alone(real, truth)), filled, None)
    table: Table = []
    medians = []
    for size in sizes:
        took = _fill(islice(made, size - filled)) if size > filled else 0.0
        filled = size
        if is_filling:
            continue
        _say(f"\n{size:,} registrations; index of the last ones: {took:.0f} s CPU; {_size()}")
        ranked, times = _search(claims)
        grown = _memory(folder)
        _say(recall(ranked, truth))
        median, late = statistics.median(times), sorted(times)[int(0.99 * len(times))]
        medians.append(median)
        slow = _over_all(claims)
        change = _change()
        _say(f"one claim: p50 {median:.1f} ms, p99 {late:.1f} ms; all names by rapidfuzz {slow:.0f} ms")
        _say(f"{slow / median:.0f} times faster; memory added {grown:.1f} MiB; index of a change {change:.2f} ms")
        aim, aim_late = TARGETS.get(size, (20.0, 60.0))
        table += [
            (f"claim beside {size:,} / {aim:.0f} ms", aim, median, median / aim, 1.0),
            (f"p99 beside {size:,} / {aim_late:.0f} ms", aim_late, late, late / aim_late, 1.0),
            (f"30 claims beside {size:,} / rapidfuzz over all", slow, 30 * median, 30 * median / slow, 1.0),
            (f"MiB added beside {size:,} / {MIB:.0f}", MIB, grown, grown / MIB, 1.0),
            (f"index of a change beside {size:,} / 1 ms", CHANGE_MS, change, change / CHANGE_MS, 1.0),
        ]
    if len(medians) > 1:
        name = f"claim beside {sizes[-1]:,} / beside {sizes[0]:,}"
        table.append((name, medians[0], medians[-1], medians[-1] / medians[0], GROWS))
    return table


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _truth(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["claim_id"]: row for row in csv.DictReader(file)}


def _alone(real: Sequence[dict[str, str]], truth: dict[str, dict[str, str]]) -> frozenset[str]:
    """Return the names that are said with nothing beside them: whoever had a namesake was asked for more."""
    said = {row["registration_number"] for row in truth.values() if row["name_only"] == "1"}
    return frozenset(row["registered_name"] for row in real if row["number"] in said)


def _fill(made: Iterator[dict[str, str]]) -> float:
    """Write registrations and their index; return the CPU seconds that the index took."""
    from django.db import connection, transaction

    from accounts.models import Organisation
    from recovery.matching import index

    home, _is_new = Organisation.objects.get_or_create(kind="customer", legal_name="台帳")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA temp_store=FILE")
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_staged (token bigint, document bigint)")
    counts: Counter[int] = Counter()
    took = 0.0
    while piece := list(islice(made, PIECE)):
        with transaction.atomic():
            pairs, spent = _registrations(piece, home)
            took += spent
            counts.update(token for token, _document in pairs)
            counts[index.ALL] += len(piece)
            _stage(pairs)
    begun = time.process_time()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO recovery_matchposting (token, document)"
            " SELECT token, document FROM bench_staged ORDER BY token, document"
        )
        cursor.execute("DELETE FROM bench_staged")
        index._add(cursor, sorted(counts.items()))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if connection.vendor == "sqlite" else "ANALYZE")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=FULL")
    return took + time.process_time() - begun


def _registrations(piece: Sequence[dict[str, str]], home: Any) -> tuple[list[tuple[int, int]], float]:
    """Write registrations with their documents; return the rows of the index and the CPU seconds they took."""
    from django.db import connection

    from handover.models import Registration
    from recovery.matching import index

    columns = ("number", "registered_name", "registered_kana", "unit", "postal_code", "address")
    held = Registration.objects.bulk_create(
        [
            Registration(
                organisation=home, registered_at=NOW, former_names=_former(row), **{name: row[name] for name in columns}
            )
            for row in piece
        ]
    )
    begun = time.process_time()
    change = index._Change()
    for row, one in zip(piece, held, strict=True):
        change.take(_as_read(row, one.pk))
    with connection.cursor() as cursor:
        cursor.executemany(index._NEW, change.new)
    return change.more, time.process_time() - begun


def _former(row: dict[str, str]) -> list[str]:
    return [name for name in row["former_names"].split(";") if name]


def _as_read(row: dict[str, str], key: int) -> dict[str, Any]:
    """Return a row of the file as the index reads it from the register."""
    return row | {
        "pk": key,
        "more": [("phone", row["phone"], "")],
        "former_names": _former(row),
        "legal_name": row["organisation_name"],
        "organisation_former_names": [],
        "document": None,
        "kept": None,
    }


def _stage(pairs: Sequence[tuple[int, int]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy("COPY bench_staged (token, document) FROM STDIN") as out:
                for pair in pairs:
                    out.write_row(pair)
        else:
            cursor.executemany("INSERT INTO bench_staged (token, document) VALUES (%s, %s)", pairs)


def _search(claims: Sequence[tuple[str, "Statement"]]) -> tuple[dict[str, list[tuple[str, float]]], list[float]]:
    """Return each claim's candidates, and the CPU milliseconds of each once everything is warm."""
    from recovery.matching import candidates, names, places, sounds

    clock = _clock()
    ranked = {claim: [(one.number, one.score) for one in candidates(said, limit=10)] for claim, said in claims}
    times = []
    for _claim, said in claims:
        for kept in (names.core, places.place, sounds.skeleton):
            kept.cache_clear()
        begun = clock()
        candidates(said, limit=20)
        times.append((clock() - begun) * 1_000)
    return ranked, times


def _clock() -> Callable[[], float]:
    """Return a clock of CPU seconds: of this process, and of its server's where that is PostgreSQL on this machine."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    if not server.exists():
        return time.perf_counter
    return lambda: time.process_time() + int(server.read_text(encoding="ascii").split()[0]) / 1e9


def _over_all(claims: Sequence[tuple[str, "Statement"]]) -> float:
    """Return the median milliseconds of comparing one claim's name with every name."""
    from rapidfuzz import process

    from handover.models import Registration

    known = list(Registration.objects.values_list("registered_name", flat=True))
    times = []
    for _claim, said in claims[:COMPARED]:
        begun = time.process_time()
        process.extract(said.organisation_name, known, limit=10)
        times.append((time.process_time() - begun) * 1_000)
    del known
    gc.collect()
    return statistics.median(times)


def _change() -> float:
    """Return the median milliseconds that the index adds to a change of one registration's name."""
    from django.db import transaction

    from handover.models import Registration
    from recovery.matching import index

    clock, times = _clock(), []
    for one in Registration.objects.order_by("number")[1_000 : 1_000 + 50 * CHANGED : 50]:
        with transaction.atomic():
            one.registered_name += "ひかり"
            one.save(update_fields=["registered_name"])
            begun = clock()
            index.follow([one.pk])
            times.append((clock() - begun) * 1_000)
            transaction.set_rollback(True)
    return statistics.median(times)


def recall(ranked: dict[str, list[tuple[str, float]]], truth: dict[str, dict[str, str]]) -> str:
    """Return recall at 1 and 5 by kind, and how the threshold of the product divides, as lines."""
    from recovery.matching.searching import SURE

    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    absent, taken, there = 0, 0, 0
    wrong, right = [], 0
    for claim, row in truth.items():
        found = ranked.get(claim, [])
        is_sure = bool(found) and found[0][1] >= SURE
        meant = {row["registration_number"], *row["also_acceptable"].split(";")} - {""}
        if not meant:
            absent += 1
            wrong += [claim] * is_sure
            continue
        there, taken = there + 1, taken + is_sure
        right += is_sure and found[0][0] in meant
        place = next((rank for rank, (number, _score) in enumerate(found) if number in meant), 99)
        for kind in (row["kind"], "ALL", *(["name only"] if row["name_only"] == "1" else [])):
            kinds[kind] = [mine + more for mine, more in zip(kinds[kind], (1, place < 1, place < 5), strict=True)]
    lines = [
        f"{kind:18} {count:4} @1 {one / count:.3f} @5 {five / count:.3f}"
        for kind, (count, one, five) in sorted(kinds.items())
    ]
    sure = f"at {SURE}: {len(wrong)} of {absent} absent taken {wrong}; of the others {taken / max(there, 1):.3f}"
    sure += f", of these right {right / max(taken, 1):.4f}"
    return "\n".join([*lines, sure])


def _memory(folder: Path) -> float:
    """Return the MiB that searching adds to a process of its own that has read a page's rows before."""
    command = [sys.executable, "-m", "bench.matching", str(folder), "--memory"]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)


def _grown(folder: Path) -> float:
    from django.urls import reverse

    from handover.models import Registration
    from recovery.matching import candidates
    from recovery.matching.claims import read

    claims = read(folder / "claims.csv")
    reverse("home")  # all pages are loaded, as in a process that serves them
    list(Registration.objects.order_by("pk")[:50])
    before = _resident()
    for _claim, said in claims:
        candidates(said)
    return _resident() - before


def _resident() -> float:
    """Return the MiB of memory that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _size() -> str:
    from django.db import connection

    from recovery.models import MatchPosting

    whole = f"{MatchPosting.objects.count():,} rows of the index"
    if connection.vendor == "sqlite":
        return f"{whole}, {Path(connection.settings_dict['NAME']).stat().st_size / 2**20:,.0f} MiB"
    return whole


def _lines(table: Table) -> Iterable[str]:
    for name, bare, ours, ratio, aim in table:
        yield f"{name:58} {bare:9.2f} {ours:9.2f} {ratio:7.2f} {aim:6.2f}{'  missed' if ratio > aim else ''}"


def main(arguments: Sequence[str]) -> int:
    """Measure and print. Returns the exit status."""
    words = [one for one in arguments if not one.startswith("--")]
    if not words:
        sys.stderr.write(__doc__ or "")
        return 2
    if "BENCH_INSIDE" not in os.environ:
        _run(arguments)
        return 0
    import django

    django.setup()
    if "--memory" in arguments:
        print(_grown(Path(words[0])))
        return 0
    table = measure(Path(words[0]), [int(size) for size in words[1:]] or SIZES, is_filling="--fill" in arguments)
    print(json.dumps(table) if "--json" in arguments else "\n".join(_lines(table)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
