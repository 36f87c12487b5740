"""`make bench`: one table of ratios. Numbers of one run compare; those of two runs or two machines do not."""

import importlib
import os
import sys

import django

# What is measured -> where. Each module gives rows of (name, bare ms, our ms, ratio, ratio aimed at).
MODULES = ("register", "certificates", "printing", "vault", "desk", "matching")


def main() -> int:
    """Print the table; with names of modules as arguments only theirs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    chosen = [name for name in MODULES if not sys.argv[1:] or name in sys.argv[1:]]
    print(f"{'medians of at least 20 runs':58} {'bare ms':>9} {'ours ms':>9} {'ratio':>7} {'aim':>6}")
    missed = 0
    for module in chosen:
        for name, bare, ours, ratio, aim in importlib.import_module(f"bench.{module}").rows():
            late = ratio > aim
            missed += late
            print(f"{name:58} {bare:9.2f} {ours:9.2f} {ratio:7.2f} {aim:6.2f}{'  missed' if late else ''}", flush=True)
    print(f"{missed} of the aims missed" if missed else "every aim reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
