"""Pages of the yearly question, the season, the letters; and what other pages say of gaps."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from handover.models import Attestation, ContactPoint, Custody, GapAlert, NoticeLetter, Registration
from tests.cast import JOINED, Cast, sign_in, somebody
from tests.stock import START, registration
from tests.walk.asking import ask_everything

TODAY = timezone.localdate


def ask(held: Registration, who: User, *, days: int = 30) -> Attestation:
    return Attestation.objects.create(
        registration=held, user=who, due_on=TODAY() + timedelta(days=days), asked_at=START
    )


@pytest.fixture
def three(cast: Cast, held: Registration) -> list[Registration]:
    """R-1 to R-3, all of 太郎 and all asked about."""
    made = [held, *(registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (2, 3))]
    for one in made:
        ask(one, cast.taro)
    return made


def test_custodian_answers_for_the_chosen_ones(client: Client, cast: Cast, three: list[Registration]) -> None:
    page = sign_in(client, cast.taro).get("/attestation/").content.decode()
    assert all(f">{one.number}<" in page for one in three)
    chosen = {"registrations": [three[0].pk, three[2].pk], "answer": "still"}
    assert client.post("/attestation/", chosen)["Location"] == "/attestation/"
    assert Attestation.objects.open().get().registration == three[1]


def test_custodian_answers_for_all_with_one_press(client: Client, cast: Cast, three: list[Registration]) -> None:
    sign_in(client, cast.taro).post("/attestation/", {"all": "1"})
    assert not Attestation.objects.open().exists()
    assert set(Attestation.objects.values_list("answer", flat=True)) == {"still"}
    assert "R-1" not in client.get("/attestation/").content.decode()


def test_no_leads_to_the_handover_and_can_be_taken_back(client: Client, cast: Cast, three: list[Registration]) -> None:
    one = {"registrations": [three[0].pk], "answer": "not_any_more"}
    assert sign_in(client, cast.taro).post("/attestation/", one)["Location"] == "/registrations/R-1/hand-over/"
    assert "/registrations/R-1/hand-over/" in client.get("/attestation/").content.decode()
    client.post("/attestation/", {**one, "answer": "still"})
    assert not GapAlert.objects.filter(closed_at=None).exists()
    several = {"registrations": [one.pk for one in three[1:]], "answer": "somebody_else"}
    assert client.post("/attestation/", several)["Location"] == "/attestation/"


@pytest.mark.parametrize("data", [{}, {"answer": "still"}, {"registrations": [1], "answer": "perhaps"}])
def test_wrong_choice_changes_nothing(
    client: Client, cast: Cast, three: list[Registration], data: dict[str, Any]
) -> None:
    assert sign_in(client, cast.taro).post("/attestation/", data).status_code == 302
    assert Attestation.objects.open().count() == 3


def test_registration_of_somebody_else_cannot_be_chosen(client: Client, cast: Cast, three: list[Registration]) -> None:
    chosen = {"registrations": [three[0].pk], "answer": "still"}
    assert sign_in(client, cast.jiro).post("/attestation/", chosen).status_code == 302
    assert Attestation.objects.open().count() == 3


def test_questions_are_listed_with_the_same_queries_for_one_and_three(
    client: Client, cast: Cast, held: Registration, django_assert_num_queries: Any
) -> None:
    ask(held, cast.taro)
    sign_in(client, cast.taro).get("/attestation/")
    with django_assert_num_queries(7):
        client.get("/attestation/")
    for number in (2, 3):
        ask(registration(cast.aoba, f"R-{number}", custodian=cast.taro), cast.taro)
    with django_assert_num_queries(7):
        client.get("/attestation/")


def test_long_list_is_paged_and_the_button_says_how_many(client: Client, cast: Cast) -> None:
    made = Registration.objects.bulk_create(
        Registration(number=f"M-{n:03}", organisation=cast.aoba, registered_name="x", address="y", registered_at=START)
        for n in range(620)
    )
    Custody.objects.bulk_create(
        Custody(registration=one, user=cast.taro, basis="registered", from_at=START) for one in made
    )
    Attestation.objects.bulk_create(
        Attestation(registration=one, user=cast.taro, due_on=TODAY(), asked_at=START) for one in made
    )
    page = sign_in(client, cast.taro).get("/attestation/?page=7", headers={"accept-language": "en"}).content.decode()
    assert page.count('name="registrations"') == 20
    assert "500" in page and "620" in page
    client.post("/attestation/", {"all": "1"})
    assert Attestation.objects.open().count() == 120


def test_registration_shows_question_and_gaps_to_whom_they_concern(
    client: Client, cast: Cast, held: Registration
) -> None:
    ask(held, cast.taro)
    GapAlert.objects.create(
        kind="custodian_absent", organisation=cast.aoba, registration=held, opened_at=START, reasons=["mail_failed"]
    )
    own = sign_in(client, cast.taro).get("/registrations/R-1/").content.decode()
    assert 'href="/attestation/"' in own and str(GapAlert.Kind.CUSTODIAN_ABSENT.label) in own
    other = sign_in(Client(), cast.hanako).get("/registrations/R-1/").content.decode()
    assert 'href="/attestation/"' not in other and str(GapAlert.Reason.MAIL_FAILED.label) in other


def test_home_shows_question_and_gaps_with_what_closes_them(client: Client, cast: Cast, held: Registration) -> None:
    ask(held, cast.taro)
    GapAlert.objects.create(kind="not_attested", organisation=cast.aoba, registration=held, opened_at=START)
    assert 'href="/attestation/"' in sign_in(client, cast.taro).get("/").content.decode()
    page = sign_in(Client(), cast.hanako).get("/").content.decode()
    assert str(GapAlert.Kind.NOT_ATTESTED.label) in page and "/registrations/R-1/" in page
    assert 'href="/season/"' in page
    assert "R-1" not in sign_in(Client(), cast.wakako).get("/").content.decode()


def test_provider_sees_gaps_with_reasons_and_no_person(client: Client, cast: Cast, held: Registration) -> None:
    GapAlert.objects.create(
        kind="custodian_absent", organisation=cast.aoba, registration=held, opened_at=START, reasons=["no_sign_in"]
    )
    page = sign_in(client, cast.operator).get("/gaps/").content.decode()
    assert str(GapAlert.Reason.NO_SIGN_IN.label) in page and "太郎" not in page


def test_season_lists_holders_with_the_same_queries_for_one_and_three(
    client: Client, cast: Cast, held: Registration, django_assert_num_queries: Any
) -> None:
    sign_in(client, cast.hanako).get("/season/")
    with django_assert_num_queries(12):
        page = client.get("/season/").content.decode()
    assert "太郎" in page
    for number, who in ((2, cast.jiro), (3, cast.saburo), (4, cast.taro)):
        ask(registration(cast.aoba, f"R-{number}", custodian=who), who, days=-1)
    with django_assert_num_queries(12):
        page = client.get("/season/").content.decode()
    assert "次郎" in page


def test_season_shows_nothing_of_other_organisations(client: Client, cast: Cast, held: Registration) -> None:
    registration(cast.wakaba, "W-1", custodian=cast.minoru)
    assert "野村" not in sign_in(client, cast.hanako).get("/season/").content.decode()
    assert sign_in(Client(), cast.taro).get("/season/").status_code == 403


def test_season_of_a_large_organisation_is_paged(client: Client, cast: Cast) -> None:
    for number in range(52):
        who = somebody(cast.aoba, f"社員{number}", "シャイン", f"p{number}@aoba.example")
        registration(cast.aoba, f"R-{number}", custodian=who, at=JOINED)
    page = sign_in(client, cast.hanako).get("/season/?page=2").content.decode()
    assert page.count('role="rowheader"') == 2


def test_operator_prints_and_writes_down_what_came_back(client: Client, cast: Cast, held: Registration) -> None:
    addresses, posts = ask_everything(cast, held)
    waiting = NoticeLetter.objects.get(printed_at=None)
    page = sign_in(client, cast.operator).get("/notices/letters/").content.decode()
    assert waiting.number in page and held.address not in page
    pdf = client.post("/notices/letters/print/", posts["handover:print_notices"])
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.post("/notices/letters/print/", {}).status_code == 302
    (key,) = addresses["handover:notice_returned"]
    assert client.post(f"/notices/letters/{key}/returned/").status_code == 302
    assert client.post(f"/notices/letters/{key}/returned/").status_code == 404
    # It went to the address of the registration: there was no postal address of record to mark.
    assert not ContactPoint.objects.filter(health="returned").exists()
