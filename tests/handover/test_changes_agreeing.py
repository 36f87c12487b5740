"""Both sides agree to a change."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import transitions
from handover.models import (
    ChangeConsent,
    ChangeRequest,
    Registration,
)
from tests import seen
from tests.cast import Cast, actor
from tests.changes import ISSUED, asked, proposed
from tests.handover.wished import S, told
from tests.stock import NOW, TODAY, registration


def found(cast: Cast, change: ChangeRequest) -> ChangeRequest:
    return transitions.find_receiver(
        change_pk=change.pk, organisation_pk=cast.wakaba.pk, actor=actor(cast.operator), at=NOW
    )


def test_receiving_administrators_see_it_once_the_operator_found_them(cast: Cast, held: Registration) -> None:
    change = asked(cast, "transfer", held)
    assert not ChangeRequest.objects.visible_to(actor(cast.wakako)).exists()
    before = seen.mark()
    found(cast, change)
    assert ChangeRequest.objects.visible_to(actor(cast.wakako)).get() == change
    assert not ChangeRequest.objects.visible_to(actor(cast.minoru)).exists()
    assert seen.verbs(before) == ["change.receiver_found"]
    assert seen.notices(before) == told("change_requested", cast.hanako, cast.taro, cast.wakako)


@pytest.mark.parametrize("who", ["aoba", "works", "provider"])
def test_receiver_is_another_customer(cast: Cast, held: Registration, who: str) -> None:
    change = asked(cast, "transfer", held)
    with pytest.raises(Refused):
        transitions.find_receiver(
            change_pk=change.pk, organisation_pk=getattr(cast, who).pk, actor=actor(cast.operator), at=NOW
        )


def test_change_of_name_has_no_receiver(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused):
        found(cast, asked(cast, "rename", held))


def test_both_administrators_agree_to_a_transfer_once_each(cast: Cast, held: Registration) -> None:
    change = found(cast, asked(cast, "transfer", held))
    before = seen.mark()
    for who in (cast.hanako, cast.wakako):
        transitions.consent(change_pk=change.pk, actor=actor(who), at=NOW)
        with pytest.raises(WrongState):
            transitions.consent(change_pk=change.pk, actor=actor(who), at=NOW)
    assert dict(change.consents.values_list("side", "by")) == {"giver": cast.hanako.pk, "receiver": cast.wakako.pk}
    assert seen.verbs(before) == ["change.consented"] * 2
    assert Event.objects.filter(verb="change.consented").first().facts["side"] == "giver"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        found(cast, change)


@pytest.mark.parametrize("who", ["taro", "jiro", "minoru", "worker", "agent", "operator", "approver", "auditor"])
def test_nobody_else_agrees_to_a_transfer(cast: Cast, held: Registration, who: str) -> None:
    change = found(cast, asked(cast, "transfer", held))
    with pytest.raises(NotAllowed):
        transitions.consent(change_pk=change.pk, actor=actor(getattr(cast, who)), at=NOW)
    assert not ChangeConsent.objects.exists()


def test_side_without_an_account_agrees_on_paper(cast: Cast, held: Registration) -> None:
    change = asked(cast, "transfer", held)
    paper: dict[str, Any] = {"signed_on": ISSUED, "reference": "承諾書 1", "actor": actor(cast.operator), "at": NOW}
    with pytest.raises(Refused):
        transitions.record_consent(change_pk=change.pk, side="receiver", **paper)
    found(cast, change)
    transitions.record_consent(change_pk=change.pk, side="receiver", **paper)
    with pytest.raises(WrongState):
        transitions.record_consent(change_pk=change.pk, side="receiver", **paper)
    with pytest.raises(Refused):
        transitions.record_consent(change_pk=change.pk, side="colleague", **paper)
    with pytest.raises(Refused):
        transitions.record_consent(change_pk=change.pk, side="giver", **{**paper, "signed_on": TODAY + timedelta(1)})
    with pytest.raises(NotAllowed):
        transitions.record_consent(change_pk=change.pk, side="giver", **{**paper, "actor": actor(cast.approver)})
    assert [(one.side, one.on_paper) for one in change.consents.all()] == [("receiver", True)]


def test_cancellation_wants_another_administrator_not_the_asker(cast: Cast, held: Registration) -> None:
    change = asked(cast, "cancellation", held, by=cast.hanako)
    with pytest.raises(NotAllowed):
        transitions.consent(change_pk=change.pk, actor=actor(cast.hanako), at=NOW)
    # Without another administrator it is the custodian.
    transitions.consent(change_pk=change.pk, actor=actor(cast.taro), at=NOW)
    assert change.consents.get().side == "colleague"


def test_cancellation_by_the_custodian_is_agreed_to_by_an_administrator_only(cast: Cast, held: Registration) -> None:
    change = asked(cast, "cancellation", held)
    for who in (cast.taro, cast.jiro, cast.wakako):
        with pytest.raises(NotAllowed):
            transitions.consent(change_pk=change.pk, actor=actor(who), at=NOW)
    transitions.consent(change_pk=change.pk, actor=actor(cast.hanako), at=NOW)


def test_cancellation_by_the_only_person_there_is_needs_nobody_else(cast: Cast) -> None:
    lonely = registration(cast.wakaba, "W-1", custodian=cast.wakako)
    change = asked(cast, "cancellation", lonely, by=cast.wakako)
    assert proposed(cast, change).status == S.PROPOSED
