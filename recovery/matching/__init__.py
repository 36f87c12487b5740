"""From what somebody remembers to the registrations that it may mean. It stores nothing and decides nothing."""

from recovery.matching.comparing import Compared, Line, beside
from recovery.matching.searching import SEARCHED, Candidate, candidates

__all__ = ["SEARCHED", "Candidate", "Compared", "Line", "beside", "candidates"]
