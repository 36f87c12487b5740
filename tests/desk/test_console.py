"""The console: what it shows at each step of a call, what it costs, and what it never leads to."""

import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts import tallies
from accounts.models import Role, User
from desk import progress, transitions
from desk.models import Call, Contact, Hold, Inquiry, Statement
from recovery.queries.console import mask
from tests import claims
from tests.cast import Cast, actor, sign_in, somebody
from tests.desk.test_queue import TRANSACTION, asked, promised
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

QUERIES = 12
CONSOLE = "/desk/console/"


def at_desk(user: User) -> Client:
    return sign_in(Client(), user)


def page(client: Client, path: str = CONSOLE, *, at: datetime = NOW) -> str:
    with time_machine.travel(at, tick=False):
        response = client.get(path)
    assert response.status_code == 200, response.headers.get("Location")
    return str(response.content.decode())


def sent(client: Client, act: str, *, at: datetime = NOW, shown: str = CONSOLE, **data: object) -> int:
    """Fill in the form of one act as the console shows it; return the status of the answer."""
    with time_machine.travel(at, tick=False):
        text = client.get(shown).content.decode()
        found = re.search(rf'action="{CONSOLE}{act}/".*?</form>', text, re.DOTALL)
        assert found, f"the page has no form for {act}"
        token = re.search(r'name="token" value="([^"]+)"', found[0])
        given = {"token": token[1]} if token else {}
        return int(client.post(f"{CONSOLE}{act}/", {**given, **data}).status_code)


def calling(by: User, **changes: str) -> Call:
    said = {"name": "渡邉 翔", "number": "03-1234-5678", **changes}
    return transitions.begin_call(**said, actor=actor(by), at=NOW)


# A call from begin to end ------------------------------------------------------------------------------------------


def test_a_call_is_begun_taken_down_promised_and_ended_without_a_script(cast: Cast) -> None:
    client = at_desk(cast.agent)
    assert sent(client, "begin", name="渡邉 翔", number="03-1234-5678") == 302
    text = page(client)
    assert "03-1234-****" in text and "03-1234-5678" not in text.split("data-callbar")[1].split("</section>")[0]
    with time_machine.travel(NOW, tick=False):
        taken = client.post(
            f"{CONSOLE}take-down/",
            {
                "token": "6f1f8f0e-0000-4000-8000-000000000001",
                "topic": "bill",
                "remarks": "請求書の送り先を知りたい",
                "name": "渡邉 翔",
                "own_phone": "03-1234-5678",
                "capacity": "customer",
                "answer_by": "phone",
                "language": "ja",
            },
        )
    inquiry = Inquiry.objects.get()
    assert inquiry.receipt_number in taken.content.decode() and "進捗確認コードは" in taken.content.decode()
    until = re.findall(r'<option value="(2026[^"]+)"', page(client))[-1]
    promise = {"wish": "送り先の変更", "window": until, "next_action": "call", "reason": "call_back"}
    assert sent(client, "promise", **promise) == 302
    hold = Hold.objects.get(inquiry=inquiry)
    assert (hold.owner, hold.wish) == (cast.agent, "送り先の変更")
    assert hold.promised_until == datetime.fromisoformat(until)
    over = NOW + timedelta(minutes=3)
    assert sent(client, "end", at=over, ending="promised", text="請求書の送り先のご質問") == 302
    contact = Contact.objects.get(inquiry=inquiry)
    assert (contact.minutes, contact.by) == (3, cast.agent)
    assert not Call.objects.running().exists()
    assert inquiry.receipt_number in page(client)  # among the own promises


