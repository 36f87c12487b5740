"""Journey: an organisation that nobody has claimed is opened by a letter with a code."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.models import Membership, Organisation, Role, User
from handover.models import Activation, Custody, Registration
from tests.cast import Cast
from tests.claims import CODE
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.printed import pages_of
from tests.journeys.recovering import accepts_invitation, at_work, confirms_freshly

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = "akari@tsukuba.example"
# 筑波書店 has a corporate number, so the address of a shop is not taken for its registered one; 日立書店 has none.
REGISTER = """\
number,organisation_name,organisation_kana,corporate_number,registered_name,registered_kana,unit,postal_code,address,\
phone,email
T-1,筑波書店株式会社,ツクバショテン,3050001000017,筑波書店株式会社,ツクバショテン,本店,305-0031,茨城県つくば市吾妻1-1,0291234567,\
honten@tsukuba.example
T-2,筑波書店株式会社,ツクバショテン,3050001000017,筑波書店株式会社,ツクバショテン,駅前店,305-0031,茨城県つくば市吾妻2-2,0291234568,
H-1,日立書店,ヒタチショテン,,日立書店,ヒタチショテン,,317-0073,茨城県日立市幸町1-1,0294123456,
"""


@dataclass(frozen=True)
class Letter:
    """A letter as whoever opens the envelope has it: its number and its code."""

    number: str
    code: str

    @property
    def row(self) -> Activation:
        return Activation.objects.get(number=self.number)


@dataclass
class Opening:
    """One journey: time and post, the staff by their names in the cast, and somebody of 筑波書店 with a phone."""

    cast: Cast
    clock: Clock
    work: Callable[[], None]
    letterbox: Letterbox
    staff: dict[str, Visitor]
    akari: Visitor
    letters: dict[str, Letter] = field(default_factory=dict)

    def goes_to_work(self, who: str, path: str) -> Visitor:
        return at_work(self.staff[who], getattr(self.cast, who), path)

    @property
    def letter(self) -> Letter:
        return self.letters["筑波書店株式会社"]


@pytest.fixture
def opening(
    clock: Clock, cast: Cast, work: Callable[[], None], letterbox: Letterbox, newcomer: Newcomer, tmp_path: Path
) -> Opening:
    """The provider's register is in; nobody of the two bookshops has an account."""
    file = tmp_path / "register.csv"
    file.write_bytes(REGISTER.replace("\n", "\r\n").encode("cp932"))
    call_command("import_registrations", str(file), "--on-record-since", "2026-06-01", verbosity=0)
    staff = {who: newcomer() for who in ("operator", "colleague", "approver")}
    return Opening(cast, clock, work, letterbox, staff, newcomer(width=390))


def test_organisation_is_opened_by_a_letter_with_a_code(opening: Opening) -> None:
    operator_orders_letters(opening)
    who_ordered_cannot_print(opening)
    colleague_prints(opening)
    wrong_codes_are_refused_alike(opening)
    receiver_types_in_the_code(opening)
    code_works_once(opening)
    receiver_confirms_the_mail_address(opening)
    who_ordered_cannot_check(opening)
    colleague_calls_back(opening)
    two_people_agree(opening)
    everything_on_record_is_told(opening)
    first_administrator_opens_the_account(opening)
    first_administrator_sees_the_registrations(opening)
    nobody_else_was_opened(opening)


# The letter ---------------------------------------------------------------------------------------------------------
def operator_orders_letters(opening: Opening) -> None:
    """One needs its registered address, which the operator reads in the registry; the other is ticked in the list."""
    operator = opening.goes_to_work("operator", "/activations/")
    unclaimed = operator.main.locator("#unclaimed")
    expect(unclaimed).to_contain_text("筑波書店株式会社")
    expect(unclaimed).not_to_contain_text("青葉商事")
    shop, other = (Organisation.objects.get(legal_name__startswith=name) for name in ("筑波", "日立"))
    expect(operator.main.locator(f"[name=organisations][value='{shop.pk}']")).to_have_count(0)
    operator.page.check(f"[name=organisations][value='{other.pk}']")
    operator.press("form[action='/activations/order/'] button")
    operator.press(f"a[href='/activations/order/{shop.pk}/']")
    operator.page.check("[name=source][value=registry]")
    operator.page.fill("[name=postal_code]", "３０５－００３１")
    operator.page.fill("[name=address]", "茨城県つくば市吾妻9-9 筑波書店ビル3階")
    operator.submit()
    made = Activation.objects.get(organisation=shop)
    assert operator.path == f"/activations/{made.number}/", operator.text
    assert Activation.objects.filter(status=Activation.Status.ORDERED).count() == 2


