"""What tests about invitations begin with."""

from datetime import UTC, datetime
from typing import Any

from accounts import transitions
from accounts.models import Invitation, Organisation, Role, User
from audit.record import Public
from tests.cast import actor
from tests.letterbox import link_in, mails

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


NEW = {
    "display_name": "新井 新",
    "kana": "アライ アラタ",
    "department": "総務部",
    "language": "ja",
    "password": "a long phrase",
}


def invite(by: User, into: Organisation, email: str = "new@example.jp", **more: Any) -> Invitation:
    given = {"display_name": "新井 新", "roles": [Role.MEMBER], "language": "ja", **more}
    return transitions.invite(into, email=email, **given, actor=actor(by), at=AT)


def token_of(email: str = "new@example.jp") -> str:
    return link_in([mail for mail in mails("invitation") if mail["to"] == email][-1]["body"]).split("/")[2]


def accept(token: str, at: datetime = AT, **more: Any) -> User:
    return transitions.accept_invitation(token, **{**NEW, **more}, actor=Public(), at=at)


def first(by: User, home: Organisation, email: str = "new@example.jp") -> Invitation:
    return invite(by, home, email, roles=[Role.ADMINISTRATOR])
