"""What people do on the pages of recovery: the parts that journeys are made of. Nothing here calls a transition."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Response, expect

from accounts.models import User
from handover.folding import registration_text
from handover.models import ContactPoint, Registration
from recovery.models import Claim
from tests.cast import PASSWORD, Cast
from tests.claims import CALLS, CODE
from tests.journeys.announcing import announces
from tests.journeys.conftest import Clock, Letterbox, Visitor, shown_code
from tests.walk.world import pdf

REMEMBERED = {
    "organisation_name": "(株)青葉商亊",  # short, and with the wrong last character
    "unit": "本社",
    "address": "千代田区千代田１－１",
    "remarks": "前の担当は退職しました。",
    "name": "渡邉 翔",
    "kana": "ワタナベ ショウ",
    "department": "情報システム部",
    "mail": "sho@new.example",
}


@dataclass
class Case:
    """A claim as its claimant knows it."""

    number: str
    tracking: str
    mail: str

    @property
    def row(self) -> Claim:
        return Claim.objects.get(number=self.number)

    @property
    def status(self) -> str:
        return self.row.status

    def at_desk(self, part: str = "") -> str:
        """Return where the staff find the case, or one of its acts."""
        return f"/desk/claims/{self.number}/{part}"


@dataclass
class Play:
    """One journey: what was lost, the claimant, the staff by their names in the cast, time and post."""

    cast: Cast
    clock: Clock
    work: Callable[[], None]
    letterbox: Letterbox
    lost: Registration
    claimant: Visitor
    staff: dict[str, Visitor]

    def goes_to_work(self, who: str, path: str = "/desk/") -> Visitor:
        """Open a page of the desk as one of the staff, signing in with both factors where the session is over."""
        return at_work(self.staff[who], getattr(self.cast, who), path)


@dataclass
class Watched(Visitor):
    """A visitor of whom every page that came is kept, by its path."""

    seen: list[tuple[str, str]] = field(default_factory=list)

    def go(self, path: str) -> Response:
        answer = super().go(path)
        self._keep()
        return answer

    def press(self, selector: str) -> None:
        super().press(selector)
        self._keep()

    def _keep(self) -> None:
        self.seen.append((self.path, self.page.content()))

    def where(self, words: str) -> set[str]:
        """Return the paths of the pages that had `words` anywhere in them."""
        return {path for path, text in self.seen if words in text}


def findable(*registrations: Registration) -> None:
    """Write the search text of rows that no import brought in."""
    for one in registrations:
        one.search_text = registration_text(
            number=one.number,
            organisation=one.organisation.legal_name,
            registered_name=one.registered_name,
            registered_kana=one.registered_kana,
            former_names=one.former_names,
            unit=one.unit,
            aliases=[],
            postal_code=one.postal_code,
            address=one.address,
            bill_references=[],
        )
        one.save(update_fields=["search_text"])


# The claimant -------------------------------------------------------------------------------------------------------
def starts(visitor: Visitor, *, capacity: str = "customer", **changes: str) -> Case:
    """Go from the front page of recovery through the four questions and send them."""
    answers = {**REMEMBERED, **changes}
    visitor.go("/recover/")
    visitor.press("a.claim-go")
    visitor.page.check(f"[name=capacity][value={capacity}]")
    visitor.submit()
    for step in (2, 3, 4):
        assert visitor.path == f"/recover/questions/{step}/", visitor.text
        for name, value in answers.items():
            asked = visitor.main.locator(f"[name={name}]")
            if asked.count():
                asked.fill(value)
        visitor.submit()
    assert visitor.path == "/recover/check/", visitor.text
    # Readings stand between the parts of a name.
    for part in " ".join(answers.values()).split():
        assert part in visitor.text, part
    visitor.submit()
    number, tracking = visitor.page.locator(".claim-code").all_inner_texts()
    assert Claim.objects.filter(number=number, registration=None).exists()
    return Case(number, tracking, answers["mail"])


def looks_in(visitor: Visitor, case: Case) -> str:
    """Open the case with its two codes, typed as they come, and return what the page says."""
    visitor.go("/recover/status/")
    visitor.page.fill("[name=number]", case.number.replace("-", ""))
    visitor.page.fill("[name=tracking]", case.tracking.lower())
    visitor.submit()
    assert visitor.path == "/recover/case/", visitor.text
    return visitor.text


def confirms_mailbox(visitor: Visitor, case: Case, letterbox: Letterbox) -> None:
    """Type in the code of the first mail, which carries receipt number and tracking code as well."""
    [first] = letterbox.to(case.mail)
    words = first.get_content()
    tracking, code = CODE.findall(words)
    assert case.number in words and tracking == case.tracking
    looks_in(visitor, case)
    visitor.press("a[href='/recover/case/mailbox/']")
    visitor.page.fill("[name=code]", code)
    visitor.submit()
    assert visitor.path == "/recover/case/"
    assert case.row.mailbox_verified_at


def types_code(visitor: Visitor, case: Case, code: str) -> None:
    """Type in the code of a letter, after a wrong one that is answered without a hint."""
    looks_in(visitor, case)
    visitor.press("a[href='/recover/case/code/']")
    visitor.page.fill("[name=code]", "AAAAA-AAAAA")
    visitor.submit()
    assert visitor.path == "/recover/case/code/"
    visitor.page.fill("[name=code]", code.lower())
    visitor.submit()
    assert visitor.path == "/recover/case/", visitor.text


def sends_paper(visitor: Visitor, kind: str, name: str) -> None:
    """Upload a PDF as a paper of the given kind; the case page shows its name."""
    visitor.go("/recover/case/papers/")
    visitor.page.select_option("[name=code]", kind)
    visitor.page.set_input_files("[name=paper]", {"name": name, "mimeType": "application/pdf", "buffer": pdf()})
    visitor.submit()
    assert visitor.path == "/recover/case/" and name in visitor.text


def accepts_invitation(visitor: Visitor, address: str, letterbox: Letterbox) -> str:
    """Follow the link of the invitation to a mail address, choose a password, set up an authenticator app.

    Returns the secret of the app.
    """
    mail = letterbox.about("/invitation/", address)
    [link] = re.findall(rf"{re.escape(visitor.origin)}/invitation/\S+", mail.get_content())
    visitor.go(link)
    for name in ("password", "again"):
        visitor.page.fill(f"[name={name}]", PASSWORD)
    visitor.submit()
    assert visitor.path == "/accounts/enrol/", visitor.text
    visitor.press("a[href*='totp/activate']")
    secret = visitor.page.input_value("#authenticator_secret")
    visitor.page.fill("[name=code]", shown_code(secret))
    visitor.submit()
    return secret


def says_ready(visitor: Visitor, case: Case) -> None:
    """On the page that the account leads to: what is taken over is told, and one button."""
    visitor.go("/")
    assert visitor.path == "/takeover/", visitor.text
    registration = case.row.registration
    assert registration and registration.number in visitor.text
    assert visitor.go("/registrations/").status == 403 or registration.number not in visitor.text
    visitor.go("/takeover/")
    visitor.submit()
    assert case.row.claimant_ready_at


# Everybody of the staff ---------------------------------------------------------------------------------------------
def at_work(visitor: Visitor, user: User, path: str) -> Visitor:
    """Open a page of the desk; sign in with both factors where the session is over."""
    visitor.go(path)
    if visitor.path.startswith("/accounts/login/"):
        visitor.sign_in(user)
    assert visitor.path == path, f"{visitor.path}: {visitor.text}"
    return visitor


def confirms_freshly(visitor: Visitor) -> None:
    """Fill in what the fresh check asks for on this page."""
    for name, value in (("password", PASSWORD), ("code", shown_code())):
        asked = visitor.main.locator(f"[name=fresh-{name}]")
        if asked.count():
            asked.fill(value)


# The agent ----------------------------------------------------------------------------------------------------------
def takes_on_hold(agent: Visitor, case: Case, *, until: str) -> None:
    """Find the case by the number that the caller reads out, note the call, and promise to come back (`until`: local
    time of that day, from an hour before)."""
    agent.page.fill("[name=number]", case.number.replace("-", " "))
    agent.press("form[role=search] button")
    assert agent.path == case.at_desk()
    note, hold = "form[action$='/contacts/']", "form[action$='/hold/']"
    agent.page.check(f"{note} [name=direction][value=in]")
    agent.page.select_option(f"{note} [name=channel]", "phone")
    agent.page.select_option(f"{note} [name=party]", "claimant")
    agent.page.fill(f"{note} [name=text]", "書類の送り方をご案内しました。")
    agent.press(f"{note} button")
    assert "書類の送り方をご案内しました。" in agent.text
    agent.page.select_option(f"{hold} [name=reason]", index=1)
    agent.page.select_option(f"{hold} [name=next_action]", index=1)
    day, hour = until.split("T")
    agent.page.fill(f"{hold} [name=promised_from]", f"{day}T{int(hour[:2]) - 1:02}:00")
    agent.page.fill(f"{hold} [name=promised_until]", until)
    agent.page.fill(f"{hold} [name=wish]", "書類の書き方を知りたい")
    agent.press(f"{hold} button")
    assert agent.path == case.at_desk(), agent.text


# Operators ----------------------------------------------------------------------------------------------------------
def finds(operator: Visitor, case: Case, number: str) -> None:
    """Look for candidates, choose one, accept it for examination: each leads to the next."""
    operator.go(case.at_desk())
    operator.press("a[href$='/candidates/']")
    operator.press(f"form:has([name=registration_number][value='{number}']) button")
    assert operator.path == case.at_desk("accept/"), operator.text
    operator.submit()
    assert operator.path == case.at_desk("proofs/"), operator.text
    assert case.status == Claim.Status.COLLECTING


def ticks(operator: Visitor, *keys: str, **given: str) -> None:
    """On the sheet of a claim, tick what was done and fill in what that asks for: `A2_note` is the note of A2."""
    for key in keys:
        operator.page.check(f"[name=do][value={key}]")
    for name, value in given.items():
        field = operator.main.locator(f"[name={name.replace('_', '-', 1)}]").first
        kind = field.evaluate("e => e.type")
        if kind == "radio":
            operator.page.check(f"[name={name.replace('_', '-', 1)}][value^='{value}']")
        elif kind == "checkbox":
            field.check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)


def records(operator: Visitor, case: Case, code: str, **given: str) -> None:
    """Record one proof: first its kind, then what this kind asks for. A date is today's unless given."""
    if code in CALLS:
        announces(operator, case.at_desk(), CALLS[code])
    operator.go(case.at_desk())
    operator.press("a[href$='/evidence/']")
    operator.press(f"a[href='?code={code}']")
    if operator.main.locator("[name=issued_on]").count():
        operator.page.fill("[name=issued_on]", given.pop("issued_on", "2026-11-19"))
    if source := given.pop("source", ""):
        operator.page.check(f"[name=source][value={source}]")
    if given.pop("departure_stated", ""):
        operator.page.check("[name=departure_stated]")
    for name, value in given.items():
        operator.page.fill(f"[name={name}]", value)
    operator.submit()
    assert operator.path == case.at_desk(), operator.text
    assert case.row.evidence.filter(code=code).exists()


