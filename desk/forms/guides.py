"""Questions about use, and the table of identities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import UseGuide
from handover.forms.choices import offer


class UseQuestionForm(forms.Form):
    """Which line, and which kind of question."""

    line = forms.ChoiceField(label=_("Product line"), required=False)
    kind = forms.ChoiceField(label=_("Kind of question"), choices=UseGuide.Kind.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "line", [("", _("Any, or not known")), *lines])


class AnswerUseForm(OnceForm):
    """How the question was answered; the unit only where the table asks for it."""

    unit = forms.CharField(label=_("Using unit, as the caller says it"), max_length=120, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=600, initial=0)
    text = forms.CharField(
        label=_("What was answered"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In neutral words, and what was said by us. No codes."),
    )

    def __init__(self, *args: Any, guide: UseGuide, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if guide.identity != UseGuide.Identity.UNIT:
            self.fields["unit"].widget = forms.HiddenInput()


class UseGuideForm(forms.Form):
    """One row of the table."""

    identity = forms.ChoiceField(
        label=_("What is asked for"), choices=UseGuide.Identity.choices, widget=forms.RadioSelect
    )
    script_ja = forms.CharField(label=_("What is said, in Japanese"), max_length=600, widget=forms.Textarea)
    script_en = forms.CharField(label=_("What is said, in English"), max_length=600, widget=forms.Textarea)