def test_caller_without_a_number_is_taken_down_by_mail_or_letter_and_a_claim_too(cast: Cast) -> None:
    client = at_desk(cast.agent)
    assert sent(client, "begin", name="渡邉 翔", no_number="on") == 302
    said = {"topic": "bill", "remarks": "送り先", "name": "渡邉 翔", "capacity": "customer", "language": "ja"}
    assert sent(client, "take-down", **said, answer_by="phone") == 200
    letter = {**said, "answer_by": "letter", "postal_code": "100-0001"}
    assert sent(client, "take-down", **letter) == 200  # asks for the address, on the form
    assert not Inquiry.objects.exists()
    claim = {**said, "organisation_name": "青葉商事", "answer_by": "mail", "mail": "sho@example.jp"}
    with time_machine.travel(NOW, tick=False):
        shown = client.post("/desk/calls/new/", {**claim, "answer_by": "phone"})
        assert shown.status_code == 200 and not Inquiry.objects.exists()
    assert sent(client, "take-down", **letter, address="東京都千代田区千代田1-1") == 200
    assert Inquiry.objects.get().answer_by == "letter"


def test_number_is_always_asked_for(cast: Cast) -> None:
    client = at_desk(cast.agent)
    assert sent(client, "begin", name="渡邉 翔") == 200
    assert sent(client, "begin", name="渡邉 翔", number="うちの電話") == 200
    assert sent(client, "begin", name="渡邉 翔", number="0120-123-456") == 200  # costs its owner
    assert not Call.objects.exists()
    assert sent(client, "begin", name="渡邉 翔", no_number="on") == 302
    assert Call.objects.get().number == ""


def test_second_press_of_begin_and_end_does_nothing_again(cast: Cast) -> None:
    client = at_desk(cast.agent)
    given = {"name": "渡邉 翔", "number": "03-1234-5678", "token": "6f1f8f0e-0000-4000-8000-000000000002"}
    with time_machine.travel(NOW, tick=False):
        answers = [client.post(f"{CONSOLE}begin/", given).status_code for _press in range(2)]
    assert (answers, Call.objects.count()) == ([302, 302], 1)


def test_receipt_number_as_said_leads_the_call_and_a_wrong_one_to_nothing(cast: Cast) -> None:
    client, inquiry = at_desk(cast.agent), asked("青葉商事")
    calling(cast.agent)
    assert sent(client, "find", number="C-0000-000-000") == 200
    assert Call.objects.get().inquiry is None
    assert sent(client, "find", number=inquiry.receipt_number.replace("-", " ")) == 302
    assert Call.objects.get().inquiry == inquiry
    assert "青葉商事" in page(client)


def test_acts_of_a_call_need_one(cast: Cast) -> None:
    client = at_desk(cast.agent)
    for act in ("find", "take-down", "promise", "warn", "end"):
        assert client.post(f"{CONSOLE}{act}/").status_code == 409, act
    calling(cast.agent)
    assert client.post(f"{CONSOLE}promise/").status_code == 409


def test_we_end_a_call_only_after_the_words_of_the_procedure_were_recorded(cast: Cast) -> None:
    client = at_desk(cast.agent)
    calling(cast.agent)
    text = page(client)
    assert "そのようなお言葉が続く場合は" in text and "Ended by us" not in text and "当社から終了" not in text
    assert client.post(f"{CONSOLE}end/", {"ending": "by_us"}).status_code == 200
    assert sent(client, "warn", warning="words") == 302
    assert sent(client, "end", ending="by_us") == 302
    assert Call.objects.get().ending == "by_us"


def test_clock_warns_from_twenty_minutes_on(cast: Cast) -> None:
    client = at_desk(cast.agent)
    calling(cast.agent)
    early = page(client, at=NOW + timedelta(minutes=19, seconds=59))
    late = page(client, at=NOW + timedelta(minutes=20))
    assert ">19:59<" in early and "is-long" not in early
    assert ">20:00<" in late and "is-long" in late
    assert ">1:00:05<" in page(client, at=NOW + timedelta(minutes=60, seconds=5))


def test_supervisor_sees_running_calls_and_takes_one_over(cast: Cast) -> None:
    call, client = calling(cast.agent), at_desk(cast.supervisor)
    text = page(client)
    assert cast.agent.display_name in text
    assert client.post(f"{CONSOLE}calls/{call.pk}/take-over/").status_code == 302
    assert Call.objects.get().by == cast.supervisor
    assert cast.agent.display_name not in page(client)
    assert "take-over" not in page(at_desk(cast.agent))


