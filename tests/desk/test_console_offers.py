"""What else the desk does for a caller is offered in the call, by key and by button, and leads back to it."""

import pytest
from django.test import Client

from desk import transitions
from desk.models import Inquiry
from tests.cast import Cast, actor, sign_in
from tests.desk.checked import running, taken_down
from tests.desk.test_console import at_desk, page
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def offered(cast: Cast, topic: str) -> tuple[Inquiry, str]:
    inquiry, _tracking = taken_down(cast.agent)
    Inquiry.objects.filter(pk=inquiry.pk).update(topic=topic)
    running(cast.agent, inquiry)
    return inquiry, page(at_desk(cast.agent))


def test_bill_and_consent_are_offered_in_a_call_and_help_with_use_where_it_is_that(cast: Cast) -> None:
    inquiry, text = offered(cast, "use")
    where = f"/desk/inquiries/{inquiry.receipt_number}/"
    for key, act in (("i", "bill/"), ("a", "consent/"), ("u", "use/")):
        assert f'href="{where}{act}" data-key="{key}"' in text, act
        assert f"<kbd>{key.upper()}</kbd>" in text


def test_another_topic_has_no_help_with_use_and_who_was_asked_is_asked_once(cast: Cast) -> None:
    inquiry, text = offered(cast, "question")
    assert "/use/" not in text and "/consent/" in text
    words = {"contractor": "みどり通信工事", "customer": "青葉商事", "wish": "内線の変更"}
    transitions.ask_consent(inquiry.pk, **words, actor=actor(cast.agent), at=NOW)
    assert "/consent/" not in page(at_desk(cast.agent))


def test_each_shows_the_running_call_and_leads_back_to_it(cast: Cast) -> None:
    inquiry, _text = offered(cast, "use")
    client = at_desk(cast.agent)
    for act in ("bill/", "consent/", "use/"):
        text = page(client, f"/desk/inquiries/{inquiry.receipt_number}/{act}")
        assert "data-callbar" in text and 'href="/desk/console/"' in text, act


def test_beside_the_call_nothing_of_it_is_offered(cast: Cast) -> None:
    other, _tracking = taken_down(cast.agent)
    offered(cast, "use")
    text = page(at_desk(cast.agent), f"/desk/console/{other.receipt_number}/")
    assert "/consent/" not in text and "data-callbar" in text


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator"])
def test_the_list_of_desks_is_in_the_navigation(cast: Cast, who: str) -> None:
    client = sign_in(Client(), getattr(cast, who))
    assert 'href="/desk/affiliates/"' in client.get("/desk/").content.decode()
