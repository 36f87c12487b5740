"""What is passed on again and again becomes a sentence: counted, drafted by an editor, published, and then said."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import transitions
from desk.models import Escalation, Inquiry, ScriptTask, Statement
from desk.queries import scripts, voice
from recovery import transitions as recovery
from recovery.models import ProcedureVersion
from tests import claims, drafts
from tests.cast import Cast, actor, sign_in
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
HELP: dict[str, Any] = {"order": 35, "question_ja": "昔の請求書は見られますか。", "question_en": "Can I see old bills?"}
ENTRY: dict[str, Any] = {
    "code": "old_bills",
    "moment": "question",
    "rule": "A3",
    "when_ja": "昔の請求書を尋ねられたとき",
    "when_en": "When asked about old bills",
    "text_ja": "昔の請求書は、登録担当者の方が画面からご覧いただけます。",
    "text_en": "The person in charge sees old bills on the screen.",
    "help": HELP,
}


def asked(cast: Cast, topic: str = "bill") -> Inquiry:
    statement = Statement(name="相田 透", own_phone="03-1111-2222")
    wanted: dict[str, Any] = {"topic": topic, "capacity": "unknown", "answer_by": "phone", "language": "ja"}
    return transitions.open_inquiry(statement=statement, **wanted, actor=actor(cast.agent), at=NOW)[0]


def passed(cast: Cast, inquiry: Inquiry, days: float = 0, **changes: Any) -> Escalation:
    wanted = {"reason": "no_words", "words": "昔の請求書を見たい", "actor": actor(cast.agent), **changes}
    return transitions.pass_on(inquiry.pk, **wanted, at=NOW + timedelta(days=days))


def third(cast: Cast) -> ScriptTask:
    for _time in range(3):
        passed(cast, asked(cast))
    return ScriptTask.objects.get()


def test_agent_passes_an_inquiry_on(cast: Cast) -> None:
    inquiry, before = asked(cast), mark()
    made = passed(cast, inquiry)
    inquiry.refresh_from_db()
    assert (inquiry.turn, inquiry.stage, inquiry.status) == ("provider", "looking", "open")
    assert verbs(before) == ["inquiry.passed_on"] and notices(before) == []
    assert Event.objects.get(verb="inquiry.passed_on").facts == {"topic": "bill", "reason": "no_words"}
    assert made.words == "昔の請求書を見たい" and not ScriptTask.objects.exists()


def test_claim_stands_where_it_stands(cast: Cast) -> None:
    claim = claims.received()
    before = Inquiry.objects.values("stage", "turn", "next_on", "status").get(pk=claim.inquiry_id)
    passed(cast, claim.inquiry)
    assert Inquiry.objects.values("stage", "turn", "next_on", "status").get(pk=claim.inquiry_id) == before


@pytest.mark.parametrize("who", ["operator", "approver", "editor", "taro"])
def test_others_pass_nothing_on(cast: Cast, who: str) -> None:
    inquiry = asked(cast)
    with pytest.raises(NotAllowed):
        passed(cast, inquiry, actor=actor(getattr(cast, who)))


def test_closed_inquiry_is_not_passed_on(cast: Cast) -> None:
    inquiry = asked(cast)
    Inquiry.objects.filter(pk=inquiry.pk).update(status="closed", closed_at=NOW, next_on=None)
    with pytest.raises(WrongState):
        passed(cast, inquiry)


def test_third_of_one_kind_is_an_editors_task(cast: Cast) -> None:
    passed(cast, asked(cast))
    passed(cast, asked(cast), reason="decision")
    passed(cast, asked(cast, "use"))
    passed(cast, asked(cast))
    assert not ScriptTask.objects.exists()
    before = mark()
    passed(cast, asked(cast))
    task = ScriptTask.objects.get()
    assert (task.topic, task.reason, task.status, task.since) == ("bill", "no_words", "open", NOW)
    assert verbs(before) == ["inquiry.opened", "inquiry.passed_on", "script_task.opened"]
    assert notices(before) == [("script_task", cast.editor.label)]
    passed(cast, asked(cast))  # the fourth belongs to the same task
    assert [(line.task, line.times) for line in voice.script_tasks()] == [(task, 4)]
    assert voice.asked(task) == ["昔の請求書を見たい"] * 4


def test_what_is_older_than_six_months_does_not_count(cast: Cast) -> None:
    passed(cast, asked(cast), days=-200)
    passed(cast, asked(cast), days=-100)
    passed(cast, asked(cast))
    assert not ScriptTask.objects.exists()
    passed(cast, asked(cast), days=1)
    assert ScriptTask.objects.get().since == NOW - timedelta(days=100)


def test_one_inquiry_that_goes_back_and_forth_is_one_question(cast: Cast) -> None:
    inquiry = asked(cast)
    for _time in range(4):
        passed(cast, inquiry)
    passed(cast, asked(cast))
    assert not ScriptTask.objects.exists()


def test_editor_says_why_not_and_is_not_asked_again_by_what_was_known(cast: Cast) -> None:
    task, before = third(cast), mark()
    done = transitions.decline_script(task.pk, why_not="料金の改定で間もなくなくなる", actor=actor(cast.editor), at=NOW)
    assert (done.status, done.why_not, done.closed_by) == ("declined", "料金の改定で間もなくなくなる", cast.editor)
    assert verbs(before) == ["script_task.declined"] and voice.script_tasks() == []
    with pytest.raises(WrongState):
        transitions.decline_script(task.pk, why_not="x", actor=actor(cast.editor), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.decline_script(task.pk, why_not="x", actor=actor(cast.senior), at=NOW)
    for day in (1, 2):
        passed(cast, asked(cast), days=day)
    assert voice.script_tasks() == []
    passed(cast, asked(cast), days=3)
    assert [line.times for line in voice.script_tasks()] == [3]


def test_repeated_escalation_becomes_a_sentence_that_everybody_says_and_reads(cast: Cast, client: Client) -> None:
    task, draft, before = third(cast), drafts.begun(cast), mark()
    wanted: dict[str, Any] = {"entry": ENTRY, "task_pk": task.pk, "actor": actor(cast.editor), "at": NOW}
    draft = recovery.add_script(draft.pk, seen_hash=draft.data_hash, **wanted)
    task.refresh_from_db()
    assert (task.status, task.script_code) == ("drafted", "old_bills") and draft.findings == []
    assert verbs(before) == ["procedure.script_added"]
    assert scripts.find_help("old_bills", "ja") is None  # a draft is said by nobody
    drafts.replayed(cast, draft)
    reason: dict[str, Any] = {"reason": "昔の請求書の案内がなかった", "at": NOW}
    recovery.propose_publication(draft.pk, seen_hash=draft.data_hash, actor=actor(cast.editor), **reason)
    recovery.publish(draft.pk, signed_hash=draft.data_hash, actor=actor(cast.senior), **reason)
    assert "old_bills" in [say.code for say in scripts.words("question", "ja")]
    assert ENTRY["text_ja"] in client.get("/help/old_bills/").content.decode()


def test_sentence_is_refused_twice_stale_or_by_others(cast: Cast) -> None:
    task, draft = third(cast), drafts.begun(cast)
    wanted: dict[str, Any] = {"actor": actor(cast.editor), "at": NOW, "seen_hash": draft.data_hash}
    with pytest.raises(Refused):  # the code is taken
        recovery.add_script(draft.pk, entry={**ENTRY, "code": "receipt"}, **wanted)
    with pytest.raises(Refused, match="moment lunch is unknown"):
        recovery.add_script(draft.pk, entry={**ENTRY, "moment": "lunch"}, **wanted)
    with pytest.raises(WrongState):
        recovery.add_script(draft.pk, entry=ENTRY, **{**wanted, "seen_hash": "old"})
    with pytest.raises(NotAllowed):
        recovery.add_script(draft.pk, entry=ENTRY, **{**wanted, "actor": actor(cast.senior)})
    transitions.decline_script(task.pk, why_not="x", actor=actor(cast.editor), at=NOW)
    with pytest.raises(WrongState):
        recovery.add_script(draft.pk, entry=ENTRY, task_pk=task.pk, **wanted)
    assert ProcedureVersion.objects.get(pk=draft.pk).data_hash == draft.data_hash


@pytest.mark.parametrize(
    "reason", ["お客さまから苦情があった", "ｸﾚｰﾑが多い", "A customer complained", "C-1234-567-890 のため"]
)
def test_reason_of_a_rule_never_says_that_somebody_complained(cast: Cast, reason: str) -> None:
    draft = drafts.changed(cast, drafts.easier)
    drafts.replayed(cast, draft)
    wanted: dict[str, Any] = {"actor": actor(cast.editor), "at": NOW, "seen_hash": draft.data_hash}
    with pytest.raises(Refused):
        recovery.propose_publication(draft.pk, reason=reason, **wanted)
    recovery.propose_publication(draft.pk, reason="点数が高すぎる", **wanted)
    with pytest.raises(Refused):
        recovery.publish(draft.pk, signed_hash=draft.data_hash, reason=reason, actor=actor(cast.senior), at=NOW)


def test_pages_lead_an_editor_from_the_task_to_the_draft(cast: Cast) -> None:
    task, editor = third(cast), sign_in(Client(), cast.editor)
    assert f"/desk/scripts/tasks/{task.pk}/" in editor.get("/desk/scripts/").content.decode()
    page = editor.get(f"/desk/scripts/tasks/{task.pk}/").content.decode()
    assert page.count("昔の請求書を見たい") == 3 and "相田" not in page
    drafting = f"/desk/scripts/tasks/{task.pk}/draft/"
    assert editor.get(drafting).headers["Location"] == "/desk/procedure/"  # no draft yet
    draft = drafts.begun(cast)
    form = {**ENTRY, **HELP, "seen_hash": draft.data_hash}
    form.pop("help")
    assert editor.post(drafting, form).headers["Location"] == "/desk/procedure/"
    task.refresh_from_db()
    draft.refresh_from_db()
    assert task.status == "drafted" and draft.data["scripts"][-1] == ENTRY
    agent = sign_in(Client(), cast.agent)
    assert agent.get(f"/desk/scripts/tasks/{task.pk}/").status_code == 403
    text = agent.get("/desk/scripts/").content.decode()
    assert "/desk/scripts/tasks/" not in text and "お答えいたしかねます" in text


def test_agent_passes_on_by_the_page_once(cast: Cast) -> None:
    inquiry, agent = asked(cast), sign_in(Client(), cast.agent)
    path = f"/desk/inquiries/{inquiry.receipt_number}/pass/"
    token = agent.get(path).context["form"]["token"].value()
    form = {"token": token, "reason": "product", "words": "つながらない"}
    for _press in range(2):
        assert agent.post(path, form).headers["Location"] == f"/desk/inquiries/{inquiry.receipt_number}/"
    assert [one.words for one in Escalation.objects.all()] == ["つながらない"]
