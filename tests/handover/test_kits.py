"""The custodian's recovery kit and tasks."""

import pytest
from django.contrib.auth.hashers import check_password

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from handover import kits, transitions
from handover.models import RecoveryKit, Registration, Task
from tests import seen
from tests.cast import Cast, actor
from tests.stock import NOW, accepted


def test_custodian_makes_a_kit_and_only_its_hash_is_kept(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    kit, code = transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)
    assert check_password(kits.plain(code), kit.code_hash)
    assert seen.verbs(before) == ["kit.made"]
    assert code not in str(Event.objects.get(verb="kit.made").facts)
    assert kits.plain(code) not in kit.code_hash


def test_second_kit_voids_the_first(cast: Cast, held: Registration) -> None:
    first, _code = transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)
    second, _code = transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)
    first.refresh_from_db()
    assert first.void_at == NOW
    assert RecoveryKit.objects.filter(void_at=None).get() == second


@pytest.mark.parametrize("who", ["jiro", "hanako", "wakako", "operator"])
def test_nobody_else_makes_a_kit(cast: Cast, held: Registration, who: str) -> None:
    with pytest.raises(NotAllowed):
        transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(getattr(cast, who)), at=NOW)
    assert not RecoveryKit.objects.exists()


def test_switch_voids_the_kit_and_the_new_one_finishes_the_task(cast: Cast, held: Registration) -> None:
    old, _code = transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)
    accepted(cast, held, days=0)
    old.refresh_from_db()
    assert old.void_at == NOW
    task = Task.objects.get(kind=Task.Kind.MAKE_RECOVERY_KIT, done_at=None)
    transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.jiro), at=NOW)
    task.refresh_from_db()
    assert task.done_at == NOW


def test_owner_finishes_a_task_once(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0)
    task = Task.objects.get(kind=Task.Kind.RESET_SETTINGS_PASSWORD)
    with pytest.raises(NotAllowed):
        transitions.finish_task(task_pk=task.pk, actor=actor(cast.taro), at=NOW)
    before = seen.mark()
    transitions.finish_task(task_pk=task.pk, actor=actor(cast.jiro), at=NOW)
    assert seen.verbs(before) == ["task.finished"]
    with pytest.raises(WrongState):
        transitions.finish_task(task_pk=task.pk, actor=actor(cast.jiro), at=NOW)


def test_number_of_a_kit_is_drawn_and_read_in_any_spelling(cast: Cast, held: Registration) -> None:
    kit, _code = transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)
    more, _code = transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)
    assert kit.number != more.number and str(kit.pk) != kit.number.removeprefix("K-")
    bare = kit.number.replace("-", "")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in bare)
    for typed in (kit.number, kit.number.lower(), f" {bare} ", bare[1:] if bare[1] != "K" else bare, wide):
        assert kits.read_number(typed) == kit.number
    assert [kits.read_number(typed) for typed in ("", "K-", "zzz", "K-0000-0000", "x" * 99)] == [""] * 5


def test_sheets_of_counted_kits_are_still_read() -> None:
    assert [kits.read_number(typed) for typed in ("K-12", "Ｋ－１２", "12")] == ["K-12"] * 3
