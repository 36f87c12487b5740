"""Which letters of today's post are printed."""

from collections.abc import Iterable
from typing import Any

from django import forms

from handover.forms.choices import offer
from recovery.queries.print_run import Waiting


class DayForm(forms.Form):
    """Letters of every kind that wait, by kind and key."""

    letters = forms.MultipleChoiceField()

    def __init__(self, *args: Any, waiting: Iterable[Waiting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "letters", [(one.key, one.number) for one in waiting])

    @property
    def chosen(self) -> dict[str, list[int]]:
        """The keys of the chosen letters by kind."""
        found: dict[str, list[int]] = {}
        for key in self.cleaned_data["letters"]:
            kind, _colon, pk = key.partition(":")
            found.setdefault(kind, []).append(int(pk))
        return found
