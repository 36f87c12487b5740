"""What a signed-in person has to do first, before anything else is reachable."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.actors import Actor
from accounts.queries import has_signed_undertaking
from accounts.standing import Standing

ALWAYS = frozenset({"set_language", "account_logout"})
# Proving oneself again, which allauth asks for before a factor is enrolled.
PROVE = frozenset({"account_reauthenticate", "mfa_reauthenticate_webauthn"})
ENROL = PROVE | {"accounts:enrol", "accounts:replace_app", "mfa_activate_totp", "mfa_add_webauthn"}
CODES = frozenset({"mfa_view_recovery_codes", "mfa_download_recovery_codes"})
# Public, but shows signed-in people their own matters.
SHOWS_OWN = frozenset({"home", "handover:label"})
CONFIRM = frozenset({"accounts:confirm", "mfa_reauthenticate_webauthn"})


def stop(request: HttpRequest, actor: Actor, standing: Standing, name: str) -> HttpResponse | None:
    """Return where `actor` must go instead of the path called `name`, None when the way is free."""
    if name in ALWAYS:
        return None
    if standing.by_recovery_code or (actor.needs_second_factor and not standing.enrolled):
        return None if name in ENROL else HttpResponseRedirect(reverse("accounts:enrol"))
    if standing.enrolled and not standing.verified:
        return None if name in CONFIRM else to_confirm(request)
    if name == "mfa_remove_webauthn" and actor.needs_second_factor and len(standing.factors) == 1:
        # For apps, allauth asks the adapter; for passkeys it asks nobody.
        return HttpResponseRedirect(reverse("accounts:enrol"))
    if actor.organisation.is_staff and name not in ENROL | CODES | CONFIRM | {"accounts:undertaking"}:
        if not has_signed_undertaking(actor):
            return HttpResponseRedirect(reverse("accounts:undertaking"))
    return None


def to_confirm(request: HttpRequest) -> HttpResponse:
    """Send to the page that asks for password and second factor, and from there back."""
    target = request.GET.get("next") or (request.get_full_path() if request.method == "GET" else "/")
    return HttpResponseRedirect(f"{reverse('accounts:confirm')}?{urlencode({'next': target})}")
