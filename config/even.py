"""Answers that all take equally long: the time of a public form tells nobody whom we know (decision 0026)."""

import math
from time import monotonic, sleep

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.guards import Handler


class EvenAnswerMiddleware:
    """Hold back the answer to a form that nobody signed in has sent, until a whole `EVEN_ANSWER_MS` is over.

    Stands before everything else, so that all that differs is in the time it rounds up. Locks are long released then.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not settings.EVEN_ANSWER_MS:
            return self.get_response(request)
        came = monotonic()
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            sleep(missing(monotonic() - came, settings.EVEN_ANSWER_MS / 1000))
        return response


def missing(taken: float, tick: float) -> float:
    """Return the seconds from `taken` to the next whole multiple of `tick`, which is seconds as well."""
    return max(0.0, math.ceil(taken / tick) * tick - taken)
