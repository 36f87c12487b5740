"""Help with use: each kind of question needs the identity of the table, and no more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused, WrongState
from desk import transitions
from desk.models import Call, Check, Consent, Contact, Inquiry, UseGuide
from desk.queries import guides
from handover.models import Product
from tests.cast import Cast, actor, sign_in
from tests.desk.billed import token
from tests.desk.test_inquiries import opened
from tests.seen import mark, verbs
from tests.stock import NOW, line, registration

pytestmark = pytest.mark.django_db(transaction=True)


def product(cast: Cast) -> Product:
    return line(registration(cast.aoba, "R-1", custodian=cast.taro))


def written(cast: Cast, product: Product | None, kind: str, identity: str) -> UseGuide:
    return transitions.write_use_guide(
        product_pk=product.pk if product else None,
        kind=kind,
        identity=identity,
        script_ja="伺います",
        script_en="May I ask",
        actor=actor(cast.editor),
        at=NOW,
    )


def answered(cast: Cast, inquiry: Inquiry, kind: str, *, line: Product | None = None, unit: str = "") -> Contact:
    return transitions.answer_use(
        inquiry.pk,
        product_pk=line.pk if line else None,
        kind=kind,
        unit=unit,
        minutes=4,
        text="再起動をご案内",
        actor=actor(cast.agent),
        at=NOW,
    )


def shown(cast: Cast, inquiry: Inquiry, kind: str, result: str) -> None:
    call, _new = Call.objects.get_or_create(
        direction="in", by=cast.agent, begun_by=cast.agent, defaults={"began_at": NOW}
    )
    Check.objects.create(call=call, inquiry=inquiry, kind=kind, result=result, by=cast.agent, at=NOW)
    if (kind, result) == ("consent", "enough"):
        Consent.objects.create(
            inquiry=inquiry,
            status="given",
            sealed=b"x",
            asked_at=NOW,
            registration=registration(cast.aoba, "R-9", custodian=cast.taro),
            answered_by=cast.taro,
            answered_at=NOW,
            expires_at=NOW + timedelta(days=30),
        )


def test_shipped_table_has_a_row_for_each_kind() -> None:
    assert {kind for line, kind in guides.current() if line is None} == set(UseGuide.Kind.values)


def test_question_that_needs_nobody_is_answered_without_asking(cast: Cast) -> None:
    inquiry, _tracking = opened(cast.agent, topic="use")
    before = mark()
    answered(cast, inquiry, "fault")
    assert verbs(before) == ["use.answered"]
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.stage) == ("closed", "answered")
    with pytest.raises(WrongState):
        answered(cast, inquiry, "fault")


@pytest.mark.parametrize(
    ("kind", "by"), [("setting", "pin"), ("progress", "receipt"), ("on_behalf", "mandate"), ("on_behalf", "consent")]
)
def test_question_that_needs_an_identity_waits_for_it(cast: Cast, kind: str, by: str) -> None:
    inquiry, _tracking = opened(cast.agent, topic="use")
    with pytest.raises(Refused):
        answered(cast, inquiry, kind)
    shown(cast, inquiry, by, "not_enough")
    other, _codes = opened(cast.agent, topic="use")
    shown(cast, other, "call_back", "enough")
    with pytest.raises(Refused):
        answered(cast, inquiry, kind)
    shown(cast, inquiry, by, "enough")
    answered(cast, inquiry, kind)


def test_product_line_has_rows_of_its_own(cast: Cast) -> None:
    sold = product(cast)
    before = mark()
    written(cast, sold, "fault", "unit")
    assert verbs(before) == ["use_guide.written"]
    inquiry, _tracking = opened(cast.agent, topic="use")
    with pytest.raises(Refused) as refused:
        answered(cast, inquiry, "fault", line=sold)
    assert list(refused.value.fields) == ["unit"]
    answered(cast, inquiry, "fault", line=sold, unit="千代田小学校")
    inquiry.refresh_from_db()
    assert inquiry.statement.unit == "千代田小学校"
    other, _codes = opened(cast.agent, topic="use")
    answered(cast, other, "fault")


def test_only_editors_write_the_table_and_earlier_rows_stay(cast: Cast) -> None:
    count = UseGuide.objects.count()
    written(cast, None, "fault", "unit")
    assert UseGuide.objects.count() == count + 1
    now = guides.guide_for(None, "fault")
    assert now and now.identity == "unit"
    with pytest.raises(Refused):
        written(cast, None, "fault", "unit")
    for who in ("agent", "supervisor", "operator", "senior", "taro"):
        with pytest.raises(NotAllowed):
            transitions.write_use_guide(
                product_pk=None,
                kind="fault",
                identity="none",
                script_ja="",
                script_en="",
                actor=actor(getattr(cast, who)),
                at=NOW,
            )


def test_claims_and_others_are_no_questions_about_use(cast: Cast) -> None:
    inquiry, _tracking = opened(cast.agent)
    with pytest.raises(Refused):
        answered(cast, inquiry, "fault")
    with pytest.raises(NotAllowed):
        transitions.answer_use(
            inquiry.pk, product_pk=None, kind="fault", unit="", minutes=1, text="", actor=actor(cast.auditor), at=NOW
        )


def test_page_shows_what_to_ask_and_say_and_everybody_reads_the_same(cast: Cast) -> None:
    sold = product(cast)
    written(cast, sold, "setting", "unit")
    inquiry, _tracking = opened(cast.agent, topic="use")
    agent, address = sign_in(Client(), cast.agent), f"/desk/inquiries/{inquiry.receipt_number}/use/"
    assert agent.get(address).status_code == 200
    asks = f"{address}?line={sold.code}&kind=setting"
    page = agent.get(asks).content.decode()
    assert "伺います" in page
    assert "伺います" in Client().get("/help/use/").content.decode()
    given = {"unit": "", "minutes": 2, "text": "ご案内", "token": token()}
    assert agent.post(asks, given).status_code == 200
    assert agent.post(asks, {**given, "unit": "図書館", "token": token()}).status_code == 302
    assert agent.post(address, given).status_code in (404, 409)


def test_editor_changes_a_row_on_its_page(cast: Cast) -> None:
    editor = sign_in(Client(), cast.editor)
    assert "/help/use/all/fault/" in editor.get("/help/use/").content.decode()
    given = {"identity": "unit", "script_ja": "部署を", "script_en": "Unit"}
    assert editor.post("/help/use/all/fault/", given).status_code == 302
    assert editor.post("/help/use/all/fault/", given).status_code == 200
    assert editor.get("/help/use/all/other/").status_code == 404
    assert editor.get("/help/use/nothing/fault/").status_code == 404
    assert sign_in(Client(), cast.agent).get("/help/use/all/fault/").status_code == 403


def test_number_of_statements_does_not_grow_with_rows(cast: Cast) -> None:
    sold = product(cast)
    Client().get("/help/use/")
    counts = []
    for kind in ("fault", "setting", "contract"):
        written(cast, sold, kind, "unit")
        with CaptureQueriesContext(connection) as asked:
            Client().get("/help/use/")
        counts.append(len(asked))
    assert len(set(counts)) == 1
