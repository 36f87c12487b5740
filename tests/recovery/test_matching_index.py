"""The index follows every act, says the same in any order of import, and withstands whatever is typed."""

import csv
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desk.models import Statement
from handover import transitions
from handover.models import Registration, UnitAlias
from recovery.matching import candidates, facts, index, names, scoring
from recovery.matching.searching import POOL
from recovery.models import MatchDocument, MatchPosting, MatchToken
from tests import changes
from tests.cast import Cast, actor
from tests.conftest import empty_tables
from tests.handover.imported import BARE, FULL, HEADER, put_on_record, run
from tests.recovery.remembered import found, on_record
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> list[Any]:
    """Return the whole index; a count of nothing is as none."""
    kept = MatchToken.objects.exclude(rows=0).order_by("pk")
    return [
        sorted(MatchDocument.objects.values_list("id", "registration__number", "facts")),
        sorted(MatchPosting.objects.values_list("token", "document")),
        list(kept.values_list("token", "rows")),
    ]


def same_as_rebuilt() -> None:
    kept = rows()
    index.rebuild(told=lambda _done: None)
    assert rows() == kept


def write(folder: Path, *lines: str) -> Path:
    path = folder / "register.csv"
    path.write_text("\n".join((HEADER, *lines)), encoding="utf-8")
    return path


# Acts -----------------------------------------------------------------------------------------------------------------


def test_import_and_what_it_changes_is_followed(cast: Cast, tmp_path: Path) -> None:
    run(write(tmp_path, FULL, BARE))
    assert MatchDocument.objects.count() == 2
    for said in ({"organisation_name": "高橋商店"}, {"organisation_name": "元商店"}, {"bill_reference": "b77"}):
        assert found(**said)[:1] == ["R-1"], said
    same_as_rebuilt()
    changed = FULL.replace("髙橋商店", "銀河商会").replace("0312345678", "0698765432").replace("B-77", "B-88")
    run(write(tmp_path, changed, BARE), "--apply")
    for said in ({"organisation_name": "銀河商会"}, {"organisation_name": "高橋商店"}, {"phone": "06-9876-5432"}):
        assert found(**said)[:1] == ["R-1"], said
    assert found(phone="03-1234-5678") == found(bill_reference="B-77") == ["R-1"], "what ended is remembered as well"
    same_as_rebuilt()


def test_names_units_and_contact_points_are_followed(cast: Cast) -> None:
    held = on_record(cast, "R-1")
    taro = actor(cast.taro)
    put_on_record(held, "0751112222", cast.taro)
    assert found(phone="075-111-2222") == ["R-1"]
    same_as_rebuilt()
    transitions.add_alias(registration_pk=held.pk, alias="駅前センター", actor=taro, at=NOW)
    assert "駅前センタ" in MatchDocument.objects.get().facts
    same_as_rebuilt()
    transitions.end_alias(alias_pk=UnitAlias.objects.get().pk, actor=taro, at=NOW)
    same_as_rebuilt()
    transitions.change_unit(registration_pk=held.pk, unit="第二営業所", actor=taro, at=NOW)
    assert "第二営業所" in MatchDocument.objects.get().facts
    same_as_rebuilt()


def test_change_of_name_and_of_holder_is_followed(cast: Cast) -> None:
    held, other = on_record(cast, "R-1"), registration(cast.aoba, "R-2", custodian=cast.taro)
    change = changes.approved(cast, changes.asked(cast, "rename", held, other))
    transitions.execute_change(
        change_pk=change.pk, signed_hash=change.proposal_hash, actor=actor(cast.approver), at=changes.LATER
    )
    assert set(found(organisation_name="青空商事")) == set(found(organisation_name="青葉商事")) == {"R-1", "R-2"}
    same_as_rebuilt()
    change = changes.released(cast, changes.approved(cast, changes.asked(cast, "transfer", held), changes.LATER))
    transitions.execute_change(
        change_pk=change.pk, signed_hash=change.proposal_hash, actor=actor(cast.approver), at=changes.LATER
    )
    held.refresh_from_db()
    assert held.organisation == cast.wakaba and found(organisation_name=cast.wakaba.legal_name)[:1] == ["R-1"]
    same_as_rebuilt()


def test_what_is_undone_leaves_nothing_in_the_index(cast: Cast) -> None:
    held, kept = on_record(cast, "R-1"), rows()
    with pytest.raises(RuntimeError), transaction.atomic():
        Registration.objects.filter(pk=held.pk).update(registered_name="銀河商会")
        index.follow([held.pk])
        assert rows() != kept
        raise RuntimeError
    assert rows() == kept


@pytest.mark.parametrize("count", [1, 3])
def test_following_takes_as_many_statements_for_any_number(cast: Cast, count: int) -> None:
    held = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(count)]
    Registration.objects.update(registered_name="銀河商会")
    with CaptureQueriesContext(connection) as seen:
        index.follow([one.pk for one in held])
    # Two to read; documents, postings and counts: each executemany is told as one.
    assert len(seen) == 5, [one["sql"][:80] for one in seen]
    with CaptureQueriesContext(connection) as seen:
        index.follow([one.pk for one in held])
    assert len(seen) == 2, "nothing is written where nothing changed"


# Properties -----------------------------------------------------------------------------------------------------------

