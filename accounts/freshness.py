"""Is it still the person who signed in? Asked before acts that matter, on the page of the act itself.

allauth's own check is content with the password alone and loses what was uploaded (docs/decisions/0002).
"""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import check_rate_limit, post_authentication
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.asking import Request
from accounts.standing import Record, is_factor


def is_fresh(request: Request, at: datetime) -> bool:
    """Tell whether password, and second factor where one is enrolled, were given in the five minutes before `at`.

    A passkey that signed in without a password (it asked for a finger or a PIN) counts as both.
    """
    return _fresh_since(request, at) is not None


def _fresh_since(request: Request, at: datetime) -> float | None:
    """Return when the proof was given that makes the session fresh at `at` (Unix time), its older half; or None."""
    recent = _recent(request, at)
    whole = [record["at"] for record in recent if record.get("passwordless") and _counts(request, record)]
    passwords = [record["at"] for record in recent if record["method"] == "password"]
    factors = [record["at"] for record in recent if _counts(request, record)]
    if passwords and not request.standing.enrolled:
        whole.append(max(passwords))
    elif passwords and factors:
        whole.append(min(max(passwords), max(factors)))
    return max(whole, default=None)


def _recent(request: Request, at: datetime) -> list[Record]:
    since = at.timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return [record for record in get_authentication_records(request, request.user) if record["at"] > since]


def _has_password(records: list[Record]) -> bool:
    return any(record["method"] == "password" for record in records)


def _has_factor(request: Request, records: list[Record]) -> bool:
    return any(_counts(request, record) for record in records)


def _counts(request: Request, record: Record) -> bool:
    return is_factor(record) and record.get("id") in request.standing.factors


class FreshCheckForm(forms.Form):
    """Asks for what is missing: nothing when the session is fresh. Stands beside the act's own form, in the same POST.

    `check = FreshCheckForm(request, request.POST or None)`; the act goes ahead when both forms are valid. Every try is
    charged before it is compared, by allauth's limits. After a right answer nothing is asked for five minutes.
    """

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of your authenticator app"),
        max_length=10,
        help_text=_("A code works once. If you have just used one, wait for the next."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, request: Request, data: Any = None) -> None:
        super().__init__(data, prefix="fresh")
        self.request = request
        recent = _recent(request, request.at)
        has_factor = _has_factor(request, recent)
        if _has_password(recent) or is_fresh(request, request.at):
            del self.fields["password"]
        if has_factor or not request.standing.has_totp:
            del self.fields["code"]
        # People with passkeys only go by way of allauth's page and come back to this one.
        self.offers_passkey = request.standing.has_passkey and not has_factor
        self.needs_passkey = self.offers_passkey and not request.standing.has_totp

    def clean(self) -> dict[str, Any]:
        """Compare password, then code; what was right is recorded in the session only when all was."""
        given = super().clean() or {}
        if self.errors:
            return given
        if self.needs_passkey:
            raise ValidationError(_("Confirm with your passkey first, then enter your password here."))
        if "password" in self.fields and not get_adapter().reauthenticate(self.request.user, given["password"]):
            raise ValidationError({"password": _("This is not your password.")})
        factor = self._compare_code(given["code"]) if "code" in self.fields else None
        if "password" in self.fields:
            record_authentication(self.request, self.request.user, method="password", reauthenticated=True)
        if factor is not None:
            post_authentication(self.request, factor, reauthenticated=True)
        return given

    def _compare_code(self, code: str) -> Authenticator:
        clear = check_rate_limit(self.request.user)
        for factor in Authenticator.objects.filter(user_id=self.request.user.pk, type=Authenticator.Type.TOTP):
            if factor.wrap().validate_code(code):
                clear()
                return factor
        raise ValidationError({"code": _("This code is not right, or was used before.")})


def vouch(request: Request, at: datetime) -> None:
    """Tell allauth's own pages that a fresh session is fresh; they do not count the sign-in itself.

    What is told carries the time of the proof, not of the telling: otherwise an open page would renew itself for ever.
    """
    since = _fresh_since(request, at)
    if since is not None:
        record_authentication(request, request.user, method="password", at=since, reauthenticated=True)
