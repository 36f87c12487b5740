"""What allauth and Django tell us about sign-ins, as events. The only signals in the house: docs/decisions/0002."""

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import signals as auth
from django.db import transaction

from accounts import tasks
from accounts.actors import find_actor
from accounts.asking import Request
from accounts.models import User
from accounts.standing import FACTORS
from audit import record


def connect() -> None:
    """Start listening. Called once, when the app is ready."""
    account.user_logged_in.connect(signed_in, dispatch_uid="accounts.signed_in")
    auth.user_logged_out.connect(signed_out, dispatch_uid="accounts.signed_out")
    auth.user_login_failed.connect(sign_in_failed, dispatch_uid="accounts.sign_in_failed")
    mfa.authentication_failed.connect(factor_failed, dispatch_uid="accounts.factor_failed")
    mfa.authenticator_added.connect(factor_added, dispatch_uid="accounts.factor_added")
    mfa.authenticator_removed.connect(factor_removed, dispatch_uid="accounts.factor_removed")
    mfa.authenticator_reset.connect(codes_renewed, dispatch_uid="accounts.codes_renewed")
    for signal in (account.password_changed, account.password_reset, account.password_set):
        signal.connect(password_changed, dispatch_uid="accounts.password_changed")
    account.email_changed.connect(address_changed, dispatch_uid="accounts.address_changed")


def signed_in(request: Request, user: User, **more: Any) -> None:
    with transaction.atomic():
        who, about = _who(user)
        methods = [entry.get("type") or entry["method"] for entry in get_authentication_records(request, user)]
        record.event(
            "accounts.signed_in", actor=who, at=request.at, subject=user.label, about=about, facts={"methods": methods}
        )


def signed_out(request: Request, user: User | None, **more: Any) -> None:
    if user is None:
        return
    with transaction.atomic():
        who, about = _who(user)
        record.event("accounts.signed_out", actor=who, at=request.at, subject=user.label, about=about)


def sign_in_failed(credentials: dict[str, Any], request: Request | None = None, **more: Any) -> None:
    """Note it later, in the worker: known and unknown addresses cost the same row and the same time now."""
    email = credentials.get("email")
    if request is not None and email:
        tasks.note_failed_sign_in.enqueue(tasks.sealed(str(email)), request.at.isoformat())


def factor_failed(request: Request, user: User, authenticator: Authenticator, **more: Any) -> None:
    with transaction.atomic():
        _, about = _who(user)
        record.event(
            "accounts.factor_failed",
            actor=record.Public(),
            at=request.at,
            subject=user.label,
            about=about,
            facts={"type": authenticator.type},
        )


def factor_added(request: Request, user: User, authenticator: Authenticator, **more: Any) -> None:
    """Note it; and who has just proved the new factor is verified with it, in a session under a new key."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        request.session.cycle_key()
        UserSession.objects.create_from_request(request)
    with transaction.atomic():
        who, about = _who(user)
        record.event(
            "accounts.factor_added",
            actor=who,
            at=request.at,
            subject=user.label,
            about=about,
            facts={"type": authenticator.type},
        )


def factor_removed(request: Request, user: User, authenticator: Authenticator, **more: Any) -> None:
    with transaction.atomic():
        who, about = _who(user)
        record.event(
            "accounts.factor_removed",
            actor=who,
            at=request.at,
            subject=user.label,
            about=about,
            facts={"type": authenticator.type},
        )


def codes_renewed(request: Request, user: User, **more: Any) -> None:
    with transaction.atomic():
        who, about = _who(user)
        record.event("accounts.codes_renewed", actor=who, at=request.at, subject=user.label, about=about)


def password_changed(request: Request, user: User, **more: Any) -> None:
    with transaction.atomic():
        who, about = _who(user)
        record.event("accounts.password_changed", actor=who, at=request.at, subject=user.label, about=about)


def address_changed(request: Request, user: User, **more: Any) -> None:
    with transaction.atomic():
        who, about = _who(user)
        record.event("accounts.address_changed", actor=who, at=request.at, subject=user.label, about=about)


def _who(user: User) -> tuple[record.Actor, list[str]]:
    actor = find_actor(user)
    return (actor, [actor.organisation_label]) if actor else (record.Public(), [])