def asks_the_organisation(operator: Visitor, case: Case) -> None:
    """A2: call the published number and hear that the person in charge has left."""
    given = {"source": "published", "endpoint": "03-9999-0000", "note": "総務部の佐藤様、10時20分"}
    records(operator, case, "A2", departure_stated="on", **given)


def orders_letter(operator: Visitor, case: Case, to: str) -> None:
    """Order a letter with a code; `to` is how the value of the address begins."""
    operator.go(case.at_desk())
    operator.press("a[href$='/letter/']")
    operator.page.check(f"[name=to][value^='{to}']")
    operator.submit()
    assert operator.path == case.at_desk(), operator.text


def tries(operator: Visitor, case: Case, medium: str, *, record: bool = False, result: str = "") -> None:
    """Try to reach the predecessor, by the address of record or by what stands for it."""
    if medium == "phone":
        announces(operator, case.at_desk())
    operator.go(case.at_desk())
    operator.press("a[href$='/attempt/']")
    operator.page.check(f"[name=medium][value={medium}]")
    if record:
        point = ContactPoint.objects.current().get(registration__claims__number=case.number, kind=medium)
        operator.page.select_option("[name=contact_point]", str(point.pk))
    if result:
        operator.page.select_option("[name=result]", result)
    operator.submit()
    assert operator.path == case.at_desk(), operator.text


