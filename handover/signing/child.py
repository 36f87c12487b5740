"""
The process that judges a presented file: `python -m handover.signing.child WALL_SECONDS SIGNER…`, the file as input.

Answers with a JSON list of reason ("" for none) and signer. It knows neither Django nor any setting, and no key.
"""

import json
import resource
import sys

from handover.signing.judge import judge
from handover.signing.limits import CPU_SECONDS, LARGEST, MEMORY
from handover.vault.child import confine


def main() -> None:
    """Load our own code, confine, and only then look at the file; answer."""
    wall_seconds, *signers = sys.argv[1:]
    confine(float(wall_seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    verdict = judge(sys.stdin.buffer.read(LARGEST + 1), signers)
    sys.stdout.write(json.dumps([verdict.reason.value if verdict.reason else "", verdict.signer]))


if __name__ == "__main__":
    main()