def test_operator_sees_running_calls_of_colleagues_only_and_takes_one_over(cast: Cast) -> None:
    call, client = calling(cast.operator), at_desk(cast.colleague)
    calling(cast.agent)
    text = page(client)
    assert cast.operator.display_name in text and cast.agent.display_name not in text
    assert client.post(f"{CONSOLE}calls/{call.pk}/take-over/").status_code == 302
    assert Call.objects.get(pk=call.pk).by == cast.colleague
    assert cast.operator.display_name not in page(client)


def test_keys_are_switched_off_for_the_session(cast: Cast) -> None:
    client = at_desk(cast.agent)
    assert 'data-keys="on"' in page(client)
    client.post(f"{CONSOLE}keys/")
    assert 'data-keys="off"' in page(client)
    client.post(f"{CONSOLE}keys/")
    assert 'data-keys="on"' in page(client)


# What is shown, and what never -------------------------------------------------------------------------------------


def test_facts_are_masked_until_the_case_is_opened(cast: Cast) -> None:
    claim = claims.received(at=NOW)
    Inquiry.objects.filter(pk=claim.inquiry_id).update(
        sealed=Statement(
            organisation_name="青葉商事", name="渡邉 翔", own_phone="090-1234-5678", mail="sho@new.example"
        ).sealed()
    )
    text = page(at_desk(cast.agent), f"{CONSOLE}{claim.number}/")
    assert "090-1234-****" in text and "s****@new.example" in text
    assert "5678" not in text and "sho@new" not in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        ("12", "****"),
        ("B-2026-00 12", "B-2026-****"),
        ("03-1234-56-78", "03-1234-****"),
        ("a@b.c", "a****@b.c"),
    ],
)
def test_mask_hides_the_end(value: str, shown: str) -> None:
    assert mask(value) == shown


def test_looking_at_an_own_promise_leads_the_call_nowhere(cast: Cast) -> None:
    client, inquiry = at_desk(cast.agent), asked("青葉商事")
    promised(cast, inquiry)
    calling(cast.agent)
    text = page(client, f"{CONSOLE}{inquiry.receipt_number}/")
    assert f'action="{CONSOLE}end/"' not in text and f'action="{CONSOLE}promise/"' not in text
    # Whatever is sent to the page of that inquiry, the call stays what it was.
    assert client.post(f"{CONSOLE}{inquiry.receipt_number}/").status_code == 405
    assert Call.objects.get().inquiry is None


def test_no_field_or_address_of_the_console_names_a_customer(cast: Cast) -> None:
    client = at_desk(cast.agent)
    calling(cast.agent)
    before = page(client)
    inquiry = asked("青葉商事")
    transitions.go_on_with(Call.objects.get().pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    for text in (before, page(client)):
        chosen = set(re.findall(r'<select[^>]* name="([^"]+)"', text))
        chosen |= set(re.findall(r'<input[^>]* type="(?:hidden|radio|checkbox)"[^>]* name="([^"]+)"', text))
        chosen |= set(re.findall(r'<input[^>]* name="([^"]+)"[^>]* type="(?:hidden|radio|checkbox)"', text))
        assert not chosen & {"inquiry", "call", "customer", "organisation", "registration", "claim", "owner", "number"}
        named = {number for act in re.findall(r'action="([^"]+)"', text) for number in re.findall(r"\d+", act)}
        assert named <= {str(Call.objects.get().pk)}, "an act names something else than the own call"
        assert not any(word in text for word in ("/approve", "/execute", "/reveal", "/release", "/reset", "/decide"))


@pytest.mark.parametrize("who", ["hanako", "worker", "approver", "senior", "editor", "auditor"])
def test_others_have_no_console(cast: Cast, who: str) -> None:
    assert at_desk(getattr(cast, who)).get(CONSOLE).status_code == 403


def test_an_unknown_number_is_not_there(cast: Cast) -> None:
    client = at_desk(cast.agent)
    assert client.get(f"{CONSOLE}C-0000-000-000/").status_code == 404
    said = client.get(CONSOLE, {"number": "C-0000-000-000"}).content.decode()
    assert 'id="find-none"' in said


# What it costs -----------------------------------------------------------------------------------------------------


def cost(client: Client, path: str = CONSOLE) -> int:
    with time_machine.travel(NOW, tick=False):
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith(TRANSACTION) for query in caught.captured_queries)


