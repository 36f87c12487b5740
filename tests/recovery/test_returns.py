"""Letters that came back: one scan, a dead channel, a higher tier; and the head office by two people (A6)."""

from typing import Any

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover.models import ContactPoint, Registration
from recovery import transitions
from recovery.models import Claim, Dispatch, Evidence
from recovery.rules import people
from tests import claims, seen
from tests.cast import Cast, actor, sign_in
from tests.claims import PUBLIC, later
from tests.stock import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("plain_paper")]
QUERIES = 9
"""Of the page of returns, however many there are."""
OFFICE = {"postal_code": "1000002", "address": "東京都千代田区皇居外苑1-1", "source": "registry"}


def sent_letter(cast: Cast, claim: Claim, lost: Registration) -> Dispatch:
    """A code letter to the address of record that has left."""
    to = f"contact_point:{claims.point(lost, 'post').pk}"
    sent = transitions.order_letter(claim.pk, to=to, actor=actor(cast.operator), at=NOW)[0]
    transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW)
    sent.refresh_from_db()
    return sent


def test_one_scan_writes_a_returned_letter_down(cast: Cast, lost: Registration, client: Client) -> None:
    claim = claims.accepted(cast, lost)
    sent = sent_letter(cast, claim, lost)
    sign_in(client, cast.operator)
    page = client.get("/desk/letters/came-back/").content.decode()
    assert "autofocus" in page and page.count('name="number"') == 1
    before = seen.mark()
    # As a hand scanner types it: with a blank, in any case, Enter at the end.
    answer = client.post("/desk/letters/came-back/", {"number": f" {str(sent.letter_number).lower()} "})
    assert answer.status_code == 302
    assert seen.verbs(before) == ["dispatch.returned"]
    assert Event.objects.latest("sequence").facts == {"dispatch": sent.pk, "letter": sent.letter_number}
    claim.refresh_from_db()
    assert claims.point(lost, "post").health == ContactPoint.Health.RETURNED
    assert (claim.tier, "returned_mail" in claim.circumstances) == (4, True)
    shown = client.get("/desk/letters/came-back/").content.decode()
    assert str(sent.letter_number) in shown and claim.number in shown
    # A second scan of the same one says so and changes nothing.
    before = seen.mark()
    assert client.post("/desk/letters/came-back/", {"number": sent.letter_number}).status_code == 200
    assert seen.verbs(before) == []


@pytest.mark.parametrize("number", ["L2611-0-0", "", "x" * 40])
def test_number_of_no_letter_that_left_is_an_error_at_the_field(cast: Cast, client: Client, number: str) -> None:
    sign_in(client, cast.operator)
    page = client.post("/desk/letters/came-back/", {"number": number})
    assert page.status_code == 200 and page.context["form"].errors["number"]


def test_page_of_returns_shows_the_last_ten_in_a_fixed_number_of_queries(
    cast: Cast, lost: Registration, client: Client, django_assert_num_queries: Any
) -> None:
    claim = claims.accepted(cast, lost)
    sign_in(client, cast.operator)
    for count in (1, 3):
        while Dispatch.objects.filter(returned_at__isnull=False).count() < count:
            transitions.record_attempt(
                claim.pk, medium="post", contact_point_pk=None, result="sent", actor=actor(cast.operator), at=NOW
            )
            left = Dispatch.objects.filter(letter_number__isnull=False, returned_at=None).order_by("-pk")[:1]
            Dispatch.objects.filter(pk__in=list(left.values_list("pk", flat=True))).update(
                printed_at=NOW, returned_at=NOW
            )
        client.get("/desk/letters/came-back/")
        with django_assert_num_queries(QUERIES):
            client.get("/desk/letters/came-back/")


# The head office by two people --------------------------------------------------------------------------------------


@pytest.fixture
def dead(cast: Cast) -> Claim:
    claim = claims.accepted(cast, claims.held(cast, alive=False))
    return transitions.take_head_office(claim.pk, **OFFICE, actor=actor(cast.operator), at=NOW)