def who_ordered_cannot_print(opening: Opening) -> None:
    operator = opening.goes_to_work("operator", "/activations/letters/")
    expect(operator.main.locator("[name=letters]")).to_have_count(0)
    expect(operator.main).to_contain_text("筑波書店株式会社")


def colleague_prints(opening: Opening) -> None:
    """A page for each; what it says is read back from the PDF. Nobody can print it again."""
    colleague = opening.goes_to_work("colleague", "/activations/letters/")
    printed = pages_of(colleague.download("form[action='/activations/letters/print/'] button"))
    assert len(printed) == 2
    for page in printed:
        read = "".join(page.split())
        [name] = [one for one in ("筑波書店株式会社", "日立書店") if one in read]
        [code] = CODE.findall(page)
        row = Activation.objects.get(organisation__legal_name=name)
        assert row.number in read and f"{colleague.origin}/activate/" in read
        assert not [one for one in Registration.objects.values_list("number", flat=True) if one in page.split()]
        opening.letters[name] = Letter(row.number, code)
    shop = next("".join(page.split()) for page in printed if "筑波" in page)
    assert "〒305-0031" in shop and "吾妻9-9" in shop, "the registered address, not that of a shop"
    assert "2026年（令和8年）12月20日" in shop, "thirty days from the print run"
    assert {one.row.status for one in opening.letters.values()} == {Activation.Status.SENT}
    colleague.go("/activations/letters/")
    expect(colleague.main.locator("[name=letters]")).to_have_count(0)


# The answer ---------------------------------------------------------------------------------------------------------
def types_in(visitor: Visitor, number: str, code: str) -> None:
    visitor.go("/activate/")
    given = {"number": number, "code": code, "name": "筑波 明里", "department": "総務課", "mail": MAIL}
    for name, value in given.items():
        visitor.page.fill(f"[name={name}]", value)
    visitor.submit()


def refusal_of(visitor: Visitor) -> str:
    """Return the words of the refused form."""
    assert visitor.path == "/activate/"
    return visitor.main.locator("[role=alert]").first.inner_text()


def wrong_codes_are_refused_alike(opening: Opening) -> None:
    """A guessed code, the code of another organisation, a letter that is none: the same words, and nothing happens."""
    akari, letter, other = opening.akari, opening.letter, opening.letters["日立書店"]
    opening.clock.ahead(days=3)  # a weekend in the post
    told = set()
    for number, code in ((letter.number, "22222-22222"), (letter.number, other.code), ("A-0000-0000", letter.code)):
        types_in(akari, number, code)
        told.add(refusal_of(akari))
    assert len(told) == 1, told
    assert {one.row.status for one in opening.letters.values()} == {Activation.Status.SENT}
    akari.page.fill("[name=mail]", "akari@gmail.com")
    akari.submit()
    assert akari.path == "/activate/" and "gmail" not in {one.row.mail for one in opening.letters.values()}
    assert opening.letterbox.to(MAIL) == []


def receiver_types_in_the_code(opening: Opening) -> None:
    """As people type: no hyphens, small letters."""
    letter = opening.letter
    types_in(opening.akari, letter.number.replace("-", ""), letter.code.replace("-", "").lower())
    assert opening.akari.path == "/activate/sent/", opening.akari.text
    assert letter.row.status == Activation.Status.ENTERED


def code_works_once(opening: Opening) -> None:
    """The second press says what a wrong code says, and the request stays that of the first."""
    akari, letter = opening.akari, opening.letter
    types_in(akari, "A-0000-0000", "22222-22222")
    wrong = refusal_of(akari)
    akari.page.fill("[name=name]", "別の 人")
    types_in(akari, letter.number, letter.code)
    assert refusal_of(akari) == wrong
    assert (letter.row.status, letter.row.name) == (Activation.Status.ENTERED, "筑波 明里")


def receiver_confirms_the_mail_address(opening: Opening) -> None:
    """Opening the link does nothing, for scanners of mail do that too; the press counts, and it counts once."""
    akari, letter = opening.akari, opening.letter
    opening.work()
    mail = opening.letterbox.about(letter.number, MAIL).get_content()
    [link] = re.findall(rf"{re.escape(akari.origin)}/activate/confirm/\S+", mail)
    akari.go(link)
    assert letter.row.status == Activation.Status.ENTERED
    akari.submit()
    assert letter.row.status == Activation.Status.ASKED
    akari.go(link)
    akari.submit()
    assert "このリンクは使えなくなりました。" in akari.text
    assert letter.row.status == Activation.Status.ASKED


