"""An entry in the DNS of a domain on record, looked up at a real name server. Who and when: test_table."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused, WrongState
from audit.models import Event
from handover.models import ContactPoint, Registration
from recovery import domains, transitions
from recovery.models import Claim, DnsCheck, Evidence
from recovery.queries import exits, weighing
from tests import claims, seen
from tests.cast import Cast, actor, sign_in
from tests.claims import PUBLIC, later
from tests.recovery.nameserver import nameserver
from tests.stock import NOW

pytestmark = pytest.mark.django_db
NAME = "_hikitsugi.record.example"


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


def made(cast: Cast, claim: Claim) -> DnsCheck:
    return transitions.open_dns_check(claim.pk, actor=actor(cast.operator), at=NOW)


def looks(cast: Cast, claim: Claim, *, at: Any = NOW) -> Evidence:
    return transitions.check_dns(claim.pk, actor=actor(cast.operator), at=at)


def test_entry_in_the_domain_of_record_is_evidence(cast: Cast, claim: Claim, settings: Any) -> None:
    before = seen.mark()
    value = made(cast, claim).value
    with nameserver({NAME: ["v=other", value]}) as (address, asked):
        settings.DNS_RESOLVERS = [address]
        found = looks(cast, claim)
    assert asked == [NAME]
    point = ContactPoint.objects.get(kind="mail")
    assert (found.code, found.source, found.contact_point, found.checked_by) == ("C4", "record", point, cast.operator)
    assert seen.verbs(before) == ["dns_check.opened", "dns_check.found"]
    assert Event.objects.get(verb="dns_check.found").facts == {"evidence": found.pk, "contact_point": point.pk}
    with nameserver({NAME: [value]}) as (address, _asked), pytest.raises(WrongState):
        settings.DNS_RESOLVERS = [address]
        looks(cast, claim, at=later(hours=1))


def test_entry_counts_never_alone_and_once_with_the_mail_of_that_domain(
    cast: Cast, claim: Claim, settings: Any
) -> None:
    value = made(cast, claim).value
    with nameserver({NAME: [value]}) as (address, _asked):
        settings.DNS_RESOLVERS = [address]
        looks(cast, claim)
    claim.refresh_from_db()
    assert weighing.standing_of(claim, NOW).assessment.points == 0
    sent = transitions.order_mail_code(
        claim.pk,
        contact_point_pk=ContactPoint.objects.get(kind="mail").pk,
        actor=actor(cast.operator),
        at=NOW,
    )
    transitions.enter_code(claim.pk, purpose="mail", typed=claims.code_sent(sent), actor=PUBLIC, at=NOW)
    assert weighing.standing_of(claim, NOW).assessment.codes == {"C3"}
    claims.by_letter(cast, claim)
    claim.refresh_from_db()
    assert weighing.standing_of(claim, NOW).assessment.codes == {"C1", "C4"}


def test_entry_counts_though_mail_to_the_domain_comes_back(cast: Cast, claim: Claim, settings: Any) -> None:
    ContactPoint.objects.filter(kind="mail").update(health="bounced")
    value = made(cast, claim).value
    with nameserver({NAME: [value]}) as (address, _asked):
        settings.DNS_RESOLVERS = [address]
        looks(cast, claim)
    claims.by_letter(cast, claim)
    claim.refresh_from_db()
    assert weighing.standing_of(claim, NOW).assessment.codes == {"C1", "C4"}


@pytest.mark.parametrize("values", [[], ["hikitsugi-verification=0"], ["x{} "], ["{}x"]])
def test_another_entry_is_none(cast: Cast, claim: Claim, settings: Any, values: list[str]) -> None:
    value = made(cast, claim).value
    before = seen.mark()
    with nameserver({NAME: [one.format(value) for one in values]}) as (address, _asked):
        settings.DNS_RESOLVERS = [address]
        with pytest.raises(Refused):
            looks(cast, claim)
    assert not Evidence.objects.exists()
    assert seen.verbs(before) == []


def test_silent_name_servers_are_no_answer(cast: Cast, claim: Claim, settings: Any) -> None:
    made(cast, claim)
    with nameserver({}, fails=True) as (address, asked):
        settings.DNS_RESOLVERS = [address]
        with pytest.raises(Refused) as refused:
            looks(cast, claim)
    assert asked
    with nameserver({}) as (address, _asked):
        settings.DNS_RESOLVERS = [address]
        with pytest.raises(Refused) as missing:
            looks(cast, claim)
    assert str(refused.value) != str(missing.value)


def test_domain_that_came_to_the_record_lately_does_not_count(
    cast: Cast, lost: Registration, claim: Claim, settings: Any
) -> None:
    ContactPoint.objects.filter(kind="mail").update(since=(NOW - timedelta(days=29)).date())
    value = made(cast, claim).value
    with nameserver({NAME: [value]}) as (address, _asked):
        settings.DNS_RESOLVERS = [address]
        looks(cast, claim)
    claims.by_letter(cast, claim)
    claim.refresh_from_db()
    assert weighing.standing_of(claim, NOW).assessment.codes == {"C1"}


def test_value_is_made_once_and_only_where_a_domain_is_on_record(cast: Cast, lost: Registration, claim: Claim) -> None:
    made(cast, claim)
    with pytest.raises(WrongState):
        made(cast, claim)
    other = claims.accepted(cast, claims.held(cast, "R-2"), claim=claims.received())
    ContactPoint.objects.filter(registration__number="R-2", kind="mail").update(until=NOW.date())
    with pytest.raises(Refused):
        made(cast, other)
    with pytest.raises(WrongState):
        looks(cast, other)


def test_nobody_records_it_by_hand(cast: Cast, claim: Claim) -> None:
    with pytest.raises(Refused):
        claims.prove(cast, claim, "C4")


def test_claimant_reads_the_value_from_the_second_rung_on_and_no_domain(cast: Cast, claim: Claim) -> None:
    value = made(cast, claim).value
    claim.refresh_from_db()
    assert [exits.dns_value(claim, rung) for rung in (0, 1, 2, 3)] == ["", "", value, value]


@pytest.mark.parametrize(
    ("address", "domain"),
    [("a@b.example", "b.example"), ("a@B.Example.", "b.example"), ("nothing", ""), ("a@b@c.example", "c.example")],
)
def test_domain_of_an_address(address: str, domain: str) -> None:
    assert domains.domain_of(address) == domain


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example", ".".join(["abcdefgh"] * 40)])
def test_what_is_no_domain_says_nothing(name: str, settings: Any) -> None:
    with nameserver({}) as (address, asked):
        settings.DNS_RESOLVERS = [address]
        assert domains.says(name, "x") is False
    assert asked == []


def test_operator_looks_it_up_from_the_page(cast: Cast, claim: Claim, settings: Any) -> None:
    client = sign_in(Client(), cast.operator)
    path = f"/desk/claims/{claim.number}/"
    assert client.post(f"{path}dns/look-up/").status_code == 409
    assert client.get(f"{path}dns/").status_code == 200
    assert client.post(f"{path}dns/").status_code == 302
    page = client.get(path).content.decode()
    assert f"{path}dns/look-up/" in page
    with nameserver({NAME: [DnsCheck.objects.get().value]}) as (address, _asked):
        settings.DNS_RESOLVERS = [address]
        assert client.post(f"{path}dns/look-up/").status_code == 302
    assert Evidence.objects.get().code == "C4"
