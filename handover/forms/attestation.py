"""What people give when they answer the yearly question, and when letters are printed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.forms.choices import offer
from handover.models import Attestation


class AnswerForm(forms.Form):
    """An answer for the chosen registrations; `rows` are pairs of key and number that may be chosen."""

    registrations = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Choose at least one registration.")}
    )
    answer = forms.ChoiceField(choices=Attestation.Answer.choices)

    def __init__(self, *args: Any, rows: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "registrations", rows)


class LettersForm(forms.Form):
    """Which letters of the list are printed."""

    letters = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, rows: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "letters", rows)
