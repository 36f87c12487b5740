"""What of the desk's things waits for a customer on the home page."""

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.actors import Actor
from desk.queries import bills
from handover.queries.awaiting import Line


def lines_for(actor: Actor) -> list[Line]:
    """Return the questions and decisions that wait for `actor`, the most urgent kind first."""
    if not actor.is_customer:
        return []
    found = []
    if asked := bills.unanswered(actor):
        words = ngettext("A question about a bill waits", "%(n)d questions about bills wait", len(asked))
        path = reverse("desk:answer_bill", args=[asked[0].inquiry.receipt_number])
        found.append(Line("bill", words % {"n": len(asked)}, path))
    return found
