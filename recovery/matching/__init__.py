"""From what somebody remembers to the registrations that it may mean. It stores nothing and decides nothing."""

from recovery.matching.searching import Candidate, candidates

__all__ = ["Candidate", "candidates"]
