"""The pages of exceptions and of putting a recovery back: what each person sees and presses, and nothing outside."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from handover.models import Registration
from recovery.models import CaseException, RuleReview
from tests import claims
from tests.cast import Cast
from tests.recovery.excepted import WORDS, asks, granted, lacking
from tests.recovery.provider_pages import Page, of
from tests.stock import holder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("plain_paper")]
AT = claims.READY


def test_exception_goes_from_the_operators_page_to_the_second_yes(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    operator = Page(cast.colleague, AT)
    assert "exception/" in operator.get(of(claim))
    shown = operator.get(of(claim, "exception/"))
    # Only what is missing here, and nothing that is never excepted.
    assert 'value="category:O"' in shown
    assert 'value="category:P"' not in shown and 'value="category:A"' not in shown and 'value="points"' not in shown
    chosen = {"rule": "category:O", "reason_code": "disaster"}
    shown = operator.get(of(claim, "exception/?rule=category%3AO&reason_code=disaster"))
    assert 'name="compared"' in shown
    until = (timezone.localdate(AT) + timedelta(days=30)).isoformat()
    operator.post(of(claim, "exception/"), 200, **chosen, **WORDS)  # no day
    assert not CaseException.objects.exists()
    operator.post(of(claim, "exception/"), **chosen, **WORDS, missing_proof="O2", expires_on=until)
    made = CaseException.objects.get()
    path = of(claim, f"exceptions/{made.pk}/")
    approver, senior = Page(cast.approver, AT), Page(cast.senior, AT)
    shown = approver.get(path)
    assert WORDS["control"] in shown and made.facts_hash in shown
    assert 'name="signed_hash"' not in operator.get(path)
    operator.post(path, 403, reason="よい", signed_hash=made.facts_hash)
    approver.post(path, 409, reason="よい", signed_hash="0" * 64)
    approver.post(path, reason="よい", signed_hash=made.facts_hash)
    assert 'name="signed_hash"' not in approver.get(path)
    senior.post(path, reason="よい", signed_hash=made.facts_hash)
    made.refresh_from_db()
    assert made.status == "valid"
    Page(cast.operator, AT).post(of(claim, "propose/"), reason="特例あり")


def test_desk_and_customers_see_nothing_of_an_exception(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    made = granted(cast, claim)
    for who, status in ((cast.agent, 403), (cast.supervisor, 403), (cast.editor, 404), (cast.hanako, 404)):
        Page(who, AT).get(of(claim, f"exceptions/{made.pk}/"), status)
    for who in (cast.agent, cast.supervisor, cast.editor, cast.hanako, cast.taro, cast.worker):
        Page(who, AT).get("/desk/exceptions/", 403)
    shown = Page(cast.agent, AT).get(of(claim))
    assert WORDS["text"] not in shown and "exceptions/" not in shown
    shown = Page(cast.hanako, AT).get("/registrations/R-1/")
    assert "特例" not in shown
    # Of one case on another there is nothing.
    other = claims.accepted(cast, claims.held(cast, "R-2"), at=AT)
    Page(cast.senior, AT).get(of(other, f"exceptions/{made.pk}/"), 404)


def test_precedent_and_why_it_is_near_stand_on_the_page(cast: Cast, lost: Registration) -> None:
    first = lacking(cast, claims.held(cast, "R-2"))
    granted(cast, first)
    claim = lacking(cast, lost)
    shown = Page(cast.colleague, AT).get(of(claim, "exception/?rule=category%3AO&reason_code=disaster"))
    assert first.number in shown
    made = asks(cast, claim, at=AT + timedelta(hours=1))
    assert first.number in Page(cast.senior, AT + timedelta(hours=1)).get(of(claim, f"exceptions/{made.pk}/"))


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_much_for_three_as_for_one(cast: Cast, count: int) -> None:
    for number in range(1, count + 1):
        asks(cast, lacking(cast, claims.held(cast, f"R-{number}")))
    page = Page(cast.auditor, AT)
    page.get("/desk/exceptions/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page.get("/desk/exceptions/")
    own = [one for one in asked.captured_queries if "recovery_" in one["sql"]]
    assert len(own) == 2


def test_editor_finds_the_review_without_any_case(cast: Cast) -> None:
    review = RuleReview.objects.create(reason_code="disaster", rules=[["category:O", 3]], count=3, opened_at=AT)
    editor = Page(cast.editor, AT)
    shown = editor.get("/desk/rule-reviews/")
    assert "C-" not in shown.partition("<main")[2].partition("</main")[0]
    editor.post(f"/desk/rule-reviews/{review.pk}/close/", 200, outcome="stays")  # no reason
    editor.post(f"/desk/rule-reviews/{review.pk}/close/", outcome="stays", words="特例で足りる")
    review.refresh_from_db()
    assert (review.status, review.closed_by) == ("closed", cast.editor)
    editor.post(f"/desk/rule-reviews/{review.pk}/close/", 409, outcome="stays", words="もう一度")
    Page(cast.auditor, AT).get("/desk/rule-reviews/")
    Page(cast.agent, AT).get("/desk/rule-reviews/", 403)


def test_recovery_is_put_back_from_the_pages(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    assert claim.executed_at
    at = claim.executed_at + timedelta(days=2)
    operator, senior = Page(cast.operator, at), Page(cast.senior, at)
    assert "rollback/" in operator.get(of(claim))
    senior.get(of(claim, "rollback/confirm/"), 409)
    shown = operator.get(of(claim, "rollback/"))
    assert "太郎" in shown
    operator.post(of(claim, "rollback/"), 200)  # no reason
    operator.post(of(claim, "rollback/"), reason="本人ではなかった")
    assert claim.number in senior.get("/desk/exceptions/")
    assert "rollback/confirm/" in senior.get(of(claim))
    for who, status in ((cast.operator, 403), (cast.approver, 403), (cast.agent, 403), (cast.hanako, 404)):
        Page(who, at).post(of(claim, "rollback/confirm/"), status)
    assert "本人ではなかった" in senior.get(of(claim, "rollback/confirm/"))
    senior.post(of(claim, "rollback/confirm/"))
    assert holder(lost) == cast.taro
    senior.post(of(claim, "rollback/confirm/"), 409)
    assert "rollback/" not in operator.get(of(claim))
    operator.post(of(claim, "rollback/"), 409, reason="もう一度")


def test_request_is_taken_back_from_its_page(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    assert claim.executed_at
    at = claim.executed_at + timedelta(days=2)
    operator = Page(cast.operator, at)
    operator.post(of(claim, "rollback/"), reason="本人ではなかった")
    Page(cast.colleague, at).get(of(claim, "rollback/decline/"), 403)
    operator.post(of(claim, "rollback/decline/"), reason="本人でした")
    assert holder(lost) == claim.claimant
