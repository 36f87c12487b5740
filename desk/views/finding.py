"""What every page of the desk begins with: the inquiry that the actor may see, and the first press of a form."""

from datetime import timedelta

from django.http import Http404

from accounts import tallies
from accounts.asking import Request
from desk import queries
from desk.forms import OnceForm
from desk.models import Inquiry
from desk.views import looking

A_DAY = timedelta(days=1)


PAGES = {Inquiry.Topic.RECOVERY: "recovery:claim", Inquiry.Topic.EXPLANATION: "desk:explanation"}
"""Pages of the topics that have one of their own; the others share `desk:inquiry`."""


def page_of(inquiry: Inquiry) -> str:
    """Return the name of the staff's page of `inquiry`; its only argument is the receipt number."""
    return page_of_topic(inquiry.topic)


def page_of_topic(topic: str) -> str:
    """Return the name of the staff's page of an inquiry about `topic`."""
    return PAGES.get(Inquiry.Topic(topic), "desk:inquiry")


def visible(request: Request, number: str) -> Inquiry:
    """Return the inquiry called `number` if the actor may see it, else answer 404. That it was opened is counted.

    Calls that explain a product have a page of their own, which writes down the contact.
    """
    found = queries.find_visible(request.actor, number, request.at)
    if found is None or found.topic == Inquiry.Topic.EXPLANATION:
        raise Http404
    looking.count(request, found)
    return found


def is_first_press(form: OnceForm, request: Request) -> bool:
    """Whether this form was not sent before: a second press does nothing again."""
    return tallies.charge(f"form:{form.cleaned_data['token']}", limit=1, period=A_DAY, at=request.at)


def was_sent(request: Request) -> bool:
    """Whether a form that the reader sends was sent before: for acts after which the reader sees the thing no more.

    It charges nothing, so the same press is still the first one afterwards.
    """
    form = OnceForm(request.POST or None)
    if not form.is_valid():
        return False
    return tallies.is_spent(f"form:{form.cleaned_data['token']}", period=A_DAY, at=request.at)
