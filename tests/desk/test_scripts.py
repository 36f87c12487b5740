"""Words to say: one source for every agent and for the public, taken from the version of the procedure in force."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from desk import scripting
from desk.models import Script, ScriptSet
from desk.queries import scripts
from recovery.procedure import load, read
from recovery.procedure.speaking import MOMENTS
from recovery.queries.procedures import live
from tests import drafts
from tests.cast import Cast
from tests.stock import NOW

pytestmark = pytest.mark.django_db
A15 = (
    "ご登録の有無を含め、確認が済むまではお答えいたしかねます。どのお客さまにも同じご案内をしております。"
    "お手続きは、いまこのお電話で受付できます。"
)
GIVEN = {"receipt_number": "C-1", "tracking_code": "ABCDE-12345", "promised_until": "2026-12-01 15:00"}


def test_desk_and_procedure_know_the_same_moments() -> None:
    assert set(Script.Moment.values) == MOMENTS


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("moment", Script.Moment.values)
def test_every_moment_has_words_in_both_languages(moment: str, language: str) -> None:
    found = scripts.words(moment, language, **GIVEN)
    assert found
    for say in found:
        japanese = any("\u3040" <= letter <= "\u9fff" for letter in say.text)
        assert japanese == (language == "ja") and "{" not in say.text and say.language == language
        assert (say.version, say.moment) == (live().version, moment) and say.rule and say.when


def test_fixed_sentence_is_said_word_for_word() -> None:
    assert [say.text for say in scripts.words("cannot_be_told", "ja")] == [A15]


def test_when_is_in_the_readers_language_and_the_words_in_the_inquirers() -> None:
    with translation.override("en"):
        (say,) = scripts.words("papers_alone", "ja")
    assert say.when == "When somebody holds papers and therefore wants to be told" and say.text.startswith("書類を")


def test_half_a_sentence_is_not_said() -> None:
    assert [say.code for say in scripts.words("promise", "ja")] == ["wish"]
    assert [say.code for say in scripts.words("promise", "ja", promised_until="x")] == ["promise", "wish"]
    assert "x" in scripts.words("promise", "ja", promised_until="x")[0].text


def test_words_of_many_moments_come_in_their_order_in_one_query() -> None:
    with CaptureQueriesContext(connection) as captured:
        found = scripts.words_at(["papers_alone", "before"], "ja")
    assert [say.code for say in found] == ["papers_alone", "greeting", "direct_number"]
    assert len(captured) == 1


def test_sentences_are_those_of_the_version_in_force(cast: Cast) -> None:
    def other(data: dict[str, Any]) -> None:
        entry = next(one for one in data["scripts"] if one["code"] == "cannot_be_told")
        entry["text_ja"] = "確認が済むまではお答えいたしかねます。"

    before = live()
    new = drafts.published(cast, other)
    assert [say.text for say in scripts.words("cannot_be_told", "ja")] == ["確認が済むまではお答えいたしかねます。"]
    help_page = scripts.find_help("cannot_be_told", "ja")
    assert help_page is not None and help_page.version == new.version
    # A claim keeps the version that it began with, and with it the words.
    assert [say.text for say in scripts.words("cannot_be_told", "ja", version=before.version)] == [A15]
    assert ScriptSet.objects.filter(is_live=True).get().version == new.version


def test_versions_that_shipped_before_are_still_spoken_by() -> None:
    assert [say.text for say in scripts.words("cannot_be_told", "ja", version=1)] == [A15]
    assert [say.code for say in scripts.words("receipt", "ja", version=2, **GIVEN)] == ["receipt"]
    assert Script.objects.filter(set__version__in=(1, 2), help_order__isnull=False).count() == 0


def test_one_set_is_in_force_and_a_version_has_one() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ScriptSet.objects.create(version=70, live_since=NOW, is_live=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        scripting.put_in_force([], version=1, at=NOW)


# Data that is refused -------------------------------------------------------------------------------------------------

WRONG = [
    ({"moment": "lunch"}, "moment lunch is unknown"),
    ({"text_ja": "{name}さま", "text_en": "{name}"}, "text has blanks that nobody fills: name"),
    ({"text_ja": "{receipt_number"}, "text has a brace that belongs to no blank"),
    ({"text_ja": "{receipt_number!r}"}, "text has a brace that belongs to no blank"),
    ({"text_ja": "{receipt_number}"}, "text has other blanks in one language than in the other"),
    ({"text_ja": "{receipt_number}", "text_en": "{receipt_number}"}, "text is public, and has blanks"),
    ({"when_en": ""}, "when_en is empty"),
    ({"rule": " "}, "rule is empty"),
    ({"help": {"order": 1, "question_ja": "何ですか。"}}, "question_en is missing or of the wrong type"),
]


@pytest.mark.parametrize(("change", "words"), WRONG, ids=[words for _change, words in WRONG])
def test_sentence_that_cannot_be_said_is_refused(change: dict[str, Any], words: str) -> None:
    data = load(3)
    next(one for one in data["scripts"] if one["code"] == "cannot_be_told").update(change)
    with pytest.raises(ValueError) as refused:
        read(data)
    assert str(refused.value).startswith("scripts cannot_be_told") and str(refused.value).endswith(words)
