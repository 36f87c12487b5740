"""Domain errors become pages here and nowhere else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.errors import DomainError, NotAllowed, Refused, WrongState

STATUS: dict[type[DomainError], int] = {NotAllowed: 403, WrongState: 409, Refused: 422}


class DomainErrorMiddleware:
    """Turn `NotAllowed`, `WrongState` and an uncaught `Refused` into their pages, in the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a domain error; anything else goes on to Django."""
        if not isinstance(error, DomainError):
            return None
        status = STATUS[type(error)]
        template = "403.html" if status == 403 else "409.html"
        return render(request, template, {"words": error.words, "status": status}, status=status)
