"""Two versions side by side: per section and entry what was and what would be, in words and not as data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.errors import Words
from audit.signed import hash_of

Data = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One value under its name: `old` and `new` are "" where there is none."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Block:
    """One entry, such as one kind of evidence, with the values that differ."""

    title: str
    lines: tuple[Line, ...]
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Section:
    """One part of the procedure with its entries that differ."""

    title: str
    blocks: tuple[Block, ...]


SECTIONS: dict[str, Words] = {
    "categories": gettext_lazy("Categories of proof"),
    "kinds": gettext_lazy("Kinds of evidence"),
    "caps": gettext_lazy("Caps"),
    "tiers": gettext_lazy("Tiers"),
    "circumstances": gettext_lazy("What places a claim higher"),
    "exits": gettext_lazy("Cheaper ways"),
    "tenure_days": gettext_lazy("Days that a contact point has to be on record"),
    "default_tier": gettext_lazy("Tier of a usual claim"),
    "kit_window": gettext_lazy("Time to object after a recovery kit"),
    "letters": gettext_lazy("Letters with a code"),
    "codes": gettext_lazy("Other codes"),
    "notice_moments": gettext_lazy("When notices go out"),
    "objection": gettext_lazy("Objections"),
    "holding": gettext_lazy("Holding answers and reopening"),
    "appeal": gettext_lazy("Appeal"),
    "exceptions": gettext_lazy("Exceptions"),
    "sampling": gettext_lazy("Random samples"),
    "limits": gettext_lazy("Limits"),
    "cooling_off": gettext_lazy("Protected time"),
    "ladder": gettext_lazy("What the claimant may learn"),
    "routes": gettext_lazy("Routes beside the normal one"),
    "scripts": gettext_lazy("Fixed sentences"),
}
NAMES: dict[str, Words] = {
    "name_ja": gettext_lazy("Name in Japanese"),
    "name_en": gettext_lazy("Name in English"),
    "how_ja": gettext_lazy("How it is checked, in Japanese"),
    "how_en": gettext_lazy("How it is checked, in English"),
    "what_ja": gettext_lazy("What it gives, in Japanese"),
    "what_en": gettext_lazy("What it gives, in English"),
    "moment": gettext_lazy("At which moment of a call"),
    "rule": gettext_lazy("Rule that it follows from"),
    "when_ja": gettext_lazy("When it is said, in Japanese"),
    "when_en": gettext_lazy("When it is said, in English"),
    "help": gettext_lazy("Public help"),
    "order": gettext_lazy("Place among the help pages"),
    "question_ja": gettext_lazy("Question in Japanese"),
    "question_en": gettext_lazy("Question in English"),
    "text_ja": gettext_lazy("Sentence in Japanese"),
    "text_en": gettext_lazy("Sentence in English"),
    "points": gettext_lazy("Points"),
    "codes": gettext_lazy("Codes"),
    "categories": gettext_lazy("Categories"),
    "mandatory": gettext_lazy("Mandatory"),
    "at_least": gettext_lazy("At least so many of a category"),
    "channels": gettext_lazy("Different numbers or addresses"),
    "independent": gettext_lazy("None that the claimant gave"),
    "wanted": gettext_lazy("Asked for if obtainable"),
    "attempts": gettext_lazy("Attempts to reach the predecessor"),
    "count": gettext_lazy("How many"),
    "media": gettext_lazy("Media"),
    "inactivity": gettext_lazy("Without sign-in of the predecessor"),
    "or": gettext_lazy("Or by"),
    "window": gettext_lazy("Time to object"),
    "shortened": gettext_lazy("Shortened"),
    "when": gettext_lazy("Shortened by"),
    "calendar_days": gettext_lazy("Calendar days"),
    "business_days": gettext_lazy("Business days"),
    "approvals": gettext_lazy("Who decides, in order"),
    "notices": gettext_lazy("Who gets a notice"),
    "cooling_off_days": gettext_lazy("Days of protected time"),
    "target": gettext_lazy("Business days in all"),
    "validity": gettext_lazy("How old it may be"),
    "days": gettext_lazy("Days"),
    "months": gettext_lazy("Months"),
    "source": gettext_lazy("Source"),
    "sources": gettext_lazy("Where the number or address may come from"),
    "endpoint": gettext_lazy("Reaches somebody by a number or address"),
    "tenure": gettext_lazy("Only if long enough on record"),
    "second_check": gettext_lazy("Compared by two people"),
    "contractor": gettext_lazy("Also by a contractor"),
    "alone": gettext_lazy("Counts alone"),
    "from_tier": gettext_lazy("From tier"),
    "unless": gettext_lazy("From tier, except when"),
    "tier": gettext_lazy("Tier"),
    "registrations": gettext_lazy("Registrations"),
    "outside": gettext_lazy("Not decided by a recovery"),
    "valid_days": gettext_lazy("Days valid"),
    "tries": gettext_lazy("Tries"),
    "reissues": gettext_lazy("New letters for one claim"),
    "length": gettext_lazy("Characters"),
    "mail_hours": gettext_lazy("Hours valid by mail"),
    "voice_minutes": gettext_lazy("Minutes valid by phone"),
    "reviewers": gettext_lazy("People who look at it"),
    "review_business_days": gettext_lazy("Business days until they did"),
    "identify_days": gettext_lazy("Days for the objector to say who it is"),
    "holding_answer_business_days": gettext_lazy("Business days until a holding answer"),
    "decision_business_days": gettext_lazy("Business days until a decision or an escalation"),
    "silence_business_days": gettext_lazy("Business days without a word at most"),
    "reminders": gettext_lazy("Reminders before it is closed"),
    "reminder_media": gettext_lazy("Media of the reminders"),
    "close_days": gettext_lazy("Days until it is closed for want of an answer"),
    "reopen_days": gettext_lazy("Days in which it can be reopened"),
    "within_days": gettext_lazy("Days to appeal"),
    "answer_business_days": gettext_lazy("Business days until the answer"),
    "never": gettext_lazy("Never excepted"),
    "precedents": gettext_lazy("Precedents shown"),
    "review_count": gettext_lazy("So many of one kind lead to a review"),
    "review_months": gettext_lazy("Months in which they are counted"),
    "executed_percent": gettext_lazy("Percent of those carried out"),
    "by_agency_percent": gettext_lazy("Percent of those with evidence collected by the agency"),
    "all_of_tier": gettext_lazy("All of tier"),
    "all_for_months": gettext_lazy("Months in which all are looked at"),
    "open_per_registration": gettext_lazy("Open claims on one registration"),
    "per_registration_in_12_months": gettext_lazy("Claims on one registration in 12 months"),
    "open_per_claimant": gettext_lazy("Open claims of one claimant"),
    "open_per_organisation": gettext_lazy("Open claims on one organisation"),
    "per_sender_a_day": gettext_lazy("Claims from one sender a day"),
    "name_searches_an_hour": gettext_lazy("Name searches an hour"),
    "tries_per_code": gettext_lazy("Tries of a code"),
    "failures_per_registration_a_day": gettext_lazy("Failed checks of one registration a day"),
    "phone_off_hours": gettext_lazy("Hours without checks by phone after that"),
    "agent_customers_an_hour_soft": gettext_lazy("Customers an agent opens an hour before a soft alarm"),
    "agent_customers_an_hour_hard": gettext_lazy("Customers an agent opens an hour before a hard alarm"),
    "blocked": gettext_lazy("Blocked"),
    "allowed": gettext_lazy("Allowed"),
    "who_ja": gettext_lazy("For whom, in Japanese"),
    "who_en": gettext_lazy("For whom, in English"),
    "instead_ja": gettext_lazy("Instead, in Japanese"),
    "instead_en": gettext_lazy("Instead, in English"),
    "needs": gettext_lazy("What it needs"),
    "registry": gettext_lazy("The head office can be taken from a registry"),
    "corporate_number": gettext_lazy("Also for whoever has a corporate number"),
    "routes": gettext_lazy("Counts on these routes only"),
    "reached_ja": gettext_lazy("Reached by, in Japanese"),
    "reached_en": gettext_lazy("Reached by, in English"),
    "may_ja": gettext_lazy("May be told, in Japanese"),
    "may_en": gettext_lazy("May be told, in English"),
    "not_ja": gettext_lazy("May not be told, in Japanese"),
    "not_en": gettext_lazy("May not be told, in English"),
}
VALUES: dict[str, Words] = {
    "agent": pgettext_lazy("role", "Agent"),
    "operator": pgettext_lazy("role", "Operator"),
    "approver": pgettext_lazy("role", "Approver"),
    "senior": pgettext_lazy("role", "Senior approver"),
    "record": gettext_lazy("Our own record"),
    "registry": gettext_lazy("Official registry"),
    "published": gettext_lazy("Published by the organisation or by an authority"),
    "claimant": gettext_lazy("Given by the claimant"),
    "channel_of_record": gettext_lazy("One channel of record"),
    "every_channel": gettext_lazy("Every channel of record"),
    "deputies": gettext_lazy("Deputies"),
    "administrators": gettext_lazy("Administrators of the customer"),
    "holder_by_post": gettext_lazy("The holder by post"),
    "registry_head_office": gettext_lazy("The head office in the registry"),
    "replaced_in_12_months": gettext_lazy("Addresses replaced in the last 12 months"),
}
KEYS = ("code", "number", "rung")
"""What an entry of a list is called by."""


def digest(data: Data) -> str:
    """Return the SHA-256 of the data of a version in its one spelling."""
    return hash_of(data)


def differences(old: Data, new: Data) -> list[Section]:
    """Return what differs, in the order of the procedure; `version` is no difference. [] when nothing does."""
    order = [*SECTIONS, *(key for key in {**old, **new} if key not in SECTIONS and key != "version")]
    found = []
    for key in order:
        blocks = tuple(_blocks(old.get(key), new.get(key)))
        if blocks:
            found.append(Section(str(SECTIONS.get(key, key)), blocks))
    return found


def sections_changed(old: Data, new: Data) -> list[str]:
    """Return the keys of the sections that differ, for the log."""
    return sorted(key for key in {**old, **new} if key != "version" and old.get(key) != new.get(key))


def contents(data: Data) -> list[Section]:
    """Return all of a version, as if it differed from nothing: what a reader reads."""
    return differences({}, data)


def _blocks(old: Any, new: Any) -> Iterator[Block]:
    before, after = _entries(old), _entries(new)
    for name in {**before, **after}:
        mine, theirs = before.get(name), after.get(name)
        if mine == theirs:
            continue
        was, now = dict(_values(mine)), dict(_values(theirs))
        lines = [
            Line(_label(path), _said(was.get(path)), _said(now.get(path)))
            for path in {**was, **now}
            if was.get(path) != now.get(path)
        ]
        yield Block(_title(name, theirs if theirs is not None else mine), tuple(lines), mine is None, theirs is None)


def _entries(value: Any) -> dict[str, Any]:
    """Return the entries of a section by name: those of a list of objects, or the section itself under ""."""
    if value is None:
        return {}
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return {_called(one, count): one for count, one in enumerate(value, start=1)}
    return {"": value}


def _called(entry: Data, count: int) -> str:
    return next((str(entry[key]) for key in KEYS if key in entry), str(count))


def _values(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if path or key not in KEYS:
                yield from _values(inner, (*path, str(key)))
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for count, one in enumerate(value, start=1):
            yield from _values(one, (*path, _called(one, count)))
    elif value is not None:
        yield path, value


def _title(name: str, entry: Any) -> str:
    own = entry.get("name_en" if _in_english() else "name_ja", "") if isinstance(entry, Mapping) else ""
    return f"{name} {own}".strip()


def _in_english() -> bool:
    return (get_language() or "ja").startswith("en")


def _label(path: Path) -> str:
    return " / ".join(str(NAMES.get(key, key)) for key in path)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        comma = ", " if _in_english() else "、"
        return comma.join(_group(one) for one in value) if value else _("none")
    return str(VALUES.get(value, value)) if isinstance(value, str) else str(value)


def _group(one: Any) -> str:
    if isinstance(one, list):
        return str(_(" or ")).join(str(part) for part in one)
    return _said(one)
