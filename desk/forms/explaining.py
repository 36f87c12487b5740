"""Calls that explain a product."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import ExplanationCall


class ExplanationForm(OnceForm):
    """How a call that explains a product ended."""

    outcome = forms.ChoiceField(
        label=_("How the call ended"), choices=ExplanationCall.Outcome.choices, widget=forms.RadioSelect
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=600, initial=0)
    text = forms.CharField(
        label=_("What was explained"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In neutral words, and what was said by us. No codes."),
    )
