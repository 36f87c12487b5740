"""Codes are in clear on what delivers them and nowhere else, after the whole way of a claim."""

import logging
from typing import Any

import pytest
from django.db import connection

from accounts import codes
from accounts.errors import DomainError, Refused
from accounts.models import OneTimeCode
from handover.models import Registration
from recovery import transitions
from recovery.transitions import intake
from tests import claims
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.stock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every plain code that is made from here on: the real ones, listened to on their way out."""
    heard: list[str] = []
    issue, tracking = codes.issue, intake.progress.new_tracking_code

    def listens(**given: Any) -> tuple[OneTimeCode, str]:
        code, plain = issue(**given)
        heard.append(plain)
        return code, plain

    def listens_too() -> str:
        heard.append(tracking())
        return heard[-1]

    monkeypatch.setattr(codes, "issue", listens)
    monkeypatch.setattr(intake.progress, "new_tracking_code", listens_too)
    return heard


def dump() -> bytes:
    """Every column of every row of every table, and as text."""
    out = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                out += [bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row]
    return b"\n".join(out)


def spellings(code: str) -> set[bytes]:
    bare = code.replace("-", "")
    return {text.encode() for text in (code, bare, code.lower(), bare.lower(), bare[-10:])}


def test_no_code_lies_in_clear_anywhere_after_the_whole_way(
    cast: Cast, lost: Registration, issued: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    claim = claims.executed(cast, lost)
    claims.all_delivered(cast, claim, at=claims.decided_at(claim))
    assert len(issued) >= 15
    everything = dump()
    assert lost.number.encode() in everything  # the dump has something in it
    found = [code for code in issued for text in spellings(code) if text in everything or text in caplog.text.encode()]
    assert found == []


def test_dump_would_find_a_code_that_was_kept(cast: Cast, lost: Registration, issued: list[str]) -> None:
    claim = claims.accepted(cast, lost)
    claim.proposal_reason = f"The code is {issued[-1]}"
    claim.save()
    everything = dump()
    assert [code for code in issued for text in spellings(code) if text in everything]


def test_refusals_name_types_and_never_what_is_on_record(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    said = []
    for act in (
        lambda: transitions.propose(claim.pk, reason="", actor=actor(cast.operator), at=NOW),
        lambda: transitions.enter_code(claim.pk, purpose="letter", typed="22222-22222", actor=PUBLIC, at=NOW),
        lambda: transitions.object_to(typed="2222-22222-22222", words="", actor=PUBLIC, at=NOW),
        lambda: transitions.enter_mailbox_code(claim.pk, typed="22222-22222", actor=PUBLIC, at=NOW),
        lambda: transitions.change_mailbox(claim.pk, mail="x@new.example", actor=PUBLIC, at=NOW),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        said.append(str(refused.value))
    for word in ("R-1", "青葉", "太郎", "taro", "record.example", "千代田", "1234", claim.number):
        assert not any(word in one for one in said), word


def test_the_same_words_whether_or_not_a_letter_was_ever_sent(cast: Cast, lost: Registration) -> None:
    stranger = claims.received()
    known = claims.accepted(cast, lost, claim=claims.received(at=later(minutes=2)))
    to = f"contact_point:{claims.point(lost, 'post').pk}"
    transitions.order_letter(known.pk, to=to, actor=actor(cast.operator), at=NOW)
    said = set()
    for claim in (stranger, known):
        with pytest.raises(Refused) as refused:
            transitions.enter_code(claim.pk, purpose="letter", typed="22222-22222", actor=PUBLIC, at=NOW)
        said.add(str(refused.value))
    assert len(said) == 1
