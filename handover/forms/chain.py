"""The day somebody asks about."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DayForm(forms.Form):
    """Of which day the holder is wanted."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
