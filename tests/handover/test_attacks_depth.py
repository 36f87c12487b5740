"""What somebody with an accomplice tries on packages and bulk acts: nobody is replaced unseen or by one alone."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import memberships
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, OrganisationKind, Role
from audit.record import System
from handover import transitions
from handover.models import Custody, Document, Handover, Package, Registration
from handover.preparing import earliest_for_others
from handover.queries import pack, papers
from handover.spreadsheets import harmless
from tests.cast import Cast, actor, organisation, sign_in
from tests.stock import NOW, START, TODAY, drafted, paper, registration


@pytest.fixture
def three(cast: Cast, held: Registration) -> list[Registration]:
    """R-1 to R-3, all held by 太郎."""
    return [held, *(registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (2, 3))]


def opened(cast: Cast, successors: dict[int, int], *, by: str, kind: str = "moves", days: int = 20) -> Package:
    return transitions.open_package(
        person_pk=cast.taro.pk,
        kind=kind,
        last_day=TODAY + timedelta(days=days),
        effective_on=TODAY + timedelta(days=min(days, 10)),
        reason="異動",
        successors=successors,
        actor=actor(getattr(cast, by)),
        at=NOW,
    )


def test_administrator_who_sends_what_the_holder_prepared_gives_notice(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held, days=0)
    with pytest.raises(Refused):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    made.refresh_from_db()
    assert (made.status, made.offered_by) == ("draft", cast.taro)


def test_administrator_who_sends_what_the_holder_prepared_needs_a_confirmation(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held, days=10)
    sent = transitions.offer(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert (sent.offered_by, sent.needs_confirmation, sent.is_by_giver) == (cast.hanako, True, False)


def test_administrator_who_fills_the_draft_of_the_holder_gets_round_nothing(
    cast: Cast, three: list[Registration]
) -> None:
    package = opened(cast, {three[0].pk: cast.jiro.pk}, by="taro", days=0)
    rest = [one.pk for one in three[1:]]
    transitions.assign(
        package_pk=package.pk, registration_pks=rest, successor_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW
    )
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.hanako), at=NOW)
    for sent in package.handovers.filter(given_to=cast.jiro, status="offered"):
        assert sent.needs_confirmation
        assert sent.effective_on >= earliest_for_others(NOW)


def test_administrator_adds_nothing_to_an_offer_whose_notice_has_run(cast: Cast, three: list[Registration]) -> None:
    package = opened(cast, {three[0].pk: cast.jiro.pk}, by="hanako")
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.hanako), at=NOW)
    later = NOW + timedelta(days=10)
    rest = [one.pk for one in three[1:]]
    transitions.assign(
        package_pk=package.pk, registration_pks=rest, successor_pk=cast.jiro.pk, actor=actor(cast.hanako), at=later
    )
    first = package.handovers.get(status="offered")
    assert first.items.standing().filter(kind="registration").count() == 1
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.hanako), at=later)
    second = package.handovers.filter(status="offered").exclude(pk=first.pk).get()
    assert second.effective_on >= earliest_for_others(later)


def test_holder_still_adds_to_the_own_offer(cast: Cast, three: list[Registration]) -> None:
    package = opened(cast, {three[0].pk: cast.jiro.pk}, by="taro")
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    transitions.assign(
        package_pk=package.pk,
        registration_pks=[three[1].pk],
        successor_pk=cast.jiro.pk,
        actor=actor(cast.taro),
        at=NOW,
    )
    offer = package.handovers.get(status="offered")
    assert offer.items.standing().filter(kind="registration").count() == 2


def test_successor_who_gets_less_by_now_reads_nothing_of_what_went_to_another(
    cast: Cast, three: list[Registration]
) -> None:
    """Neither its papers nor its pack: it left the list of an offer that is still open."""
    gone = three[1]
    secret = paper(gone, "契約書", cast.taro)
    package = opened(cast, {three[0].pk: cast.jiro.pk, gone.pk: cast.jiro.pk}, by="taro")
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    jiro = actor(cast.jiro)
    assert Document.objects.visible_to(jiro, NOW).filter(pk=secret.pk).exists()
    assert pack.find_readable(jiro, gone.number, NOW) == gone
    transitions.assign(
        package_pk=package.pk, registration_pks=[gone.pk], successor_pk=cast.saburo.pk, actor=actor(cast.taro), at=NOW
    )
    still = package.handovers.get(given_to=cast.jiro, status="offered")
    assert list(pack.registrations_of(still)) == [three[0]]
    assert not Document.objects.visible_to(jiro, NOW).filter(pk=secret.pk).exists()
    assert pack.find_readable(jiro, gone.number, NOW) is None
    assert papers.offered_with(secret, jiro) is None


@pytest.fixture
def in_care(cast: Cast) -> tuple[Registration, Registration, Package]:
    """R-1, of which 花子 is the custodian, R-9, which she keeps as caretaker, and her caretaker's package."""
    own = registration(cast.aoba, "R-1", custodian=cast.hanako)
    kept = registration(cast.aoba, "R-9", custodian=None)
    transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=NOW)
    return own, kept, Package.objects.get(kind="caretaker")


