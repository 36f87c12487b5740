"""Alarms."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AlarmForm(forms.Form):
    """What a supervisor found about an alarm."""

    words = forms.CharField(
        label=_("What did you find?"), max_length=400, widget=forms.Textarea(attrs={"rows": 3, "maxlength": "400"})
    )
