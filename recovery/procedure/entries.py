"""One object of the procedure's data, read by type; whatever is wrong is refused with the place where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation


@dataclass(frozen=True)
class Text:
    """Words in both languages; as a string, in the reader's."""

    ja: str
    en: str

    def __str__(self) -> str:
        return self.en if (translation.get_language() or "ja").startswith("en") else self.ja


class Entry:
    """A mapping and the place where it stands in the data, for example `kinds O2`.

    Every key that was asked for is remembered, so that `done` can refuse the others: a key spelt wrongly would
    otherwise silently lift the rule that it was to set.
    """

    def __init__(self, data: object, place: str) -> None:
        if not isinstance(data, Mapping):
            raise ValueError(f"{place}: not an object")
        self.data: Mapping[str, Any] = data
        self.place = place
        self.asked: set[str] = set()

    def wrong(self, what: str) -> ValueError:
        return ValueError(f"{self.place}: {what}".removeprefix(": "))

    def _take(self, key: str, kind: type, default: Any) -> Any:
        self.asked.add(key)
        value = self.data.get(key, default)
        # True is an int for Python, but no number of days.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(f"{key} is missing or of the wrong type")
        return value

    def text(self, key: str, *, may_be_empty: bool = False) -> str:
        value = str(self._take(key, str, None))
        if not value.strip() and not may_be_empty:
            raise self.wrong(f"{key} is empty")
        return value

    def both(self, key: str, *, may_be_empty: bool = False) -> Text:
        """Return `key` in both languages; one alone is refused."""
        japanese = self.text(f"{key}_ja", may_be_empty=may_be_empty)
        english = self.text(f"{key}_en", may_be_empty=may_be_empty)
        if bool(japanese) != bool(english):
            raise self.wrong(f"{key} is there in one language only")
        return Text(japanese, english)

    def number(self, key: str, default: int | None = None) -> int:
        value = int(self._take(key, int, default))
        if value < 0:
            raise self.wrong(f"{key} is negative")
        return value

    def maybe_number(self, key: str) -> int | None:
        if self.data.get(key) is None:
            self.asked.add(key)
            return None
        return self.number(key)

    def flag(self, key: str, default: bool) -> bool:
        return bool(self._take(key, bool, default))

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        values = self._take(key, list, default)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{key} is not a list of words")
        if len(set(values)) != len(values):
            raise self.wrong(f"{key} says something twice")
        return tuple(values)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return a list of lists: of each inner one, any will do."""
        values = self._take(key, list, [])
        for value in values:
            if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
                raise self.wrong(f"{key} is not a list of groups")
        return tuple(tuple(value) for value in values)

    def numbers(self, key: str) -> dict[str, int]:
        """Return an object of numbers by name."""
        entry = Entry(self._take(key, Mapping, {}), f"{self.place} {key}".strip())
        return {name: entry.number(name) for name in entry.data}

    def entry(self, key: str) -> "Entry":
        return Entry(self._take(key, Mapping, None), f"{self.place} {key}".strip())

    def maybe(self, key: str) -> "Entry | None":
        if self.data.get(key) is None:
            self.asked.add(key)
            return None
        return self.entry(key)

    def entries(self, key: str, named: str = "", default: list[Any] | None = None) -> list["Entry"]:
        """Return the objects listed under `key`; in errors each is called by its `named` value, or by its number."""
        found = []
        for count, value in enumerate(self._take(key, list, default), start=1):
            label = value.get(named, count) if isinstance(value, Mapping) else count
            found.append(Entry(value, f"{self.place} {key} {label}".strip()))
        names = [str(one.data.get(named)) for one in found] if named else []
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{self.place} {key} {name}: there twice".strip())
        return found

    def done(self) -> None:
        if unknown := sorted(set(self.data) - self.asked):
            raise self.wrong(f"nobody reads {', '.join(unknown)}")
