"""Whether the papers of a pack are what was kept: read whole and compared, as far as one page may take."""

from collections.abc import Iterable

from handover import documents
from handover.models import Blob

BUDGET = 32 * 1024 * 1024
"""Bytes of clear text that one page compares: about a tenth of a second of CPU. The rest is compared when opened."""


def checked(blobs: Iterable[Blob], *, budget: int = BUDGET) -> dict[int, str]:
    """Return by key how each of `blobs` stands: "whole", "damaged", "erased", or "later" beyond `budget` bytes."""
    found: dict[int, str] = {}
    for blob in blobs:
        if blob.erased_at is not None:
            found[blob.pk] = "erased"
            continue
        if blob.size > budget:
            found[blob.pk] = "later"
            continue
        budget -= blob.size
        try:
            documents.open_whatever_it_is(blob).close()
        except documents.Damaged:
            found[blob.pk] = "damaged"
        else:
            found[blob.pk] = "whole"
    return found
