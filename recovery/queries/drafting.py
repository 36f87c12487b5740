"""What the pages of the procedure show: what is in force, the draft beside it, what the check and the replay say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recovery.models import Claim, ProcedureReplay, ProcedureVersion, ReplayedClaim
from recovery.models.replays import left_of
from recovery.procedure import SHIPPED, contents, differences, findings, read
from recovery.procedure.differences import SECTIONS, Section
from recovery.queries.weighing import words_of

S = ProcedureVersion.Status
Outcome = ReplayedClaim.Outcome


@dataclass(frozen=True)
class Found:
    """One finding of the check in words, with the smallest combinations that fail."""

    words: str
    combinations: tuple[str, ...]
    more: str


@dataclass(frozen=True)
class Played:
    """How far a replay is, and how many claims came out how."""

    replay: ProcedureReplay
    counts: dict[str, int]
    is_whole: bool
    """Under way, or no decided claim is left: there is nothing to begin."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def different(self) -> int:
        return self.total - self.counts[Outcome.SAME]


@dataclass(frozen=True)
class Review:
    """A draft beside what it is based on."""

    version: ProcedureVersion
    sections: list[Section]
    found: list[Found]
    played: Played | None


@dataclass(frozen=True)
class Part:
    """One entry of the draft that has a form of its own."""

    section: str
    name: str
    title: str


def versions() -> QuerySet[ProcedureVersion]:
    """Return every version, the newest first, with who proposed and published it."""
    rows = ProcedureVersion.objects.select_related("based_on", "begun_by", "proposed_by", "published_by")
    return rows.order_by("-version")


def find_version(number: int) -> ProcedureVersion | None:
    return versions().filter(version=number).first()


def offered() -> bool:
    """Tell whether something newer shipped with the product than what is in force came from."""
    return ProcedureVersion.objects.filter(status=S.LIVE, shipped__lt=SHIPPED).exists()


def find_draft() -> ProcedureVersion | None:
    """Return the draft, None without one. There is at most one."""
    return versions().filter(status=S.DRAFT).first()


def review(version: ProcedureVersion) -> Review:
    """Return `version` beside what it was begun from, with what check and replay of exactly this data say."""
    based_on = version.based_on.data if version.based_on else version.data
    procedure = read(version.data)
    found = [
        Found(findings.words_of(one, procedure), tuple(findings.combinations_of(one, procedure)), findings.more_of(one))
        for one in version.findings
    ]
    return Review(version, differences(based_on, version.data), found, played(version))


def whole(version: ProcedureVersion) -> list[Section]:
    """Return all of a version, to be read."""
    return contents(version.data)


def played(version: ProcedureVersion) -> Played | None:
    """Return the replay of exactly this data, None before one was begun."""
    replay = ProcedureReplay.objects.filter(version=version, data_hash=version.data_hash).first()
    if replay is None:
        return None
    rows = ReplayedClaim.objects.filter(replay=replay).values("outcome").annotate(many=Count("pk")).order_by()
    counts = dict.fromkeys(Outcome.values, 0) | {row["outcome"]: row["many"] for row in rows}
    return Played(replay, counts, replay.finished_at is None or not left_of(replay).exists())


def rows_of(replay: ProcedureReplay) -> QuerySet[ReplayedClaim]:
    """Return the claims that would have come out differently, the latest decision first."""
    rows = ReplayedClaim.objects.different().filter(replay=replay)
    return rows.select_related("claim__procedure", "replay__version").order_by("-decided_at", "-pk")


def why(row: ReplayedClaim) -> list[str]:
    """Return what made the difference: what was missing then and is not now, or is missing now."""
    keys = row.old_missing if row.outcome == Outcome.GAINED else row.new_missing
    rules = row.replay.version.procedure
    by = (
        [_("by the route “%(who)s”") % {"who": rules.route(row.new_route).who}]
        if rules.has_route(row.new_route)
        else []
    )
    return [*(words_of(key) for key in keys), *by] or [
        _("tier %(old)s, now %(new)s") % {"old": row.old_tier, "new": row.new_tier}
    ]


def to_reopen() -> QuerySet[ReplayedClaim]:
    """Return the refused claims that the version in force would have found enough, the oldest decision first."""
    rows = ReplayedClaim.objects.reopenable().select_related("claim__procedure", "replay__version")
    return rows.order_by("decided_at", "pk")


def find_reopenable(claim: Claim) -> ReplayedClaim | None:
    """Return why `claim` may be reopened by a changed rule, None when it may not."""
    return to_reopen().filter(claim=claim).first()


def parts(version: ProcedureVersion) -> list[tuple[str, list[Part]]]:
    """Return the entries that have a form of their own, by section."""
    found = []
    for key in FORMS:
        entries = [Part(key, name, f"{name} {_own(entry)}".strip()) for name, entry in _named(version.data, key)]
        found.append((str(SECTIONS[key]), entries))
    return found


FORMS = ("kinds", "tiers", "scripts", "circumstances", "routes", "ladder", "exits", "categories", "caps")
"""Sections whose entries have forms: what changes most is numbers and words."""


def find_entry(version: ProcedureVersion, section: str, name: str) -> dict[str, Any] | None:
    """Return one entry of a section as plain data, None when there is none."""
    return next((entry for own, entry in _named(version.data, section) if own == name), None)


def _named(data: dict[str, Any], section: str) -> Sequence[tuple[str, dict[str, Any]]]:
    if section not in FORMS:
        return []
    entries = data.get(section, [])
    return [
        (str(one.get("code", one.get("number", one.get("rung", count)))), one) for count, one in enumerate(entries, 1)
    ]


def _own(entry: dict[str, Any]) -> str:
    language = "en" if (get_language() or "ja").startswith("en") else "ja"
    own = (entry.get(f"{key}_{language}", "") for key in ("name", "who", "reached", "when"))
    return next((words for words in own if words), "")
