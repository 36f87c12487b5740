"""At each change of custodian every mandate is kept or ended, in the same transaction, and nobody is left untold."""

from datetime import timedelta

import pytest

from accounts.errors import Refused
from audit.models import Event
from handover import clock, custody, receipts, transitions
from handover.models import Handover, Mandate, Registration
from handover.queries import mandates as queries
from tests import seen
from tests.cast import Cast, actor
from tests.handover.mandated import granted, row
from tests.handover.printed import pages
from tests.stock import ALL_YES, NOW, accepted, all_received, holder, offered, registration

S = Mandate.Status


def take_over(cast: Cast, held: Registration, choices: dict[str, str], *, days: int = 0) -> Handover:
    """Let 次郎 get R-1 from 太郎 with these words on the mandates."""
    made = offered(cast, held, days=days)
    transitions.mark_items(
        handover_pk=made.pk,
        marks=all_received(made),
        answers=ALL_YES,
        mandates=choices,
        actor=actor(cast.jiro),
        at=NOW,
    )
    return transitions.accept(handover_pk=made.pk, marks={}, answers={}, actor=actor(cast.jiro), at=NOW)


def looks(cast: Cast, mandate: Mandate, number: str = "R-1") -> bool:
    return queries.find_row(actor(cast.worker), mandate.number, number, NOW) is not None


def test_successor_keeps_one_and_ends_the_other(cast: Cast, held: Registration) -> None:
    kept, gone = granted(cast, "R-1", reason="保守"), granted(cast, "R-1", reason="工事")
    before = seen.mark()
    done = take_over(cast, held, {kept.number: "keep", gone.number: "end"})
    for mandate in (kept, gone):
        mandate.refresh_from_db()
    assert (kept.status, row(kept, held).until, looks(cast, kept)) == (S.ACTIVE, None, True)
    assert (gone.status, row(gone, held).until, looks(cast, gone)) == (S.ENDED, NOW, False)
    facts = Event.objects.get(verb="handover.switched").facts["registrations"]["R-1"]
    assert (facts["mandates_kept"], facts["mandates_ended"]) == ([kept.number], [gone.number])
    told = sorted(one for one in seen.notices(before) if one[0].startswith("mandate"))
    people = [cast.jiro, cast.hanako, cast.worker]
    assert told == sorted(("mandate_not_kept", one.label) for one in people)
    assert done.mandate_choices == {kept.number: "keep", gone.number: "end"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_receipt_says_what_was_kept_and_what_ended(cast: Cast, held: Registration, language: str) -> None:
    kept, gone = granted(cast, "R-1"), granted(cast, "R-1")
    done = take_over(cast, held, {kept.number: "keep", gone.number: "end"})
    assert done.receipt_facts
    assert {one["number"]: one["choice"] for one in done.receipt_facts["mandates"]} == done.mandate_choices
    text = "".join(pages(receipts.render(done, language=language)))
    assert kept.number in text and gone.number in text


def test_nobody_accepts_before_every_mandate_has_an_answer(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(Refused):
        accepted(cast, held, days=0)
    assert holder(held) == cast.taro
    handover = Handover.objects.get()
    for choices in ({"M-2026-999999": "keep"}, {made.number: "later"}):
        with pytest.raises(Refused):
            transitions.mark_items(
                handover_pk=handover.pk, marks={}, answers={}, mandates=choices, actor=actor(cast.jiro), at=NOW
            )
    assert Handover.objects.get().mandate_choices == {}


def test_handover_without_mandates_is_as_it_was(cast: Cast, held: Registration) -> None:
    granted(cast, registration(cast.aoba, "R-2", custodian=cast.saburo).number)  # somebody else's
    done = accepted(cast, held, days=0)
    assert (done.status, holder(held)) == (Handover.Status.OVERLAP, cast.jiro)
    facts = Event.objects.get(verb="handover.switched").facts["registrations"]["R-1"]
    assert not [name for name in facts if name.startswith("mandates")]


def test_mandate_granted_after_the_answer_ends_at_the_switch(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=3)
    late = granted(cast, "R-1")
    clock.run(at=NOW + timedelta(days=3))
    late.refresh_from_db()
    assert (holder(held), late.status) == (cast.jiro, S.ENDED)


def test_mandate_on_two_registrations_ends_on_one_only(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.saburo)
    made = granted(cast, "R-1", "R-2")
    take_over(cast, held, {made.number: "end"})
    made.refresh_from_db()
    assert (made.status, row(made, held).until, row(made, other).until) == (S.ACTIVE, NOW, None)
    assert (looks(cast, made), looks(cast, made, "R-2")) == (False, True)


def test_caretaker_keeps_mandates_until_the_next_custodian_chooses(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    made.refresh_from_db()
    assert (holder(held), made.status, looks(cast, made)) == (cast.hanako, S.ACTIVE, True)
    change = custody.give(
        held,
        cast.jiro,
        kind="custodian",
        basis="handover",
        basis_label="",
        at=NOW + timedelta(minutes=1),
        kept_mandates={made.number},
    )
    assert (change.mandates.kept, change.mandates.ended) == ((made.number,), ())


@pytest.mark.parametrize("basis", ["reassignment", "authority", "recovery"])
def test_change_without_a_choice_ends_every_mandate(cast: Cast, held: Registration, basis: str) -> None:
    made = granted(cast, "R-1")
    change = custody.give(held, cast.jiro, kind="custodian", basis=basis, basis_label="", at=NOW)
    made.refresh_from_db()
    assert (change.mandates.ended, made.status) == ((made.number,), S.ENDED)
    assert change.facts["mandates_ended"] == [made.number]
