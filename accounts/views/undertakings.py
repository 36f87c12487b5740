"""The confidentiality undertaking: signing it, who signed which words when, and new words."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries, refusal, rules, transitions, undertakings
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.forms import NewUndertakingForm, ReadForm, UndertakingForm
from accounts.freshness import FreshCheckForm
from accounts.models import Undertaking
from accounts.rulebook import check
from accounts.views.answers import page_of


@require_http_methods(["GET", "POST"])
def undertaking(request: Request) -> HttpResponse:
    """Show the confidentiality undertaking; sign it by typing one's name."""
    version = undertakings.current()
    text = undertakings.words(version, get_language() or settings.LANGUAGE_CODE)
    form = UndertakingForm(request.POST or None, initial={"read": undertakings.hash_of(text)})
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("typed_name", "read")}
        try:
            transitions.sign_undertaking(**given, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("You have signed the undertaking."))
            return redirect("home")
    title, _gap, words = text.partition("\n\n")
    context = {
        "form": form,
        "title": title,
        "words": words,
        "version": version,
        "reason": undertakings.reason_of(version),
        "signed": queries.has_signed_undertaking(request.actor),
    }
    return render(request, "accounts/undertaking.html", context)


@require_safe
def signatures(request: Request) -> HttpResponse:
    """List who signed which version when, those who left too."""
    if not rules.sees_undertakings(request.actor):
        raise NotAllowed(_("Only supervisors, and the seniors and auditors of the provider, see who signed."))
    may_write = rules.writes_undertakings(request.actor)
    context = {
        "page": page_of(request, queries.signers(request.actor)),
        "version": undertakings.current(),
        "may_write": may_write,
        "waits": may_write and undertakings.waiting() is not None,
    }
    return render(request, "accounts/undertakings.html", context)


@require_safe
def signed(request: Request, pk: int) -> HttpResponse:
    """Show one signed undertaking with the words that were signed and their hash."""
    found = _signed(request, pk)
    language = undertakings.language_of(found)
    title, _gap, words = undertakings.words(found.version, language).partition("\n\n") if language else ("", "", "")
    context = {
        "signed": found,
        "title": title,
        "words": words,
        "read_in": dict(settings.LANGUAGES).get(language, ""),
        "until": queries.left_at(found),
        "sees_all": rules.sees_undertakings(request.actor),
    }
    return render(request, "accounts/signed_undertaking.html", context)


@require_safe
def signed_words(request: Request, pk: int) -> HttpResponse:
    """Answer with the very bytes that were signed: their SHA-256 is the hash on record."""
    found = _signed(request, pk)
    language = undertakings.language_of(found)
    if not language:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="undertaking-{found.version}-{language}.txt"'}
    text = undertakings.words(found.version, language).encode()
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def _signed(request: Request, pk: int) -> Undertaking:
    found = queries.find_signed(request.actor, pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def propose(request: Request) -> HttpResponse:
    """Write new words, which another person publishes."""
    check(rules.TABLE, "propose_undertaking", None, request.actor)
    now = undertakings.current()
    initial = {f"words_{language}": undertakings.words(now, language) for language in undertakings.LANGUAGES}
    form = NewUndertakingForm(request.POST or None, initial=initial)
    fresh = FreshCheckForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        try:
            transitions.propose_undertaking(**form.cleaned_data, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("Proposed. Nobody signs the words before another person has published them."))
            return redirect("accounts:publish_undertaking")
    context = {"form": form, "fresh": fresh, "version": now, "waits": undertakings.waiting() is not None}
    return render(request, "accounts/propose_undertaking.html", context)


@require_http_methods(["GET", "POST"])
def publish(request: Request) -> HttpResponse:
    """Read what waits; whoever did not write it publishes it, and everybody of the staff signs at the next request."""
    check(rules.TABLE, "propose_undertaking", None, request.actor)
    draft = undertakings.waiting()
    if draft is None:
        return redirect("accounts:propose_undertaking")
    if request.method == "POST":
        check(rules.TABLE, "publish_undertaking", draft, request.actor)
    form = ReadForm(request.POST or None, initial={"read": undertakings.fingerprint(draft)})
    fresh = FreshCheckForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        given = {"draft_pk": draft.pk, "read": form.cleaned_data["read"]}
        transitions.publish_undertaking(**given, actor=request.actor, at=request.at)
        messages.success(request, _("Published. Everybody signs the new words before anything else, you as well."))
        return redirect("accounts:undertaking")
    context = {
        "draft": draft,
        "form": form,
        "fresh": fresh,
        "version": undertakings.current(),
        "may": rules.publishes_undertakings(request.actor, draft),
        "sees_all": rules.sees_undertakings(request.actor),
    }
    return render(request, "accounts/publish_undertaking.html", context)


@require_POST
def drop(request: Request) -> HttpResponse:
    """Drop what waits."""
    check(rules.TABLE, "drop_undertaking", None, request.actor)
    draft = undertakings.waiting()
    if draft is not None:
        transitions.drop_undertaking(draft_pk=draft.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Dropped. The words in force stay as they are."))
    return redirect("accounts:propose_undertaking")
