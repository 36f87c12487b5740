"""The register comes in as CSV: read, checked row by row, compared with what is held, and written in pieces."""

from handover.importing.closing import Missing
from handover.importing.differing import Difference, Fate
from handover.importing.locking import Busy
from handover.importing.reading import COLUMNS, Unusable
from handover.importing.running import PIECE, Counts, Reporter, Wish, run

__all__ = [
    "COLUMNS",
    "PIECE",
    "Busy",
    "Counts",
    "Difference",
    "Fate",
    "Missing",
    "Reporter",
    "Unusable",
    "Wish",
    "run",
]
