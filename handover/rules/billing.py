"""Who hands over what bills named."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from audit.record import System


def is_command(actor: Any, thing: Any = None) -> bool:
    """Only the command that reads the file of the billing system."""
    return isinstance(actor, System)


BILLING: dict[str, Rule] = {
    "record_bills": Rule(
        "bills.recorded", _("Take in what bills named"), is_command, _("Only the import of bills does this.")
    ),
}
