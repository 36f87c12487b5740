"""How people come in: invited, joined, signed, with a second factor."""

import json
import re
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import transitions, undertakings
from accounts.models import Invitation, InvitationStatus, Organisation, OrganisationKind
from accounts.queries import OPEN
from audit import record
from config.demo.people import HOMES, Somebody
from config.demo.story import SYSTEM, Story, actor, user
from outbox import cipher
from outbox.models import Notice

_LINK = re.compile(r"/invitation/([\w-]+)/")


def organisation(key: str) -> Organisation:
    """Return an organisation of the demo."""
    home = HOMES[key]
    if home.kind == OrganisationKind.PROVIDER:
        return Organisation.objects.get(kind=home.kind)
    return Organisation.objects.get(kind=home.kind, legal_name=home.name)


def found(story: Story, somebody: Somebody) -> None:
    """Let one of the provider's first two people in, as `bootstrap` does."""

    def act(at: datetime) -> None:
        _invitation, token = transitions.bootstrap(
            email=somebody.address,
            display_name=somebody.name,
            staff_number=somebody.staff_number,
            actor=SYSTEM,
            at=at - timedelta(minutes=5),
        )
        _accept(somebody, token, at)

    story.once(act)
    _settle_in(story, somebody)


def join(story: Story, somebody: Somebody) -> None:
    """Let `somebody` in by an invitation."""
    story.once(lambda at: _accept(somebody, _token(_invited(somebody, at), somebody, at), at))
    _settle_in(story, somebody)


def _invited(somebody: Somebody, at: datetime) -> Invitation:
    invitation = Invitation.objects.filter(email=somebody.address, status__in=OPEN).first()
    if invitation is None:
        invitation = transitions.invite(
            organisation(somebody.home),
            email=somebody.address,
            display_name=somebody.name,
            roles=[str(role) for role in somebody.roles],
            staff_number=somebody.staff_number,
            language=somebody.language,
            actor=actor(somebody.invited_by),
            at=at - timedelta(minutes=5),
        )
    if invitation.status == InvitationStatus.PROPOSED:
        invitation = transitions.second_invitation(
            invitation, actor=actor(somebody.seconded_by), at=at - timedelta(minutes=4)
        )
    return invitation


def _token(invitation: Invitation, somebody: Somebody, at: datetime) -> str:
    """Read the link from the queued mail, as the invited person would. Nothing else knows it."""
    mails = Notice.objects.filter(recipient=invitation.label).order_by("-queued_at")
    mail = mails.first()
    if mail is None or mail.payload is None:
        # An interrupted run whose mail has been delivered since: its link is known to nobody here.
        transitions.resend_invitation(invitation, actor=actor(somebody.invited_by), at=at - timedelta(minutes=3))
        mail = mails.all()[0]
    link = _LINK.search(json.loads(cipher.decrypt(bytes(mail.payload or b"")))["body"])
    if link is None:
        raise RuntimeError("the invitation's mail has no link")
    return link.group(1)


def _accept(somebody: Somebody, token: str, at: datetime) -> None:
    transitions.accept_invitation(
        token,
        display_name=somebody.name,
        kana=somebody.kana,
        department=somebody.department,
        language=somebody.language,
        password=somebody.password,
        actor=record.Public(),
        at=at,
    )


def _settle_in(story: Story, somebody: Somebody) -> None:
    if somebody.has_factor:
        story.once(lambda at: enrol(somebody, at))
    if HOMES[somebody.home].kind in (OrganisationKind.AGENCY, OrganisationKind.PROVIDER):
        story.once(
            lambda at: transitions.sign_undertaking(
                typed_name=somebody.name,
                read=undertakings.text_hash(undertakings.current(), "ja"),
                actor=actor(somebody.key),
                at=at,
            )
        )


def enrol(somebody: Somebody, at: datetime) -> None:
    """Give an authenticator app; allauth's own way needs a browser's session."""
    account, who = user(somebody.key), actor(somebody.key)
    kind = Authenticator.Type.TOTP
    with transaction.atomic(durable=True):
        secret = cipher.encrypt(somebody.totp_secret).decode()
        Authenticator.objects.create(user=account, type=kind, data={"secret": secret})
        record.event(
            "accounts.factor_added",
            actor=who,
            at=at,
            subject=account.label,
            about=[who.organisation_label],
            facts={"type": kind.value},
        )
