"""The table of edge cases (procedure.md B5), a test a row: people who are gone, refuse, or were never there.

Rows of the leaver's package, of contractors and of mergers are tested where they are built.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Organisation, OrganisationKind, Role
from audit.models import Event
from handover import clock, restricting, transitions
from handover.models import (
    CaseAccess,
    ContactPoint,
    Custody,
    Deputy,
    GapAlert,
    Handover,
    Registration,
    Restriction,
    UnverifiedPeriod,
)
from handover.queries.addresses import find_warning
from handover.queries.replay import replay
from tests import seen
from tests.cast import Cast, actor, organisation, sign_in, somebody
from tests.handover.reassigning import DUE, answered, executed, notified, objected, proposed
from tests.stock import ALL_YES, NOW, START, all_received, drafted, holder, offered, registration, tell_first

LATER = NOW + timedelta(minutes=5)


def taken(made: Handover, cast: Cast, at: datetime) -> Handover:
    return transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=at
    )


def test_predecessor_gone_and_a_deputy_offers_who_was_activated_or_waited(cast: Cast, held: Registration) -> None:
    """Deputy is activated by the administrator, or after ten business days of absence with notice; deputy offers."""
    early = NOW - timedelta(hours=1)
    transitions.name_deputy(registration_pk=held.pk, deputy=cast.saburo, actor=actor(cast.taro), at=early)
    with pytest.raises(NotAllowed):
        offered(cast, held, by=cast.saburo, days=10)
    transitions.report_absence(registration_pk=held.pk, reason="無断欠勤", actor=actor(cast.saburo), at=NOW)
    then = NOW + timedelta(days=20)
    transitions.stand_in(registration_pk=held.pk, actor=actor(cast.saburo), at=then)
    made = transitions.draft_handover(
        registration_pk=held.pk,
        successor=cast.jiro,
        effective_on=date(2026, 12, 18),
        reason="不在",
        note="",
        things=[],
        actor=actor(cast.saburo),
        at=then,
    )
    transitions.offer(handover_pk=made.pk, actor=actor(cast.saburo), at=then)
    taken(made, cast, then)
    transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=then)
    assert holder(held) == cast.taro
    clock.run(at=datetime.fromisoformat("2026-12-18T09:00:00+09:00"))
    assert holder(held) == cast.jiro


def test_predecessor_gone_and_the_administrator_reassigns_with_three_business_days(
    cast: Cast, held: Registration
) -> None:
    """Internal reassignment; notice to the predecessor's channels, three business days; no evidence file."""
    with pytest.raises(Refused):
        drafted(cast, held, by=cast.hanako, days=5)
    made, before = drafted(cast, held, by=cast.hanako, days=6), seen.mark()
    transitions.offer(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert ("handover_offered", cast.taro.label) in seen.notices(before)
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    taken(made, cast, NOW)
    then = NOW + timedelta(days=6)
    transitions.confirm(handover_pk=made.pk, actor=actor(cast.saburo), at=then)
    assert Custody.objects.current().get(registration=held).basis == Custody.Basis.REASSIGNMENT


def test_predecessor_gone_and_nobody_left_stays_with_the_provider_until_a_recovery(cast: Cast) -> None:
    """Recovery: custody waits in the provider's keeping with its gap alert; nobody of the customer can start."""
    held = registration(cast.aoba, "R-1", custodian=cast.hanako)
    transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.approver), at=NOW)
    assert holder(held) is None
    open_gaps = GapAlert.objects.filter(closed_at=None).values_list("kind", flat=True)
    assert sorted(open_gaps) == ["no_administrator", "no_custodian"]
    with pytest.raises(NotAllowed):
        drafted(cast, held, by=cast.taro)
    # The provider cannot reassign what nobody holds: that is what a recovery proves.
    with pytest.raises(Refused):
        proposed(cast, held, ground="refuses")
    assert clock.run(at=NOW + timedelta(days=400))["switched"] == 0 and holder(held) is None


