"""What an exception (特例) may bend: the one need and nothing else, never what may never be excepted (P11, A12)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Refused
from handover.models import Registration
from recovery.models import CaseException
from recovery.procedure import Item, assess
from recovery.procedure.bending import bendable
from tests import claims
from tests.cast import Cast
from tests.recovery.excepted import PROCEDURE, asks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


def test_never_excepted_needs_cannot_be_chosen() -> None:
    assert bendable(PROCEDURE, 3) == (
        "category:O",
        "category:C",
        "channels",
        "points",
        "attempts",
        "inactivity",
        "window",
    )
    assert bendable(PROCEDURE, 4) == (
        *("category:O", "category:C", "mandatory:O1|O3|O5", "mandatory:C1b"),
        *("channels", "points", "attempts", "inactivity"),
    )
    for tier in (1, 2, 3, 4):
        assert not {
            "category:P",
            "category:A",
            "mandatory:P1|P2",
            "mandatory:A2",
            "more:A",
            "head_office",
            "mailbox",
        } & set(bendable(PROCEDURE, tier))


def test_what_the_procedure_never_excepts_is_data() -> None:
    strict = replace(PROCEDURE, never_excepted=("O", "C", "window", "attempts", "points", "channels", "inactivity"))
    assert bendable(strict, 3) == ("category:P", "category:A")
    free = replace(PROCEDURE, never_excepted=())
    assert "head_office" in bendable(free, 4)


@pytest.mark.parametrize("rule", ["category:P", "category:A", "mailbox", "notice", "cooling_off", "more:A", "outside"])
def test_operator_asks_for_what_is_never_excepted_and_is_refused(cast: Cast, lost: Registration, rule: str) -> None:
    claim = claims.accepted(cast, lost)
    with pytest.raises(Refused) as said:
        asks(cast, claim, rule=rule)
    assert set(said.value.fields) == {"rule"}
    assert not CaseException.objects.exists()


ITEMS = st.lists(
    st.builds(
        Item,
        st.sampled_from([kind.code for kind in PROCEDURE.kinds]),
        checked_on=st.just(date(2026, 11, 20)),
        endpoint=st.sampled_from(["", "a", "b", "c"]),
        source=st.sampled_from(["", "record", "registry", "published", "claimant"]),
        issued_on=st.sampled_from([None, date(2026, 11, 1)]),
        on_record_since=st.just(date(2026, 4, 1)),
        second_checked=st.booleans(),
    ),
    max_size=8,
)


@given(items=ITEMS, tier=st.sampled_from([3, 4]), data=st.data())
def test_exception_from_one_need_leaves_all_others(items: list[Item], tier: int, data: st.DataObject) -> None:
    need = data.draw(st.sampled_from(bendable(PROCEDURE, tier)))
    day = date(2026, 11, 20)
    before = assess(PROCEDURE, tier, items, on=day)
    after = assess(PROCEDURE, tier, items, on=day, waived=[need])
    assert need not in after.missing
    # Nothing else is gained: whatever way is taken, at most this one need fewer.
    assert len(before.missing) - 1 <= len(after.missing) <= len(before.missing)
    # What was chosen lacks, without any exception, exactly what is still said to be missing and at most this need.
    assert set(assess(PROCEDURE, tier, after.counted, on=day).missing) - {need} == set(after.missing)
    if not any(item.endpoint for item in items):
        # There is one way only to weigh this.
        assert after.missing == tuple(key for key in before.missing if key != need)


@pytest.mark.parametrize("tier", [3, 4])
def test_papers_alone_never_suffice_whatever_is_waived(tier: int) -> None:
    papers = [
        Item(code, checked_on=date(2026, 11, 20), issued_on=date(2026, 11, 1), second_checked=True)
        for code in ("O2", "O3", "O4", "L1", "L2", "L3", "P3")
    ]
    every = bendable(PROCEDURE, tier)
    missing = assess(PROCEDURE, tier, papers, on=date(2026, 11, 20), waived=every).missing
    assert {"category:P", "category:A"} <= set(missing)
