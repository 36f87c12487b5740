"""Where allauth asks the house: mails, links, secrets, names."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationMixin
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import standing
from accounts.actors import find_actor
from accounts.models import User
from audit import record
from outbox import cipher, post


def user_display(user: User) -> str:
    """Return what a person is called in messages and authenticator apps."""
    return user.display_name


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; mails go through the outbox; links are built from our own origin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail that allauth calls `template_prefix`, in the language of the account it is for.

        An unknown address costs the same rows as a known one, so that the answer takes no other time.
        """
        address = EmailAddress.objects.filter(email=email.lower()).select_related("user").first()
        user = context.get("user") or (address.user if address else None)
        actor = find_actor(user) if user else None
        name = "account_" + template_prefix.rpartition("/")[2]
        label = user.label if user else "public"
        at = self.request.at
        with transaction.atomic():
            event = record.event(
                "accounts.mail_queued",
                actor=actor or record.Public(),
                at=at,
                subject=label,
                about=[actor.organisation_label] if actor else [],
                facts={"mail": name},
            )
            post.mail(
                name,
                to=email,
                language=user.language if user else translation.get_language() or settings.LANGUAGE_CODE,
                context={key: context[key] for key in MAIL_CONTEXT & context.keys()} | {"at": at, "person": user},
                event=event,
                recipient=label,
                at=at,
            )

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_ORIGIN + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmationMixin) -> str:
        return settings.PUBLIC_ORIGIN + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Send people with a second factor to the page that asks for both; the password alone is not enough."""
        if not user.is_authenticated or not self.request.standing.verified:
            return super().get_reauthentication_methods(user)
        ways = [("accounts:confirm", _("Confirm with your password and your authenticator app"))]
        if self.request.standing.has_passkey:
            ways.append(("mfa_reauthenticate_webauthn", _("Confirm with your passkey")))
        return [{"id": name, "description": words, "url": reverse(name)} for name, words in ways]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts wrong passwords by host and address; hosts are the guesser's choice.
        return "login:" + str(credentials.get("email", "")).lower()


# What a mail's template may say. Whatever else allauth passes along stays out of the outbox.
MAIL_CONTEXT = {"password_reset_url", "activate_url", "ip", "user_agent", "from_email", "to_email", "deleted_email"}


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted at rest; passkeys belong to our own origin."""

    def encrypt(self, text: str) -> str:
        return cipher.encrypt(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher.decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": str(urlsplit(settings.PUBLIC_ORIGIN).hostname), "name": settings.SITE_NAME}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {"id": user_pk_to_url_str(user).encode(), "display_name": user.display_name, "name": user.email}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of people who must have one: a new phone replaces it in one step instead."""
        others = standing.factors_of(authenticator.user).keys() - {authenticator.pk}
        actor = find_actor(authenticator.user)
        return bool(others) or actor is None or not actor.needs_second_factor
