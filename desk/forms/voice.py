"""What is passed on, and why something becomes no sentence."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import Escalation


class PassOnForm(OnceForm):
    """Why the desk cannot settle it, and what was asked."""

    reason = forms.ChoiceField(
        label=_("Why it is passed on"), choices=Escalation.Reason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What was asked"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": "400"}),
        help_text=_("In neutral words, without names, numbers or codes."),
    )


class DeclineForm(forms.Form):
    """Why it becomes no sentence."""

    why_not = forms.CharField(
        label=_("Why it becomes no sentence"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": "400"}),
    )
