"""Two people press at the same moment about one mandate: one wins, the others get a clean answer. On both databases."""

import pytest

from accounts.models import User
from handover import transitions
from handover.models import Handover, Mandate, MandateRegistration, Registration
from tests.cast import Cast, actor
from tests.handover.mandated import approved, asked, granted, row
from tests.handover.test_races import race
from tests.stock import ALL_YES, NOW, all_received, holder, offered, registration

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


@pytest.fixture
def kept(cast: Cast) -> Registration:
    return registration(cast.aoba, "R-1", custodian=cast.taro)


def test_two_grants_of_one_question_have_one_winner(cast: Cast, kept: Registration) -> None:
    made = asked(cast, "R-1")

    def by(who: User) -> None:
        approved(made, who, registrations=[kept.pk])

    answers = race(lambda: by(cast.taro), lambda: by(cast.hanako), lambda: by(cast.taro))
    assert answers.count("won") == 1 and set(answers) <= {"won", "WrongState", "NotAllowed"}
    assert MandateRegistration.objects.granted().count() == 1


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_grant_against_taking_the_question_back_has_one_end(cast: Cast, kept: Registration, round_number: int) -> None:
    made = asked(cast, "R-1")
    administrator, asker = actor(cast.hanako), actor(cast.worker)

    def grant() -> None:
        transitions.approve_mandate(
            mandate_pk=made.pk,
            registrations=[kept.pk],
            scope=1,
            settings=[],
            ends_on=made.ends_on,
            actor=administrator,
            at=NOW,
        )

    def take_back() -> None:
        transitions.end_mandate(mandate_pk=made.pk, reason="", actor=asker, at=NOW)

    acts = (grant, take_back) if round_number % 2 else (take_back, grant)
    answers = race(*acts)
    # Granted, then given back, or taken back before it was granted: over in either case.
    assert answers in (["WrongState", "won"], ["won", "won"])
    made.refresh_from_db()
    assert made.status == Mandate.Status.ENDED
    assert not MandateRegistration.objects.current().exists()


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_keeping_against_ending_leaves_no_mandate_in_force(cast: Cast, kept: Registration, round_number: int) -> None:
    mandate = granted(cast, "R-1")
    made = offered(cast, kept, days=0)
    taker, administrator = actor(cast.jiro), actor(cast.hanako)
    transitions.mark_items(
        handover_pk=made.pk,
        marks=all_received(made),
        answers=ALL_YES,
        mandates={mandate.number: "keep"},
        actor=taker,
        at=NOW,
    )

    def accept() -> None:
        transitions.accept(handover_pk=made.pk, marks={}, answers={}, actor=taker, at=NOW)

    def end() -> None:
        transitions.end_mandate(mandate_pk=mandate.pk, reason="", actor=administrator, at=NOW)

    assert race(*((accept, end) if round_number % 2 else (end, accept))) == ["won", "won"]
    mandate.refresh_from_db()
    made.refresh_from_db()
    assert (mandate.status, made.status, holder(kept)) == (
        Mandate.Status.ENDED,
        Handover.Status.OVERLAP,
        cast.jiro,
    )
    assert row(mandate, kept).until == NOW


def test_two_renewals_have_one_winner(cast: Cast, kept: Registration) -> None:
    made = granted(cast, "R-1")
    asker, at = actor(cast.worker), NOW.replace(year=2027)

    def renew() -> None:
        transitions.renew_mandate(mandate_pk=made.pk, actor=asker, at=at.replace(day=1))

    assert race(renew, renew, renew) == ["WrongState", "WrongState", "won"]
    assert Mandate.objects.filter(renewed_from=made).count() == 1
