"""Journey (a): a registration changes hands, and a certificate proves it."""

import io
import re
from collections.abc import Callable
from email.message import EmailMessage

import pypdfium2
import pytest
from playwright.sync_api import expect

from accounts.models import User
from handover.models import Certificate, Custody, Handover, Registration
from tests.cast import PASSWORD, Cast
from tests.handover.paper_files import kept
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.stock import line, offered, registration

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
# What somebody may open or send who may write.
WRITING = ("hand-over", "certificate", "papers/add", "contact-points/add", "names/add", "kit")


@pytest.fixture
def held(clock: Clock, cast: Cast) -> Registration:
    """R-1, held by 太郎, with a product and one paper."""
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    line(made)
    kept(made, cast.taro)
    return made


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "".join("".join(page.get_textpage().get_text_range() for page in document).split())


def link_in(mail: EmailMessage, origin: str) -> str:
    [link] = re.findall(rf"{re.escape(origin)}\S*/handovers/\S+", mail.get_content())
    return str(link)


def offer_by_form(giver: Visitor, held: Registration, to: User) -> Handover:
    giver.go(f"/registrations/{held.number}/")
    giver.press("a[href$='/hand-over/']")
    giver.page.select_option("[name=successor]", str(to.pk))
    giver.page.fill("[name=effective_on]", "2026-11-23")
    giver.page.fill("[name=things]", "契約書バインダー / キャビネット B-12\n鍵")
    giver.page.fill("[name=note]", "鍵は総務部にあります。")
    giver.submit()
    assert giver.path.endswith("/offer/")
    giver.submit()
    made = Handover.objects.get()
    assert giver.path == f"/handovers/{made.number}/"
    return made


def mark(receiver: Visitor, name: str, pk: int, value: str) -> None:
    receiver.page.check(f"[name={name}-{pk}][value={value}]")


def issue(holder: Visitor, held: Registration) -> bytes:
    """Have a certificate issued and return the file."""
    holder.go(f"/registrations/{held.number}/")
    holder.press("a[href$='/certificate/']")
    holder.submit()
    assert holder.path.startswith("/certificates/")
    return holder.download("a[href$='/pdf/']")


def check_file(anybody: Visitor, pdf: bytes) -> str:
    anybody.go("/verify/")
    anybody.page.set_input_files("[name=file]", {"name": "証明書.pdf", "mimeType": "application/pdf", "buffer": pdf})
    anybody.page.locator("form", has=anybody.page.locator("[name=file]")).locator("[type=submit]").click()
    anybody.page.wait_for_load_state()
    return anybody.text


def check_code(anybody: Visitor, code: str) -> str:
    anybody.go("/verify/")
    anybody.page.fill("[name=code]", code)
    anybody.page.locator("form", has=anybody.page.locator("[name=code]")).locator("[type=submit]").click()
    anybody.page.wait_for_load_state()
    return anybody.text


def mark_all(receiver: Visitor, made: Handover) -> None:
    """Item by item, with a pause in between: what is saved is there on return."""
    first, second, *others = made.items.order_by("pk").values_list("pk", flat=True)
    receiver.go(f"/handovers/{made.number}/items/")
    mark(receiver, "mark", first, "received")
    mark(receiver, "mark", second, "missing")
    receiver.page.fill(f"[name=note-{second}]", "棚にありません")
    receiver.submit("button:not([name])")
    assert "/items/" in receiver.path
    receiver.go("/")
    receiver.press(f"a[href='/handovers/{made.number}/']")
    receiver.press("a.button[href$='/items/']")
    assert receiver.page.is_checked(f"[name=mark-{first}][value=received]")
    assert receiver.page.is_checked(f"[name=mark-{second}][value=missing]")
    assert receiver.page.input_value(f"[name=note-{second}]") == "棚にありません"
    for pk in others:
        mark(receiver, "mark", pk, "received")
    for key in ("purpose", "stops", "bill", "contractors", "kit"):
        mark(receiver, "answer", key, "yes" if key != "bill" else "not_yet")
    receiver.submit("button[name=accept]")
    assert receiver.path.endswith("/accept/")


def confirm_and_accept(receiver: Visitor, made: Handover) -> None:
    """The sign-in is ten minutes old: a wrong password changes nothing, the right one accepts."""
    receiver.page.fill("[name=fresh-password]", "not my password")
    receiver.submit()
    assert receiver.path.endswith("/accept/")
    made.refresh_from_db()
    assert made.status == Handover.Status.OFFERED
    receiver.page.fill("[name=fresh-password]", PASSWORD)
    receiver.submit()
    assert receiver.path == f"/handovers/{made.number}/"
    made.refresh_from_db()
    assert made.status == Handover.Status.ACCEPTED


def reads_and_cannot_write(former: Visitor, held: Registration) -> None:
    assert former.go(f"/registrations/{held.number}/").status == 200
    assert [link for link in former.links() if any(link.endswith(f"/{part}/") for part in WRITING)] == []
    for part in WRITING:
        assert former.post(f"/registrations/{held.number}/{part}/") == 403, part