PARTS = ["青葉", "若葉", "商事", "商会", "銀河", "運輸", "ABC", "リトル", "田中", "髙橋", "第一", "・", " ", "横浜"]
NAME = st.builds(
    lambda parts, form: form.format("".join(parts)),
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).filter(lambda parts: "".join(parts).strip(" ・")),
    st.sampled_from(["{}", "株式会社{}", "{}有限会社", "(株){}", "医療法人{}"]),
)
ADDRESS = st.builds(
    "{}{}".format,
    st.sampled_from(["東京都千代田区千代田", "大阪府大阪市北区梅田", "札幌市中央区北一条西", "長野県茅野市"]),
    st.sampled_from(["", "1-1", "二丁目三番四号", "3413", "1-2"]),
)
REGISTER = st.lists(
    st.fixed_dictionaries(
        {
            "registered_name": NAME,
            "registered_kana": st.sampled_from(["", "アオバショウジ", "ワカバ", "リトル"]),
            "unit": st.sampled_from(["", "本社", "横浜支店", "横浜"]),
            "address": ADDRESS,
            "postal_code": st.sampled_from(["", "1000001", "5300001"]),
            "phone": st.sampled_from(["", "0312345678", "0612345678", "0112223333"]),
            "bill_reference": st.sampled_from(["", "B-1", "B-2"]),
        }
    ),
    min_size=2,
    max_size=5,
)


def load(folder: Path, register: list[dict[str, str]], order: list[int]) -> None:
    """Import `register` in `order` into an empty installation; each row has its number whatever the order."""
    empty_tables()
    text = StringIO()
    writer = csv.DictWriter(text, HEADER.split(","), restval="")
    writer.writeheader()
    for place in order:
        writer.writerow({"number": f"R-{place}", "organisation_name": f"持主{place}", **register[place]})
    path = folder / "register.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    run(path)


def said_of(row: dict[str, str]) -> Statement:
    given = dict(row)
    name, kana = given.pop("registered_name"), given.pop("registered_kana")
    return Statement(organisation_name=name, organisation_kana=kana, **given)


@settings(max_examples=10, deadline=None)
@given(register=REGISTER, data=st.data())
def test_same_in_any_order_of_import_and_a_copy_is_first(
    db: None, tmp_path_factory: pytest.TempPathFactory, register: list[dict[str, str]], data: st.DataObject
) -> None:
    order = list(range(len(register)))
    folder = tmp_path_factory.mktemp("order")
    seen = []
    for each in (order, data.draw(st.permutations(order))):
        load(folder, register, each)
        answers = [[(one.number, one.score) for one in candidates(said_of(row))] for row in register]
        seen.append((rows(), answers))
    assert seen[0] == seen[1]
    for place, row in enumerate(register):
        first = candidates(said_of(row))[0]
        own = MatchDocument.objects.get(registration__number=f"R-{place}")
        assert first.number == f"R-{place}" or first.evidence.is_copy, (row, first)
        assert own.registration.number in [one.number for one in candidates(said_of(row))]


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(max_size=60), NAME))
@example("\ud7ff髙\u3000㈱")
@example("ｶ)ｱｵﾊﾞ")
def test_normalising_twice_is_as_once(text: str) -> None:
    once = names.core(text)
    assert names.core(once) == once
    assert facts.digits(facts.digits(text)) == facts.digits(text)
    assert facts.bill(facts.bill(text)) == facts.bill(text)


FIELDS = ("organisation_name", "organisation_kana", "unit", "postal_code", "address", "phone", "bill_reference", "mail")


def test_what_agrees_in_all_that_was_said_is_never_behind_another() -> None:
    good, poor = (tuple(value if name == "alike" else 0.0 for name in scoring.FEATURES) for value in (3.0, 1.0))
    copy = scoring.Evidence(poor, "", is_copy=True)
    other = scoring.Evidence(good, "")
    first, second = scoring.probabilities([other, copy])
    assert first == second
    assert scoring.probabilities([other, scoring.Evidence(poor, "")])[1] < first


HOSTILE = [
    "あ" * 10_000,
    "a " * 5_000,
    "株式会社" * 2_500,
    "(" * 10_000,
    "一丁目" * 3_000,
    "千" * 10_000,
    "1-" * 5_000,
    "\x00\x01\x1f\x7f\u202e\u200b" * 50,
    " \t\n\u3000" * 100,
    "👩\u200d👩\u200d👧\u200d👦🏢" * 300,
    "\ud83d\ude00 \udfff",
    "%_'\";--\\",
    "ﷺ" * 5_000,
    "ｶﾞ" * 5_000,
    "々" * 500,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_is_answered_at_once(cast: Cast, text: str) -> None:
    on_record(cast, "R-1")
    begun = time.process_time()
    rows = candidates(Statement(**dict.fromkeys(FIELDS, text)))
    assert time.process_time() - begun < 1
    assert all(0 <= one.score <= 1 and one.reasons is not None for one in rows)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80), field=st.sampled_from(FIELDS))
def test_nothing_that_can_be_typed_fails(cast: Cast, text: str, field: str) -> None:
    if not Registration.objects.exists():
        on_record(cast, "R-1")
    candidates(Statement(**{field: text}))


def test_branch_in_the_town_that_was_said_is_among_more_namesakes_than_are_compared(cast: Cast) -> None:
    # Of equals those with the lowest keys are compared: this one never is by its name alone.
    last = max(range(POOL + 40), key=lambda number: index.document_of(f"R-{number:03}"))
    towns = ["鳥取県鳥取市今町" if number == last else "岩手県盛岡市本町" for number in range(POOL + 40)]
    Registration.objects.bulk_create(
        Registration(
            number=f"R-{number:03}",
            organisation=cast.aoba,
            registered_name="銀河生命保険相互会社",
            address=f"{town}{number + 1}番地",
            registered_at=NOW,
        )
        for number, town in enumerate(towns)
    )
    index.rebuild(told=lambda _done: None)
    likeliest = candidates(Statement(organisation_name="銀河生命保険", address="鳥取県鳥取市"))[0]
    assert likeliest.number == f"R-{last:03}"