def second_administrator(cast: Cast) -> None:
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)


def mixed(cast: Cast, in_care: tuple[Registration, Registration, Package], by: str) -> list[Handover]:
    """Try to take the own R-1 up beside R-9 and give both to 次郎; returns what was offered."""
    own, kept, package = in_care
    who, later = actor(getattr(cast, by)), NOW + timedelta(hours=1)
    both = [own.pk, kept.pk]
    try:
        transitions.extend_package(package_pk=package.pk, actor=who, at=later)
    except WrongState:
        both = [kept.pk]
    transitions.assign(package_pk=package.pk, registration_pks=both, successor_pk=cast.jiro.pk, actor=who, at=later)
    transitions.offer_package(package_pk=package.pk, actor=who, at=later)
    return list(package.handovers.filter(status="offered"))


def test_caretaker_gives_nothing_in_care_away_without_a_confirmation(
    cast: Cast, in_care: tuple[Registration, Registration, Package]
) -> None:
    second_administrator(cast)
    for sent in mixed(cast, in_care, "hanako"):
        assert sent.needs_confirmation


def test_other_administrator_takes_no_custodianship_without_notice_beside_what_is_in_care(
    cast: Cast, in_care: tuple[Registration, Registration, Package]
) -> None:
    second_administrator(cast)
    own = in_care[0]
    for sent in mixed(cast, in_care, "saburo"):
        if sent.items.standing().filter(registration=own).exists():
            assert sent.effective_on >= earliest_for_others(NOW)


def test_who_opened_a_package_and_is_no_administrator_any_more_changes_nothing_in_it(
    cast: Cast, three: list[Registration]
) -> None:
    second_administrator(cast)
    package = opened(cast, {}, by="saburo", kind="leaves")
    Membership.objects.filter(user=cast.saburo, role=Role.ADMINISTRATOR).update(until=NOW)
    with pytest.raises(NotAllowed):
        transitions.change_package(
            package_pk=package.pk, last_day=TODAY, effective_on=TODAY, actor=actor(cast.saburo), at=NOW
        )
    with pytest.raises(NotAllowed):
        transitions.assign(
            package_pk=package.pk,
            registration_pks=[three[0].pk],
            successor_pk=cast.jiro.pk,
            actor=actor(cast.saburo),
            at=NOW,
        )


def test_leaving_date_of_one_organisation_ends_no_membership_of_another(cast: Cast, three: list[Registration]) -> None:
    package = opened(cast, {}, by="taro", kind="leaves", days=1)
    memberships.close(cast.taro, organisation=cast.aoba, at=NOW)
    elsewhere = organisation(OrganisationKind.CUSTOMER, "別会社株式会社", "ベツガイシャ")
    Membership.objects.create(user=cast.taro, organisation=elsewhere, role=Role.MEMBER, since=NOW)
    cast.taro.is_active = True
    cast.taro.save()
    with pytest.raises(WrongState):
        transitions.keep_leaving_date(package_pk=package.pk, actor=System("clock"), at=NOW + timedelta(days=3))
    assert Membership.objects.current().filter(user=cast.taro, organisation=elsewhere).exists()
    assert Custody.objects.current().filter(user=cast.taro).count() == 3


@pytest.mark.parametrize("text", ["＝1+1", "＋1", "－1", "＠SUM(A1)", "\n=1+1", "=1+1"])
def test_reader_of_the_list_is_given_no_formula_in_any_width(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "address",
    [
        "/packages/new/?person=²",
        f"/packages/new/?person={'9' * 30}",
        f"/registrations/?holder={'9' * 30}",
        f"/bulk/?scope=all&holder={'9' * 30}",
    ],
)
def test_administrator_with_an_impossible_number_in_the_address_breaks_nothing(
    client: Client, cast: Cast, held: Registration, address: str
) -> None:
    assert sign_in(client, cast.hanako).get(address).status_code in (200, 404)


def test_administrator_with_an_impossible_number_in_a_form_breaks_nothing(
    client: Client, cast: Cast, three: list[Registration]
) -> None:
    package = opened(cast, {}, by="taro")
    client = sign_in(client, cast.taro)
    for typed in ("²", "9" * 30):
        answer = client.post(
            f"/packages/{package.number}/assign/", {"registration": [typed], "successor": str(cast.jiro.pk)}
        )
        assert answer.status_code in (302, 409)
