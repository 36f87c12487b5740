"""A new phone: one authenticator app takes the place of another in one step."""

import base64

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.flows import activate_totp
from django.db import transaction

from accounts.asking import Request
from audit import record


def replace_app(request: Request, form: ActivateTOTPForm) -> None:
    """Enrol the app whose code `form` has checked and remove the old one: at no time is there none, or both.

    Removing first and adding then, as allauth has it, leaves an account with a password alone in between.
    Raises allauth's `ReauthenticationRequired` when the session is not fresh.
    """
    actor = request.actor
    with transaction.atomic(durable=True):
        Authenticator.objects.filter(user_id=actor.user.pk, type=Authenticator.Type.TOTP).delete()
        activate_totp(request, form)
        record.event(
            "accounts.factor_removed",
            actor=actor,
            at=request.at,
            subject=actor.label,
            about=[actor.organisation_label],
            facts={"type": Authenticator.Type.TOTP.value, "replaced": True},
        )


def picture(svg: str) -> str:
    """Return an SVG as an address for an image: no inline drawing that the content policy would have to allow."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
