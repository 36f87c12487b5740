"""Public help: the sentences of the desk that answer a question, each with the rule it is from."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.models import Script
from desk.queries import scripts
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.django_db


def page(client: Client, path: str, language: str = "ja") -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    found = client.get(path)
    assert found.status_code == 200
    return found.content.decode()


def test_anybody_reads_an_answer_and_where_it_is_from(client: Client) -> None:
    text = page(client, "/help/papers_alone/")
    assert scripts.words("papers_alone", "ja")[0].text in text
    assert "A8" in text and "書類を持っていれば手続きできますか。" in text
    english = page(client, "/help/papers_alone/", "en")
    assert "Is it enough to hold the papers?" in english and "rule A8 of the procedure, version 3" in english


def test_questions_are_in_their_order_and_only_public_ones(client: Client) -> None:
    text = page(client, "/help/")
    shown = list(Script.objects.filter(set__is_live=True, help_order__isnull=False).order_by("help_order"))
    places = [text.index(one.question_ja) for one in shown]
    assert len(shown) == 12 and places == sorted(places)
    assert "/help/receipt/" not in text and client.get("/help/receipt/").status_code == 404
    assert client.get("/help/unknown/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("請求書 伝言", {"bill"}),
        ("ＢＩＬＬ amount", {"bill"}),  # whatever width and case, in either language
        ("請求書 封書", set()),
        ("%", set()),
    ],
)
def test_search_finds_what_has_every_word(typed: str, codes: set[str], client: Client) -> None:
    assert {one.code for one in scripts.helps("ja", search=typed)} == codes
    text = page(client, f"/help/?q={typed.replace('%', '%25')}")
    assert ("ありません" in text or "No question" in text) == (not codes)


@pytest.mark.parametrize("kept", [1, 3])
def test_list_takes_one_query_for_any_number_of_questions(kept: int) -> None:
    rows = Script.objects.filter(help_order__isnull=False)
    rows.exclude(pk__in=rows.order_by("pk").values_list("pk", flat=True)[:kept]).delete()
    with CaptureQueriesContext(connection) as captured:
        assert len(scripts.helps("ja")) == kept
    assert len(captured) == 1


def test_answer_is_the_same_for_everybody(cast: Cast, client: Client) -> None:
    for path in ("/help/", "/help/bill/"):
        anonymous, agent = client.get(path), sign_in(Client(), cast.agent).get(path)
        assert anonymous.status_code == agent.status_code == 200
    assert "/help/" in page(client, "/")  # linked at the foot of every page
