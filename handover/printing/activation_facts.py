"""What a letter to an organisation that nobody has claimed says. No field takes a registration number or a product."""

from dataclasses import dataclass
from datetime import date, datetime

from handover.printing.errors import FactRefused
from handover.printing.facts import ADDRESS, NAME, Issuer, check_code, check_moment, check_origin, check_text
from handover.printing.letter_facts import ADDRESSEE, CODE, HOURS, NUMBER
from handover.printing.window import Address, fit

KINDS = frozenset({"code", "told"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationFacts:
    """One letter. `kind` is "code" (with `code` and `code_until`) or "told" (with `administrator`, its name as stated).

    `addressee` has one to four lines below the address. Raises FactRefused, also when address and addressee do not fit
    the window: a letter that was ordered can be printed.
    """

    letter_number: str
    kind: str
    addressee: tuple[str, ...]
    postal_code: str
    address: str
    issued_at: datetime
    code: str = ""
    code_until: date | None = None
    administrator: str = ""
    public_origin: str
    phone: str
    hours: str = ""
    issuer: Issuer
    language: str = "ja"

    def __post_init__(self) -> None:
        check_text("letter_number", self.letter_number, NUMBER, required=True)
        check_text("postal_code", self.postal_code, 8)
        check_text("address", self.address, ADDRESS, required=True)
        check_text("administrator", self.administrator, NAME, required=self.kind == "told")
        check_text("phone", self.phone, 20, required=True)
        check_text("hours", self.hours, HOURS)
        check_moment("issued_at", self.issued_at)
        check_origin(self.public_origin)
        if self.kind not in KINDS:
            raise FactRefused("kind", "malformed")
        if self.kind == "code":
            check_code("code", self.code, CODE)
        if (self.kind == "code") != (self.code_until is not None) or (self.kind != "code" and self.code):
            raise FactRefused("code", "malformed")
        if not 1 <= len(self.addressee) <= ADDRESSEE:
            raise FactRefused("addressee", "too_long" if self.addressee else "empty")
        for line in self.addressee:
            check_text("addressee", line, NAME, required=True)
        self.in_window()

    def in_window(self) -> Address:
        """What stands in the window of the envelope."""
        return fit(self.postal_code, self.address, self.addressee)
