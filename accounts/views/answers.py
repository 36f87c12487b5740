"""What several views do with an answer of the domain."""

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

PAGE = 50


def page_of(request: HttpRequest, rows: "QuerySet[Model]") -> "Page[Model]":
    """Return the page that the query asks for; a number that is none gives the first or last."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
