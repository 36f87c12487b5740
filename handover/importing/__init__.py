"""The register comes in as CSV: read, checked row by row, compared with what is held, and written in pieces."""

from handover.importing.reading import COLUMNS, Unusable
from handover.importing.running import PIECE, Counts, Reporter, run

__all__ = ["COLUMNS", "PIECE", "Counts", "Reporter", "Unusable", "run"]
