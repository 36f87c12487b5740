"""Questions about use: what to ask and say, and the table behind it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from desk import transitions
from desk.forms.guides import AnswerUseForm, UseGuideForm, UseQuestionForm
from desk.models import Inquiry, UseGuide
from desk.queries import guides
from desk.rules import TABLE
from desk.rules.guides import keeps_guides
from desk.views.console import in_call
from desk.views.finding import is_first_press, visible
from handover.models import Product

EVERY = "all"
"""What stands in a path for the rows of every product line."""


@login_not_required
@require_safe
def use_help(request: Request) -> HttpResponse:
    """Show everybody what is asked for, by kind of question: the very rows that the desk reads."""
    keeps = request.actor is not None and keeps_guides(request.actor)
    context = {"lines": guides.table(), "keeps": keeps, "products": guides.lines() if keeps else []}
    return render(request, "desk/use_help.html", {**context, "every": EVERY, "kinds": UseGuide.Kind.choices})


@require_http_methods(["GET", "POST"])
def answer_use(request: Request, number: str) -> HttpResponse:
    """Take product line and kind of question, show what to ask and say, and write down the answer."""
    inquiry = visible(request, number)
    if inquiry.topic != Inquiry.Topic.USE:
        raise Http404
    check(TABLE, "answer_use", inquiry, request.actor)
    around = in_call(request, inquiry)
    asked = UseQuestionForm(request.GET or None, lines=guides.lines())
    guide, product = None, None
    if request.GET and asked.is_valid():
        product = guides.find_line(asked.cleaned_data["line"])
        guide = guides.guide_for(product.pk if product else None, asked.cleaned_data["kind"])
    if request.method == "POST" and guide is None:
        raise Http404
    form = AnswerUseForm(request.POST or None, guide=guide) if guide else None
    if (
        guide
        and form
        and request.method == "POST"
        and form.is_valid()
        and _answer(request, inquiry, guide, product, form)
    ):
        messages.success(request, _("Answered. The inquiry has ended."))
        return redirect(around["own_url"])
    context: dict[str, Any] = {"inquiry": inquiry, "asked": asked, "guide": guide, "form": form}
    return render(request, "desk/answer_use.html", context | around)


def _answer(request: Request, inquiry: Inquiry, guide: UseGuide, product: Product | None, form: AnswerUseForm) -> bool:
    """Write the answer down; False with the words of a refusal on the form."""
    try:
        if is_first_press(form, request):
            line = product.pk if product else None
            transitions.answer_use(
                inquiry.pk, product_pk=line, kind=guide.kind, **form.values, actor=request.actor, at=request.at
            )
        return True
    except Refused as refused:
        refusal.put(form, refused)
        form.renew()
        return False


@require_http_methods(["GET", "POST"])
def write_use_guide(request: Request, line: str, kind: str) -> HttpResponse:
    """Let an editor say what a kind of question needs, for one product line or all."""
    check(TABLE, "write_use_guide", None, request.actor)
    product = None if line == EVERY else guides.find_line(line)
    if (product is None and line != EVERY) or kind not in UseGuide.Kind.values:
        raise Http404
    row = guides.guide_for(product.pk if product else None, kind)
    initial = {name: getattr(row, name) for name in ("identity", "script_ja", "script_en")} if row else {}
    form = UseGuideForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            line_pk = product.pk if product else None
            transitions.write_use_guide(
                product_pk=line_pk, kind=kind, **form.cleaned_data, actor=request.actor, at=request.at
            )
            messages.success(request, _("The row is in force, for the desk and for everybody who reads the table."))
            return redirect("desk:use_help")
        except Refused as refused:
            refusal.put(form, refused)
    context = {"form": form, "product": product, "kind": UseGuide.Kind(kind).label}
    return render(request, "desk/write_use_guide.html", context)
