"""How often the interpreter looks for garbage, once a process has loaded what it keeps until its end."""

import gc

NEW_OBJECTS = 10_000
"""Between two looks for garbage, instead of 700 (2,000 in later versions): a page of ours makes some thousands."""


def settle() -> None:
    """Leave aside for good what is loaded now: half a million objects that were walked through every few pages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
