"""Texts of people in tables for spreadsheets."""

import unicodedata
from typing import Any

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Any) -> str:
    """Return a text that no spreadsheet takes for a formula; "" for nothing."""
    text = str(value or "")
    # Japanese spreadsheets take the wide signs as well.
    return f"'{text}" if unicodedata.normalize("NFKC", text[:1]) in _BEGINS else text
