"""Pages of the provider about the register: product cards and worklists. They show no registration itself."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import check
from handover import transitions
from handover.forms.register import ProductForm
from handover.queries import changes, register
from handover.rules import TABLE
from handover.rules.register import ONLY_OPERATOR, is_operator
from handover.transitions.products import TEXTS

PAGE = 50


def _only_operators(request: Request) -> None:
    if not is_operator(request.actor):
        raise NotAllowed(ONLY_OPERATOR)


@require_safe
def products(request: Request) -> HttpResponse:
    """List the product cards."""
    _only_operators(request)
    page = Paginator(register.products(), PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/register_products.html", {"page": page})


@require_http_methods(["GET", "POST"])
def add_product(request: Request) -> HttpResponse:
    """Make a product card."""
    check(TABLE, "add_product", None, request.actor)
    form = ProductForm(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            transitions.add_product(code=code, texts=form.texts, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The product card is made."))
            return redirect("handover:products")
    return render(request, "handover/register_product.html", {"form": form, "product": None})


@require_http_methods(["GET", "POST"])
def product(request: Request, code: str) -> HttpResponse:
    """Write a product card anew."""
    _only_operators(request)
    found = register.find_product(code)
    if found is None:
        raise Http404
    form = ProductForm(
        request.POST or None, with_code=False, initial={column: getattr(found, column) for column in TEXTS}
    )
    if form.is_valid():
        try:
            transitions.change_product(product_pk=found.pk, texts=form.texts, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The product card is changed."))
            return redirect("handover:products")
    return render(request, "handover/register_product.html", {"form": form, "product": found})


@require_safe
def gaps(request: Request) -> HttpResponse:
    """List the holes in responsibility of all customers."""
    _only_operators(request)
    page = Paginator(register.open_gaps(), PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/register_gaps.html", {"page": page})


@require_safe
def names(request: Request) -> HttpResponse:
    """List names that do not tell callers apart."""
    _only_operators(request)
    page = Paginator(changes.coarse_names(), PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/register_names.html", {"page": page})
