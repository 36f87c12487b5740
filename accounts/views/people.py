"""People of an organisation, their invitations, and the provider's list of organisations."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import queries, refusal, rules, transitions
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.forms import InviteForm, OrganisationForm
from accounts.models import Invitation, InvitationStatus, Organisation, OrganisationKind
from accounts.rulebook import available, check
from accounts.views.answers import page_of


@require_safe
def people(request: Request) -> HttpResponse:
    """List the people of one's own organisation."""
    context = _people_context(request, request.actor.organisation)
    context["writes_undertakings"] = rules.writes_undertakings(request.actor)
    context["sees_undertakings"] = rules.sees_undertakings(request.actor)
    return render(request, "accounts/people.html", context)


def _people_context(request: Request, organisation: Organisation) -> dict[str, Any]:
    """Return what the table of people and the table of invitations show."""
    return {
        "organisation": organisation,
        "page": page_of(request, queries.people_of(organisation)),
        "invitations": [
            {"row": row, "actions": available(rules.ON_INVITATION, row, request.actor)}
            for row in queries.open_invitations(organisation)
        ],
        "may_invite": rules.may_invite(request.actor, organisation),
        "is_own": request.actor.organisation == organisation,
        "may_end": rules.shows_leaving(request.actor, organisation),
        "at": timezone.now(),
    }


@require_http_methods(["GET", "POST"])
def invite(request: Request) -> HttpResponse:
    """Invite somebody into one's own organisation."""
    return _invite(request, request.actor.organisation, "accounts:people")


@require_http_methods(["GET", "POST"])
def invite_into(request: Request, pk: int) -> HttpResponse:
    """Invite the first person of an organisation."""
    return _invite(request, _organisation(request, pk), "accounts:organisation", pk)


def _invite(request: Request, organisation: Organisation, back: str, *args: int) -> HttpResponse:
    check(rules.TABLE, "invite", organisation, request.actor)
    form = InviteForm(request.actor, organisation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.invite(organisation, **form.cleaned_data, actor=request.actor, at=timezone.now())
        except Refused as refused:
            refusal.put(form, refused)
        else:
            if made.status == InvitationStatus.PROPOSED:
                messages.info(request, _("A second person has to agree before the mail is sent."))
            else:
                messages.success(request, _("The invitation is on its way."))
            return redirect(back, *args)
    context = {"form": form, "organisation": organisation, "two_invite": rules.two_invite(request.actor, organisation)}
    return render(request, "accounts/invite.html", context)


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Withdraw an open invitation."""
    return _act(request, pk, "withdraw_invitation", transitions.withdraw_invitation, _("The link no longer works."))


@require_http_methods(["GET", "POST"])
def resend(request: Request, pk: int) -> HttpResponse:
    """Send a new link."""
    return _act(request, pk, "resend_invitation", transitions.resend_invitation, _("A new link is on its way."))


@require_http_methods(["GET", "POST"])
def second(request: Request, pk: int) -> HttpResponse:
    """Agree to an invitation as the second person."""
    return _act(request, pk, "second_invitation", transitions.second_invitation, _("The invitation is on its way."))


def _act(request: Request, pk: int, action: str, transition: Callable[..., Invitation], done: str) -> HttpResponse:
    found = queries.find_invitation(request.actor, pk)
    if found is None:
        raise Http404
    own = found.organisation == request.actor.organisation
    back = redirect("accounts:people") if own else redirect("accounts:organisation", found.organisation_id)
    if request.method == "POST":
        transition(found, actor=request.actor, at=timezone.now())
        messages.success(request, done)
        return back
    rule = check(rules.TABLE, action, found, request.actor)
    context = {"invitation": found, "rule": rule, "action": action, "back": back.url}
    return render(request, "accounts/invitation_act.html", context)


@require_safe
def organisations(request: Request) -> HttpResponse:
    """List organisations, fifty at a time. For the provider only; others have their own page of people."""
    if request.actor.kind != OrganisationKind.PROVIDER:
        raise NotAllowed(_("Only the provider sees the list of organisations."))
    words = request.GET.get("q", "").strip()
    context = {
        "page": page_of(request, queries.search_organisations(request.actor, words)),
        "q": words,
        "may_create": rules.decides_at_provider(request.actor),
        "may_open": rules.decides_at_provider(request.actor),
    }
    return render(request, "accounts/organisations.html", context)


@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    """Add an organisation."""
    check(rules.TABLE, "create_organisation", None, request.actor)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.create_organisation(**form.cleaned_data, actor=request.actor, at=timezone.now())
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The organisation is here. Invite its first person."))
            return redirect("accounts:organisation", made.pk)
    return render(request, "accounts/create.html", {"form": form})


@require_safe
def organisation(request: Request, pk: int) -> HttpResponse:
    """Show one organisation with its people; a look from outside is written down first."""
    found = transitions.view_organisation(_organisation(request, pk), actor=request.actor, at=timezone.now())
    return render(request, "accounts/organisation.html", _people_context(request, found))


def _organisation(request: Request, pk: int) -> Organisation:
    found = queries.find_organisation(request.actor, pk)
    if found is None:
        raise Http404
    return found