def test_registration_changes_hands_and_the_certificate_proves_it(
    held: Registration, cast: Cast, clock: Clock, work: Work, letterbox: Letterbox, newcomer: Newcomer
) -> None:
    taro, jiro, anybody = newcomer(), newcomer(), newcomer()
    taro.go(f"/registrations/{held.number}/")
    taro.sign_in(cast.taro)
    assert taro.path == f"/registrations/{held.number}/"
    old_file = issue(taro, held)
    old = Certificate.objects.get()
    made = offer_by_form(taro, held, cast.jiro)

    work()
    [offer] = letterbox.to(cast.jiro)
    jiro.go(link_in(offer, jiro.origin))
    jiro.sign_in(cast.jiro)
    assert jiro.path == f"/handovers/{made.number}/"
    expect(jiro.main).to_contain_text("本社と支社をつなぐ回線です。")
    expect(jiro.main).to_contain_text("支社の業務システムが止まります。")
    mark_all(jiro, made)
    clock.ahead(minutes=10)
    jiro.page.reload()
    confirm_and_accept(jiro, made)
    assert Custody.objects.current().get().user == cast.taro
    anybody.go("/verify/")
    anybody.page.click("button[name=language][value=en]")
    assert "Valid: we issued this certificate" in check_code(anybody, old.check_code)

    clock.ahead(days=3)
    work()
    assert Custody.objects.current().get().user == cast.jiro
    assert "Superseded: we issued this certificate" in check_code(anybody, old.check_code.lower())
    assert "Superseded: we issued this certificate" in check_file(anybody, old_file)
    assert "𠮷田" not in anybody.text and "渡邉" not in anybody.text

    # A working day later the sessions have ended: both sign in again.
    for visitor, user in ((taro, cast.taro), (jiro, cast.jiro)):
        visitor.go(f"/handovers/{made.number}/")
        visitor.sign_in(user)
        receipt = text_of(visitor.download("a[href$='/receipt/']"))
        # The reading stands above each part of a name, and between the parts in the text of the PDF.
        for part in ("𠮷田", "太郎", "渡邉", "次郎", "引継ぎ時に確認できず1件"):
            assert part in receipt
    reads_and_cannot_write(taro, held)
    new_file = issue(jiro, held)
    new = Certificate.objects.latest("issued_at")
    assert "Valid: we issued this certificate" in check_file(anybody, new_file)
    assert "Valid: we issued this certificate" in check_code(anybody, new.check_code)
    assert "Altered" in check_file(anybody, new_file + b" ")

    clock.ahead(days=31)
    work()
    taro.go("/registrations/")
    taro.sign_in(cast.taro)
    assert taro.go(f"/registrations/{held.number}/").status == 404
    assert taro.go(f"/certificates/{new.serial}/").status == 404
    assert {mail["To"] for mail in letterbox.mails} >= {cast.taro.email, cast.jiro.email, cast.hanako.email}


def test_successor_without_javascript_takes_over(
    held: Registration, cast: Cast, clock: Clock, work: Work, newcomer: Newcomer
) -> None:
    taro, jiro = newcomer(javascript=False), newcomer(javascript=False)
    taro.is_signed_in(cast.taro)
    made = offer_by_form(taro, held, cast.jiro)
    jiro.is_signed_in(cast.jiro, fresh=False)
    mark_all(jiro, made)
    confirm_and_accept(jiro, made)
    clock.ahead(days=3)
    work()
    assert Custody.objects.current().get().user == cast.jiro


def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until `selector` has the focus; every stop on the way shows where it is."""
    # Before the style sheets are there, no outline is.
    visitor.page.wait_for_load_state("networkidle")
    for _stop in range(120):
        visitor.page.keyboard.press("Tab")
        told = visitor.page.evaluate(
            """async selector => {
                // The ring comes with the next frame, which a busy machine draws late.
                await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
                const here = document.activeElement, style = getComputedStyle(here);
                return [here.matches(selector), here.outerHTML.slice(0, 100),
                        style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
            }""",
            selector,
        )
        assert told[2], f"the focus cannot be seen on {told[1]}"
        if told[0]:
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def back_to(visitor: Visitor, selector: str) -> None:
    """Press Shift and Tab until `selector` has the focus."""
    for _stop in range(30):
        visitor.page.keyboard.press("Shift+Tab")
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way back to {selector}")


def test_successor_marks_everything_by_keyboard_on_a_phone_in_english(
    held: Registration, cast: Cast, newcomer: Newcomer
) -> None:
    made = offered(cast, held)
    jiro = newcomer(width=390)
    jiro.is_signed_in(cast.jiro)
    jiro.go(f"/handovers/{made.number}/")
    tab_to(jiro, "button[name=language][value=en]")
    jiro.page.keyboard.press("Enter")
    jiro.page.wait_for_load_state()
    expect(jiro.page.locator("html")).to_have_attribute("lang", "en")
    expect(jiro.main).to_contain_text("The line between the head office and the branches.")
    tab_to(jiro, "main a.button[href$='/items/']")
    jiro.page.keyboard.press("Enter")
    expect(jiro.page.locator("h1")).to_have_text("What have you received?")
    pks = list(made.items.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        tab_to(jiro, f"[name=mark-{pk}]")
        jiro.page.keyboard.press("Space")
    # The last one after all is missing: one step down in its group.
    jiro.page.keyboard.press("ArrowDown")
    for key in ("purpose", "stops", "bill", "contractors", "kit"):
        tab_to(jiro, f"[name=answer-{key}]")
        jiro.page.keyboard.press("Space")
    tab_to(jiro, "button[name=accept]")
    jiro.page.keyboard.press("Enter")
    expect(jiro.page.locator("h1")).to_have_text("Accept the handover")
    assert list(made.items.order_by("pk").values_list("mark", flat=True)) == [
        *["received"] * (len(pks) - 1),
        "missing",
    ]
    tab_to(jiro, "main form button[type=submit]")
    jiro.page.keyboard.press("Enter")
    expect(jiro.page).to_have_url(f"{jiro.origin}/handovers/{made.number}/")
    made.refresh_from_db()
    assert made.status == Handover.Status.ACCEPTED
