"""What proves that somebody holds a bill: its number, its month and the exact amount, all three together.

Each alone is guessed or stands elsewhere. They are kept as one print under SECRET_KEY, so that nobody reads an amount,
and looked up by it: one statement, the same whether the number is unknown or only the amount is wrong.
"""

from datetime import date

from django.utils.crypto import salted_hmac

from handover.folding import fold
from handover.models import BilledAmount, Registration

MOST = 10
"""Services of one bill that are shown."""
NOTHING = "-" * 64
"""A print that nothing has: looked up where a try is not to be answered, so that it takes the same statements."""


def print_of(reference: str, month: date, amount: int) -> str:
    """Return the print of a bill; `amount` in yen, tax included, as printed. Spelling of `reference` does not count."""
    text = f"{fold(reference)}:{month:%Y-%m}:{amount}"
    return salted_hmac("handover.bill", text, algorithm="sha256").hexdigest()


def find(looked_up: str) -> list[BilledAmount]:
    """Return what the bill with this print covers, the oldest registration first; [] for none. One statement."""
    rows = BilledAmount.objects.filter(print=looked_up, bill__registration__status=Registration.Status.ACTIVE)
    found = rows.select_related("bill__registration__product", "bill__registration__organisation")
    return list(found.order_by("bill__registration_id", "pk")[:MOST])
