"""`work`: the one background process: queue, sweeper and clock."""

import threading
import time
from typing import Any

import structlog
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from accounts import tallies
from config.working import LastingWorker, replace
from desk import clock as calls
from handover import clock, documents
from handover import tasks as jobs
from outbox import delivery, tasks
from recovery import clock as claims
from recovery import tasks as replays
from recovery.matching import index

log = structlog.get_logger(__name__)
ROUND = 60
"""Seconds between two rounds of sweeper and clock."""
SWEEP_PAPERS = 3600
"""Seconds between two looks for files of papers that no row names; such a file is a day old before it goes."""


class Command(BaseCommand):
    help = "Run background tasks, bring back what a killed worker left, and keep appointments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = LastingWorker(
            queue_names=["*"],
            interval=1,
            batch=options["once"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"work-{time.time_ns()}",
            excluded_queue_names=[],
        )
        if options["once"]:
            keep_appointments()
            worker.run()
            return
        stop = threading.Event()
        ticking = threading.Thread(target=_rounds, args=(stop,), daemon=True, name="clock")
        ticking.start()
        worker.configure_signals()
        worker.run()
        if worker.outgrown:
            replace(ticking, stop)


def keep_appointments() -> None:
    """One round of sweeper and clock."""
    at = timezone.now()
    swept = tasks.sweep()
    delivery.prune(at=at)
    tallies.prune(at)
    replays.sweep()
    done = clock.run(at=at) | claims.run(at=at) | calls.run(at=at) | {"jobs": jobs.sweep(), "indexed": index.catch_up()}
    done["scanned"] = jobs.scan_due(at=at)
    # The cache is shared, so one worker an hour looks through the folder: it compares every stored file with the rows.
    if cache.add("papers-swept", at.isoformat(), timeout=SWEEP_PAPERS):
        done |= documents.sweep(at=at)
    if swept or any(done.values()):
        log.info("kept appointments", swept=swept, **done)


def _rounds(stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            keep_appointments()
        except Exception as error:  # a database that is away for a minute must not end the clock for good
            log.exception("round failed, trying again", error=type(error).__name__)
        finally:
            close_old_connections()
        stop.wait(ROUND)
