"""Somebody tries codes on a recovery kit: it dies of the fifth, and whoever made it hears of it (decision 0025)."""

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import transitions as register
from handover.models import RecoveryKit, Registration, Task
from recovery import clock, transitions
from recovery.models import Evidence
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import later
from tests.letterbox import mails
from tests.recovery.kits import MADE, guesses, shows
from tests.stock import NOW

pytestmark = pytest.mark.django_db


def test_right_code_at_the_fifth_try_opens_and_at_the_sixth_the_kit_is_dead(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = guesses(kit, 4)
    assert shows(claim, kit).status == "collecting"
    made, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=NOW)
    other = (made.number, code)
    guesses(other, 5, claim=claims.received(sender="192.0.2.2"))
    # Dead at once, for the right code and whoever shows it on whichever day.
    late = claims.received(sender="192.0.2.3", at=later(days=2))
    with pytest.raises(Refused):
        shows(late, other, at=later(days=2))
    assert Evidence.objects.count() == 1


def test_worker_voids_a_kit_that_was_guessed_at_and_the_custodian_is_told_and_asked_for_a_new_one(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    guesses(kit, 5)
    before = seen.mark()
    # What is being compared just now may be right: it has a minute.
    assert clock.run(at=later(seconds=59))["kits_ended"] == 0
    assert clock.run(at=later(minutes=1))["kits_ended"] == 1
    row = RecoveryKit.objects.get()
    assert (row.void_at, row.tries) == (later(minutes=1), 5)
    event = Event.objects.get(verb="kit.guessed")
    assert (event.subject, event.facts) == (lost.label, {"kit": row.pk, "tries": 5})
    assert {*event.about} == {lost.label, cast.aoba.label}
    assert seen.verbs(before) == ["kit.refused"] * 5 + ["kit.guessed"]
    assert seen.notices(before) == sorted(("kit_guessed", who.label) for who in (cast.taro, cast.hanako))
    for mail in mails("kit_guessed"):
        assert f"/registrations/{lost.number}/" in mail["body"]
        assert "C-" not in mail["body"] and kit[0] not in mail["body"]
    assert Task.objects.get(kind="make_recovery_kit", done_at=None).owner == cast.taro
    assert clock.run(at=later(minutes=2))["kits_ended"] == 0
    with pytest.raises(WrongState):
        transitions.end_guessed_kit(row.pk, actor=clock.CLOCK, at=later(minutes=2))
    with pytest.raises(NotAllowed):
        transitions.end_guessed_kit(row.pk, actor=actor(cast.operator), at=later(minutes=2))


def test_kit_with_a_try_left_stays_and_a_new_one_begins_anew(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    guesses(kit, 4)
    row = RecoveryKit.objects.get()
    with pytest.raises(WrongState):
        transitions.end_guessed_kit(row.pk, actor=clock.CLOCK, at=later(minutes=2))
    assert clock.run(at=later(minutes=2))["kits_ended"] == 0
    guesses(kit, 1, claim=claims.received(sender="192.0.2.2"))
    made, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=later(minutes=3))
    # Replaced before the worker came: there is nothing left to void, and nobody to be told.
    assert clock.run(at=later(minutes=4))["kits_ended"] == 0
    claim = claims.received(sender="192.0.2.3", at=later(minutes=5))
    assert shows(claim, (made.number, code), at=later(minutes=5)).status == "collecting"


def test_one_claim_makes_one_kit_worthless_at_most(cast: Cast, lost: Registration, kit: tuple[str, str]) -> None:
    more, code = register.make_recovery_kit(
        registration_pk=claims.held(cast, "R-2").pk, actor=actor(cast.taro), at=MADE
    )
    claim = guesses(kit, 3)
    guesses((more.number, code), 7, claim=claim)
    assert dict(RecoveryKit.objects.values_list("number", "tries")) == {kit[0]: 3, more.number: 2}
    assert shows(claim, kit, at=later(days=1)).status == "collecting"


def test_wrong_kits_count_among_the_failed_checks_of_the_linked_registration(
    cast: Cast, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = claims.accepted(cast, lost)
    guesses(("K-2222-2222", ""), 10, claim=claim)
    assert clock.run(at=later(minutes=1))["phones_paused"] == 1
    assert {mail["recipient"] for mail in mails("phone_paused")} == {cast.taro.label, cast.hanako.label}
