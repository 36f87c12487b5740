"""Journey: somebody is gone from one day to the next; an administrator takes care and passes everything on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import Membership, Role
from handover.models import Custody, Package
from tests.cast import Cast, somebody
from tests.journeys.conftest import Clock, Letterbox, Newcomer
from tests.journeys.handing import accept, give, offer_everything, share_of
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
    clock.ahead(days=1)
    work()
    assert [current.get(registration=one).user for one in held] == [cast.jiro, cast.jiro, cast.saburo]
    package.refresh_from_db()
    assert package.status == Package.Status.DONE
