"""Words to say and public help: one source, the sentences of a version of the procedure."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from string import Formatter

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from desk.models import Script, ScriptSet


@dataclass(frozen=True)
class Say:
    """A fixed sentence in the inquirer's language, and, in the reader's, when it is said.

    `rule` and `version` are where it is from.
    """

    code: str
    moment: str
    when: str
    text: str
    language: str
    rule: str
    version: int


@dataclass(frozen=True)
class Help:
    """One public question with its answer, and where that is from: rule, version of the procedure, since when."""

    code: str
    question: str
    text: str
    rule: str
    version: int
    since: date


def words(moment: str, language: str, *, version: int | None = None, **facts: str) -> list[Say]:
    """Return what is said at `moment`, in `language`, by the version in force or by `version`, which a claim keeps.

    `facts` fill the blanks: `receipt_number`, `tracking_code`, `promised_until`. A sentence with a blank that no fact
    fills is left out: half a sentence is not said. One query.
    """
    return words_at([moment], language, version=version, **facts)


def words_at(moments: Collection[str], language: str, *, version: int | None = None, **facts: str) -> list[Say]:
    """Return what is said at each of `moments`, in their order: as `words`, still one query."""
    order = {moment: place for place, moment in enumerate(moments)}
    rows = _of(version).filter(moment__in=order)
    reader = get_language() or "ja"
    return [
        Say(
            row.code,
            row.moment,
            row.when(reader),
            row.text(language).format(**facts),
            language,
            row.rule,
            row.set.version,
        )
        for row in sorted(rows, key=lambda row: (order[row.moment], row.place))
        if _blanks(row.text(language)) <= facts.keys()
    ]


def all_words(version: int | None = None) -> list[Script]:
    """Return every sentence in force, or those of `version`, in their order."""
    return list(_of(version).order_by("place"))


def live_set() -> ScriptSet | None:
    """Return whose sentences are said now, None before the first version."""
    return ScriptSet.objects.filter(is_live=True).first()


def helps(language: str, *, search: str = "") -> list[Help]:
    """Return the public questions in their order; with `search` those in which every word of it occurs.

    Words are compared whatever their width and case, over question and answer in both languages. One query.
    """
    wanted = _plain(search).split()
    rows = _of(None).filter(help_order__isnull=False).order_by("help_order", "place")
    return [_help(row, language) for row in rows if all(word in _searched(row) for word in wanted)]


def find_help(code: str, language: str) -> Help | None:
    """Return the public question called `code` in the version in force, None where there is none."""
    row = _of(None).filter(help_order__isnull=False, code=code).first()
    return _help(row, language) if row else None


def _of(version: int | None) -> QuerySet[Script]:
    rows = Script.objects.select_related("set")
    return rows.filter(set__is_live=True) if version is None else rows.filter(set__version=version)


def _blanks(text: str) -> set[str]:
    return {name for _words, name, _way, _how in Formatter().parse(text) if name}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _searched(row: Script) -> str:
    return _plain(" ".join((row.question_ja, row.question_en, row.text_ja, row.text_en)))


def _help(row: Script, language: str) -> Help:
    since = timezone.localdate(row.set.live_since)
    return Help(row.code, row.question(language), row.text(language), row.rule, row.set.version, since)


@dataclass(frozen=True)
class Group:
    """The sentences of one moment, as a reader of the staff sees them."""

    moment: str
    scripts: list[tuple[Script, str, str]]
    """Each with when it is said and its text in the reader's language, its blanks unfilled."""


def by_moment(language: str) -> list[Group]:
    """Return the sentences in force by moment, in the order of a call. One query."""
    rows = all_words()
    groups = []
    for moment in Script.Moment:
        own = [(row, row.when(language), row.text(language)) for row in rows if row.moment == moment]
        if own:
            groups.append(Group(str(moment.label), own))
    return groups
