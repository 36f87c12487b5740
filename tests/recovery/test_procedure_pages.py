"""The pages of the procedure: the difference, what the check and the replay say, and the acts on a draft."""

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recovery import tasks, transitions
from recovery.forms.procedures import as_text, leaves
from recovery.models import Claim, ProcedureVersion, ReplayedClaim
from tests import drafts
from tests.cast import Cast, actor, sign_in
from tests.claims import later
from tests.drafts import kind, tier
from tests.recovery.test_rule_changes import lower, refused
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


def ask(user: Any, name: str, *args: Any, english: bool = False) -> str:
    client = sign_in(Client(), user)
    if english:
        client.cookies["language"] = "en"
    response = client.get(reverse(f"recovery:{name}", args=args))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(user: Any, name: str, *args: Any, fresh: bool = True, **data: Any) -> Any:
    return sign_in(Client(), user, fresh=fresh).post(reverse(f"recovery:{name}", args=args), data)


def typed(entry: dict[str, Any]) -> dict[str, Any]:
    return {".".join(path): value for path, value in leaves(entry)}


def test_editor_changes_an_entry_and_reads_old_and_new(cast: Cast) -> None:
    draft = drafts.begun(cast)
    entry = {**typed(kind(draft.data, "O2")), "points": 25, "seen_hash": draft.data_hash}
    assert post(cast.editor, "change_entry", "kinds", "O2", **entry).status_code == 302
    draft.refresh_from_db()
    assert kind(draft.data, "O2") == {**kind(drafts.live().data, "O2"), "points": 25}
    page = ask(cast.editor, "procedures")
    assert "<del>20</del>" in page and "<ins>25</ins>" in page
    assert page.count("<del>") == 1


def test_editor_changes_figures_of_a_tier_and_words(cast: Cast) -> None:
    draft = drafts.begun(cast)
    three = {**typed(tier(draft.data, 3)), "window.calendar_days": 10, "name_ja": "復旧", "seen_hash": draft.data_hash}
    assert post(cast.editor, "change_entry", "tiers", "3", **three).status_code == 302
    draft.refresh_from_db()
    assert tier(draft.data, 3)["window"]["calendar_days"] == 10
    assert tier(draft.data, 3)["name_ja"] == "復旧"
    assert tier(draft.data, 3)["target"] == [10, 15]


def test_editor_reads_names_of_figures_and_no_keys_of_the_data(cast: Cast) -> None:
    drafts.begun(cast)
    labels = re.findall(r"<label[^>]*>([^<]*)", ask(cast.editor, "change_figures"))
    assert len(labels) > 30
    assert not [label for label in labels if re.search(r"[a-z]_|^[a-z]", label)], "what has no name shows its key"
    assert any(label.startswith("ほかのコード / ") for label in labels), "“codes” is what evidence counts elsewhere"


@pytest.mark.parametrize("where", [("kinds", "X9"), ("tiers", "9"), ("version", "1"), ("limits", "x")])
def test_entry_that_is_not_there_is_not_found(cast: Cast, where: tuple[str, str]) -> None:
    drafts.begun(cast)
    assert sign_in(Client(), cast.editor).get(reverse("recovery:change_entry", args=where)).status_code == 404


def test_editor_who_types_what_contradicts_itself_reads_the_place(cast: Cast) -> None:
    draft = drafts.begun(cast)
    data = json.loads(as_text(draft.data))
    kind(data, "O2")["categories"] = ["X"]
    answer = post(cast.editor, "change_whole", whole=as_text(data), seen_hash=draft.data_hash)
    assert answer.status_code == 200
    assert "kinds O2: categories: X is unknown" in answer.content.decode()
    for broken in ('{"version": 1,', "[1]", '{"version": NaN}', "[" * 100_000):
        answer = post(cast.editor, "change_whole", whole=broken, seen_hash=draft.data_hash)
        assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.changed_at is None


def test_words_that_are_code_are_shown_as_words(cast: Cast) -> None:
    drafts.changed(cast, lambda data: kind(data, "O2").update(name_ja="<script>alert(1)</script>"))
    page = ask(cast.editor, "procedures")
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("english", [False, True])
def test_editor_reads_the_combination_that_fails(cast: Cast, english: bool) -> None:
    draft = drafts.changed(
        cast, lambda data: tier(data, 3).update(points=25, categories=[["O", "L"], ["P"]], channels=0)
    )
    found = next(one for one in draft.findings if one["rule"] == "papers")
    page = html.unescape(ask(cast.editor, "procedures", english=english))
    for code in found["combinations"][0]:
        names = draft.procedure.kind(code).names
        assert (names.en if english else names.ja) in page
    assert ("nobody was asked" in page) == english
    answer = post(cast.editor, "propose_publication", seen_hash=draft.data_hash, reason="x")
    assert answer.status_code == 409 or "点検" in answer.content.decode()


