"""Certificates end by the acts that change what they state: in the same transaction, at the same instant.

Elsewhere, with the act itself: a new name or unit, another holder and a closing (test_changes_*), an import
(test_import_applying), an order of authority (test_authority_executing), a recovery and its rolling back
(tests/recovery).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handover import transitions
from handover.models import Certificate, Registration
from tests.cast import Cast, actor
from tests.stock import NOW, accepted

LATER = NOW + timedelta(hours=1)


def certified(held: Registration, who: Any, at: Any = NOW) -> Certificate:
    return transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(who), at=at)


def hands_over(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0, at=LATER)


def leaves(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=LATER)


def dies(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=LATER, died=True)


@pytest.mark.parametrize("act", [hands_over, leaves, dies])
def test_change_of_hands_ends_the_certificates_at_its_instant(
    cast: Cast, held: Registration, act: Callable[[Cast, Registration], None]
) -> None:
    both = [certified(held, cast.taro), certified(held, cast.hanako)]
    act(cast, held)
    for made in both:
        made.refresh_from_db()
        assert (made.status, made.ended_at) == ("superseded", LATER)


def test_withdrawn_one_stays_withdrawn_when_the_facts_change(cast: Cast, held: Registration) -> None:
    made = certified(held, cast.taro)
    transitions.withdraw_certificate(certificate_pk=made.pk, actor=actor(cast.taro), at=NOW)
    leaves(cast, held)
    made.refresh_from_db()
    assert (made.status, made.ended_at) == ("withdrawn", NOW)
