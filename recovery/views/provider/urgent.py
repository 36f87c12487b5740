"""Business stands still: one named setting after a call, the second person's yes, and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from accounts.rulebook import available, check
from handover.forms.fresh import fresh_check
from recovery import named_settings, transitions
from recovery.forms.urgent import SettingForm, TakeBackForm
from recovery.models import UrgentSetting
from recovery.queries import urgent as reads
from recovery.rules import TABLE
from recovery.views.desk import visible
from recovery.views.provider.common import open_case, page, went_through

ACTS = {"confirm_setting": TABLE["confirm_setting"], "reverse_setting": TABLE["reverse_setting"]}


@require_http_methods(["GET", "POST"])
def make_setting(request: Request, number: str) -> HttpResponse:
    """Ask which setting, what it was and is, and about the call; write it down."""
    found = open_case(request, number, "make_setting")
    names = named_settings.settings_for(found.registration) if found.registration else []
    phones, today = reads.phones_of(found, request.at), timezone.localdate(request.at)
    form = SettingForm(request.POST or None, names=names, phones=phones, today=today)
    if form.is_valid() and went_through(
        form, lambda: transitions.make_setting(found.pk, **form.given, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("On record. Everybody on record is being told; another person confirms it."))
        return redirect("recovery:claim", number)
    return page(request, "provider_setting_make", found, form=form, is_record=bool(phones))


@require_http_methods(["GET", "POST"])
def confirm_setting(request: Request, number: str, pk: int) -> HttpResponse:
    """Show what was set, by whom and on which call; after the fresh check, confirm it."""
    setting = _find(request, number, pk)
    check(TABLE, "confirm_setting", setting, request.actor)
    fresh = fresh_check(request)
    if request.method == "POST" and fresh.is_valid():
        transitions.confirm_setting(pk, actor=request.actor, at=request.at)
        messages.success(request, _("Confirmed. It stays until somebody takes it back."))
        return redirect("recovery:claim", number)
    may = available(ACTS, setting, request.actor)
    return page(request, "provider_setting_confirm", setting.claim, setting=setting, fresh=fresh, may=may)


@require_http_methods(["GET", "POST"])
def reverse_setting(request: Request, number: str, pk: int) -> HttpResponse:
    """Show what it was before; ask why; take it back."""
    setting = _find(request, number, pk)
    check(TABLE, "reverse_setting", setting, request.actor)
    form = TakeBackForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.reverse_setting(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Taken back, and everybody on record is being told."))
        return redirect("recovery:claim", number)
    return page(request, "provider_setting_reverse", setting.claim, setting=setting, form=form)


def _find(request: Request, number: str, pk: int) -> UrgentSetting:
    setting = reads.find(visible(request, number), pk)
    if setting is None:
        raise Http404
    return setting
