"""What a letter to an organisation that nobody has claimed says."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handover.printing.envelope import Enveloped
from handover.printing.errors import FactRefused
from handover.printing.facts import NAME, check_code, check_text
from handover.printing.letter_facts import CODE

KINDS = frozenset({"code", "told"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationFacts(Enveloped):
    """One letter. `kind` is "code" (with `code` and `code_until`) or "told" (with `administrator`, its name as stated).

    Raises FactRefused.
    """

    NAMES: ClassVar[str] = "administrator"
    WIDE: ClassVar[int] = NAME  # the letter that names somebody has room for the longest

    kind: str
    code: str = ""
    code_until: date | None = None
    administrator: str = ""

    def __post_init__(self) -> None:
        # Not super(): with slots the class is made anew, and its methods still know the first one.
        Enveloped.__post_init__(self)
        check_text("administrator", self.administrator, NAME, required=self.kind == "told")
        if self.kind not in KINDS:
            raise FactRefused("kind", "malformed")
        if self.kind == "code":
            check_code("code", self.code, CODE)
        if (self.kind == "code") != (self.code_until is not None) or (self.kind != "code" and self.code):
            raise FactRefused("code", "malformed")

    @property
    def is_registered(self) -> bool:
        """Whether it carries the code."""
        return self.kind == "code"