def test_letter_to_the_head_office_waits_for_a_second_person(cast: Cast, dead: Claim) -> None:
    with pytest.raises(Refused):
        transitions.order_letter(dead.pk, to="head_office", actor=actor(cast.operator), at=NOW)
    double = claims.same_human(cast, cast.operator, "operator")
    for who in (cast.operator, double, cast.approver, cast.agent):
        with pytest.raises(NotAllowed):
            transitions.second_head_office(dead.pk, actor=actor(who), at=NOW)
    before = seen.mark()
    claim = transitions.second_head_office(dead.pk, actor=actor(cast.colleague), at=NOW)
    assert claim.head_office and claim.head_office["seconded_by"] == cast.colleague.pk
    assert seen.verbs(before) == ["claim.head_office_seconded"]
    assert Event.objects.latest("sequence").facts == {"source": "registry"}
    assert seen.notices(before) == []
    with pytest.raises(WrongState):
        transitions.second_head_office(dead.pk, actor=actor(cast.colleague), at=NOW)
    assert people.prepared(cast.colleague, claim)
    sent = transitions.order_letter(dead.pk, to="head_office", actor=actor(cast.operator), at=NOW)
    assert [one.gives for one in sent] == ["C1b"]


def test_another_head_office_is_compared_anew(cast: Cast, dead: Claim) -> None:
    transitions.second_head_office(dead.pk, actor=actor(cast.colleague), at=NOW)
    elsewhere = {**OFFICE, "address": "東京都港区1-1"}
    transitions.take_head_office(dead.pk, **elsewhere, actor=actor(cast.operator), at=later(hours=1))
    with pytest.raises(Refused):
        transitions.order_letter(dead.pk, to="head_office", actor=actor(cast.operator), at=later(hours=2))


def test_building_and_floor_come_from_a_source_and_are_compared_anew(cast: Cast, dead: Claim) -> None:
    claims.by_letter(cast, dead, to="head_office")
    assert Evidence.objects.standing().filter(code="C1b").exists()
    add = {"supplement": "青葉ビル　3階", "actor": actor(cast.operator), "at": later(days=1)}
    for wrong in ({"source": "claimant"}, {"source": "registry", "supplement": "  "}):
        with pytest.raises(Refused):
            transitions.supplement_head_office(dead.pk, **{**add, **wrong})
    before = seen.mark()
    claim = transitions.supplement_head_office(dead.pk, source="record", **add)
    office = claim.head_office or {}
    assert office["address"] == "東京都千代田区皇居外苑1-1 青葉ビル 3階"
    assert (office["source"], office["supplement_source"], office.get("seconded_by")) == ("registry", "record", None)
    assert seen.verbs(before) == ["claim.head_office_supplemented"]
    assert "青葉" not in str(Event.objects.latest("sequence").facts)
    # What went to the address without it proves nothing of the address with it.
    assert not Evidence.objects.standing().filter(code="C1b").exists()
    with pytest.raises(Refused):
        transitions.order_letter(dead.pk, to="head_office", actor=actor(cast.operator), at=later(days=1))
    # Once more: the first supplement is replaced, not lengthened.
    again = transitions.supplement_head_office(dead.pk, source="registry", **{**add, "supplement": "5階"})
    assert (again.head_office or {})["address"] == "東京都千代田区皇居外苑1-1 5階"


def test_nothing_is_added_where_no_head_office_was_taken(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    with pytest.raises(WrongState):
        transitions.supplement_head_office(
            claim.pk, supplement="3階", source="registry", actor=actor(cast.operator), at=NOW
        )
    with pytest.raises(WrongState):
        transitions.second_head_office(claim.pk, actor=actor(cast.colleague), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.supplement_head_office(claim.pk, supplement="3階", source="registry", actor=PUBLIC, at=NOW)  # type: ignore[arg-type]
