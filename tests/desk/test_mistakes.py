"""Mistakes of our own: told at once, put right, closed by the provider, and counted by nobody's name."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import transitions
from desk.models import Mistake
from desk.queries import mistakes as queries
from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.desk.heard import asked, mistaken
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def of_provider(cast: Cast) -> list[tuple[str, str]]:
    return [("mistake_recorded", who.label) for who in (cast.operator, cast.colleague, cast.senior)]


def test_provider_and_inquirer_are_told_at_once(cast: Cast) -> None:
    inquiry, before = asked(cast, by_mail=True), 0
    before = mark()
    made = mistaken(cast, inquiry)
    assert (made.status, made.inquiry, made.words) == ("open", inquiry, "期日を誤って伝えた")
    assert verbs(before) == ["mistake.recorded"]
    assert notices(before) == sorted([*of_provider(cast), ("mistake_told", inquiry.label)])
    (told,) = mails("mistake_told")
    assert told["to"] == "toru@aida.example" and "期日を誤って伝えた" not in told["body"]
    assert Event.objects.get(verb="mistake.recorded").facts == {"kind": "wrong_words", "noticed": "inquirer"}


def test_inquirer_without_mail_is_told_on_the_next_contact(cast: Cast) -> None:
    inquiry, before = asked(cast), mark()
    made = mistaken(cast, inquiry)
    assert notices(before) == sorted([("mistake_recorded", one[1]) for one in of_provider(cast)])
    assert not sign_in(Client(), cast.agent).get(f"/desk/mistakes/{made.pk}/").context["is_told"]


def test_provider_names_the_registration_and_its_custodian_is_told(cast: Cast) -> None:
    held, made = claims.held(cast), mistaken(cast)
    before = mark()
    made = transitions.name_registration(made.pk, number=held.number, actor=actor(cast.operator), at=NOW)
    assert made.registration == held and verbs(before) == ["mistake.registration_named"]
    assert notices(before) == [("mistake_told_custodian", cast.taro.label)]
    assert held.label in Event.objects.get(verb="mistake.registration_named").about
    for number in (held.number, "R-999"):
        with pytest.raises(Refused):
            transitions.name_registration(made.pk, number=number, actor=actor(cast.operator), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.name_registration(made.pk, number=held.number, actor=actor(cast.supervisor), at=NOW)
    # The desk reads the mistake, never which registration it was.
    agent = sign_in(Client(), cast.agent).get(f"/desk/mistakes/{made.pk}/").content.decode()
    assert held.number not in agent
    assert held.number in sign_in(Client(), cast.operator).get(f"/desk/mistakes/{made.pk}/").content.decode()


def test_customer_reads_what_was_done_when_it_is_closed(cast: Cast) -> None:
    held, inquiry = claims.held(cast), asked(cast, by_mail=True)
    made, operator = mistaken(cast, inquiry), actor(cast.operator)
    transitions.name_registration(made.pk, number=held.number, actor=operator, at=NOW)
    with pytest.raises(WrongState):  # nothing was done yet
        transitions.close_mistake(made.pk, actor=operator, at=NOW)
    before = mark()
    transitions.mend_mistake(made.pk, words="正しい期日をお知らせしました。", actor=operator, at=NOW)
    made = transitions.close_mistake(made.pk, actor=operator, at=NOW)
    assert (made.status, made.closed_by) == ("closed", cast.operator)
    assert verbs(before) == ["mistake.mended", "mistake.closed"]
    assert notices(before) == sorted([("mistake_mended", inquiry.label), ("mistake_mended_custodian", cast.taro.label)])
    for template in ("mistake_mended", "mistake_mended_custodian"):
        assert "正しい期日をお知らせしました。" in mails(template)[0]["body"]
    with pytest.raises(WrongState):
        transitions.close_mistake(made.pk, actor=operator, at=NOW)


@pytest.mark.parametrize("who", ["agent", "supervisor", "approver", "editor", "auditor", "taro"])
def test_others_put_nothing_right(cast: Cast, who: str) -> None:
    made = mistaken(cast)
    with pytest.raises(NotAllowed):
        transitions.mend_mistake(made.pk, words="x", actor=actor(getattr(cast, who)), at=NOW)


def test_customer_records_none(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        mistaken(cast, actor=actor(cast.taro))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_and_names_nobody(cast: Cast, rows: int) -> None:
    for _row in range(rows):
        mistaken(cast)
    with CaptureQueriesContext(connection) as captured:
        assert len(list(queries.mistakes(actor(cast.senior)))) == rows
    assert len(captured) == 2  # one asks who the actor is
    page = sign_in(Client(), cast.senior).get("/desk/mistakes/").content.decode()
    one = sign_in(Client(), cast.senior).get(f"/desk/mistakes/{Mistake.objects.latest('pk').pk}/").content.decode()
    assert cast.agent.display_name not in page + one


def test_list_finds_what_is_not_closed_by_the_index(cast: Cast) -> None:
    """What ever went wrong grows for years; what waits does not."""
    plan = queries.mistakes(actor(cast.operator)).explain()
    assert "INDEX desk_mistake_open (status=" in plan or connection.vendor == "postgresql", plan


def test_agent_records_by_the_page_once(cast: Cast) -> None:
    inquiry, agent = asked(cast), sign_in(Client(), cast.agent)
    path = f"/desk/mistakes/record/?number={inquiry.receipt_number}"
    page = agent.get(path)
    assert page.context["form"]["number"].value() == inquiry.receipt_number
    token = page.context["form"]["token"].value()
    form = {"token": token, "kind": "promise", "noticed": "desk", "words": "かけ直しを忘れた"}
    assert agent.post(path, {**form, "number": "C-0000-000-000"}).status_code == 200
    for _press in range(2):
        answer = agent.post(path, {**form, "number": inquiry.receipt_number})
        assert answer.headers["Location"] == "/desk/mistakes/"
    assert [one.inquiry for one in Mistake.objects.all()] == [inquiry]
