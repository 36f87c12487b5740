"""Announced calls for the paths that write one down, one of one's own to cancel, a place with people and a number."""

from typing import Any

from audit.record import Public
from desk import transitions
from desk.models import Inquiry
from tests.announced import announced
from tests.cast import Cast, actor
from tests.desk.promised import another_agent
from tests.desk.sited import placed
from tests.stock import NOW, TODAY

CALLED = ("recovery:record_attempt", "recovery:make_setting", "recovery:remind", "recovery:identify_objector")
"""Paths of operators whose walk is a call by phone."""


def paths(cast: Cast, addresses: dict[str, list[Any]]) -> tuple[dict[str, list[Any]], dict[str, dict[str, Any]]]:
    """Announce what the walk writes down at `addresses`; return the arguments of the own paths, and what is posted."""
    for name in CALLED:
        announced(_inquiry(addresses[name][0]), cast.operator)
    explained = _inquiry(addresses["desk:explanation"][0])
    for who in (cast.agent, cast.supervisor, cast.operator):
        announced(explained, who, purpose="explain")
    question = _inquiry(addresses["desk:inquiry"][0])
    own = announced(question, cast.agent)[0]
    site, number = _places(cast)
    transitions.report_caller(code="12345678", number="090-1111-2222", words="至急とのこと", actor=Public(), at=NOW)
    arguments: dict[str, list[Any]] = {
        **{f"desk:{name}": [question.receipt_number] for name in ("announce_call", "announce_now")},
        "desk:cancel_call": [own.pk],
        "desk:call_out": [announced(question, cast.supervisor)[0].pk],
        **{f"desk:{name}": [site] for name in ("site", "add_line", "seat_member", "fail_site")},
        "desk:end_site": [placed(cast, name="閉じる拠点").pk],
        "desk:end_line": [number],
        "desk:reopen_site": [_failed(cast)],
    }
    return arguments, _posts(cast)


def _posts(cast: Cast) -> dict[str, dict[str, Any]]:
    call = {"purpose": "inform", "channel": "phone", "token": "22222222-2222-4222-8222-222222222222"}
    return {
        "desk:announce_call": {**call, "window_from": "2026-11-20T10:00", "window_until": "2026-11-20T20:00"},
        "desk:announce_now": {"calls-calls": 2, "calls-token": "22222222-2222-4222-8222-222222222223"},
        "desk:caller": {"code": "0000 0000"},
        "desk:report_caller": {"code": "00000000", "number": "", "words": "パスワードを聞かれた"},
        "desk:record_site": {
            "company": "みちのく販売",
            "name": "本店",
            "notification_number": "B-1",
            "valid_from": TODAY,
        },
        "desk:end_site": {"valid_until": TODAY},
        "desk:add_line": {"number": "03-5555-0109"},
        "desk:seat_member": {"person": cast.supervisor.pk},
        "desk:fail_site": {"person": cast.operator.pk},
    }


def _places(cast: Cast) -> tuple[int, int]:
    """A place of the agency with a number, where an agent works."""
    site = placed(cast, cast.agent)
    line = transitions.add_line(site.pk, number="03-5555-0101", actor=actor(cast.senior), at=NOW)
    return site.pk, line.pk


def _failed(cast: Cast) -> int:
    site = placed(cast, another_agent(cast), name="止まった拠点")
    transitions.fail_site(site.pk, to=cast.operator, actor=actor(cast.senior), at=NOW)
    return site.pk


def _inquiry(number: str) -> Inquiry:
    return Inquiry.objects.get(receipt_number=number)
