"""The list as its page reads it: the same rows as the ORM gives, for each reader and each search."""

from datetime import timedelta
from typing import Any

import pytest

from handover.models import CaseAccess, Custody, Product, Registration
from handover.queries import listing
from handover.queries.lines import pages
from handover.queries.listing import SORTS, STATES, Wanted
from handover.queries.sheet import find_sheet
from tests.cast import Cast, actor
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db
SEARCHES: list[dict[str, Any]] = [
    *({"show": show} for show in STATES),
    *({"sort": sort} for sort in SORTS),
    {"q": "経理"},
    {"q": "A 本社 %"},
    {"q": "_"},
    {"unit": "経理", "sort": "newest"},
    {"unit": "%"},
    {"product": "LAN-1", "show": "gaps"},
    {"product": "LAN-1"},
    {"holder": "nobody", "q": "I"},
    {"holder": "999999"},
]


@pytest.mark.parametrize("wanted", SEARCHES, ids=str)
def test_each_reader_gets_what_the_whole_query_finds(stocked: Cast, wanted: dict[str, str]) -> None:
    case = Registration.objects.order_by("pk")[0]
    CaseAccess.objects.create(user=stocked.operator, registration=case, case="C-1", since=NOW - timedelta(days=1))
    one = Wanted(**wanted)
    readers = (stocked.hanako, stocked.taro, stocked.jiro, stocked.wakako, stocked.operator, stocked.agent)
    seen = []
    for reader in (*readers, *readers):  # once to write each query, once more with another's written already
        plain = [row.number for row in listing.narrowed(actor(reader), NOW, one)]
        found = pages(actor(reader), NOW, one)
        assert ([line.number for line in found.get_page(1).object_list], found.count) == (plain, len(plain)), reader
        seen.append(len(plain))
    assert seen[: len(readers)] == seen[len(readers) :]


def test_holder_is_filled_in_for_each(stocked: Cast) -> None:
    for person in (stocked.jiro, stocked.taro, stocked.jiro):
        one = Wanted(holder=str(person.pk))
        plain = [row.number for row in listing.narrowed(actor(stocked.hanako), NOW, one)]
        assert [line.number for line in pages(actor(stocked.hanako), NOW, one).get_page(1).object_list] == plain


def test_access_to_a_case_ends_at_once(stocked: Cast) -> None:
    case = Registration.objects.order_by("pk")[0]
    access = CaseAccess.objects.create(user=stocked.operator, registration=case, case="C-1", since=NOW)
    assert pages(actor(stocked.operator), NOW, Wanted()).count == 1
    assert find_sheet(actor(stocked.operator), case.number, NOW) is not None
    assert find_sheet(actor(stocked.operator), case.number, NOW - timedelta(seconds=1)) is None
    assert find_sheet(actor(stocked.senior), case.number, NOW) is None
    access.ended_at = NOW
    access.save(update_fields=["ended_at"])
    assert pages(actor(stocked.operator), NOW, Wanted()).count == 0
    assert find_sheet(actor(stocked.operator), case.number, NOW) is None


def test_sheet_is_for_who_may_see_it(stocked: Cast) -> None:
    mine = Registration.objects.get(number="H-jiro")
    for reader, sees in ((stocked.hanako, True), (stocked.jiro, True), (stocked.taro, False), (stocked.wakako, False)):
        found = find_sheet(actor(reader), mine.number, NOW)
        assert (found is not None) == sees, reader
        if found:
            assert (found.registration, found.registration.organisation) == (mine, stocked.aoba)
            assert found.registration.search_text == mine.search_text


def test_people_and_products_to_choose_from_are_those_of_the_rows(stocked: Cast) -> None:
    unused = Product.objects.create(code="NONE-1", name_ja="なし", name_en="None")
    registration(stocked.wakaba, "W-1", custodian=stocked.minoru).save()
    for reader in (stocked.hanako, stocked.wakako):
        home = actor(reader).organisation
        held = Custody.objects.current().filter(registration__organisation=home, user__isnull=False)
        assert {pk for pk, _name in listing.holders_of(actor(reader))} == {str(row.user_id) for row in held}
        used = Product.objects.filter(registrations__organisation=home).distinct().order_by("code")
        assert listing.products_of(actor(reader)) == list(used)
    assert unused not in listing.products_of(actor(stocked.hanako))
    assert listing.holders_of(actor(stocked.taro)) == []
