"""What a letter of a recovery says, as plain values. No field takes a registration number, a product or a paper."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handover.printing.envelope import NUMBER, Enveloped
from handover.printing.errors import FactRefused
from handover.printing.facts import NAME, SHORT, UNIT, check_code, check_text

CODE, OBJECTION = 10, 14  # characters of the two codes

MOST_REASONS = 6

TO_CLAIMANT = frozenset({"refusal", "reminder"})
"""The kinds that go to who asked: they name no code, and only days until which something can be done."""
TOLD = frozenset({"notice_unset"})
"""The kinds that only tell that something is as it was: there is nothing to object to, so they carry no code."""
KINDS = (
    frozenset({"code", "notice_accepted", "notice_proposed", "notice_executed", "notice_ended", "notice_undone"})
    | frozenset({"notice_setting"})
    | TOLD
    | TO_CLAIMANT
)
ENDS = frozenset({"notice_proposed", "notice_executed", "notice_ended"})
"""The kinds that may name a day: the last one for an objection, or the last one of the 30 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts(Enveloped):
    """One letter to an address of record about the recovery of a registration.

    `kind` is one of KINDS. `asked_on` is the day of the request, local time. `claimant` is department and surname as
    stated, or empty. `code` and `code_until` belong to the kind "code" alone. `object_code` lets the reader object
    without signing in. `window_until` is the last day on which an objection is asked for (needed for
    "notice_proposed") or the last of the 30 days in which risky acts are blocked (may be given for "notice_executed"
    and "notice_ended"). A letter to the claimant has no `object_code`; a refusal has `reasons`, fixed words, and the
    last days to appeal and to reopen. Raises FactRefused.
    """

    NAMES: ClassVar[str] = "claimant"

    kind: str
    receipt_number: str
    asked_on: date
    claimant: str = ""
    code: str = ""
    code_until: date | None = None
    object_code: str
    window_until: date | None = None
    reasons: tuple[str, ...] = ()
    appeal_until: date | None = None
    reopen_until: date | None = None

    def __post_init__(self) -> None:
        # Not super(): with slots the class is made anew, and its methods still know the first one.
        Enveloped.__post_init__(self)
        check_text("receipt_number", self.receipt_number, NUMBER, required=True)
        check_text("claimant", self.claimant, UNIT + SHORT)
        self._check_kind()

    @property
    def is_registered(self) -> bool:
        """Whether it carries the confirmation code."""
        return self.kind == "code"

    def _check_kind(self) -> None:
        if self.kind not in KINDS:
            raise FactRefused("kind", "malformed")
        if self.kind in TO_CLAIMANT:
            self._check_claimants()
        elif self.kind in TOLD:
            if self.object_code:
                raise FactRefused("object_code", "malformed")
        else:
            check_code("object_code", self.object_code, OBJECTION)
        if self.kind == "code":
            check_code("code", self.code, CODE)
        elif self.code:
            raise FactRefused("code", "malformed")
        if (self.code_until is not None) != (self.kind == "code"):
            raise FactRefused("code_until", "malformed")
        if self.window_until is None and self.kind == "notice_proposed":
            raise FactRefused("window_until", "empty")
        if self.window_until is not None and self.kind not in ENDS:
            raise FactRefused("window_until", "malformed")

    def _check_claimants(self) -> None:
        if self.object_code:
            raise FactRefused("object_code", "malformed")
        if (self.kind == "refusal") != bool(self.reasons):
            raise FactRefused("reasons", "malformed")
        if len(self.reasons) > MOST_REASONS:
            raise FactRefused("reasons", "too_long")
        for reason in self.reasons:
            check_text("reasons", reason, NAME, required=True)
