"""A change of name is carried out."""

import pytest

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from handover import transitions
from handover.folding import search_words
from handover.models import (
    Certificate,
    ContactPoint,
    Registration,
    Task,
)
from tests import seen
from tests.cast import Cast, actor
from tests.changes import approved, asked, executed
from tests.handover.carried_out import AFTER, S, certified, periods
from tests.stock import ALL_YES, NOW, all_received, offered, registration

NEW = "青空商事株式会社"


def test_change_of_name_leaves_custody_as_it_is(cast: Cast, held: Registration) -> None:
    branch = registration(cast.aoba, "R-2", custodian=cast.jiro)
    Registration.objects.filter(pk=branch.pk).update(registered_name="青葉商事株式会社 大阪支店")
    untouched = registration(cast.aoba, "R-3", custodian=cast.jiro)
    certificate, before = certified(cast, held), periods(held) + periods(branch)
    change = approved(cast, asked(cast, "rename", held, branch, by=cast.hanako, renames_organisation=True))
    mark = seen.mark()
    executed(cast, change)
    assert periods(held) + periods(branch) == before
    for each in (held, branch, untouched, cast.aoba, certificate, change):
        each.refresh_from_db()
    assert (cast.aoba.legal_name, cast.aoba.former_names) == (NEW, ["青葉商事株式会社"])
    assert (held.registered_name, held.former_names) == (NEW, ["青葉商事株式会社"])
    assert branch.registered_name == f"{NEW} 大阪支店"
    assert untouched.registered_name == "青葉商事株式会社"
    assert (change.status, change.old_name, change.executed_by) == (S.EXECUTED, "青葉商事株式会社", cast.approver)
    assert certificate.status == Certificate.Status.SUPERSEDED
    for one in (held, branch, untouched):
        assert search_words(NEW)[0] in one.search_text
        assert search_words("青葉商事")[0] in one.search_text
    assert seen.verbs(mark) == ["change.executed"]
    facts = Event.objects.get(verb="change.executed").facts
    assert (facts["registrations"], facts["step"]) == (["R-1", "R-2"], "execute")
    people = {(template, who) for template, who in seen.notices(mark) if who.startswith("user:")}
    assert people == {("change_executed", one.label) for one in (cast.hanako, cast.taro, cast.jiro)}
    assert len(seen.notices(mark)) == 5


def test_change_of_registered_names_only_leaves_the_organisation(cast: Cast, held: Registration) -> None:
    executed(cast, approved(cast, asked(cast, "rename", held, renames_organisation=False)))
    held.refresh_from_db()
    cast.aoba.refresh_from_db()
    assert (held.registered_name, cast.aoba.legal_name, cast.aoba.former_names) == (NEW, "青葉商事株式会社", [])


def test_contact_points_are_confirmed_afresh(cast: Cast, held: Registration) -> None:
    transitions.add_contact_point(
        registration_pk=held.pk,
        kind="phone",
        value="03-1234-5678",
        postal_code="",
        purposes=["fault"],
        hours="",
        receiver_pays=False,
        actor=actor(cast.taro),
        at=NOW,
    )
    executed(cast, approved(cast, asked(cast, "rename", held)))
    first, second = ContactPoint.objects.order_by("pk")
    task = Task.objects.get(kind="confirm_contact_points")
    assert (first.to_confirm, second.to_confirm, task.owner, task.done_at) == (True, True, cast.taro, None)
    with pytest.raises(WrongState):
        transitions.finish_task(task_pk=task.pk, actor=actor(cast.taro), at=AFTER)
    for who in ("jiro", "wakako", "worker", "agent", "operator", "approver"):
        with pytest.raises(NotAllowed):
            transitions.confirm_contact_point(contact_point_pk=first.pk, actor=actor(getattr(cast, who)), at=AFTER)
    before = seen.mark()
    transitions.confirm_contact_point(contact_point_pk=first.pk, actor=actor(cast.taro), at=AFTER)
    with pytest.raises(WrongState):
        transitions.confirm_contact_point(contact_point_pk=first.pk, actor=actor(cast.taro), at=AFTER)
    first.refresh_from_db()
    task.refresh_from_db()
    assert (first.confirmed_on, first.to_confirm, first.since, task.done_at) == (
        AFTER.date(),
        False,
        held.registered_at.date(),
        None,
    )
    # Ending the wrong one answers as well.
    transitions.end_contact_point(contact_point_pk=second.pk, actor=actor(cast.taro), at=AFTER)
    task.refresh_from_db()
    assert task.done_at == AFTER
    assert seen.verbs(before) == ["contact_point.confirmed", "contact_point.ended"]


def test_confirmation_waits_for_the_next_person_in_charge(cast: Cast, held: Registration) -> None:
    executed(cast, approved(cast, asked(cast, "rename", held)))
    running = offered(cast, held, days=0)
    transitions.accept(
        handover_pk=running.pk, marks=all_received(running), answers=ALL_YES, actor=actor(cast.jiro), at=AFTER
    )
    assert Task.objects.get(kind="confirm_contact_points").owner == cast.jiro
