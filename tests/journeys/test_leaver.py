"""Journey: somebody leaves, hands over everything in one act, and nothing is without a person."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from accounts.models import Membership, Role, User
from handover.models import Custody, Handover, Package, Registration
from tests.cast import Cast, somebody
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.handing import accept, add_item, give, offer_everything, open_package, share_of
from tests.journeys.test_handover import link_in, text_of
from tests.stock import holder, registration

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Leaving:
    """One journey: R-1 to R-12 that 太郎 holds, four for each of three people, and everybody's browser."""

    cast: Cast
    clock: Clock
    work: Callable[[], None]
    letterbox: Letterbox
    twelve: list[Registration]
    people: list[User]
    taro: Visitor
    hanako: Visitor
    successors: list[Visitor]

    def days_pass(self, days: int) -> None:
        self.clock.ahead(days=days)
        self.work()


@pytest.fixture
def leaving(clock: Clock, cast: Cast, work: Callable[[], None], letterbox: Letterbox, newcomer: Newcomer) -> Leaving:
    twelve = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(1, 13)]
    shiro = somebody(cast.aoba, "四谷 四郎", "ヨツヤ シロウ", "shiro@aoba.example", Role.MEMBER)
    taro, hanako = newcomer().is_signed_in(cast.taro), newcomer().is_signed_in(cast.hanako)
    # 次郎 has a phone, and comes by the link of the mail.
    visitors = [newcomer(width=390), *(newcomer().is_signed_in(user) for user in (cast.saburo, shiro))]
    people = [cast.jiro, cast.saburo, shiro]
    return Leaving(cast, clock, work, letterbox, twelve, people, taro, hanako, visitors)


def holders() -> set[int | None]:
    return set(Custody.objects.current().values_list("user", flat=True))


def test_leaver_hands_over_twelve_registrations_to_three_successors(leaving: Leaving) -> None:
    package = leaver_splits_everything(leaving)
    of_jiro = first_successor_misses_a_key(leaving, package)
    second_successor_sets_one_aside(leaving, package)
    third_successor_declines(leaving, package)
    leaver_gives_what_was_declined_to_another(leaving, package)
    administrator_gives_what_was_set_aside_to_another(leaving, package)
    leaver_signs_what_is_missing(leaving, of_jiro)
    everything_changes_hands_on_the_day(leaving, package)
    both_sides_have_the_receipt(leaving, of_jiro)
    account_is_closed_and_nobody_is_missing(leaving, package)


def leaver_splits_everything(leaving: Leaving) -> Package:
    """All twelve in one act; a key and a sealed envelope go along."""
    to = {held: leaving.people[place // 4] for place, held in enumerate(leaving.twelve)}
    package = open_package(leaving.taro, to, last_day="2026-12-04", effective_on="2026-11-30")
    for_jiro = share_of(package, leaving.cast.jiro)
    add_item(leaving.taro, for_jiro, "key", "サーバー室のカードキー", "総務部")
    add_item(leaving.taro, for_jiro, "envelope", "設定パスワードの封書", "金庫")
    offer_everything(leaving.taro, package)
    leaving.work()
    return package


def first_successor_misses_a_key(leaving: Leaving, package: Package) -> Handover:
    """The key is not where it should be."""
    jiro, share = leaving.successors[0], share_of(package, leaving.cast.jiro)
    jiro.go(link_in(leaving.letterbox.about(share.number, leaving.cast.jiro), jiro.origin))
    jiro.sign_in(leaving.cast.jiro)
    assert jiro.path == f"/handovers/{share.number}/"
    accept(jiro, share, but={share.items.get(kind="key").pk: "missing"})
    return share


def second_successor_sets_one_aside(leaving: Leaving, package: Package) -> None:
    """One of those for 三郎 is not his."""
    share = share_of(package, leaving.cast.saburo)
    aside = share.items.get(registration=leaving.twelve[7], kind="registration")
    accept(leaving.successors[1], share, but={aside.pk: "not_mine"})


def third_successor_declines(leaving: Leaving, package: Package) -> None:
    shiro = leaving.successors[2]
    shiro.go(f"/handovers/{share_of(package, leaving.people[2]).number}/")
    shiro.press("a[href$='/decline/']")
    shiro.page.fill("[name=reason]", "育児休業に入ります")
    shiro.submit()
    assert holders() == {leaving.cast.taro.pk}


def leaver_gives_what_was_declined_to_another(leaving: Leaving, package: Package) -> None:
    leaving.taro.go(f"/packages/{package.number}/")
    expect(leaving.taro.main).to_contain_text("後任者未定の登録が5件あります。")
    give(leaving.taro, package, leaving.twelve[8:], leaving.cast.jiro)
    offer_everything(leaving.taro, package)
    accept(leaving.successors[0], share_of(package, leaving.cast.jiro))


def administrator_gives_what_was_set_aside_to_another(leaving: Leaving, package: Package) -> None:
    """What the leaver does not offer in person is confirmed by an administrator."""
    hanako, shiro = leaving.hanako, leaving.people[2]
    give(hanako, package, [leaving.twelve[7]], shiro)
    offer_everything(hanako, package)
    again = share_of(package, shiro)
    accept(leaving.successors[2], again)
    hanako.go(f"/handovers/{again.number}/")
    hanako.press("a[href$='/confirm/']")
    hanako.submit()
    assert holders() == {leaving.cast.taro.pk}, "the day has not come"


def leaver_signs_what_is_missing(leaving: Leaving, share: Handover) -> None:
    taro = leaving.taro
    taro.go(f"/handovers/{share.number}/")
    taro.press("a[href$='/sign/']")
    expect(taro.main).to_contain_text("引継ぎ時に確認できず")
    taro.page.fill("[name=remark]", "カードキーは守衛室にあります。")
    taro.submit()


def everything_changes_hands_on_the_day(leaving: Leaving, package: Package) -> None:
    leaving.days_pass(10)
    expected = [0] * 4 + [1] * 3 + [2] + [0] * 4
    for held, place in zip(leaving.twelve, expected, strict=True):
        assert holder(held) == leaving.people[place], held
    package.refresh_from_db()
    assert package.status == Package.Status.OPEN, "the last day can still be changed"


def both_sides_have_the_receipt(leaving: Leaving, share: Handover) -> None:
    for visitor, user in ((leaving.taro, leaving.cast.taro), (leaving.successors[0], leaving.cast.jiro)):
        visitor.is_signed_in(user)
        visitor.go(f"/handovers/{share.number}/")
        receipt = text_of(visitor.download("a[href$='/receipt/']"))
        for part in (
            "引継ぎ時に確認できず",
            "未開封で引渡し",
            "カードキーは守衛室にあります。",
            "サーバー室のカードキー",
        ):
            assert part in receipt, part


def account_is_closed_and_nobody_is_missing(leaving: Leaving, package: Package) -> None:
    """The last day passes."""
    taro = leaving.cast.taro
    assert Membership.objects.current().filter(user=taro).exists()
    leaving.days_pass(5)
    assert not Membership.objects.current().filter(user=taro).exists()
    assert holders() == {person.pk for person in leaving.people}
    assert Custody.objects.current().count() == 12
    assert not Handover.objects.open().exists()
    package.refresh_from_db()
    assert package.status == Package.Status.DONE
    assert leaving.taro.go("/registrations/").status == 403
