"""Journey: somebody is gone from one day to the next; an administrator takes care and passes everything on."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import Membership, Role, User
from handover.models import Custody, Handover, Package, Registration
from tests.cast import Cast, somebody
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.handing import accept, give, offer_everything, open_package, share_of
from tests.stock import registration

pytestmark = pytest.mark.django_db(transaction=True)


def test_administrator_takes_care_after_a_sudden_departure_and_names_successors(
    clock: Clock, cast: Cast, work: Callable[[], None], letterbox: Letterbox, newcomer: Newcomer
) -> None:
    held = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (1, 2, 3)]
    other = somebody(cast.aoba, "五島 緑", "ゴトウ ミドリ", "midori@aoba.example", Role.ADMINISTRATOR)
    hanako, midori = newcomer().is_signed_in(cast.hanako), newcomer().is_signed_in(other)
    midori.go("/people/")
    midori.press(f"a[href$='/people/{cast.taro.pk}/leave/']")
    midori.submit()
    assert not Membership.objects.current().filter(user=cast.taro).exists()
    # In the same act the other administrator became caretaker, and what to do next is there at once.
    current = Custody.objects.current()
    assert set(current.values_list("user", "kind")) == {(cast.hanako.pk, Custody.Kind.CARETAKER)}
    package = Package.objects.get()
    assert (package.person, package.kind) == (cast.hanako, Package.Kind.CARETAKER)
    work()
    assert any(package.number in mail.get_content() for mail in letterbox.to(cast.hanako))

    hanako.go("/packages/")
    hanako.press(f"a[href='/packages/{package.number}/']")
    expect(hanako.main).to_contain_text("後任者未定の登録が3件あります。")
    give(hanako, package, held[:2], cast.jiro)
    give(hanako, package, held[2:], cast.saburo)
    offer_everything(hanako, package)
    jiro, saburo = newcomer(width=390).is_signed_in(cast.jiro), newcomer().is_signed_in(cast.saburo)
    shares = [share_of(package, who) for who in (cast.jiro, cast.saburo)]
    for visitor, share in zip((jiro, saburo), shares, strict=True):
        accept(visitor, share)
    assert set(current.values_list("user", flat=True)) == {cast.hanako.pk}, "nobody has confirmed yet"
    for share in shares:
        midori.go(f"/handovers/{share.number}/")
        midori.press("a[href$='/confirm/']")
        midori.submit()
    clock.ahead(days=5)  # a weekend, a holiday, and the first of three business days of notice
    work()
    assert set(current.values_list("user", flat=True)) == {cast.hanako.pk}, "what somebody left waits for the notice"
    clock.ahead(days=2)
    work()
    assert [current.get(registration=one).user for one in held] == [cast.jiro, cast.jiro, cast.saburo]
    package.refresh_from_db()
    assert package.status == Package.Status.DONE


def test_administrator_reassigns_with_notice_while_the_account_is_still_there(
    clock: Clock, cast: Cast, work: Callable[[], None], letterbox: Letterbox, newcomer: Newcomer
) -> None:
    """太郎 comes no more, but nobody has closed his account: three business days' notice, and it goes on."""
    held = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (1, 2, 3)]
    to = {held[0]: cast.jiro, held[1]: cast.jiro, held[2]: cast.saburo}
    hanako = newcomer().is_signed_in(cast.hanako)
    package = reassigns(hanako, to, of=cast.taro)
    shares = [share_of(package, who) for who in (cast.jiro, cast.saburo)]
    work()
    taro = newcomer()
    predecessor_is_told_and_cannot_stop_it(taro, cast, shares, letterbox)
    for who, share in zip((cast.jiro, cast.saburo), shares, strict=True):
        accept(newcomer(width=390).is_signed_in(who), share)
    confirms(hanako, shares)
    clock.ahead(days=5)
    work()
    assert {row.user for row in Custody.objects.current()} == {cast.taro}, "the notice is not over"
    clock.ahead(days=1)
    work()
    current = Custody.objects.current()
    assert [current.get(registration=one).user for one in held] == [cast.jiro, cast.jiro, cast.saburo]
    assert set(current.values_list("basis", flat=True)) == {Custody.Basis.REASSIGNMENT}
    account_ends_with_its_last_day(clock, work, cast)


def reassigns(hanako: Visitor, to: dict[Registration, User], *, of: User) -> Package:
    """Everything somebody else holds, in one act. Its day is the third business day after this Friday, for Monday is a
    holiday, and none before it."""
    days = {"last_day": "2026-11-30", "effective_on": "2026-11-25"}
    package = open_package(hanako, to, **days, of=of)
    offer_everything(hanako, package)
    assert days_of(package) == {date(2026, 11, 26)}
    hanako.press(f"a[href='/packages/{package.number}/change/']")
    for name, day in days.items():
        hanako.page.fill(f"[name={name}]", day)
    hanako.submit()
    assert hanako.path == f"/packages/{package.number}/change/" and "3営業日" in hanako.text, hanako.text
    assert days_of(package) == {date(2026, 11, 26)}
    return package


def days_of(package: Package) -> set[date]:
    """Return the days on which what was offered changes hands."""
    return set(package.handovers.filter(status=Handover.Status.OFFERED).values_list("effective_on", flat=True))


def predecessor_is_told_and_cannot_stop_it(
    taro: Visitor, cast: Cast, shares: list[Handover], letterbox: Letterbox
) -> None:
    for share in shares:
        assert letterbox.about(share.number, cast.taro)
    taro.is_signed_in(cast.taro)
    for share in shares:
        for act in ("withdraw", "refuse", "accept", "confirm"):
            assert taro.post(f"/handovers/{share.number}/{act}/", {"reason": "続けます"}) == 403, act


def confirms(administrator: Visitor, shares: list[Handover]) -> None:
    for share in shares:
        administrator.go(f"/handovers/{share.number}/")
        administrator.press("a[href$='/confirm/']")
        administrator.submit()
        share.refresh_from_db()
        assert share.confirmed_at


def account_ends_with_its_last_day(clock: Clock, work: Callable[[], None], cast: Cast) -> None:
    assert Membership.objects.current().filter(user=cast.taro).exists()
    clock.ahead(days=5)
    work()
    assert not Membership.objects.current().filter(user=cast.taro).exists()
    assert not Custody.objects.current().filter(user=cast.taro).exists()
