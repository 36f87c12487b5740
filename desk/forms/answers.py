"""Formal answers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import FormalAnswer
from handover.forms.choices import offer

LONGEST = 2000
"""Characters of free text: about a page."""


class AnswerForm(OnceForm):
    """What a formal answer says: a frame, building blocks in the order of the list, and free text of an operator."""

    template = forms.ChoiceField(label=_("What the letter is"))
    chosen = forms.MultipleChoiceField(label=_("Building blocks"), required=False, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label=_("Your own words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": str(LONGEST)}),
        help_text=_(
            "It comes after the building blocks, a line a paragraph. No number of a registration, no person in charge,"
            " no address on record."
        ),
    )
    way = forms.ChoiceField(label=_("How it leaves"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        offered: tuple[list[tuple[str, str]], list[tuple[str, str]]],
        ways: Iterable[FormalAnswer.Way],
        has_text: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "template", offered[0])
        offer(self, "chosen", offered[1])
        offer(self, "way", [(way.value, way.label) for way in ways])
        if not has_text:
            del self.fields["text"]

    @property
    def words(self) -> dict[str, Any]:
        """What was chosen and typed, for the transition."""
        return {"text": "", **self.values}


class ReasonForm(forms.Form):
    """Why an answer goes back, or is taken back."""

    reason = forms.CharField(
        label=_("Why?"), max_length=400, widget=forms.Textarea(attrs={"rows": 3, "maxlength": "400"})
    )


class ReleaseForm(forms.Form):
    """What is let leave: exactly what was shown."""

    signed_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class PrintAnswersForm(forms.Form):
    """Which of the waiting letters are printed."""

    letters = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, waiting: Iterable[FormalAnswer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "letters", [(str(one.pk), str(one.letter_number)) for one in waiting])