def test_predecessor_refuses_and_the_administrator_reassigns_all_the_same(cast: Cast, held: Registration) -> None:
    """Not recovery: whatever the predecessor does meanwhile, the administrator's reassignment takes effect."""
    made = drafted(cast, held, by=cast.hanako, days=6)
    transitions.offer(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    taken(made, cast, NOW)
    for act in (transitions.withdraw, transitions.refuse_confirmation):
        with pytest.raises(NotAllowed):
            act(handover_pk=made.pk, reason="いやです", actor=actor(cast.taro), at=NOW)
    transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert holder(held) == cast.taro
    clock.run(at=NOW + timedelta(days=6))
    assert holder(held) == cast.jiro


def test_predecessor_refuses_who_is_the_only_administrator_and_the_representative_prevails(cast: Cast) -> None:
    """Representative's proof, tier 4 approvals, three business days; heard, answered, and reassigned all the same."""
    held = registration(cast.aoba, "R-1", custodian=cast.hanako)
    tell_first(held)
    case = notified(cast, held)
    objected(case, cast.hanako)
    with pytest.raises(WrongState):
        executed(case, cast.approver)
    answered(case, cast.senior)
    executed(case, cast.approver)
    current = Custody.objects.current().get(registration=held)
    assert (current.user, current.basis, current.basis_label) == (cast.jiro, "authority", case.number)
    assert replay().differences == []


def test_two_people_claim_to_be_the_organisation_and_everything_stays_as_it_is(cast: Cast) -> None:
    """Contested: status quo, in words that say so."""
    held = registration(cast.aoba, "R-1", custodian=cast.hanako)
    case = notified(cast, held)
    blocks, kind = restricting.CONTESTED_BLOCKS, Restriction.Kind.CONTESTED
    restricting.restrict(held, kind, case="C-1", at=NOW, blocks=blocks)
    with pytest.raises(WrongState) as refused:
        executed(case, cast.approver)
    assert "More than one person" in str(refused.value.words) or "複数" in str(refused.value.words)
    restricting.lift("C-1", at=DUE, kinds=[kind])
    assert executed(case, cast.approver).status == "executed"


def test_deputy_and_custodian_are_never_the_same_person(cast: Cast, held: Registration) -> None:
    """Refused; and who becomes custodian is deputy no more (invariant 8)."""
    with pytest.raises(Refused):
        transitions.name_deputy(registration_pk=held.pk, deputy=cast.taro, actor=actor(cast.hanako), at=NOW)
    transitions.name_deputy(registration_pk=held.pk, deputy=cast.jiro, actor=actor(cast.taro), at=NOW)
    taken(offered(cast, held, days=0), cast, NOW)
    assert holder(held) == cast.jiro and not Deputy.objects.current().exists()


def test_two_custodians_are_refused_and_deputies_are_the_answer(cast: Cast, held: Registration) -> None:
    offered(cast, held)
    with pytest.raises(WrongState):
        offered(cast, held, to=cast.saburo)
    transitions.name_deputy(registration_pk=held.pk, deputy=cast.saburo, actor=actor(cast.taro), at=NOW)
    assert Custody.objects.current().filter(registration=held).count() == 1


def test_affiliate_is_an_organisation_of_its_own_and_sees_nothing(cast: Cast, held: Registration) -> None:
    """A group company with nearly the same name: own record, nobody of it sees, receives or stands in."""
    kind = OrganisationKind.CUSTOMER
    group = organisation(kind, "青葉商事ホールディングス株式会社", "アオバショウジホールディングス")
    sister = somebody(group, "青山 姉", "アオヤマ アネ", "ane@aoba-group.example", Role.ADMINISTRATOR)
    assert Organisation.objects.filter(kind=kind, legal_name__contains="青葉商事").count() == 2
    assert not Registration.objects.visible_to(actor(sister), NOW).exists()
    with pytest.raises(Refused):
        drafted(cast, held, to=sister)
    with pytest.raises(Refused):
        transitions.name_deputy(registration_pk=held.pk, deputy=sister, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        drafted(cast, held, by=sister)
    held_by_hanako = registration(cast.aoba, "R-2", custodian=cast.hanako)
    with pytest.raises(Refused):
        proposed(cast, held_by_hanako, successor_email=sister.email)


POINT: dict[str, Any] = {"kind": "mail", "purposes": ["procedure"], "hours": "", "postal_code": ""}


@pytest.mark.parametrize(
    ("address", "warning"),
    [
        ("taro1980@gmail.com", "free"),
        ("taro@docomo.ne.jp", "free"),
        ("soumu@aoba.example", ""),
        ("soumu@tokyo.aoba.example", ""),
        ("taro@notaoba.example", "foreign"),
    ],
)
def test_personal_mail_address_on_record_is_warned_of_and_a_role_address_recommended(
    cast: Cast, held: Registration, client: Client, address: str, warning: str
) -> None:
    assert find_warning(cast.aoba, "mail", address) == warning
    sign_in(client, cast.taro)
    path = f"/registrations/{held.number}/contact-points/add/"
    page = client.post(path, {**POINT, "value": address})
    on_record = ContactPoint.objects.filter(value=address)
    if not warning:
        assert page.status_code == 302 and on_record.exists()
        return
    assert page.status_code == 200 and 'name="anyway"' in page.content.decode() and not on_record.exists()
    # An answer about another address is none about this one.
    assert client.post(path, {**POINT, "value": address, "anyway": "free other@gmail.com"}).status_code == 200
    assert client.post(path, {**POINT, "value": address, "anyway": f"{warning} {address}"}).status_code == 302
    assert on_record.exists()


def test_free_mail_of_its_own_members_makes_no_domain_of_an_organisation(cast: Cast) -> None:
    home = organisation(OrganisationKind.CUSTOMER, "個人商店", "コジンショウテン")
    somebody(home, "店主", "テンシュ", "tenshu@gmail.com", Role.ADMINISTRATOR)
    assert find_warning(home, "mail", "other@gmail.com") == "free"
    assert find_warning(home, "mail", "info@shop.example") == ""
    assert find_warning(home, "phone", "090-1234-5678") == ""


# B never took over on paper (A to C) --------------------------------------------------------------------------------


def noted(cast: Cast, held: Registration, who: str = "hanako", **changes: Any) -> UnverifiedPeriod:
    usual: dict[str, Any] = {"name": "山田 某", "first_on": date(2024, 4, 1), "last_on": date(2025, 3, 31)}
    by = actor(getattr(cast, who))
    return transitions.note_unverified_period(registration_pk=held.pk, **(usual | changes), actor=by, at=NOW)


def test_successor_who_never_took_over_on_paper_is_noted_beside_the_chain_and_never_in_it(
    cast: Cast, held: Registration, client: Client
) -> None:
    tell_first(held)
    periods, before = list(Custody.objects.values()), seen.mark()
    made = noted(cast, held)
    assert (made.name, made.noted_by, made.noted_at) == ("山田 某", cast.hanako, NOW)
    assert seen.verbs(before) == ["custody.unverified_noted"]
    assert seen.notices(before) == [("unverified_period_noted", cast.taro.label)]
    facts = Event.objects.get(verb="custody.unverified_noted").facts
    assert facts == {"period": made.pk, "first_on": "2024-04-01", "last_on": "2025-03-31"}
    assert list(Custody.objects.values()) == periods and replay().differences == []
    page = sign_in(client, cast.taro).get("/registrations/R-1/custody/").content.decode()
    assert "山田 某" in page
    with pytest.raises(Refused):
        noted(cast, held)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last_on": date(2024, 3, 31)}, "last_on"),
        ({"first_on": date(2026, 11, 21), "last_on": None}, "first_on"),
        ({"last_on": date(2026, 11, 21)}, "last_on"),
    ],
)
def test_days_that_cannot_be_are_refused(cast: Cast, held: Registration, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        noted(cast, held, **changes)
    assert list(refused.value.fields) == [field] and not UnverifiedPeriod.objects.exists()


def test_provider_notes_it_for_a_case_only(cast: Cast, held: Registration) -> None:
    for who in ("operator", "approver", "taro", "jiro", "wakako", "agent", "worker", "auditor"):
        with pytest.raises(NotAllowed):
            noted(cast, held, who)
    CaseAccess.objects.create(user=cast.operator, registration=held, case="C-1", since=START)
    before = seen.mark()
    noted(cast, held, "operator", last_on=None)
    assert Event.objects.get(verb="custody.unverified_noted").facts["case"] == "C-1"
    told = [("unverified_period_noted", one.label) for one in (cast.taro, cast.hanako)]
    assert seen.notices(before) == sorted(told)


def test_no_handover_for_long_asks_every_year_and_silence_opens_an_alert_and_removes_nobody(
    cast: Cast, held: Registration
) -> None:
    """B5: D-40, D-14, D0, D+14, D+30; not answering never removes the custodian."""
    due = datetime.fromisoformat("2027-06-01T12:00:00+09:00")
    before = seen.mark()
    for days in (-40, -14, 0, 14, 30):
        clock.run(at=due + timedelta(days=days))
    stages = [verb for verb in seen.verbs(before) if verb.startswith("attestation.")]
    assert len(stages) == 5
    assert holder(held) == cast.taro
    assert GapAlert.objects.filter(registration=held, closed_at=None).exists()
