"""What of the desk's things waits for a customer on the home page."""

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from desk.queries import bills, consents
from handover.queries.awaiting import Line


def lines_for(actor: Actor) -> list[Line]:
    """Return the questions and decisions that wait for `actor`, the most urgent kind first."""
    if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR) and (rows := consents.unlinked()):
        words = ngettext("A consent needs its registration", "%(n)d consents need their registrations", len(rows))
        return [Line("consent", words % {"n": len(rows)}, reverse("desk:consents_to_link"))]
    if not actor.is_customer:
        return []
    found = []
    if asked := bills.unanswered(actor):
        words = ngettext("A question about a bill waits", "%(n)d questions about bills wait", len(asked))
        path = reverse("desk:answer_bill", args=[asked[0].inquiry.receipt_number])
        found.append(Line("bill", words % {"n": len(asked)}, path))
    if waiting := consents.unanswered(actor):
        words = ngettext("A contractor asks for your consent", "%(n)d contractors ask for your consent", len(waiting))
        path = reverse("desk:answer_consent", args=[waiting[0].pk])
        found.append(Line("consent", words % {"n": len(waiting)}, path))
    return found
