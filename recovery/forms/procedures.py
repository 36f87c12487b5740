"""What an editor of the procedure types: numbers and words entry by entry, or all of it at once."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recovery.procedure.checking import LARGEST
from recovery.procedure.differences import NAMES

Path = tuple[str, ...]
_FIXED = ("version", "code", "number", "rung")
"""What an entry is called by: other entries refer to it."""
_SEPARATOR = "."


class ReasonForm(forms.Form):
    """Why, and what exactly: the fingerprint of what the page showed."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the version. No names of claimants."),
    )


class EntryForm(forms.Form):
    """The numbers and words of one part of the procedure. What it does not show stays as it is.

    `heads` names the outermost keys of `entry`: `SECTIONS` where it is several sections at once.
    """

    seen_hash = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, entry: Mapping[str, Any], heads: Mapping[str, Any] = NAMES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        for path, value in leaves(entry):
            self.fields[_SEPARATOR.join(path)] = _field(path, value, heads)

    @property
    def changed(self) -> dict[str, Any]:
        """The entry with what was typed."""
        made: dict[str, Any] = copy.deepcopy(dict(self.entry))
        for path, _value in leaves(self.entry):
            _put(made, path, self.cleaned_data[_SEPARATOR.join(path)])
        return made


class WholeForm(forms.Form):
    """All of a draft as its data."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    whole = forms.CharField(
        label=_("The whole draft as JSON"),
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}),
    )

    def clean_whole(self) -> dict[str, Any]:
        """Return the data, or say where it is no JSON."""
        try:
            found = json.loads(self.cleaned_data["whole"], parse_constant=_refuse_constant)
        except json.JSONDecodeError as wrong:
            raise forms.ValidationError(
                _("This is no JSON: line %(line)s, column %(column)s."),
                params={"line": wrong.lineno, "column": wrong.colno},
            ) from wrong
        except (ValueError, RecursionError) as wrong:
            raise forms.ValidationError(_("This is no JSON that can be kept.")) from wrong
        if not isinstance(found, dict):
            raise forms.ValidationError(_("This is no object."))
        return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def as_text(data: Mapping[str, Any]) -> str:
    """Return the data of a version as people read it."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, int | str]]:
    """Yield the numbers and the words in both languages in an entry, each with its place."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _FIXED:
                yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            if isinstance(inner, Mapping | int):
                yield from leaves(inner, (*path, str(place)))
    elif _is_number(value) or (isinstance(value, str) and path and path[-1].endswith(("_ja", "_en"))):
        yield path, value


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _field(path: Path, value: int | str, heads: Mapping[str, Any]) -> forms.Field:
    names = [heads.get(path[0]), *(NAMES.get(key) for key in path[1:])]
    named = zip(path, names, strict=True)
    label = " / ".join(str(name or (int(key) + 1 if key.isdigit() else key)) for key, name in named)
    if isinstance(value, int):
        return forms.IntegerField(label=label, initial=value, min_value=0, max_value=LARGEST)
    area = forms.Textarea(attrs={"rows": 2, "lang": path[-1][-2:]})
    return forms.CharField(label=label, initial=value, max_length=2_000, required=bool(value), widget=area)


def _put(made: Any, path: Path, value: Any) -> None:
    for key in path[:-1]:
        made = made[int(key)] if isinstance(made, list) else made[key]
    last = path[-1]
    made[int(last) if isinstance(made, list) else last] = value
