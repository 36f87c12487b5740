"""What a path names, if the reader may see it; else 404, the same for what is not there and for what is another's."""

from django.http import Http404
from django.utils import timezone

from accounts.asking import Request
from handover.models import Registration
from handover.queries import register


def visible_registration(request: Request, number: str) -> Registration:
    """Return the registration called `number` if the actor may see it, else answer 404."""
    found = register.find_visible(request.actor, number, timezone.now())
    if found is None:
        raise Http404
    return found
