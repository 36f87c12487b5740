"""Whoever holds the letter answers it, without an account."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import tallies
from accounts.asking import Request, sender_of
from accounts.errors import DomainError, WrongState
from audit.record import Public
from handover import transitions
from handover.forms.activations import ActivateForm

AN_HOUR = timedelta(hours=1)
MOST_TRIES = 10
"""Letters answered from one sender in an hour, right or wrong. Each code has its own five tries besides."""


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def activate(request: Request) -> HttpResponse:
    """Ask for letter number, code, name and mail. Wrong, unknown, used, expired or too often: the same words."""
    form = ActivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _answered(request, form.cleaned_data):
            return redirect("handover:activate_sent")
        form.add_error(
            None,
            _(
                "Letter number and code do not fit together, or the code is no longer good. Check both, or call us."
                " After ten tries in an hour, go on in the next hour."
            ),
        )
    return render(request, "handover/activate.html", {"form": form})


def _answered(request: Request, given: dict[str, str]) -> bool:
    key = f"activate:sender:{sender_of(request)}"
    if not tallies.charge(key, limit=MOST_TRIES, period=AN_HOUR, at=request.at):
        return False
    try:
        transitions.enter_activation(
            number=given["number"],
            typed=given["code"],
            name=given["name"],
            department=given["department"],
            mail=given["mail"],
            language=get_language() or "ja",
            actor=Public(),
            at=request.at,
        )
    except DomainError:
        return False
    return True


@login_not_required
@require_safe
def sent(request: Request) -> HttpResponse:
    """Say what happens next."""
    return render(request, "handover/activate_sent.html")


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """Ask for one press, because scanners of mail open every link; the page is the same for every link."""
    if request.method == "POST":
        try:
            transitions.confirm_activation(token=token, actor=Public(), at=request.at)
        except WrongState as gone:
            return render(request, "handover/activate_gone.html", {"words": gone.words}, status=409)
        return render(request, "handover/activate_done.html")
    return render(request, "handover/activate_confirm.html")