def test_editor_replays_the_draft_and_reads_which_claims_differ(cast: Cast) -> None:
    claim = refused(cast)
    drafts.changed(cast, lower)
    assert post(cast.editor, "begin_replay").status_code == 302
    tasks.work_replay.call(ReplayedClaim.replay.field.related_model.objects.get().pk)
    page = ask(cast.editor, "replay")
    assert claim.number in page
    assert reverse("recovery:claim", args=[claim.number]) not in page  # an editor has nothing to do with cases
    assert reverse("recovery:claim", args=[claim.number]) in ask(cast.senior, "replay")


def test_lists_ask_as_many_questions_for_three_claims_as_for_one(cast: Cast) -> None:
    refused(cast, "R-1")
    drafts.published(cast, lower)
    replay = ReplayedClaim.objects.get().replay
    second = drafts.changed(cast, lambda data: tier(data, 3).update(points=75))
    again = drafts.replayed(cast, second)
    client, counted = sign_in(Client(), cast.senior), []
    for numbers in ([], ["R-2", "R-3"]):
        for number in numbers:
            claim = refused(cast, number)
            Claim.objects.filter(pk=claim.pk).update(procedure=replay.version.based_on)
            drafts.work(replay.pk)
            for one in (replay, again):
                ReplayedClaim.objects.get_or_create(
                    replay=one,
                    claim=claim,
                    decided_at=later(days=20),
                    defaults={"outcome": "gained", "old_tier": 3, "new_tier": 3, "old_missing": ["points"]},
                )
        for name in ("rule_changes", "replay", "procedures"):
            with CaptureQueriesContext(connection) as asked:
                page = client.get(reverse(f"recovery:{name}")).content.decode()
            counted.append((name, len(asked)))
            assert name == "procedures" or page.count("C-") >= 1 + len(numbers)
    assert counted[:3] == counted[3:]


def test_senior_reads_proves_to_be_still_there_and_publishes(cast: Cast) -> None:
    draft = drafts.proposed(cast)
    page = ask(cast.senior, "publish")
    assert draft.data_hash in page and "封書が届かない地域がある" in page
    given = {"seen_hash": draft.data_hash, "reason": "よい"}
    assert post(cast.senior, "publish", fresh=False, **given).status_code == 200
    assert drafts.live() != draft
    assert post(cast.senior, "publish", **given).status_code == 302
    assert drafts.live() == draft
    assert post(cast.senior, "publish", **given).status_code == 404  # there is no draft any more
    whole = ask(cast.auditor, "procedure", draft.version)
    assert "よい" in whole and "封書が届かない地域がある" in whole


def test_editor_does_not_publish_the_own_proposal(cast: Cast) -> None:
    draft = drafts.proposed(cast)
    assert post(cast.editor, "publish", seen_hash=draft.data_hash, reason="x").status_code == 403
    assert ask(cast.editor, "procedures").count(reverse("recovery:publish")) == 0


def test_public_page_shows_what_is_in_force(cast: Cast) -> None:
    def slower(data: dict[str, Any]) -> None:
        tier(data, 3)["target"] = [11, 16]

    draft = drafts.proposed(cast, slower)
    before = Client().get(reverse("recovery:begin")).content.decode()
    assert "11" not in before.split("claim-list")[1].split("<footer")[0]
    transitions.publish(draft.pk, signed_hash=draft.data_hash, reason="よい", actor=actor(cast.senior), at=NOW)
    assert "11" in Client().get(reverse("recovery:begin")).content.decode().split("claim-list")[1].split("<footer")[0]


def test_operator_reopens_from_the_list(cast: Cast) -> None:
    claim = refused(cast)
    drafts.published(cast, lower)
    assert claim.number in ask(cast.operator, "rule_changes")
    assert claim.number in ask(cast.operator, "reopen_by_rule", claim.number)
    assert post(cast.operator, "reopen_by_rule", claim.number).status_code == 302
    claim.refresh_from_db()
    assert claim.status == "collecting"
    assert claim.number not in ask(cast.operator, "rule_changes")
    assert post(cast.operator, "reopen_by_rule", claim.number).status_code == 409


def test_claim_without_a_changed_rule_has_no_page_to_reopen_it(cast: Cast) -> None:
    claim = refused(cast)
    client = sign_in(Client(), cast.operator)
    assert client.get(reverse("recovery:reopen_by_rule", args=[claim.number])).status_code == 409


def test_pages_of_the_draft_are_not_there_without_one(cast: Cast) -> None:
    client = sign_in(Client(), cast.editor)
    for name in ("replay", "change_figures", "change_whole", "discard_draft", "propose_publication", "publish"):
        assert client.get(reverse(f"recovery:{name}")).status_code == 404
    assert client.get(reverse("recovery:procedure", args=[99])).status_code == 404
    assert not ProcedureVersion.objects.filter(status="draft").exists()
