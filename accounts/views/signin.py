"""Pages on the way in: joining, proving oneself, enrolling, signing, one's own profile."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.utils import perform_login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import enrolment, links, notices, queries, refusal, rules, transitions
from accounts.asking import Request
from accounts.errors import Refused
from accounts.forms import JoinForm, ProfileForm
from accounts.freshness import FreshCheckForm, is_fresh, vouch
from accounts.rulebook import check_state
from audit import record


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request: Request, token: str) -> HttpResponse:
    """Show who invites to what; a press creates the account and signs in. Looking changes nothing."""
    at = timezone.now()
    found = queries.find_by_token(token)
    if found is None:
        raise Http404
    if request.actor is not None:
        return render(request, "accounts/invitation_other_person.html", {"invitation": found}, status=409)
    check_state(rules.TABLE["accept_invitation"], found)
    links.refuse_expired(found, at)
    rules.refuse_too_late(found)
    initial = {"display_name": found.display_name, "language": get_language()}
    form = JoinForm(found.email, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in (*ProfileForm.base_fields, "password")}
        try:
            user = transitions.accept_invitation(token, **given, actor=record.Public(), at=at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            # They typed the password twice just now: enrolling a factor need not ask a third time.
            record_authentication(request, user, method="password", email=user.email, reauthenticated=True)
            return perform_login(request, user, email_verification="none")
    context = {"invitation": found, "form": form, "roles": notices.role_names(found)}
    return render(request, "accounts/invitation.html", context)


@require_http_methods(["GET", "POST"])
def confirm(request: Request) -> HttpResponse:
    """Ask for password and second factor, then go back to where it was asked."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    form = FreshCheckForm(request, request.POST or None)
    at = timezone.now()
    if is_fresh(request, at) or (request.method == "POST" and form.is_valid()):
        vouch(request, at)
        return redirect(target)
    return render(request, "accounts/confirm.html", {"form": form, "next": target})


@require_safe
def enrol(request: Request) -> HttpResponse:
    """Show the ways to enrol a second factor, and why."""
    return render(request, "accounts/enrol.html", {"standing": request.standing})


@never_cache
@require_http_methods(["GET", "POST"])
def replace_app(request: Request) -> HttpResponse:
    """Enrol the authenticator app of a new phone in place of the old one."""
    raise_if_reauthentication_required(request, app="allauth.mfa")
    form = ActivateTOTPForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        enrolment.replace_app(request, form)
        return redirect("mfa_index")
    adapter = get_adapter()
    address = adapter.build_totp_url(request.user, form.secret)
    context = {"form": form, "secret": form.secret, "picture": enrolment.picture(adapter.build_totp_svg(address))}
    return render(request, "accounts/replace_app.html", context)


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """Show and change one's own name, reading, department and language."""
    user = request.actor.user
    initial = {name: getattr(user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        transitions.change_profile(user, **form.cleaned_data, actor=request.actor, at=timezone.now())
        messages.success(request, _("Saved."))
        response = redirect("accounts:profile")
        # The switch in the header wins over the profile, so it must not keep saying something else.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return response
    return render(request, "accounts/profile.html", {"form": form, "actor": request.actor})
