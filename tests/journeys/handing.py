"""Steps that journeys about packages share."""

from playwright.sync_api import expect

from accounts.models import User
from handover.models import Handover, Package, Registration
from handover.transitions.receiving import STATEMENTS
from tests.journeys.conftest import Visitor


def open_package(
    giver: Visitor, to: dict[Registration, User], *, last_day: str, effective_on: str, of: User | None = None
) -> Package:
    """Prepare everything the visitor holds, or for an administrator what `of` holds, from the list of handovers on."""
    giver.go("/handovers/")
    giver.press("a[href='/packages/']")
    giver.press("a[href='/packages/new/']")
    if of:
        giver.page.select_option("aside [name=person]", str(of.pk))
        giver.press("aside form button")
        expect(giver.main).to_contain_text(of.display_name)
    giver.page.check("[name=kind][value=leaves]")
    giver.page.fill("[name=last_day]", last_day)
    giver.page.fill("[name=effective_on]", effective_on)
    giver.page.fill("[name=reason]", "退職")
    for held, successor in to.items():
        giver.page.select_option(f"[name=to-{held.pk}]", str(successor.pk))
    giver.submit()
    made = Package.objects.get()
    assert giver.path == f"/packages/{made.number}/", giver.text
    return made


def add_item(giver: Visitor, share: Handover, kind: str, name: str, place: str) -> None:
    """Put something on the list of a share, which is on the page of its package."""
    giver.go(f"/handovers/{share.number}/")
    giver.press(f"a[href='/handovers/{share.number}/list/']")
    giver.page.check(f"[name=kind][value={kind}]")
    giver.page.fill("[name=name]", name)
    giver.page.fill("[name=place]", place)
    giver.press("form.form button[type=submit]")
    expect(giver.main).to_contain_text(name)


def offer_everything(giver: Visitor, package: Package) -> None:
    giver.go(f"/packages/{package.number}/")
    giver.press("form[action$='/offer/'] button")
    assert not package.handovers.filter(status="draft", given_to__isnull=False).exists()


def give(giver: Visitor, package: Package, held: list[Registration], to: User) -> None:
    """Tick registrations on the page of a package and choose who gets them."""
    giver.go(f"/packages/{package.number}/")
    for one in held:
        giver.page.check(f"[name=registration][value='{one.pk}']")
    giver.page.select_option("[name=successor]", str(to.pk))
    giver.press("form[action$='/assign/'] button[type=submit]")


def share_of(package: Package, who: User) -> Handover:
    """Return the share of `who` that is not accepted yet."""
    return package.handovers.filter(status__in=["draft", "offered"]).get(given_to=who)


def accept(receiver: Visitor, share: Handover, *, but: dict[int, str] | None = None) -> None:
    """Mark everything as received except what `but` says of items by key, answer, accept."""
    receiver.go(f"/handovers/{share.number}/")
    receiver.press(f"a.button[href='/handovers/{share.number}/items/']")
    for pk, value in (but or {}).items():
        receiver.page.check(f"[name=mark-{pk}][value={value}]")
    receiver.submit("button[name=received]")
    for key in STATEMENTS:
        receiver.page.check(f"[name=answer-{key}][value=yes]")
    receiver.submit("button[name=accept]")
    assert receiver.path == f"/handovers/{share.number}/accept/"
    receiver.submit()
    assert receiver.path == f"/handovers/{share.number}/"
    share.refresh_from_db()
    assert share.accepted_at
