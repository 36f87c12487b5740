"""The rate limits of procedure.md A10: each is reached, and the next one is refused, stopped or goes on elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import alarms
from desk import transitions as at_desk
from desk.models import Alarm, Statement
from handover.models import Registration
from recovery import clock, limits, transitions
from recovery.models import Claim, FailedCode, PhonePause, SenderPrint
from recovery.queries import weighing
from tests import claims, seen
from tests.cast import Cast, actor, sign_in
from tests.claims import PUBLIC, later
from tests.recovery import bulk
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def by_call(cast: Cast, number: int, **changes: Any) -> Claim:
    """The agent takes a call down."""
    said = {"mail": "", "own_phone": f"090-0000-{number:04d}"}
    statement = Statement(**{**claims.STATEMENT.__dict__, **said, **changes})
    claim, _tracking = transitions.open_claim(
        statement=statement,
        capacity="customer",
        answer_by="phone",
        language="ja",
        sender=cast.agent.label,
        actor=actor(cast.agent),
        at=later(minutes=number),
    )
    return claim


def linked_to(cast: Cast, claim: Claim, to: Registration) -> Claim:
    return transitions.link(
        claim.pk, registration_number=to.number, actor=actor(cast.operator), at=later(hours=1, minutes=claim.pk)
    )


# Taking in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "field"), [({"mail": "who@new.example"}, "mail"), ({"own_phone": "090-1234-5678"}, "own_phone")]
)
def test_sixth_claim_of_a_day_from_one_mail_or_phone_is_refused(cast: Cast, named: dict[str, str], field: str) -> None:
    spelled = {"mail": "ＷＨＯ@new.example", "own_phone": "０９０（１２３４）５６７８"}
    for number in range(5):
        own = {"mail": f"m{number}@new.example", **named}
        claims.received(statement=own, sender=f"192.0.2.{number}", at=later(minutes=number))
    again = {"mail": "another@new.example", field: spelled[field]}
    with pytest.raises(Refused) as refused:
        claims.received(statement=again, sender="192.0.2.99", at=later(minutes=9))
    assert list(refused.value.fields) == [field]
    assert Claim.objects.count() == 5
    claims.received(statement=again, sender="192.0.2.99", at=later(days=1))
    assert Claim.objects.count() == 6


def test_agent_is_told_at_the_field_that_a_number_asked_too_often(cast: Cast) -> None:
    for number in range(5):
        by_call(cast, number, own_phone="090-1234-5678")
    with pytest.raises(Refused) as refused:
        by_call(cast, 6, own_phone="09012345678")
    assert list(refused.value.fields) == ["own_phone"]


def test_sixth_claim_of_a_connection_is_refused_by_the_hour_and_by_the_day(cast: Cast) -> None:
    for number in range(5):
        claims.received(at=later(minutes=number))
    for at in (later(minutes=6), later(hours=2)):
        with pytest.raises(Refused):
            claims.received(at=at)


def test_every_claim_leaves_two_prints_that_tell_nothing(cast: Cast) -> None:
    claim = claims.received()
    rows = {row.kind: row.print for row in SenderPrint.objects.filter(claim=claim)}
    assert set(rows) == {"mail", "phone"}
    assert rows["phone"] == "" and len(rows["mail"]) == 64 and "sho" not in rows["mail"]


# Examining ----------------------------------------------------------------------------------------------------------


def same_claimant(cast: Cast, count: int) -> list[Claim]:
    """Claims of one confirmed mailbox on as many registrations."""
    made = []
    for number in range(count):
        claim = claims.received(
            statement={"mail": "one@new.example"}, sender=f"192.0.2.{number}", at=later(minutes=2 * number)
        )
        made.append(linked_to(cast, claim, claims.held(cast, f"R-{number}")))
        transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=later(hours=2))
    return made


def test_fourth_open_claim_of_one_claimant_goes_on_together(cast: Cast) -> None:
    *first, fourth = same_claimant(cast, 4)
    for one in first:
        transitions.accept(one.pk, actor=actor(cast.operator), at=later(hours=3))
    before = seen.mark()
    with pytest.raises(Refused, match=r"together|まとめて"):
        transitions.accept(fourth.pk, actor=actor(cast.operator), at=later(hours=3))
    assert seen.verbs(before) == []
    transitions.withdraw(first[0].pk, actor=PUBLIC, at=later(hours=4))
    assert transitions.accept(fourth.pk, actor=actor(cast.operator), at=later(hours=5)).status == "collecting"


def test_mailbox_that_is_not_confirmed_uses_up_nobody_elses_claims(cast: Cast) -> None:
    made = same_claimant(cast, 4)
    Claim.objects.filter(pk__in=[one.pk for one in made[:3]]).update(mailbox_verified_at=None)
    for one in made:
        accepted = transitions.accept(one.pk, actor=actor(cast.operator), at=later(hours=3))
        assert accepted.status == "collecting"


def test_eleventh_open_claim_of_one_organisation_goes_on_together(cast: Cast) -> None:
    made = []
    for number in range(11):
        claim = claims.received(
            statement={"mail": f"m{number}@new.example"}, sender=f"192.0.2.{number}", at=later(minutes=number)
        )
        made.append(linked_to(cast, claim, claims.held(cast, f"R-{number}")))
    for one in made[:10]:
        transitions.accept(one.pk, actor=actor(cast.operator), at=later(hours=3))
    with pytest.raises(Refused):
        transitions.accept(made[10].pk, actor=actor(cast.operator), at=later(hours=3))


def test_claim_for_many_is_one_and_is_taken_up_again_beside_ten_others(cast: Cast) -> None:
    many = claims.accepted(cast, claims.held(cast, "R-100"))
    bulk.listed(cast, many, [(one.number, "") for one in bulk.others(cast, 12)])
    open_ones = []
    for number in range(10):
        claim = claims.received(
            statement={"mail": f"m{number}@new.example"}, sender=f"192.0.2.{number}", at=later(minutes=number)
        )
        open_ones.append(linked_to(cast, claim, claims.held(cast, f"R-{number}")))
    # Twelve lines are one claim: nine more are examined beside it, and no tenth.
    for one in open_ones[:9]:
        transitions.accept(one.pk, actor=actor(cast.operator), at=later(hours=3))
    with pytest.raises(Refused):
        transitions.accept(open_ones[9].pk, actor=actor(cast.operator), at=later(hours=3))
    transitions.withdraw(many.pk, actor=PUBLIC, at=later(hours=4))
    transitions.accept(open_ones[9].pk, actor=actor(cast.operator), at=later(hours=5))
    transitions.reopen(many.pk, actor=PUBLIC, at=later(hours=6))
    assert transitions.accept(many.pk, actor=actor(cast.operator), at=later(hours=7)).status == "collecting"


@pytest.mark.parametrize(("months", "senior"), [(11, True), (13, False)])
def test_fourth_claim_on_a_registration_within_a_year_needs_a_senior(
    cast: Cast, lost: Registration, months: int, senior: bool
) -> None:
    for number in range(3):
        early = claims.received(at=NOW - timedelta(days=30 * months - number))
        transitions.link(early.pk, registration_number=lost.number, actor=actor(cast.operator), at=early.received_at)
        transitions.withdraw(early.pk, actor=PUBLIC, at=early.received_at)
    claim = linked_to(cast, claims.received(), lost)
    assert ("senior" in weighing.wanted_roles(claim)) is senior
    assert Event.objects.filter(verb="claim.linked").latest("sequence").facts.get("senior", False) is senior


# Calls about one organisation ---------------------------------------------------------------------------------------


def test_third_call_of_a_day_about_one_organisation_stops_its_claims_and_tells_a_senior(cast: Cast) -> None:
    made = [by_call(cast, number) for number in range(3)]
    places = [claims.held(cast, f"R-{number}") for number in range(3)]
    for claim, place in zip(made[:2], places[:2], strict=True):
        linked_to(cast, claim, place)
        assert Claim.objects.get(pk=claim.pk).frozen_at is None
    before = seen.mark()
    linked_to(cast, made[2], places[2])
    assert {Claim.objects.get(pk=one.pk).frozen_by for one in made} == {"calls"}
    assert seen.verbs(before) == ["claim.linked", "alarm.opened"]
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.organisation, alarm.about) == ("calls", cast.aoba, None)
    for act in (transitions.accept, transitions.propose):
        extra = {"reason": ""} if act is transitions.propose else {}
        with pytest.raises(WrongState):
            act(made[2].pk, **extra, actor=actor(cast.operator), at=later(hours=3))  # type: ignore[operator]


def test_senior_lets_a_stopped_claim_go_on_and_agrees_to_it_later(cast: Cast) -> None:
    made = [by_call(cast, number) for number in range(3)]
    for number, claim in enumerate(made):
        linked_to(cast, claim, claims.held(cast, f"R-{number}"))
    with pytest.raises(NotAllowed):
        transitions.resume(made[0].pk, reason="", actor=actor(cast.approver), at=later(hours=3))
    claim = transitions.resume(made[0].pk, reason="代表電話で確認", actor=actor(cast.senior), at=later(hours=3))
    assert (claim.frozen_at, claim.frozen_by, claim.needs_second_look) == (None, "", True)
    assert Claim.objects.get(pk=made[1].pk).frozen_by == "calls"


def test_claims_by_web_or_on_other_days_are_no_repeated_calls(cast: Cast) -> None:
    for number in range(4):
        claim = claims.received(
            statement={"mail": f"m{number}@new.example"}, sender=f"192.0.2.{number}", at=later(minutes=number)
        )
        linked_to(cast, claim, claims.held(cast, f"R-{number}"))
    assert not Alarm.objects.exists()


def test_alarm_about_an_organisation_is_no_matter_of_the_agency(cast: Cast) -> None:
    for number in range(3):
        linked_to(cast, by_call(cast, number), claims.held(cast, f"R-{number}"))
    alarm = Alarm.objects.get()
    assert list(Alarm.objects.visible_to(actor(cast.supervisor))) == []
    with pytest.raises(NotAllowed):
        at_desk.close_alarm(alarm.pk, words="x", actor=actor(cast.supervisor), at=later(hours=4))
    before = seen.mark()
    closed = at_desk.close_alarm(alarm.pk, words="代表電話で確認した", actor=actor(cast.senior), at=later(hours=4))
    assert (closed.closed_by, closed.words) == (cast.senior, "代表電話で確認した")
    assert seen.verbs(before) == ["alarm.closed"]
    assert {one.frozen_by for one in Claim.objects.all()} == {"calls"}
    with pytest.raises(WrongState):
        at_desk.close_alarm(alarm.pk, words="x", actor=actor(cast.senior), at=later(hours=4))


# Customers an hour --------------------------------------------------------------------------------------------------


def looks(cast: Cast, count: int, *, at: Any = NOW) -> list[str]:
    return [
        alarms.charge_look(cast.agent, f"claim:{number}", soft=30, hard=60, at=at) for number in range(1, count + 1)
    ]


def test_agent_opens_thirty_customers_freely_is_noticed_then_and_stopped_after_sixty(cast: Cast) -> None:
    found = looks(cast, 62)
    assert found[:30] == [""] * 30
    assert found[30:60] == ["many_customers"] * 30
    assert found[60:] == ["too_many"] * 2
    # What was opened already stays open, what was refused stays refused; the next hour begins anew.
    again = [alarms.charge_look(cast.agent, f"claim:{number}", soft=30, hard=60, at=NOW) for number in (1, 62)]
    assert again == ["", "too_many"]
    assert looks(cast, 1, at=later(hours=1)) == [""]


def test_second_account_of_an_agent_shares_the_count(cast: Cast) -> None:
    looks(cast, 60)
    double = claims.same_human(cast, cast.agent)
    assert alarms.charge_look(double, "claim:99", soft=30, hard=60, at=NOW) == "too_many"


def test_stopped_agent_reads_why_and_the_supervisor_looks_into_it(cast: Cast, client: Any) -> None:
    for number in range(60):
        alarms.charge_look(cast.agent, f"claim:{number}", soft=30, hard=60, at=timezone.now())
    claim = claims.received(at=timezone.now())
    response = sign_in(client, cast.agent).get(f"/desk/claims/{claim.number}/")
    assert response.status_code == 429
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.about) == ("too_many", cast.agent)
    client = sign_in(Client(), cast.supervisor)
    assert cast.agent.display_name in client.get("/desk/alarms/").content.decode()
    assert client.post(f"/desk/alarms/{alarm.pk}/close/", {"words": "研修中の確認"}).status_code == 302
    alarm.refresh_from_db()
    assert alarm.closed_by == cast.supervisor


def test_nobody_looks_into_an_alarm_about_oneself(cast: Cast) -> None:
    made = at_desk.raise_alarm("too_many", about=cast.supervisor, actor=clock.CLOCK, at=NOW)
    with pytest.raises(NotAllowed):
        at_desk.close_alarm(made.pk, words="x", actor=actor(cast.supervisor), at=NOW)
    assert at_desk.raise_alarm("too_many", about=cast.supervisor, actor=clock.CLOCK, at=NOW) == made
    with pytest.raises(NotAllowed):
        at_desk.raise_alarm("too_many", about=cast.agent, actor=actor(cast.agent), at=NOW)


# Failed codes -------------------------------------------------------------------------------------------------------


def fails(claim: Claim, count: int, *, at: Any = NOW) -> None:
    for _try in range(count):
        with pytest.raises(Refused):
            transitions.enter_code(claim.pk, purpose="letter", typed="22222-22222", actor=PUBLIC, at=at)


def test_tenth_failed_code_of_a_day_switches_the_phone_off_for_a_day_and_tells_the_custodian(
    cast: Cast, lost: Registration
) -> None:
    claim = claims.accepted(cast, lost)
    fails(claim, 9)
    assert clock.run(at=NOW)["phones_paused"] == 0
    fails(claim, 1)
    before = seen.mark()
    assert clock.run(at=later(minutes=1))["phones_paused"] == 1
    assert seen.verbs(before) == ["claim.code_refused", "phone.paused"]
    assert seen.notices(before) == sorted(("phone_paused", who.label) for who in (cast.taro, cast.hanako))
    pause = PhonePause.objects.get()
    assert (pause.registration, pause.until - pause.since) == (lost, timedelta(hours=24))
    assert clock.run(at=later(minutes=2))["phones_paused"] == 0
    phone = claims.point(lost, "phone").pk
    begin = {"contact_point_pk": phone, "actor": actor(cast.operator)}
    with pytest.raises(WrongState):
        transitions.begin_phone_call(claim.pk, **begin, at=later(hours=23))
    assert transitions.begin_phone_call(claim.pk, **begin, at=later(hours=25)).contact_point_id == phone


def test_phone_is_off_before_the_worker_has_written_it_down(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    fails(claim, 10)
    with pytest.raises(WrongState):
        transitions.begin_phone_call(
            claim.pk, contact_point_pk=claims.point(lost, "phone").pk, actor=actor(cast.operator), at=NOW
        )


def test_custodian_signs_in_as_ever_while_the_phone_is_off(cast: Cast, lost: Registration, client: Any) -> None:
    claim = claims.accepted(cast, lost)
    fails(claim, 10)
    clock.run(at=NOW)
    assert sign_in(client, cast.taro).get(f"/registrations/{lost.number}/").status_code == 200


def test_failed_codes_of_a_claim_without_a_registration_switch_nothing_off(cast: Cast) -> None:
    claim = claims.received()
    fails(claim, 10)
    assert clock.run(at=NOW)["phones_paused"] == 0
    assert FailedCode.objects.filter(claim=claim, noted_at=NOW).count() == 10
    assert seen.verbs(0).count("claim.code_refused") == 10


def test_clock_writes_a_failed_code_down_once_and_nobody_else_does(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    fails(claim, 1)
    row = FailedCode.objects.get()
    with pytest.raises(NotAllowed):
        transitions.note_failed_code(row.pk, actor=actor(cast.operator), at=NOW)
    transitions.note_failed_code(row.pk, actor=clock.CLOCK, at=NOW)
    with pytest.raises(WrongState):
        transitions.note_failed_code(row.pk, actor=clock.CLOCK, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.pause_phone(lost.pk, actor=actor(cast.operator), at=NOW)
    with pytest.raises(WrongState):
        transitions.pause_phone(lost.pk, actor=clock.CLOCK, at=NOW)


def test_repeated_calls_need_three(cast: Cast) -> None:
    assert limits.REPEATED_CALLS == 3


def test_custodians_name_is_nothing_to_search_for(cast: Cast, lost: Registration, client: Any) -> None:
    claims.accepted(cast, lost, claim=claims.received(at=NOW))
    sign_in(client, cast.agent)
    for typed in (cast.taro.display_name, "太郎", lost.number, "03-1234-5678"):
        page = client.get("/desk/", {"number": typed})
        assert page.status_code == 200 and lost.number not in page.content.decode().replace(typed, "")
