"""What several views do with an answer of the domain."""

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.errors import Refused

PAGE = 50


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    """Put the words of a refusal at their fields, or at the top of the form."""
    known = {name: words for name, words in refusal.fields.items() if name in form.fields}
    for name, words in known.items():
        form.add_error(name, str(words))
    if not known:
        form.add_error(None, str(refusal.words))


def page_of(request: HttpRequest, rows: "QuerySet[Model]") -> "Page[Model]":
    """Return the page that the query asks for; a number that is none gives the first or last."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
