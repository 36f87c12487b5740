"""Who asked what, and what was promised."""

from desk.models.explanations import ExplanationCall
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement

__all__ = ["SEALED_SIZE", "Contact", "ExplanationCall", "Hold", "Inquiry", "Statement"]
