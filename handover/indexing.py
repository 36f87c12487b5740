"""Who follows the register: rows that other apps derive from it, written in the transaction that changes it.

An app to the right adds its step when it is ready, so that nothing here looks there.
"""

from collections.abc import Callable, Collection

Step = Callable[[Collection[int]], None]
_STEPS: list[Step] = []


def also_follow(step: Step) -> None:
    """Let `step` be called with the keys of registrations whose names, places, contact points or bills changed."""
    if step not in _STEPS:
        _STEPS.append(step)


def changed(registrations: Collection[int]) -> None:
    """Tell that these registrations (keys) changed, in the caller's transaction."""
    for step in _STEPS:
        step(registrations)
