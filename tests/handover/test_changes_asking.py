"""Somebody asks for a change of name or holder or to cancel."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import transitions
from handover.changing import Proof
from handover.models import (
    ChangeItem,
    ChangeRequest,
    Custody,
    Registration,
    Restriction,
)
from handover.restricting import restrict
from tests import seen
from tests.cast import Cast, actor
from tests.changes import ISSUED, asked, wish
from tests.handover.wished import KINDS, S, told
from tests.stock import NOW, TODAY, registration


@pytest.mark.parametrize("kind", ["rename", "succession", "transfer"])
def test_custodian_asks_and_nothing_changes_but_the_request(cast: Cast, held: Registration, kind: str) -> None:
    before, custody = seen.mark(), list(Custody.objects.values())
    change = asked(cast, kind, held)
    assert (change.status, change.organisation, change.on_paper) == (S.REQUESTED, cast.aoba, False)
    assert seen.verbs(before) == ["change.requested"]
    assert seen.notices(before) == told("change_requested", cast.hanako)
    written = Event.objects.get(verb="change.requested")
    assert (written.subject, written.facts) == (
        change.label,
        {"kind": kind, "status": "requested", "registrations": 1, "on_paper": False},
    )
    assert set(written.about) == {change.label, held.label, cast.aoba.label}
    assert list(Custody.objects.values()) == custody
    assert not change.proofs.filter(checked_by__isnull=False).exists()


def test_wish_to_cancel_keeps_what_was_read(cast: Cast, held: Registration) -> None:
    beside = registration(cast.aoba, "R-2", custodian=cast.jiro)
    before = seen.mark()
    change = asked(cast, "cancellation", held)
    assert (change.impact["papers"], change.impact["others"], change.impact["others_hidden"]) == (1, [], 1)
    assert beside.number not in str(change.impact)
    assert seen.verbs(before) == ["change.cancellation_asked"]
    assert seen.notices(before) == told("change_requested", cast.hanako)


def test_wish_to_cancel_without_reading_is_refused(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused) as refused:
        transitions.ask_to_cancel(
            wish=wish("cancellation", held), has_read=False, token=uuid.uuid4(), actor=actor(cast.taro), at=NOW
        )
    assert (list(refused.value.fields), ChangeRequest.objects.count()) == (["has_read"], 0)


STRANGERS = ["jiro", "saburo", "wakako", "minoru", "worker", "agent", "supervisor"]


NOT_OPERATORS = ["approver", "senior", "editor", "auditor"]


@pytest.mark.parametrize("who", STRANGERS + NOT_OPERATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_asks(cast: Cast, held: Registration, who: str, kind: str) -> None:
    # Who does not see the registration hears the same as for a number that nobody has.
    with pytest.raises((NotAllowed, Refused)):
        asked(cast, kind, held, by=getattr(cast, who))
    assert not ChangeRequest.objects.exists()


def test_numbers_of_others_are_refused_like_unknown_ones(cast: Cast, held: Registration) -> None:
    theirs = registration(cast.wakaba, "W-1", custodian=cast.minoru)
    words = []
    for number in (theirs.number, "W-9"):
        with pytest.raises(Refused) as refused:
            transitions.request_change(
                wish=replace(wish("rename", held), numbers=(held.number, number)),
                token=uuid.uuid4(),
                actor=actor(cast.hanako),
                at=NOW,
            )
        words.append(str(refused.value.words).replace(number, ""))
    assert words[0] == words[1]


def test_custodian_of_one_cannot_ask_for_all_of_the_holder(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    with pytest.raises(NotAllowed):
        asked(cast, "rename", held, everything=True)
    assert asked(cast, "rename", held, by=cast.hanako, everything=True).items.count() == 2


def test_second_press_of_the_same_form_gives_back_the_first_request(cast: Cast, held: Registration) -> None:
    token = uuid.uuid4()
    given: dict[str, Any] = {"wish": wish("rename", held), "token": token, "at": NOW}
    first = transitions.request_change(**given, actor=actor(cast.taro))
    before = seen.mark()
    assert transitions.request_change(**given, actor=actor(cast.taro)) == first
    with pytest.raises(WrongState):
        transitions.request_change(**given, actor=actor(cast.hanako))
    assert (ChangeRequest.objects.count(), seen.verbs(before)) == (1, [])


def test_second_request_about_a_registration_waits_for_the_first(cast: Cast, held: Registration) -> None:
    first = asked(cast, "rename", held)
    with pytest.raises(WrongState):
        asked(cast, "cancellation", held)
    transitions.withdraw_change(change_pk=first.pk, reason="", actor=actor(cast.taro), at=NOW)
    assert asked(cast, "cancellation", held).is_open
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeItem.objects.filter(change=first).update(is_open=True)


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("rename", {"new_name": ""}, "new_name"),
        ("rename", {"new_name": "青葉商事株式会社"}, "new_name"),
        ("succession", {"receiver_name": ""}, "receiver_name"),
        ("transfer", {"receiver_corporate_number": "1000012010004"}, "receiver_corporate_number"),
        ("reorganisation", {}, "numbers"),
        ("rename", {"proofs": (Proof("registry", TODAY + timedelta(days=1), "1"),)}, "registry_issued_on"),
    ],
)
def test_incomplete_wish_is_refused_at_its_field(
    cast: Cast, held: Registration, kind: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        asked(cast, kind, held, **changes)
    assert (list(refused.value.fields), ChangeRequest.objects.count()) == ([field], 0)


def test_paper_of_another_registration_proves_nothing(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    stated = (Proof("registry", ISSUED, "1", document_pk=held.documents.get().pk),)
    with pytest.raises(Refused):
        asked(cast, "rename", other, proofs=stated)
    assert asked(cast, "rename", held, proofs=stated).proofs.get().document == held.documents.get()


def test_closed_registration_is_not_changed(cast: Cast, held: Registration) -> None:
    Registration.objects.update(status=Registration.Status.CLOSED)
    for kind in KINDS:
        with pytest.raises(WrongState):
            asked(cast, kind, held, by=cast.hanako)


@pytest.mark.parametrize("mark", Restriction.Kind.values)
@pytest.mark.parametrize("kind", KINDS)
def test_marks_of_a_recovery_keep_changes_away_with_words(cast: Cast, held: Registration, mark: str, kind: str) -> None:
    until = NOW + timedelta(days=30) if mark == "cooling_off" else None
    restrict(held, mark, case="C-1", at=NOW - timedelta(days=1), until=until)
    # A claim that is only open never hinders the custodian, but for closing what somebody says to have lost.
    if mark == "claim_open" and kind != "cancellation":
        assert asked(cast, kind, held).is_open
        return
    with pytest.raises(WrongState) as no:
        asked(cast, kind, held)
    assert "R-1" in str(no.value.words)
