"""What must not work, tried in real browsers: a clear message each, and nothing changed."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Request, expect

from accounts.models import User
from handover import transitions
from handover.models import Certificate, Document, Handover, HandoverItem, Registration
from tests.cast import Cast, actor
from tests.journeys.conftest import Clock, Newcomer, Visitor
from tests.stock import ALL_YES, NOW, all_received, drafted, holder, offered, paper, registration
from tests.walk.walking import digests

pytestmark = pytest.mark.django_db(transaction=True)

LOG = {"audit_event", "audit_eventabout", "audit_head"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def held(clock: Clock, cast: Cast) -> Registration:
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    paper(made, "利用契約書", cast.taro)
    return made


@contextmanager
def nothing_changes(*, but: set[str] | None = None) -> Iterator[None]:
    """Compare every table before and after; `but` names those in which a look may be written down."""
    before = digests()
    yield
    after = digests()
    assert {table for table in after if after[table] != before[table]} <= (but or set())


# Somebody else -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["saburo", "minoru", "wakako", "worker", "operator"])
def test_somebody_else_opens_the_link_of_an_offer_and_finds_nothing(
    held: Registration, cast: Cast, newcomer: Newcomer, who: str
) -> None:
    made = offered(cast, held)
    visitor = newcomer().is_signed_in(getattr(cast, who))
    with nothing_changes():
        for step in ("", "items/", "accept/", "decline/"):
            assert visitor.go(f"/handovers/{made.number}/{step}").status == 404
            unknown = visitor.fetch(f"/handovers/H-2026-UNKNOWN/{step}")
            assert visitor.fetch(f"/handovers/{made.number}/{step}").body() == unknown.body()
        assert cast.jiro.display_name not in visitor.text
        for step in ("items/", "accept/", "decline/"):
            assert visitor.post(f"/handovers/{made.number}/{step}", {"reason": "x"}) == 404


def test_anonymous_person_opens_the_link_of_an_offer_and_is_asked_to_sign_in(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    made = offered(cast, held)
    visitor = newcomer()
    visitor.go(f"/handovers/{made.number}/")
    assert visitor.path.startswith("/accounts/login/")
    assert cast.jiro.display_name not in visitor.text
    visitor.sign_in(cast.saburo)
    # Whoever signs in there is not thereby the successor.
    assert visitor.page.url.endswith(f"/handovers/{made.number}/")
    assert cast.jiro.display_name not in visitor.text


def test_administrator_who_opens_the_link_cannot_accept_for_the_successor(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    made = offered(cast, held)
    visitor = newcomer().is_signed_in(cast.hanako)
    with nothing_changes():
        visitor.go(f"/handovers/{made.number}/")
        assert not [link for link in visitor.links() if link.endswith(("/items/", "/accept/"))]
        assert visitor.go(f"/handovers/{made.number}/accept/").status == 403
        expect(visitor.main).to_contain_text("後任")
        assert visitor.post(f"/handovers/{made.number}/accept/") == 403


def test_strangers_registration_answers_like_an_unknown_one(held: Registration, cast: Cast, newcomer: Newcomer) -> None:
    visitor = newcomer().is_signed_in(cast.wakako)
    for language in ("ja", "en"):
        visitor.speaks(language)
        with nothing_changes():
            answers = [visitor.fetch(f"/registrations/{number}/") for number in ("R-1", "R-9")]
            assert [answer.status for answer in answers] == [404, 404]
        assert len({answer.body() for answer in answers}) == 1
        heads = [{**answer.headers, "date": ""} for answer in answers]
        assert heads[0] == heads[1]


# A second press ----------------------------------------------------------------------------------------------------
def told_twice(visitor: Visitor, address: str, fill: Callable[[Visitor], None] = lambda visitor: None) -> int:
    """Open the same form twice in two windows, send the first, then the second. Returns the second's status."""
    visitor.go(address)
    fill(visitor)
    second = Visitor(visitor.context.new_page(), visitor.origin)
    second.go(address)
    fill(second)
    visitor.submit()
    with nothing_changes(but=LOG), second.page.expect_navigation() as waiting:
        second.main.locator("form[method=post] button[type=submit]").first.click()
    assert "500" not in second.page.title()
    expect(second.main.locator("h1")).to_be_visible()
    return int(waiting.value.status)


