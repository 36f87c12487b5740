"""The request as the middleware of accounts leaves it."""

from datetime import datetime

from django.http import HttpRequest

from accounts.actors import Actor
from accounts.standing import Standing


class Request(HttpRequest):
    """For annotations only. On public pages `actor` is None for somebody without a session."""

    actor: Actor
    standing: Standing
    at: datetime
