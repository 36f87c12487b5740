"""
The process that runs the parsers: `python -m handover.vault.child KIND WALL_SECONDS`, the file as standard input.

Answers with a JSON list of refusal codes, [] for a good file. It does not know the words, nor Django, nor any setting.
"""

import json
import resource
import signal
import sys
from collections.abc import Callable

from handover.vault import limits


def confine(wall_seconds: float) -> None:
    """No file written, no core dump with clear text in it, little time and memory; ends even if the parent is gone."""
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    for what, most in [
        (resource.RLIMIT_CPU, limits.CPU_SECONDS),
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ]:
        resource.setrlimit(what, (most, most))


def checker(kind: str) -> Callable[[str, bytes], list[str]]:
    """The check for this kind: takes kind and bytes, gives the codes of everything wrong with them."""
    # Only what is needed: loading all parsers would double the child's start.
    if kind == "pdf":
        from handover.vault.pdf import check
    elif kind in {"png", "jpg"}:
        from handover.vault.picture import check
    elif kind in {"docx", "xlsx"}:
        from handover.vault.office import check
    else:
        from handover.vault.text import check
    return check


def main() -> None:
    """Load our own code, confine, and only then look at the file; answer."""
    kind, wall_seconds = sys.argv[1], float(sys.argv[2])
    check = checker(kind)
    confine(wall_seconds)
    data = sys.stdin.buffer.read(limits.MAX_FILE_SIZE + 1)
    sys.stdout.write(json.dumps(check(kind, data)))


if __name__ == "__main__":
    main()