def proposes(operator: Visitor, case: Case) -> None:
    """Propose approval with a reason."""
    operator.go(case.at_desk())
    operator.press("a[href$='/propose/']")
    operator.page.fill("[name=reason]", "確認がそろいました。")
    operator.submit()
    assert operator.path == case.at_desk(), operator.text
    assert case.status == Claim.Status.PROPOSED


def prints(operator: Visitor) -> bytes:
    """Have everything printed that this person may print, and return the PDF."""
    operator.go("/desk/letters/")
    printed = operator.download("form[action='/desk/letters/print/'] button")
    operator.go("/desk/letters/")
    expect(operator.main.locator("[name=letters]")).to_have_count(0)
    return printed


def all_arrive(operator: Visitor) -> None:
    """Put on record that every letter on its way arrived today."""
    operator.go("/desk/letters/")
    while (count := operator.main.locator("form[action$='/delivered/']").count()) > 0:
        operator.press("form[action$='/delivered/'] button")
        expect(operator.main.locator("form[action$='/delivered/']")).to_have_count(count - 1)


# Approvers ----------------------------------------------------------------------------------------------------------
def approves(approver: Visitor, case: Case) -> None:
    """Read, give a reason, confirm freshly, approve."""
    approver.go(case.at_desk())
    approver.press("a[href$='/decide/']")
    expect(approver.main.locator("#signed")).to_contain_text(case.number)
    approver.page.fill("[name=reason]", "四つの確認がそろっています。")
    confirms_freshly(approver)
    approver.submit()
    assert approver.path == case.at_desk(), approver.text


def executes(approver: Visitor, case: Case) -> None:
    """Carry it out after a fresh check."""
    approver.go(case.at_desk())
    approver.press("a[href$='/execute/']")
    confirms_freshly(approver)
    approver.submit()
    assert approver.path == case.at_desk(), approver.text
    assert case.status == Claim.Status.EXECUTED
