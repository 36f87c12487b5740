"""Domain errors become pages here and nowhere else."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from accounts.errors import DomainError, NotAllowed, Refused, TooMuch, WrongState
from handover import documents

STATUS: dict[type[DomainError], int] = {NotAllowed: 403, TooMuch: 429, WrongState: 409, Refused: 422}


class DomainErrorMiddleware:
    """Turn each `DomainError` that reaches it into its page, in the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a domain error, or of stored bytes that are damaged; anything else goes on to Django."""
        if isinstance(error, Http404):
            # Django would do the same, but for DEBUG: who tries the demo shall see what a stranger sees.
            return page_not_found(request, error)
        if isinstance(error, documents.Damaged):
            return render(request, "damaged.html", status=503)
        if not isinstance(error, DomainError):
            return None
        status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        template = f"{status}.html" if status in (403, 429) else "409.html"
        return render(request, template, {"words": error.words, "status": status}, status=status)
