"""Registrations are filtered and chosen."""

import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.errors import NotAllowed, Refused
from handover.models import (
    BulkJob,
    Registration,
)
from handover.queries import listing
from handover.queries.listing import Wanted
from tests.cast import Cast, actor, sign_in
from tests.handover.bulked import begun, figures, nobodys, worked
from tests.stock import NOW, holder, registration

pytestmark = pytest.mark.django_db


# Filters --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, "ABCDEFGHIJ"),
        ({"show": "gaps"}, "IJ"),
        ({"show": "moving"}, "G"),
        ({"show": "care"}, "J"),
        ({"show": "critical"}, "D"),
        ({"show": "papers"}, "F"),
        ({"show": "closed"}, "E"),
        ({"show": "nonsense"}, "ABCDEFGHIJ"),
        ({"unit": "経理"}, "B"),
        ({"product": "LAN-1"}, "C"),
        ({"holder": "jiro"}, "H"),
        ({"holder": "nobody"}, "I"),
        ({"holder": "1 or 1"}, "ABCDEFGHIJ"),
        ({"show": "critical", "unit": "経理"}, ""),
        ({"q": "jiro"}, ""),
    ],
)
def test_each_filter_finds_its_own(stocked: Cast, wanted: dict[str, str], numbers: str) -> None:
    if wanted.get("holder") == "jiro":
        wanted = {"holder": str(stocked.jiro.pk)}
    found = listing.narrowed(actor(stocked.hanako), NOW, Wanted.read(wanted))
    assert "".join(row.number[0] for row in found) == numbers


@pytest.mark.parametrize(
    ("sort", "first"), [("", "A"), ("name", "ABCDEFGHIJ"), ("unit", "B"), ("holder", ""), ("newest", "")]
)
def test_every_order_keeps_every_row_once(stocked: Cast, sort: str, first: str) -> None:
    found = [row.number for row in listing.narrowed(actor(stocked.hanako), NOW, Wanted(sort=sort))]
    assert sorted(found) == sorted(set(found)) and len(found) == 10
    assert not first or found[0][0] in first


def test_member_narrows_only_what_is_visible(stocked: Cast) -> None:
    found = listing.narrowed(actor(stocked.jiro), NOW, Wanted(show="closed"))
    assert list(found) == []
    assert [row.number for row in listing.narrowed(actor(stocked.jiro), NOW, Wanted())] == ["H-jiro"]


def test_page_keeps_the_filter_in_the_address_and_offers_it_again(stocked: Cast, client: Client) -> None:
    sign_in(client, stocked.hanako)
    with time_machine.travel(NOW, tick=False):
        text = client.get("/registrations/?show=critical&sort=name&unit=本社").content.decode()
    assert '<option value="critical" selected>' in text
    assert '<option value="name" selected>' in text
    assert 'value="本社"' in text
    assert "D-critical" in text and "A-plain" not in text
    # The choice is sent on to the acts together with the filter.
    for field in ('name="show" value="critical"', 'name="unit" value="本社"', 'name="n" value="D-critical"'):
        assert field in text, field


# Choice ---------------------------------------------------------------------------------------------------------------


def test_choice_page_counts_chosen_and_all(stocked: Cast, client: Client) -> None:
    sign_in(client, stocked.hanako)
    with time_machine.travel(NOW, tick=False):
        chosen = client.get("/bulk/?scope=chosen&n=A-plain&n=Z-foreign&n=B-unit")
        everything = client.get("/bulk/?scope=all&show=gaps")
        nothing = client.get("/bulk/?scope=chosen")
    assert [one.context["count"] for one in (chosen, everything, nothing)] == [2, 2, 0]
    assert "take_into_care" in chosen.content.decode()
    assert "take_into_care" not in nothing.content.decode()


@pytest.mark.parametrize("who", ["worker", "agent", "operator"])
def test_others_have_nothing_to_choose_from(stocked: Cast, client: Client, who: str) -> None:
    assert sign_in(client, getattr(stocked, who)).get("/bulk/?scope=all").status_code == 403


def test_page_of_five_thousand_begins_a_job_over_all_that_match(cast: Cast, client: Client) -> None:
    nobodys(cast, 3)
    registration(cast.aoba, "R-1", custodian=cast.taro)
    sign_in(client, cast.hanako)
    given = {"scope": "all", "show": "gaps", "act": "take_into_care", "count": "3", "token": str(uuid.uuid4())}
    response = client.post("/bulk/start/", given)
    job = BulkJob.objects.get()
    assert response["Location"] == reverse("handover:job", args=[job.number])
    assert client.post("/bulk/start/", given)["Location"] == response["Location"]
    worked()
    assert figures(job) == ("done", 3, 0, 0)
    assert {holder(row) for row in Registration.objects.filter(number__startswith="N-")} == {cast.hanako}


def test_choice_that_changed_meanwhile_is_not_begun(cast: Cast, client: Client) -> None:
    nobodys(cast, 3)
    sign_in(client, cast.hanako)
    given = {"scope": "all", "show": "gaps", "act": "take_into_care", "count": "2", "token": str(uuid.uuid4())}
    response = client.post("/bulk/start/", given)
    assert response["Location"].startswith("/bulk/?")
    for broken in ({"token": "x"}, {"act": "delete"}, {"count": ""}):
        assert client.post("/bulk/start/", given | broken)["Location"].startswith("/bulk/?")
    assert not BulkJob.objects.exists()


@pytest.mark.parametrize("who", ["taro", "worker", "agent", "operator"])
def test_only_administrators_begin_jobs(cast: Cast, client: Client, who: str) -> None:
    rows = nobodys(cast, 1)
    with pytest.raises(NotAllowed):
        begun(cast, rows, who=who)
    given = {"scope": "all", "act": "take_into_care", "count": "1", "token": str(uuid.uuid4())}
    assert sign_in(client, getattr(cast, who)).post("/bulk/start/", given).status_code == 403


def test_job_leaves_out_what_is_another_organisations(cast: Cast) -> None:
    foreign = registration(cast.wakaba, "Z-1", custodian=None)
    with pytest.raises(Refused):
        begun(cast, [foreign])
    with pytest.raises(Refused, match="1"):
        begun(cast, [*nobodys(cast, 1), foreign])
