"""A contractor's year, with a moved clock: asked, granted, used, kept and ended at a change, renewed, run out."""

from datetime import date, timedelta

import pytest

from accounts.errors import WrongState
from audit.models import Event
from handover import clock, transitions
from handover.models import Mandate, Registration
from handover.queries import mandates as queries
from tests.cast import Cast, actor
from tests.handover.mandated import YEAR, approved, asked, row
from tests.letterbox import mails
from tests.stock import ALL_YES, NOW, all_received, holder, offered, registration


def test_contractors_year_from_the_question_to_the_last_day(cast: Cast, held: Registration) -> None:
    worker = actor(cast.worker)

    def sees(mandate: Mandate, at: object = NOW) -> bool:
        return queries.find_row(worker, mandate.number, "R-1", at) is not None  # type: ignore[arg-type]

    # Asked for twice, granted by the custodian.
    first = asked(cast, "R-1", ends_on=YEAR, reason="保守")
    second = asked(cast, "R-1", scope=1, settings=[], reason="工事")
    assert not sees(first)
    for mandate in (first, second):
        approved(mandate, cast.taro)
    assert sees(first) and sees(second)

    # Used.
    transitions.look_by_mandate(row_pk=row(first, held).pk, actor=worker, at=NOW)
    look = Event.objects.get(verb="registration.viewed")
    assert (look.subject, look.facts["mandate"]) == ("registration:R-1", first.number)

    # The person in charge changes: one is kept, one ends.
    made = offered(cast, held, days=0)
    transitions.mark_items(
        handover_pk=made.pk,
        marks=all_received(made),
        answers=ALL_YES,
        mandates={first.number: "keep", second.number: "end"},
        actor=actor(cast.jiro),
        at=NOW,
    )
    transitions.accept(handover_pk=made.pk, marks={}, answers={}, actor=actor(cast.jiro), at=NOW)
    assert holder(held) == cast.jiro
    assert sees(first) and not sees(second)
    assert {mail["template"] for mail in mails()} >= {"mandate_asked", "mandate_granted", "mandate_not_kept"}

    # Forty days before its end both sides are reminded and the contractor asks to go on.
    forty = NOW + (YEAR - timedelta(days=40) - date(2026, 11, 20))
    clock.run(at=forty)
    assert len([mail for mail in mails() if mail["template"] == "mandate_ending"]) == 3
    renewal = transitions.renew_mandate(mandate_pk=first.pk, actor=worker, at=forty)
    approved(renewal, cast.jiro, at=forty)
    assert not sees(renewal, forty)

    # The last day passes: the first runs out, its renewal takes over without a gap, for a year.
    after = forty + timedelta(days=41)
    assert sees(first, after - timedelta(days=1)) and not sees(first, after)
    assert sees(renewal, after)
    clock.run(at=after)
    first.refresh_from_db()
    assert first.status == Mandate.Status.EXPIRED
    end = after + (renewal.ends_on - renewal.starts_on)
    assert sees(renewal, end) and not sees(renewal, end + timedelta(days=1))
    clock.run(at=end + timedelta(days=1))
    renewal.refresh_from_db()
    assert renewal.status == Mandate.Status.EXPIRED
    with pytest.raises(WrongState):
        transitions.renew_mandate(mandate_pk=renewal.pk, actor=worker, at=end + timedelta(days=1))
    assert not registration(cast.aoba, "R-2", custodian=cast.taro).mandate_rows.exists()
