"""Was that really you? What is answered to whoever was called, and what becomes of a report."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from audit.models import Event
from audit.record import Public
from desk import queries, transitions
from desk.models import Alarm, CallerReport, CallIntention, Inquiry
from desk.views import public_caller
from tests.cast import Cast, actor, sign_in
from tests.desk.sited import placed
from tests.desk.test_announcing import HOUR, announce, called
from tests.desk.test_holds import inquired
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
TYPED = re.compile(r' value="[^"]*"')


def ask(at: Any = NOW, client: Client | None = None, **typed: str) -> HttpResponse:
    with time_machine.travel(at, tick=False):
        return (client or Client()).post("/caller/", {"code": "", "number": "", **typed})


def said(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.content.decode()


def is_ours(response: HttpResponse) -> bool:
    return bool(response.context["answer"].is_ours)


@pytest.fixture
def inquiry() -> Inquiry:
    return inquired()


def test_code_of_a_live_call_tells_hour_and_purpose_and_nothing_of_the_case(cast: Cast, inquiry: Inquiry) -> None:
    made, code = announce(cast, inquiry)
    text = said(ask(code=f"{code[:4]}-{code[4:]}"))
    assert "当社" in text or "ours" in text
    assert str(made.get_purpose_display()) in text and str(made.get_topic_display()) in text
    assert "09:00" in text or "9:00" in text or "10:00" in text
    for secret in (inquiry.receipt_number, made.staff_code, cast.agent.display_name, "青葉"):
        assert secret not in text
    assert is_ours(ask(code="".join(chr(ord(digit) + 0xFEE0) for digit in code)))  # typed in wide digits


def test_code_answers_after_the_call_and_until_the_window_is_over(cast: Cast, inquiry: Inquiry) -> None:
    _made, code = announce(cast, inquiry)
    called(cast, inquiry)
    assert is_ours(ask(NOW + HOUR - timedelta(seconds=1), code=code))
    assert not is_ours(ask(NOW + HOUR, code=code))


def test_unknown_expired_and_cancelled_are_one_answer_byte_for_byte(cast: Cast, inquiry: Inquiry) -> None:
    made, cancelled = announce(cast, inquiry)
    transitions.cancel_call(made.pk, actor=actor(cast.agent), at=NOW)
    _made, expired = announce(cast, inquiry, window_until=NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=2)
    answers, statements = set(), set()
    for code in (cancelled, expired, "00000000", "1", "not a code", "9" * 20):
        with CaptureQueriesContext(connection) as caught:
            text = said(ask(later, code=code))
        answers.add(TYPED.sub("", TOKEN.sub("", text)))
        statements.add(tuple(re.sub(r"'[^']*'", "?", one["sql"]) for one in caught.captured_queries))
    assert len(answers) == 1
    assert len(statements) == 1
    assert "/caller/report/" in answers.pop()


def test_call_of_somebody_who_has_left_is_nobodys(cast: Cast, inquiry: Inquiry) -> None:
    _made, code = announce(cast, inquiry)
    Membership.objects.filter(user=cast.agent).update(until=NOW)
    assert not is_ours(ask(code=code))


def test_number_of_the_register_is_ours_however_it_is_typed_and_only_in_its_time(cast: Cast) -> None:
    line = transitions.add_line(placed(cast).pk, number="03-5555-0101", actor=actor(cast.senior), at=NOW)
    assert is_ours(ask(number="０３（５５５５）０１０１"))
    assert is_ours(ask(number="+81 3 5555 0101"))
    assert not is_ours(ask(number="03-5555-0102"))
    assert not is_ours(ask(number="call me"))
    transitions.end_line(line.pk, actor=actor(cast.senior), at=NOW)
    assert is_ours(ask(number="0355550101"))  # its last day
    assert not is_ours(ask(NOW + timedelta(days=1), number="0355550101"))


def test_number_of_an_ended_place_is_not_ours(cast: Cast) -> None:
    site = placed(cast)
    transitions.add_line(site.pk, number="03-5555-0101", actor=actor(cast.senior), at=NOW)
    transitions.end_site(site.pk, valid_until=NOW.date(), actor=actor(cast.senior), at=NOW)
    assert not is_ours(ask(NOW + timedelta(days=1), number="03-5555-0101"))


def test_agency_whose_places_are_all_over_calls_for_nobody(cast: Cast, inquiry: Inquiry) -> None:
    tomorrow = {"window_from": NOW + timedelta(days=1), "window_until": NOW + timedelta(days=1, hours=2)}
    _made, code = announce(cast, inquiry, **tomorrow)
    assert is_ours(ask(NOW + timedelta(days=1), code=code))  # an agency that nobody entered yet
    site = placed(cast)
    transitions.end_site(site.pk, valid_until=NOW.date(), actor=actor(cast.senior), at=NOW)
    assert is_ours(ask(code=code))  # its last day
    assert not is_ours(ask(NOW + timedelta(days=1), code=code))
    placed(cast, name="仙台センター")
    assert is_ours(ask(NOW + timedelta(days=1), code=code))


def test_right_number_with_a_wrong_code_is_not_ours(cast: Cast, inquiry: Inquiry) -> None:
    _made, code = announce(cast, inquiry)
    transitions.add_line(placed(cast).pk, number="03-5555-0101", actor=actor(cast.senior), at=NOW)
    assert is_ours(ask(code=code, number="03-5555-0101"))
    assert not is_ours(ask(code="00000000", number="03-5555-0101"))
    assert not is_ours(ask(code=code, number="03-5555-0999"))


@pytest.mark.parametrize("names", [False, True])
def test_agency_is_named_where_the_provider_says_so_and_genuine_is_always_answered(
    cast: Cast, inquiry: Inquiry, settings: Any, names: bool
) -> None:
    settings.CALLER_NAMES_COMPANY = names
    _made, code = announce(cast, inquiry)
    transitions.add_line(placed(cast).pk, number="03-5555-0101", actor=actor(cast.senior), at=NOW)
    for typed in ({"code": code}, {"number": "03-5555-0101"}):
        answer = ask(**typed)
        assert is_ours(answer)
        assert (cast.desk.legal_name in said(answer)) is names


def test_nothing_typed_is_asked_for(cast: Cast) -> None:
    assert ask().context["answer"] is None


def test_questions_of_one_sender_are_limited(cast: Cast, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_caller, "MOST_QUESTIONS", 2)
    _made, code = announce(cast, inquiry)
    assert [ask(code=code).context["answer"] is not None for _try in range(3)] == [True, True, False]


# Reports --------------------------------------------------------------------------------------------------------------


def tell(client: Client | None = None, **typed: str) -> HttpResponse:
    with time_machine.travel(NOW, tick=False):
        return (client or Client()).post("/caller/report/", {"code": "", "number": "", "words": "", **typed})


def test_report_is_one_row_of_one_size_and_an_alarm_for_the_seniors(cast: Cast) -> None:
    before = mark()
    assert tell()["Location"] == "/caller/thanks/"
    assert verbs(before) == ["caller.reported", "alarm.opened"]
    assert notices(before) == []
    assert Event.objects.get(verb="caller.reported").facts == {}
    tell(code="12345678", number="090-1111-2222", words="パスワードを聞かれた😀\x01" * 28)
    assert len({len(bytes(one.sealed)) for one in CallerReport.objects.all()}) == 1
    assert CallerReport.objects.count() == 2
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.organisation) == ("false_call", cast.provider)
    assert queries.alarms(actor(cast.senior)) and not queries.alarms(actor(cast.supervisor))
    assert Client().get("/caller/thanks/").status_code == 200


def test_reports_are_read_by_seniors_only(cast: Cast) -> None:
    tell(words="パスワードを聞かれた", number="090-1111-2222")
    text = sign_in(Client(), cast.senior).get("/desk/caller-reports/").content.decode()
    assert "パスワードを聞かれた" in text and "090-1111-2222" in text
    for who in ("agent", "supervisor", "operator", "approver", "editor", "auditor", "hanako"):
        assert sign_in(Client(), getattr(cast, who)).get("/desk/caller-reports/").status_code == 403


def test_reports_of_one_sender_are_limited_and_too_long_ones_are_not_taken(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_caller, "MOST_REPORTS", 1)
    assert tell(words="x" * 401).status_code == 200
    assert tell().status_code == 302
    assert tell().status_code == 200
    assert CallerReport.objects.count() == 1


def test_only_the_public_reports(cast: Cast) -> None:
    made = transitions.report_caller(code="1", number="2", words="3", actor=Public(), at=NOW)
    assert made.said == {"code": "1", "number": "2", "words": "3"}


def test_public_list_names_companies_numbers_and_validity(cast: Cast) -> None:
    site = placed(cast)
    transitions.add_line(site.pk, number="03-5555-0101", actor=actor(cast.senior), at=NOW)
    with time_machine.travel(NOW, tick=False):
        text = Client().get("/caller/places/").content.decode()
    for words in (cast.desk.legal_name, site.name, "A-02-01234", "03-5555-0101"):
        assert words in text
    assert cast.agent.display_name not in text
    assert CallIntention.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_public_list_takes_two_queries(cast: Cast, count: int, django_assert_num_queries: Callable[..., Any]) -> None:
    for number in range(count):
        site = placed(cast, name=f"拠点 {number}")
        transitions.add_line(site.pk, number=f"03-5555-010{number}", actor=actor(cast.senior), at=NOW)
    with django_assert_num_queries(2):
        assert len([list(vars(one)["numbers"]) for one in queries.public_sites(NOW.date())]) == count
