"""Journey: a contractor's year, from the question for a mandate to the day on which its pages are closed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handover.models import BillReference, ContactPoint, Handover, Mandate, Registration
from handover.transitions.receiving import STATEMENTS
from tests.cast import Cast
from tests.handover.paper_files import kept
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.recovering import at_work, confirms_freshly
from tests.stock import TODAY, holder, line, registration

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMER = "青葉商事株式会社"
CONTRACTOR = "みどり通信工事株式会社"
LAST_DAY = date(2027, 11, 19)  # twelve months from the first day of the journey
SHOWN = ("本社と支社をつなぐ回線です。", "支社の業務システムが止まります。", "0312345678", "千代田1-1", "転送")
# What stands on the record of R-1 and is not for a contractor: people, papers, bills, numbers given for bills.
KEPT_BACK = ("𠮷田", "渡邉", "青木", "taro@aoba.example", "契約書", "B-778", "0399999999", "総務部長", "R-2")


@dataclass
class Year:
    """One journey: what is held, time and post, and the browser of each person by the name in the cast."""

    cast: Cast
    clock: Clock
    work: Callable[[], None]
    letterbox: Letterbox
    held: Registration
    browsers: dict[str, Visitor]

    def comes(self, who: str, path: str) -> Visitor:
        """Let somebody open a page, signing in where the session of another day is over."""
        return at_work(self.browsers[who], getattr(self.cast, who), path)

    def sees(self, path: str) -> int:
        """Return the status that the contractor gets for a path."""
        return self.comes("worker", "/mandates/").go(path).status

    def comes_to_be(self, day: date) -> None:
        """Let the days pass until `day`, and everything happen that is due by then."""
        self.clock.ahead(days=(day - timezone.localdate()).days)
        self.work()


@pytest.fixture
def year(clock: Clock, cast: Cast, work: Callable[[], None], letterbox: Letterbox, newcomer: Newcomer) -> Year:
    """R-1 and R-2, held by 太郎; of R-1 everything is on record that a mandate does not show."""
    held = registration(cast.aoba, "R-1", custodian=cast.taro)
    registration(cast.aoba, "R-2", custodian=cast.taro)
    line(held, bill_ja="総務部長あての請求書の三行目にあります。", bill_en="The third line of the bill.")
    kept(held, cast.taro)
    BillReference.objects.create(registration=held, reference="B-778", since=TODAY)
    for value, purpose in (("0312345678", "fault"), ("0399999999", "billing")):
        kind, health = ContactPoint.Kind.PHONE, ContactPoint.Health.GOOD
        ContactPoint.objects.create(
            registration=held, kind=kind, value=value, since=TODAY, health=health, purposes=[purpose]
        )
    browsers = {who: newcomer() for who in ("hanako", "taro", "jiro")}
    return Year(cast, clock, work, letterbox, held, {**browsers, "worker": newcomer(width=390)})


def test_contractor_works_by_mandate_for_a_year_and_not_a_day_longer(year: Year) -> None:
    mandate = contractor_asks(year)
    administrator_grants_less(year, mandate)
    contractor_sees_what_the_mandate_allows_and_nothing_else(year, mandate)
    contractor_reports_a_fault(year, mandate)
    works = administrator_grants_another_unasked(year)
    made = custodian_hands_over(year)
    successor_keeps_one_and_ends_the_other(year, made, mandate, works)
    only_the_kept_one_goes_on(year, mandate, works)
    renewal = contractor_asks_to_go_on_from_forty_days_before(year, mandate)
    new_custodian_renews(year, mandate, renewal)
    first_runs_out_and_the_renewal_takes_over(year, mandate, renewal)
    customer_ends_it_and_the_pages_are_closed(year, renewal)


# The question -------------------------------------------------------------------------------------------------------
def contractor_asks(year: Year) -> Mandate:
    """A day more than twelve months is refused on the form; what comes back does not say whether anything was found."""
    worker = year.comes("worker", "/mandates/")
    worker.press("a[href='/mandates/ask/']")
    worker.page.fill("[name=customer]", CUSTOMER)
    worker.page.fill("[name=registrations]", "R-1\nR-2")
    worker.page.check("[name=scope][value='2']")
    for setting in ("forwarding", "hours"):
        worker.page.check(f"[name=settings][value={setting}]")
    worker.page.fill("[name=reason]", "電話設備の保守")
    assert worker.page.input_value("[name=ends_on]") == LAST_DAY.isoformat()
    worker.page.fill("[name=ends_on]", "2027-11-20")
    worker.submit()
    assert worker.path == "/mandates/ask/" and "12か月以内" in worker.text, worker.text
    worker.page.fill("[name=ends_on]", LAST_DAY.isoformat())
    worker.submit()
    assert worker.path == "/mandates/"
    expect(worker.main).to_contain_text(CUSTOMER)
    made = Mandate.objects.get()
    for number in ("R-1", "R-2"):
        assert year.sees(f"/mandates/{made.number}/registrations/{number}/") == 404
    return made


def administrator_grants_less(year: Year, mandate: Mandate) -> None:
    """Of two registrations one, of two settings one; asked for the password again before it counts."""
    year.work()
    asked = year.letterbox.about(mandate.number, year.cast.hanako)
    assert CONTRACTOR in asked.get_content()
    hanako = opens_link(year, "hanako", asked.get_content(), f"/mandates/{mandate.number}/")
    hanako.press("a[href$='/approve/']")
    expect(hanako.main).to_contain_text("電話設備の保守")
    year.clock.ahead(minutes=10)
    hanako.page.reload()
    other = Registration.objects.get(number="R-2")
    hanako.page.uncheck(f"[name=registrations][value='{other.pk}']")
    hanako.page.uncheck("[name=settings][value=hours]")
    assert hanako.main.locator("[name=fresh-password]").count() == 1
    hanako.submit()
    assert waits(mandate)
    confirms_freshly(hanako)
    hanako.submit()
    assert hanako.path == f"/mandates/{mandate.number}/", hanako.text
    mandate.refresh_from_db()
    assert (mandate.status, mandate.settings) == (Mandate.Status.ACTIVE, ["forwarding"])
    assert (mandate.starts_on, mandate.ends_on, mandate.granted_by) == (TODAY, LAST_DAY, year.cast.hanako)


def waits(mandate: Mandate) -> bool:
    mandate.refresh_from_db()
    return mandate.status == Mandate.Status.ASKED


# The contractor's own pages -----------------------------------------------------------------------------------------
def contractor_sees_what_the_mandate_allows_and_nothing_else(year: Year, mandate: Mandate) -> None:
    year.work()
    told = year.letterbox.about(mandate.number, year.cast.worker).get_content()
    assert not [words for words in KEPT_BACK if words in told]
    worker = opens_link(year, "worker", told, f"/mandates/{mandate.number}/")
    worker.press(f"a[href='{page_of(mandate)}']")
    for words in SHOWN:
        assert words in worker.text, words
    assert "営業時間" not in worker.text, "the setting that was not granted"
    page = worker.page.content()
    assert not [words for words in KEPT_BACK if words in page]
    for path in ("", "history/", "papers/", "hand-over/", "certificate/", "kit/", "package/", "card/"):
        assert worker.go(f"/registrations/R-1/{path}").status == 404, path
    assert worker.go(f"/mandates/{mandate.number}/registrations/R-2/").status == 404
    taro = year.comes("taro", "/registrations/R-1/history/")
    looks = taro.main.locator("ol.timeline li", has_text=mandate.number).filter(has_text="この登録を見ました")
    expect(looks).to_have_count(1)


def contractor_reports_a_fault(year: Year, mandate: Mandate) -> None:
    worker = year.comes("worker", page_of(mandate))
    worker.press("a[href$='/fault/']")
    worker.page.fill("[name=text]", "三階の回線がつながりません。")
    worker.submit()
    assert worker.path == page_of(mandate)
    year.work()
    assert year.letterbox.about("三階の回線がつながりません。", year.cast.taro)


# The person in charge changes ---------------------------------------------------------------------------------------
def administrator_grants_another_unasked(year: Year) -> Mandate:
    """For some building work: looking only, until the summer."""
    hanako = year.comes("hanako", "/registrations/R-1/")
    hanako.press("#mandates a[href*='/mandates/grant/']")
    assert hanako.page.input_value("[name=registrations]") == "R-1"
    hanako.page.fill("[name=contractor]", CONTRACTOR)
    hanako.page.check("[name=scope][value='1']")
    hanako.page.fill("[name=ends_on]", "2027-07-31")
    hanako.page.fill("[name=reason]", "改装工事")
    confirms_freshly(hanako)
    hanako.submit()
    made = Mandate.objects.latest("pk")
    assert hanako.path == f"/mandates/{made.number}/", hanako.text
    assert year.sees(page_of(made)) == 200
    return made


def custodian_hands_over(year: Year) -> Handover:
    """In March, for the first of April."""
    year.comes_to_be(date(2027, 3, 25))
    taro = year.comes("taro", "/registrations/R-1/")
    taro.press("a[href$='/hand-over/']")
    taro.page.select_option("[name=successor]", str(year.cast.jiro.pk))
    taro.page.fill("[name=effective_on]", "2027-04-01")
    taro.submit()
    taro.submit()
    made = Handover.objects.get()
    assert taro.path == f"/handovers/{made.number}/", taro.text
    assert made.status == Handover.Status.OFFERED
    return made


def successor_keeps_one_and_ends_the_other(year: Year, made: Handover, kept_one: Mandate, ended: Mandate) -> None:
    """Without a word on each mandate nothing is accepted."""
    year.work()
    offer = year.letterbox.about(made.number, year.cast.jiro).get_content()
    jiro = opens_link(year, "jiro", offer, f"/handovers/{made.number}/")
    jiro.press("a.button[href$='/items/']")
    jiro.submit("button[name=received]")
    for key in STATEMENTS:
        jiro.page.check(f"[name=answer-{key}][value=yes]")
    for one in (kept_one, ended):
        expect(jiro.main.locator("#mandates")).to_contain_text(f"{CONTRACTOR} ({one.number})")
    jiro.page.check(f"[name=mandate-{kept_one.number}][value=keep]")
    jiro.submit("button[name=accept]")
    jiro.submit()
    made.refresh_from_db()
    assert made.status == Handover.Status.OFFERED, "one mandate has no answer"
    assert jiro.path.startswith(f"/handovers/{made.number}/items/"), jiro.path
    assert jiro.page.is_checked(f"[name=mandate-{kept_one.number}][value=keep]"), "saved as one goes"
    jiro.page.check(f"[name=mandate-{ended.number}][value=end]")
    jiro.submit("button[name=accept]")
    assert jiro.path == f"/handovers/{made.number}/accept/", jiro.text
    expect(jiro.main.locator("#mandates")).to_contain_text(ended.number)
    confirms_freshly(jiro)
    jiro.submit()
    made.refresh_from_db()
    assert made.status == Handover.Status.ACCEPTED
    assert [year.sees(page_of(one)) for one in (kept_one, ended)] == [200, 200], "the day has not come"


def only_the_kept_one_goes_on(year: Year, kept_one: Mandate, ended: Mandate) -> None:
    year.comes_to_be(date(2027, 4, 1))
    assert holder(year.held) == year.cast.jiro
    assert [year.sees(page_of(one)) for one in (kept_one, ended)] == [200, 404]
    for who in (year.cast.worker, year.cast.hanako, year.cast.jiro):
        told = year.letterbox.about(ended.number, who)
        assert "継続" in told["Subject"], told["Subject"]
    jiro = year.comes("jiro", "/registrations/R-1/")
    expect(jiro.main.locator("#mandates")).to_contain_text(kept_one.number)
    expect(jiro.main.locator("#mandates")).not_to_contain_text(ended.number)


# Going on -----------------------------------------------------------------------------------------------------------
def contractor_asks_to_go_on_from_forty_days_before(year: Year, mandate: Mandate) -> Mandate:
    year.comes_to_be(date(2027, 10, 9))
    worker = year.comes("worker", f"/mandates/{mandate.number}/")
    expect(worker.main.locator("form[action$='/renew/']")).to_have_count(0)
    assert worker.post(f"/mandates/{mandate.number}/renew/") == 409, "a day too early"
    year.comes_to_be(date(2027, 10, 10))
    for who in (year.cast.worker, year.cast.hanako, year.cast.jiro):
        ending = year.letterbox.about(mandate.number, who)
        assert "2027年（令和9年）11月19日" in ending.get_content(), who
    worker = year.comes("worker", f"/mandates/{mandate.number}/")
    worker.press("form[action$='/renew/'] button")
    renewal = Mandate.objects.get(renewed_from=mandate)
    assert worker.path == f"/mandates/{renewal.number}/"
    assert worker.post(f"/mandates/{mandate.number}/renew/") == 409, "asked once"
    return renewal


def new_custodian_renews(year: Year, mandate: Mandate, renewal: Mandate) -> None:
    year.work()
    assert year.letterbox.about(renewal.number, year.cast.hanako)
    asked = year.letterbox.about(renewal.number, year.cast.jiro).get_content()
    jiro = opens_link(year, "jiro", asked, f"/mandates/{renewal.number}/")
    jiro.press("a[href$='/approve/']")
    confirms_freshly(jiro)
    jiro.submit()
    assert jiro.path == f"/mandates/{renewal.number}/", jiro.text
    renewal.refresh_from_db()
    assert (renewal.status, renewal.granted_by) == (Mandate.Status.ACTIVE, year.cast.jiro)
    assert (renewal.starts_on, renewal.ends_on) == (date(2027, 11, 20), date(2028, 11, 19))
    assert [year.sees(page_of(one)) for one in (mandate, renewal)] == [200, 404], "its first day has not come"


def first_runs_out_and_the_renewal_takes_over(year: Year, mandate: Mandate, renewal: Mandate) -> None:
    year.comes_to_be(LAST_DAY)
    assert [year.sees(page_of(one)) for one in (mandate, renewal)] == [200, 404], "its last day"
    year.comes_to_be(date(2027, 11, 20))
    assert [year.sees(page_of(one)) for one in (mandate, renewal)] == [404, 200]
    mandate.refresh_from_db()
    assert mandate.status == Mandate.Status.EXPIRED
    for who in (year.cast.worker, year.cast.jiro, year.cast.hanako):
        assert "期間が終わりました" in year.letterbox.about(mandate.number, who)["Subject"]


# The end ------------------------------------------------------------------------------------------------------------
def customer_ends_it_and_the_pages_are_closed(year: Year, renewal: Mandate) -> None:
    """The contractor has the page open and is about to report a fault: with the end even that is gone."""
    worker = year.comes("worker", f"{page_of(renewal)}fault/")
    worker.page.fill("[name=text]", "間に合わない連絡です。")
    jiro = year.comes("jiro", "/registrations/R-1/")
    jiro.press(f"a[href='/mandates/{renewal.number}/']")
    jiro.press("a[href$='/end/']")
    jiro.page.fill("[name=reason]", "保守契約が終わりました。")
    jiro.submit()
    assert jiro.path == f"/mandates/{renewal.number}/"
    worker.submit()
    assert "間に合わない連絡です。" not in worker.text
    year.work()
    assert not [mail for mail in year.letterbox.mails if "間に合わない連絡です。" in mail.get_content()]
    assert year.letterbox.about(renewal.number, year.cast.worker)
    for one in Mandate.objects.all():
        assert [year.sees(f"{page_of(one)}{part}") for part in ("", "fault/")] == [404, 404], one
    assert year.sees("/registrations/R-1/") == 404
    # What was agreed can still be read; it opens nothing.
    worker = year.comes("worker", f"/mandates/{renewal.number}/")
    expect(worker.main).to_contain_text("保守契約が終わりました。")
    assert page_of(renewal) not in worker.links()


# Shared -------------------------------------------------------------------------------------------------------------
def page_of(mandate: Mandate) -> str:
    """Return where the contractor looks at R-1 by a mandate."""
    return f"/mandates/{mandate.number}/registrations/R-1/"


def opens_link(year: Year, who: str, words: str, path: str) -> Visitor:
    """Let somebody follow the link to `path` that stands in a mail, and sign in there."""
    origin = year.browsers[who].origin
    assert re.search(rf"{re.escape(origin + path)}(\s|$)", words), words
    return year.comes(who, path)
