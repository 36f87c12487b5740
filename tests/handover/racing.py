"""Several people press at the same moment."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

RACERS = 50


def race(*acts: Callable[[], Any]) -> list[str]:
    """Run `acts` at once, each on an own connection; return "won" or the name of the error, sorted."""
    answers: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            act()
            answers.append("won")
        except Exception as error:
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def race_many(acts: Sequence[Callable[[], Any]]) -> Counter[str]:
    """Let `RACERS` people press at once, doing `acts` in turn; return how many got which answer."""
    return Counter(race(*(acts[place % len(acts)] for place in range(RACERS))))
