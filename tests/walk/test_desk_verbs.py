"""What the agency can do at all: the table of what exists, read off the walk. There is nothing that decides."""

import dataclasses

import pytest

from recovery.rules import TABLE as RECOVERY
from tests.walk.table import ROWS, expected
from tests.walk.test_walk import differences
from tests.walk.walking import Walk

pytestmark = pytest.mark.django_db

OWN = {"account_logout", "accounts:profile", "accounts:invite"}
OPEN_TO_ALL = {"desk:report_caller", "desk:send_feedback", "handover:confirm_activation", "handover:report_found"}
COLLECT = {"recovery:collect", "recovery:correct_mail", "recovery:take_appeal", "recovery:take_call"}
CALL = {
    *("desk:begin_call", "desk:warn_caller", "desk:end_call", "desk:take_over_call", "desk:go_on_with"),
    *("desk:take_down", "desk:check_receipt", "desk:check_pin", "desk:check_mandate", "desk:book_call_back"),
    *("desk:find_capacity", "desk:switch_keys", "desk:bill_in_call", "desk:answer_use", "desk:ask_consent"),
    "desk:call_out",
}
KEEP = {
    *("desk:note_contact", "desk:explanation", "desk:note_letter_in", "desk:close_letter", "desk:needs"),
    *("desk:person_notes", "desk:remove_person_note", "desk:record_feedback", "desk:tell_feedback"),
    *("desk:challenge_rule", "desk:record_mistake", "desk:close_alarm", "desk:draft_answer", "desk:change_answer"),
    *("desk:propose_answer", "desk:withdraw_answer"),
}
PROMISE = {
    *("desk:hold", "desk:promise", "desk:close_hold", "desk:close_inquiry", "desk:reopen_inquiry", "desk:remind"),
    *("desk:pause", "desk:resume", "desk:shift", "desk:shift_of", "desk:pass_on", "desk:refer", "desk:take_in"),
    *("desk:give_back", "desk:announce_call", "desk:cancel_call"),
}
PLACES = {"desk:fail_site", "desk:reopen_site", "desk:seat_member"}
EXISTS = OWN | OPEN_TO_ALL | COLLECT | CALL | KEEP | PROMISE | PLACES
DECIDING = ("approve", "execute", "release", "reveal", "reset", "decide", "refuse", "link", "open_record", "match")


def does(role: str) -> set[str]:
    """Return the paths at which a post of `role` changes something."""
    return {name for name in ROWS if expected(name, "post", [role])[role].endswith("!")}


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_agency_does_what_is_on_the_list_and_nothing_else(role: str) -> None:
    assert does(role) - EXISTS == set()


def test_list_holds_nothing_that_decides_releases_reveals_or_resets() -> None:
    assert [name for name in EXISTS for word in DECIDING if word in name.partition(":")[2]] == []


def test_agency_is_refused_wherever_something_is_decided() -> None:
    deciding = [name for name in ROWS for word in DECIDING if word in name and name.startswith("recovery:")]
    assert deciding
    for name in deciding:
        told = {expected(name, "post", [role])[role] for role in ("agent", "supervisor")}
        assert told <= {"403", "404", "405"}, (name, told)


def test_planted_approve_for_the_agent_is_found(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    open_to_all = dataclasses.replace(RECOVERY["approve"], who=lambda actor, thing: True)
    monkeypatch.setitem(RECOVERY, "approve", open_to_all)
    assert [line for line in differences(walk, "post", ["recovery:decide"], ["agent"]) if "instead of 403" in line]