def reason(visitor: Visitor) -> None:
    visitor.page.fill("[name=reason]", "取りやめ")


def test_second_press_on_each_button_of_the_giver_is_told_so(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    taro = newcomer().is_signed_in(cast.taro)
    made = drafted(cast, held)
    assert told_twice(taro, f"/handovers/{made.number}/offer/") == 409
    assert told_twice(taro, f"/handovers/{made.number}/withdraw/", reason) == 409
    made.refresh_from_db()
    assert made.status == Handover.Status.WITHDRAWN


def test_second_press_on_each_button_of_the_successor_is_told_so(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    jiro = newcomer().is_signed_in(cast.jiro)
    made = offered(cast, held)
    transitions.mark_items(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
    )
    assert told_twice(jiro, f"/handovers/{made.number}/accept/") == 409
    made.refresh_from_db()
    assert made.status == Handover.Status.ACCEPTED
    # What was agreed cannot be marked anew from a page that was left open.
    mark = made.items.order_by("pk").first()
    assert mark is not None
    assert jiro.post(f"/handovers/{made.number}/items/", {f"mark-{mark.pk}": "missing"}) == 409
    assert HandoverItem.objects.get(pk=mark.pk).mark == "received"


def test_second_press_on_declining_and_confirming_is_told_so(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    made = offered(cast, held)
    assert told_twice(newcomer().is_signed_in(cast.jiro), f"/handovers/{made.number}/decline/", reason) == 409
    made = offered(cast, held, by=cast.hanako, days=10)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    hanako = newcomer().is_signed_in(cast.hanako)
    assert told_twice(hanako, f"/handovers/{made.number}/confirm/") == 409
    made.refresh_from_db()
    assert (made.status, holder(held)) == (Handover.Status.CONFIRMED, cast.taro)


def test_double_click_sends_once(held: Registration, cast: Cast, newcomer: Newcomer) -> None:
    taro = newcomer().is_signed_in(cast.taro)
    made = drafted(cast, held)
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    taro.page.on("request", note)
    taro.go(f"/handovers/{made.number}/offer/")
    taro.main.locator("form[method=post] button[type=submit]").dblclick()
    taro.page.wait_for_url(f"**/handovers/{made.number}/")
    assert len(sent) == 1
    made.refresh_from_db()
    assert made.status == Handover.Status.OFFERED


def test_double_click_without_javascript_changes_nothing_twice(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    taro = newcomer(javascript=False).is_signed_in(cast.taro)
    made = drafted(cast, held)
    taro.go(f"/handovers/{made.number}/offer/")
    taro.main.locator("form[method=post] button[type=submit]").dblclick()
    # The first press has offered; the page that stays tells of it, or that the second came too late.
    taro.page.wait_for_load_state("networkidle")
    expect(taro.main.locator("h1")).to_be_visible()
    made.refresh_from_db()
    assert made.status == Handover.Status.OFFERED


def test_back_button_and_sending_again_prepares_no_second_handover(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    taro = newcomer().is_signed_in(cast.taro)
    taro.go("/registrations/R-1/hand-over/")
    left_open = Visitor(taro.context.new_page(), taro.origin)
    left_open.go("/registrations/R-1/hand-over/")
    taro.page.select_option("[name=successor]", str(cast.jiro.pk))
    taro.submit()
    assert taro.path.endswith("/offer/")
    number = Handover.objects.get().number
    with nothing_changes(but=LOG):
        taro.page.go_back()
        # There is nothing to fill in any more: the page leads to what was prepared.
        expect(taro.page).to_have_url(f"{taro.origin}/handovers/{number}/")
        left_open.page.select_option("[name=successor]", str(cast.saburo.pk))
        left_open.submit()
    assert left_open.path == f"/handovers/{number}/"
    assert Handover.objects.get().given_to == cast.jiro


def test_back_button_after_a_certificate_leads_to_the_same_facts(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    taro = newcomer().is_signed_in(cast.taro)
    taro.go("/registrations/R-1/certificate/")
    taro.submit()
    taro.page.go_back()
    taro.submit()
    assert taro.path.startswith("/certificates/")
    # A second copy is no harm and supersedes nothing.
    assert set(Certificate.objects.values_list("status", flat=True)) == {"valid"}


# Files -------------------------------------------------------------------------------------------------------------
def encrypted_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out, encryption=pikepdf.Encryption(owner="x", user="x"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("大きい.txt", lambda: b"x" * 26 * 1024 * 1024, "25MiB"),
        ("図.png", lambda: SVG, "中身が一致しません"),
        ("契約書.pdf", encrypted_pdf, "パスワード"),
        ("空.pdf", lambda: b"", ""),
    ],
    ids=["26 MB", "SVG named png", "encrypted", "empty"],
)
def test_refused_file_is_told_at_its_field_and_nothing_is_stored(
    held: Registration,
    cast: Cast,
    newcomer: Newcomer,
    data_folder: Path,
    tmp_path: Path,
    name: str,
    body: Callable[[], bytes],
    words: str,
) -> None:
    taro = newcomer().is_signed_in(cast.taro)
    taro.go("/registrations/R-1/papers/add/")
    taro.page.select_option("[name=kind]", "contract")
    taro.page.fill("[name=title]", "新しい契約書")
    (tmp_path / name).write_bytes(body())
    taro.page.set_input_files("[name=paper]", tmp_path / name)
    with nothing_changes():
        taro.submit()
    assert taro.path == "/registrations/R-1/papers/add/"
    error = taro.page.locator("#id_paper_error")
    expect(error).to_be_visible()
    assert words in error.inner_text(), error.inner_text()
    # What was typed is still there.
    assert taro.page.input_value("[name=title]") == "新しい契約書"
    assert Document.objects.count() == 1
    stored = data_folder / "papers"
    assert not stored.exists() or list(stored.iterdir()) == []


# Somebody who left -------------------------------------------------------------------------------------------------
def test_dismissed_person_is_told_clearly_at_the_next_click(held: Registration, cast: Cast, newcomer: Newcomer) -> None:
    made = offered(cast, held)
    taro = newcomer().is_signed_in(cast.taro)
    taro.go(f"/handovers/{made.number}/withdraw/")
    dismiss(cast.hanako, cast.taro)
    with nothing_changes():
        reason(taro)
        taro.submit()
    expect(taro.page.locator("h1")).to_be_visible()
    assert "アクセス" in taro.text or "終了" in taro.text
    assert cast.jiro.display_name not in taro.text
    # And afterwards there is no session left to come back to.
    taro.go("/registrations/")
    assert taro.path.startswith("/accounts/login/")
    taro.sign_in(cast.taro)
    assert taro.path in ("/accounts/login/", "/accounts/inactive/")
    expect(taro.page.locator("h1")).to_be_visible()


def dismiss(administrator: User, leaver: User) -> None:
    transitions.leave(user_pk=leaver.pk, actor=actor(administrator), at=NOW)


def test_accepted_handover_is_no_longer_withdrawn(held: Registration, cast: Cast, newcomer: Newcomer) -> None:
    made = offered(cast, held)
    taro = newcomer().is_signed_in(cast.taro)
    taro.go(f"/handovers/{made.number}/withdraw/")
    reason(taro)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    with nothing_changes():
        taro.submit()
    assert "承諾済み" in taro.text
