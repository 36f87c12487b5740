"""What may be chosen in a field when that depends on the rows a page shows."""

from collections.abc import Iterable
from typing import Any

from django import forms


def offer(form: forms.BaseForm, name: str, rows: Iterable[tuple[Any, Any]]) -> None:
    """Let the reader of `form` choose among `rows` (value and words, or a heading and its rows) in the field `name`.

    Raises `TypeError` for a field in which nothing is chosen: silently it would take any value.
    """
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = list(rows)
