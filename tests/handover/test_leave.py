"""Somebody leaves: nothing is left behind, and access ends at once."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Invitation, Membership, Role
from audit.models import Event
from handover import transitions
from handover.models import ContactPoint, Custody, Deputy, GapAlert, Handover, Registration
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.stock import NOW, START, drafted, holder, offered, registration


def test_member_leaves_and_the_administrator_becomes_caretaker(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=cast.taro)
    Deputy.objects.create(registration=held, user=cast.saburo, since=START)
    before = seen.mark()
    gone = transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    assert not gone.is_active
    assert not Membership.objects.current().filter(user=gone).exists()
    current = Custody.objects.current().get(registration=held)
    assert (current.user, current.kind, current.basis, current.from_at) == (cast.hanako, "caretaker", "caretaker", NOW)
    assert GapAlert.objects.filter(kind="no_custodian", closed_at=None).count() == 2
    assert seen.verbs(before) == ["custody.passed_to_caretaker"] * 2 + ["package.opened", "membership.ended"]
    points = ContactPoint.objects.order_by("pk").values_list("pk", flat=True)
    assert seen.notices(before) == [
        ("custody_in_care", cast.hanako.label),
        *(("custody_in_care_record", f"contact_point:{pk}") for pk in points),
    ]
    assert Event.objects.get(verb="membership.ended").facts == {
        "custodies": 2,
        "handovers_withdrawn": [],
        "invitations_withdrawn": [],
        "roles": ["member"],
    }
    with pytest.raises(WrongState):
        transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)


@pytest.mark.parametrize("who", ["saburo", "wakako", "agent", "supervisor", "auditor", "editor"])
def test_stranger_or_colleague_cannot_end_a_membership(cast: Cast, held: Registration, who: str) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        transitions.leave(user_pk=cast.taro.pk, actor=actor(getattr(cast, who)), at=NOW)
    assert seen.verbs(before) == []
    assert holder(held) == cast.taro


def test_last_administrator_cannot_leave_while_there_are_registrations(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused):
        transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.hanako), at=NOW)
    Membership.objects.create(user=cast.jiro, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.hanako), at=NOW)
    assert not GapAlert.objects.filter(kind="no_administrator").exists()


def test_provider_ends_the_last_administrator_and_a_gap_alert_opens(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=cast.hanako)
    with pytest.raises(NotAllowed):
        transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.operator), at=NOW)
    transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.approver), at=NOW)
    alert = GapAlert.objects.get(kind="no_administrator")
    assert (alert.organisation, alert.closed_at) == (cast.aoba, None)
    kept = Custody.objects.current().get(registration__number="R-2")
    assert (kept.user, kept.kind) == (None, "caretaker")
    assert holder(held) == cast.taro


def test_successor_leaves_and_the_handover_is_withdrawn(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    before = seen.mark()
    transitions.leave(user_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
    made.refresh_from_db()
    assert made.status == Handover.Status.WITHDRAWN
    assert seen.notices(before) == [("handover_withdrawn", cast.taro.label)]
    assert holder(held) == cast.taro
    drafted(cast, held, to=cast.saburo)


def test_giver_leaves_and_the_offer_goes_on_from_the_caretaker(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    made.refresh_from_db()
    assert made.status == Handover.Status.OFFERED
    assert holder(held) == cast.hanako


def test_open_invitations_of_the_leaver_are_withdrawn(cast: Cast, held: Registration) -> None:
    Membership.objects.create(user=cast.jiro, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    sent = Invitation.objects.create(
        organisation=cast.aoba,
        email="new@aoba.example",
        roles=["member"],
        token_hash="x",
        invited_by=cast.jiro,
        created_at=START,
        expires_at=NOW + timedelta(days=1),
    )
    transitions.leave(user_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
    sent.refresh_from_db()
    assert (sent.status, sent.closed_at) == ("withdrawn", NOW)
    assert Event.objects.get(verb="membership.ended").facts["invitations_withdrawn"] == [sent.pk]


def test_deputyships_of_the_leaver_end(cast: Cast, held: Registration) -> None:
    Deputy.objects.create(registration=held, user=cast.jiro, since=START)
    transitions.leave(user_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
    assert Deputy.objects.get().until == NOW


def test_person_dismissed_with_an_open_session_is_out_at_the_next_click(cast: Cast, held: Registration) -> None:
    taro = sign_in(Client(), cast.taro)
    assert taro.get("/handovers/").status_code == 200
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    answer = taro.post("/registrations/R-1/hand-over/", {"successor": cast.jiro.pk})
    assert answer.status_code == 403
    assert not Handover.objects.exclude(given_to=None).exists()
    assert taro.get("/handovers/").status_code == 302


def test_supervisor_ends_an_agent_but_operator_does_not_end_an_approver(cast: Cast) -> None:
    transitions.leave(user_pk=cast.agent.pk, actor=actor(cast.supervisor), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.leave(user_pk=cast.approver.pk, actor=actor(cast.operator), at=NOW)
    transitions.leave(user_pk=cast.operator.pk, actor=actor(cast.approver), at=NOW + timedelta(seconds=1))


def test_administrator_takes_a_kept_registration_into_care(cast: Cast) -> None:
    kept = registration(cast.aoba, "R-3", custodian=None)
    with pytest.raises(NotAllowed):
        transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.saburo), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.wakako), at=NOW)
    before = seen.mark()
    transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=NOW)
    assert holder(kept) == cast.hanako
    assert seen.verbs(before) == ["custody.taken_into_care", "package.opened"]
    assert seen.notices(before) == [
        ("custody_in_care_record", f"contact_point:{kept.contact_points.get().pk}"),
        ("custody_taken_into_care", cast.hanako.label),
    ]
    assert GapAlert.objects.filter(registration=kept, closed_at=None).count() == 1
    with pytest.raises(WrongState):
        transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=NOW)


def test_taking_into_care_tells_somebody_though_every_address_of_record_failed(cast: Cast) -> None:
    kept = registration(cast.aoba, "R-3", custodian=None)
    ContactPoint.objects.filter(registration=kept).update(health="bounced")
    before = seen.mark()
    transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=NOW)
    assert seen.notices(before) == [("custody_taken_into_care", cast.hanako.label)]


def test_predecessor_died_and_nothing_goes_to_the_private_mailbox(cast: Cast, held: Registration) -> None:
    """B5: no contact attempts to the private address; the mailbox is marked."""
    ContactPoint.objects.filter(registration=held).update(value=cast.taro.email.upper())
    before = seen.mark()
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW, died=True)
    assert ContactPoint.objects.get(registration=held).health == "gone"
    facts = Event.objects.get(verb="membership.ended").facts
    assert (facts["died"], facts["mailboxes_marked"]) == (True, 1)
    assert seen.notices(before) == [("custody_in_care", cast.hanako.label)]