# The check and the second person ------------------------------------------------------------------------------------
def who_ordered_cannot_check(opening: Opening) -> None:
    at = f"/activations/{opening.letter.number}/"
    operator = opening.goes_to_work("operator", "/activations/")
    expect(operator.main.locator("#waiting")).to_contain_text(opening.letter.number)
    operator.press(f"a[href='{at}']")
    assert f"{at}check/" not in operator.links()
    assert operator.go(f"{at}check/").status == 403
    assert operator.post(f"{at}check/", {"kind": "callback", "note": "自分で"}) == 403


def colleague_calls_back(opening: Opening) -> None:
    at = f"/activations/{opening.letter.number}/"
    colleague = opening.goes_to_work("colleague", at)
    colleague.press(f"a[href='{at}check/']")
    record = colleague.main.locator("#record")
    expect(record).to_contain_text("筑波 明里")
    expect(record).to_contain_text("0291-23-4567")
    colleague.press("#call button")  # announced before it is dialled, so that the other side can ask whether it is us
    expect(colleague.main.locator("#call .call-code")).to_have_count(1)
    colleague.page.check("[name=kind][value=callback]")
    colleague.page.fill("[name=note]", "総務課長、11月23日11時、登録の番号へ架電")
    colleague.submit()
    assert colleague.path == at, colleague.text
    assert opening.letter.row.status == Activation.Status.CHECKED
    assert colleague.post(f"{at}approve/") == 403, "one person does not open an organisation"


def two_people_agree(opening: Opening) -> None:
    at = f"/activations/{opening.letter.number}/"
    approver = opening.goes_to_work("approver", at)
    approver.press(f"a[href='{at}approve/']")
    opening.clock.ahead(minutes=10)
    approver.page.reload()
    approver.submit()
    assert opening.letter.row.status == Activation.Status.CHECKED, "the fresh check was left out"
    confirms_freshly(approver)
    approver.submit()
    assert approver.path == at, approver.text
    row = opening.letter.row
    assert (row.checked_by, row.decided_by) == (opening.cast.colleague, opening.cast.approver)
    assert not Membership.objects.filter(organisation=row.organisation).exists(), "invited, not yet in"


def everything_on_record_is_told(opening: Opening) -> None:
    """By mail what has one, and by a second letter the address that the code went to."""
    opening.work()
    told = opening.letterbox.about(opening.letter.number, "honten@tsukuba.example")
    assert "筑波 明里" in told.get_content()
    colleague = opening.goes_to_work("colleague", "/activations/letters/")
    [page] = pages_of(colleague.download("form[action='/activations/letters/print/'] button"))
    assert "吾妻9-9" in page and not CODE.search(page)
    assert "明里" in page


# The first administrator --------------------------------------------------------------------------------------------
def first_administrator_opens_the_account(opening: Opening) -> None:
    """An administrator sets up a second factor before anything else."""
    accepts_invitation(opening.akari, MAIL, opening.letterbox)
    user = User.objects.get(email=MAIL)
    rows = Membership.objects.current().filter(user=user)
    assert list(rows.values_list("organisation", "role")) == [
        (opening.letter.row.organisation_id, Role.ADMINISTRATOR.value)
    ]


def first_administrator_sees_the_registrations(opening: Opening) -> None:
    """Both are there, in the provider's keeping until they are taken into care."""
    akari = opening.akari
    akari.go("/registrations/")
    for number, unit in (("T-1", "本店"), ("T-2", "駅前店")):
        assert number in akari.text and unit in akari.text
    assert "H-1" not in akari.text
    assert akari.go("/registrations/H-1/").status == 404
    held = Custody.objects.current().get(registration__number="T-1")
    assert held.user is None
    akari.go("/registrations/T-1/")
    akari.press("form[action='/registrations/T-1/care/'] button")
    held = Custody.objects.current().get(registration__number="T-1")
    assert held.user and (held.user.email, held.kind) == (MAIL, Custody.Kind.CARETAKER)


def nobody_else_was_opened(opening: Opening) -> None:
    """The other letter is still out; with the shop's own, nobody orders a second administrator."""
    other = opening.letters["日立書店"].row
    assert other.status == Activation.Status.SENT
    assert not Membership.objects.filter(organisation=other.organisation).exists()
    operator = opening.goes_to_work("operator", "/activations/")
    expect(operator.main.locator("#unclaimed")).not_to_contain_text("筑波書店株式会社")
    expect(operator.main.locator("#waiting")).not_to_contain_text(opening.letter.number)
    assert operator.go(f"/activations/order/{opening.letter.row.organisation_id}/").status == 404
