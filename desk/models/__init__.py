"""Who asked what, what was promised, and how often somebody tried."""

from desk.models.explanations import ExplanationCall
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement
from desk.models.tallies import Tally

__all__ = ["SEALED_SIZE", "Contact", "ExplanationCall", "Hold", "Inquiry", "Statement", "Tally"]
