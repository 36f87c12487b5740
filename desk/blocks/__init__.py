"""The fixed words of formal answers: templates and building blocks, as versioned data in both languages.

A version never changes once it ships, so that an answer reads the same whenever it is opened; new words are a new file
`version_N.json`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

SHIPPED = 1
"""The newest version: what new drafts are written with."""
LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Template:
    """The frame of a letter. `decides`: it is a written decision, which closes a hold. `desk`: the desk may use it."""

    code: str
    decides: bool
    desk: bool
    name: Mapping[str, str]
    title: Mapping[str, str]
    greeting: Mapping[str, str]
    matter: Mapping[str, str]
    closing: Mapping[str, str]
    end: Mapping[str, str]


@dataclass(frozen=True)
class Block:
    """One paragraph. `desk`: it speaks for the desk as well; the others only the provider says."""

    code: str
    desk: bool
    name: Mapping[str, str]
    text: Mapping[str, str]


@dataclass(frozen=True)
class Version:
    """All words of one version, by code, in the order in which they are offered."""

    number: int
    templates: Mapping[str, Template]
    blocks: Mapping[str, Block]


@cache
def load(number: int = SHIPPED) -> Version:
    """Return a version that ships with the product. ValueError when there is none, or a text lacks a language."""
    path = Path(__file__).parent / f"version_{number:d}.json"
    if not path.is_file():
        raise ValueError(f"version {number}: does not ship")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if data["version"] != number:
        raise ValueError(f"version {number}: the file says {data['version']}")
    return Version(
        number=number,
        templates=_by_code(Template(**_checked(one)) for one in data["templates"]),
        blocks=_by_code(Block(**_checked(one)) for one in data["blocks"]),
    )


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    for name, value in entry.items():
        if isinstance(value, dict) and (set(value) != set(LANGUAGES) or not all(value.values())):
            raise ValueError(f"{entry['code']}: {name} needs its words in {' and '.join(LANGUAGES)}")
    return entry


Entry = TypeVar("Entry", Template, Block)


def _by_code(entries: Iterable[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.code in found:
            raise ValueError(f"{entry.code}: there twice")
        found[entry.code] = entry
    return found
