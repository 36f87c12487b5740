"""The worker that lasts: it outlives a database that is away, and gives way to a fresh process when it has grown."""

import os
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

log = structlog.get_logger(__name__)
AWAY = 5
"""Seconds between two looks for a database that is away."""
LIVES_AT_LEAST = 60
"""Seconds before a worker is replaced, so that a limit set too low makes it slow and never useless."""
CLOCK_ENDS_WITHIN = 30
"""Seconds that the clock has for its round before the process is replaced; what it then leaves, the next one does."""


class LastingWorker(Worker):
    """The queue's worker, with two more virtues.

    It waits while the database is away. And it ends between two tasks once its memory is over WORKER_MEMORY_MB,
    with `outgrown` set: whoever started it replaces the process then.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.outgrown = False
        self.began = time.monotonic()

    def run(self) -> None:
        """Do tasks until told to stop, until nothing waits (`batch`), or until it has outgrown its memory.

        Raises what the database says in `batch`, where somebody waits for an answer; else it asks again.
        """
        while True:
            try:
                return super().run()
            except (OperationalError, InterfaceError) as error:
                if self.batch:
                    raise
                log.warning("database is away, asking again", error=type(error).__name__, seconds=AWAY)
                connections.close_all()
            if not self.running:
                return None
            time.sleep(AWAY)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        """Do one task, and end after it when the process has become too large."""
        super().run_task(db_task_result)
        if self.batch or time.monotonic() - self.began < LIVES_AT_LEAST:
            return
        size = resident()
        if size > settings.WORKER_MEMORY_MB:
            log.info("worker is replaced", megabytes=round(size), limit=settings.WORKER_MEMORY_MB)
            self.outgrown, self.running = True, False


def resident() -> float:
    """Return the MiB of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def replace(clock: Thread, stop: Event) -> None:
    """Become a fresh process with the same command, number and streams: whoever watches over this one sees no end.

    `clock` is asked to end by `stop` first. A signal to end that comes meanwhile ends the process as ever.
    """
    stop.set()
    clock.join(CLOCK_ENDS_WITHIN)
    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