@pytest.mark.parametrize("topic", ["recovery", "question"])
def test_console_costs_the_same_for_one_promise_and_three(cast: Cast, topic: str) -> None:
    client = at_desk(cast.supervisor)
    call = calling(cast.supervisor)
    if topic == "recovery":
        inquiry = Inquiry.objects.get(pk=claims.received(at=NOW).inquiry_id)
    else:
        inquiry = asked("青葉商事", topic=topic)
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.supervisor), at=NOW)
    promised(cast, inquiry, owner="supervisor")
    one = cost(client)
    for name in ("緑川製作所", "月見印刷"):
        promised(cast, asked(name), owner="supervisor")
        progress.note(inquiry.pk, text="x", at=NOW, direction="in", channel="phone", party="claimant", by=cast.agent)
    three = cost(client)
    assert one == three <= QUERIES
    assert cost(client, f"{CONSOLE}{inquiry.receipt_number}/") <= QUERIES


def test_running_calls_of_others_cost_the_same_for_one_and_three(cast: Cast) -> None:
    client = at_desk(cast.supervisor)
    calling(cast.agent)
    one = cost(client)
    for number in (1, 2):
        other = somebody(cast.desk, "窓口 員", "マドグチ イン", f"agent{number}@desk.example", Role.AGENT)
        Call.objects.create(direction="in", by=other, begun_by=other, began_at=NOW)
    assert page(client).count("take-over") == 3
    assert one == cost(client) <= QUERIES


def test_closed_promises_and_calls_that_are_over_are_read_by_no_query(cast: Cast) -> None:
    """What the console asks of promises and calls is answered by indexes of what is open alone."""
    client = at_desk(cast.supervisor)
    with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as caught:
        client.get(CONSOLE)
    wanted = [query["sql"] for query in caught.captured_queries if re.search('FROM "desk_(hold|call)"', query["sql"])]
    assert len(wanted) >= 3
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for sql in wanted:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(row[3] for row in cursor.fetchall())
            assert re.search("desk_hold_own_open|desk_call_one_running|desk_call_running", plan), (plan, sql)


def test_the_demo_has_a_call_with_a_promise_and_one_that_still_runs(settings: Settings) -> None:
    settings.DEBUG = True
    call_command("demo", stdout=StringIO())
    over, running = Call.objects.filter(direction=Call.Direction.IN).order_by("began_at")
    assert (over.ending, running.ending) == ("promised", "")
    assert over.inquiry and [one.minutes for one in over.inquiry.contacts.all()] == [7]
    assert running.is_long(timezone.now()) and running.inquiry is None
    many = Call.objects.count()
    call_command("demo", stdout=StringIO())
    assert Call.objects.count() == many


def test_the_case_to_which_a_number_leads_is_counted_as_opened(cast: Cast) -> None:
    client, call = at_desk(cast.agent), calling(cast.agent)
    inquiry = asked("青葉商事", topic="question")
    assert sent(client, "find", number=inquiry.receipt_number) == 302
    look = f"look:person:{cast.agent.person_id}:{inquiry.label}"
    assert tallies.counted(look, period=timedelta(hours=1), at=NOW) == 1
    call.refresh_from_db()
    assert call.inquiry == inquiry


def test_what_is_passed_on_waits_for_the_provider(cast: Cast) -> None:
    client, call = at_desk(cast.agent), calling(cast.agent)
    inquiry = asked("青葉商事", topic="question", turn="desk")
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    assert sent(client, "end", ending="passed", text="書類の届け先のご質問") == 302
    inquiry.refresh_from_db()
    assert (inquiry.turn, inquiry.stage, inquiry.closed_at) == ("provider", "looking", None)
