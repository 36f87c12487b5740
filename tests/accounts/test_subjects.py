"""A mail's subject is one line, whatever stands in the names it repeats."""

from datetime import UTC, datetime

from accounts import transitions
from accounts.models import Role
from tests.cast import Cast, actor
from tests.letterbox import mails

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def test_line_break_in_a_name_begins_no_other_header(cast: Cast) -> None:
    cast.aoba.legal_name = "青葉商事\r\nBcc: everybody@example.jp\u2028株式会社"
    cast.aoba.save()
    transitions.invite(
        cast.aoba, email="new@example.jp", display_name="", roles=[Role.MEMBER], actor=actor(cast.hanako), at=AT
    )
    (mail,) = mails("invitation")
    assert mail["subject"].splitlines() == [mail["subject"]]
    assert "青葉商事 Bcc: everybody@example.jp 株式会社" in mail["subject"]
