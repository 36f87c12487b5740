"""Who is asking, in which language, and what they have to do first."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from accounts import gates, standing
from accounts.actors import find_actor
from accounts.memberships import ENDED_KEY

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Speak the language of the cookie, else the person's own (see `ActorMiddleware`), else Japanese.

    The browser's wishes are not asked: a company's machine in Japan is often set up in English.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(chosen_language(request) or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def chosen_language(request: HttpRequest) -> str | None:
    """Return the language of the cookie, None without one that we speak."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return code if code in dict(settings.LANGUAGES) else None


class ActorMiddleware:
    """Set `request.actor`, `request.standing` and `request.user.is_verified()`; end sessions of those who left.

    `request.at` is the moment of this request, for what allauth calls without a time: the domain never reads a clock.
    Membership is read on every request and never kept, so that leaving ends access at once.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.at = timezone.now()
        request.actor = None
        request.standing = standing.Standing({}, ())
        user = request.user
        if not user.is_authenticated:
            if request.session.get(ENDED_KEY) or request.session.get(SESSION_KEY):
                return access_ended(request)
            user.is_verified = lambda: False
            return self.get_response(request)
        request.actor = find_actor(user)
        if request.actor is None:
            return access_ended(request)
        request.standing = standing.read(request, user)
        # django-otp's `otp_required` asks this of the user; allauth's records answer.
        user.is_verified = lambda: request.standing.verified
        if not chosen_language(request):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        return self.get_response(request)


def access_ended(request: HttpRequest) -> HttpResponse:
    """Sign out and say so: a person whose access ended is not left to guess at a sign-in page."""
    request.session.flush()
    return render(request, "accounts/access_ended.html", status=403)


class GateMiddleware:
    """Let nobody past what they have to do first: see `accounts.gates`. Public paths stay public."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the redirect of a gate, or None."""
        if request.actor is None or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if not getattr(view, "login_required", True) and name not in gates.SHOWS_OWN:
            return None
        return gates.stop(request, request.actor, request.standing, name)
