"""Journey: somebody leaves, hands over everything in one act, and nothing is without a person."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import Membership, Role
from handover.models import Custody, Handover, Registration
from tests.cast import Cast, somebody
from tests.journeys.conftest import Clock, Letterbox, Newcomer
from tests.journeys.handing import accept, add_item, give, offer_everything, open_package, share_of
from tests.journeys.test_handover import link_in, text_of
from tests.stock import registration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def twelve(clock: Clock, cast: Cast) -> list[Registration]:
    """R-1 to R-12, held by 太郎."""
    return [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(1, 13)]


def holders() -> set[int | None]:
    return set(Custody.objects.current().values_list("user", flat=True))


def test_leaver_hands_over_twelve_registrations_to_three_successors(
    twelve: list[Registration],
    cast: Cast,
    clock: Clock,
    work: Callable[[], None],
    letterbox: Letterbox,
    newcomer: Newcomer,
) -> None:
    shiro = somebody(cast.aoba, "四谷 四郎", "ヨツヤ シロウ", "shiro@aoba.example", Role.MEMBER)
    people = [cast.jiro, cast.saburo, shiro]
    taro, hanako = newcomer().is_signed_in(cast.taro), newcomer().is_signed_in(cast.hanako)
    to = {held: people[place // 4] for place, held in enumerate(twelve)}
    package = open_package(taro, to, last_day="2026-12-04", effective_on="2026-11-30")
    for_jiro = share_of(package, cast.jiro)
    add_item(taro, for_jiro, "key", "サーバー室のカードキー", "総務部")
    add_item(taro, for_jiro, "envelope", "設定パスワードの封書", "金庫")
    offer_everything(taro, package)
    work()

    # 次郎 has a phone; the key is not where it should be.
    jiro, saburo = newcomer(width=390), newcomer().is_signed_in(cast.saburo)
    jiro.go(link_in(letterbox.about(for_jiro.number, cast.jiro), jiro.origin))
    jiro.sign_in(cast.jiro)
    assert jiro.path == f"/handovers/{for_jiro.number}/"
    accept(jiro, for_jiro, but={for_jiro.items.get(kind="key").pk: "missing"})
    # One of those for 三郎 is not his.
    for_saburo = share_of(package, cast.saburo)
    aside = for_saburo.items.get(registration=twelve[7], kind="registration")
    accept(saburo, for_saburo, but={aside.pk: "not_mine"})
    # 四郎 declines.
    him = newcomer().is_signed_in(shiro)
    for_shiro = share_of(package, shiro)
    him.go(f"/handovers/{for_shiro.number}/")
    him.press("a[href$='/decline/']")
    him.page.fill("[name=reason]", "育児休業に入ります")
    him.submit()
    assert holders() == {cast.taro.pk}

    # The leaver names others for what was declined, the administrator for what was set aside.
    taro.go(f"/packages/{package.number}/")
    expect(taro.main).to_contain_text("後任者未定の登録が5件あります。")
    give(taro, package, twelve[8:], cast.jiro)
    offer_everything(taro, package)
    accept(jiro, share_of(package, cast.jiro))
    give(hanako, package, [twelve[7]], shiro)
    offer_everything(hanako, package)
    again = share_of(package, shiro)
    accept(him, again)
    hanako.go(f"/handovers/{again.number}/")
    hanako.press("a[href$='/confirm/']")
    hanako.submit()
    assert holders() == {cast.taro.pk}, "the day has not come"

    # The giver signs what 次郎 marked; on the day everything changes hands.
    taro.go(f"/handovers/{for_jiro.number}/")
    taro.press("a[href$='/sign/']")
    expect(taro.main).to_contain_text("引継ぎ時に確認できず")
    taro.page.fill("[name=remark]", "カードキーは守衛室にあります。")
    taro.submit()
    clock.ahead(days=10)
    work()
    assert holders() == {cast.jiro.pk, cast.saburo.pk, shiro.pk}
    package.refresh_from_db()
    for visitor, user in ((taro, cast.taro), (jiro, cast.jiro)):
        visitor.is_signed_in(user)
        visitor.go(f"/handovers/{for_jiro.number}/")
        receipt = text_of(visitor.download("a[href$='/receipt/']"))
        for part in (
            "引継ぎ時に確認できず",
            "未開封で引渡し",
            "カードキーは守衛室にあります。",
            "サーバー室のカードキー",
        ):
            assert part in receipt, part

    # The last day passes: the account is closed, and nobody is missing.
    assert Membership.objects.current().filter(user=cast.taro).exists()
    clock.ahead(days=5)
    work()
    assert not Membership.objects.current().filter(user=cast.taro).exists()
    assert holders() == {cast.jiro.pk, cast.saburo.pk, shiro.pk}
    assert Custody.objects.current().count() == 12
    assert not Handover.objects.open().exists()
    assert taro.go("/registrations/").status == 403
