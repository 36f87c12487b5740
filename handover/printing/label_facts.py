"""What is printed on a sheet of labels, as plain values, checked like all the others (see facts.py)."""

from dataclasses import dataclass
from datetime import datetime

from handover.printing.errors import FactRefused
from handover.printing.facts import Issuer, check_code, check_moment, check_origin, check_text

LABEL_NAME = 40  # characters; in the widest script they fill the two lines that a label has for it
MOST = 60  # labels in one file, five sheets; the layout of a run keeps other documents waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    """One label. `name` is what whoever made it wants everybody to read; nothing else of the registration is here."""

    code: str
    name: str

    def __post_init__(self) -> None:
        check_code("code", self.code, 12)
        check_text("name", self.name, LABEL_NAME, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSheet:
    """Labels to be printed together. `language` is that of the file's title; each label speaks both languages."""

    labels: tuple[LabelFacts, ...]
    printed_at: datetime
    public_origin: str
    issuer: Issuer
    language: str = "ja"

    def __post_init__(self) -> None:
        if not 1 <= len(self.labels) <= MOST:
            raise FactRefused("labels", "too_long" if self.labels else "empty")
        check_moment("printed_at", self.printed_at)
        check_origin(self.public_origin)
