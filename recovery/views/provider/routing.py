"""By which route a claim goes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from recovery import transitions
from recovery.forms.routes import RouteForm
from recovery.queries import routes
from recovery.rules import TABLE
from recovery.views.provider.common import open_case, page, went_through


@require_http_methods(["GET", "POST"])
def set_route(request: Request, number: str) -> HttpResponse:
    """Show the ways that there are, with what each asks for, and ask which one fits and why."""
    found = open_case(request, number, "set_route")
    rules = found.procedure.procedure
    form = RouteForm(request.POST or None, procedure=rules, initial={"route": found.route or routes.hint(found)})
    if form.is_valid() and went_through(
        form, lambda: transitions.set_route(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("The route is set. What it asks for stands instead of what the tier asks for."))
        return redirect("recovery:claim", number)
    words = _("What the claimant stated is a hint only. Look for yourself, and say how you know.")
    return page(request, "provider_simple", found, form=form, title=TABLE["set_route"].words, words=words)
