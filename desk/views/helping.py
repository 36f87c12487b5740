"""Public help: the same sentences that the desk says, for everybody to read."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.asking import Request
from desk.queries import scripts

LONGEST = 100


@login_not_required
@require_safe
def helps(request: Request) -> HttpResponse:
    """List the questions that are answered in public, or those in which what was typed occurs."""
    typed = request.GET.get("q", "").strip()[:LONGEST]
    found = scripts.helps(get_language() or "ja", search=typed)
    return render(request, "desk/helps.html", {"helps": found, "typed": typed, "longest": LONGEST})


@login_not_required
@require_safe
def help_page(request: Request, code: str) -> HttpResponse:
    """Answer one question, and say by which rule."""
    found = scripts.find_help(code, get_language() or "ja")
    if found is None:
        raise Http404
    return render(request, "desk/help.html", {"help": found})
