"""The documented procedure as data, and what follows from it. No database, no clock: pure functions."""

from recovery.procedure.assessing import Assessment, Item, assess, last_valid_day, tier_for, words_for
from recovery.procedure.checking import check_version
from recovery.procedure.differences import contents, differences, digest, sections_changed
from recovery.procedure.entries import Text
from recovery.procedure.offering import merged
from recovery.procedure.reading import SHIPPED, load, read
from recovery.procedure.shapes import (
    Attempts,
    Cap,
    Circumstance,
    Codes,
    Help,
    Inactivity,
    Kind,
    Letters,
    Named,
    Needs,
    ObjectionRule,
    Procedure,
    Route,
    Rung,
    Sentence,
    Tier,
    Validity,
    Window,
)
from recovery.procedure.windows import business_days_between, ends_on, is_over

__all__ = [
    "SHIPPED",
    "Assessment",
    "Attempts",
    "Cap",
    "Circumstance",
    "Codes",
    "Help",
    "Inactivity",
    "Item",
    "Kind",
    "Letters",
    "Named",
    "Needs",
    "ObjectionRule",
    "Procedure",
    "Route",
    "Rung",
    "Sentence",
    "Text",
    "Tier",
    "Validity",
    "Window",
    "assess",
    "business_days_between",
    "check_version",
    "contents",
    "differences",
    "digest",
    "ends_on",
    "is_over",
    "last_valid_day",
    "load",
    "merged",
    "read",
    "sections_changed",
    "tier_for",
    "words_for",
]
