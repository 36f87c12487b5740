"""Invented registrations."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CanaryForm(forms.Form):
    """The number of an invented registration."""

    number = forms.CharField(label=_("Number of the invented registration"), max_length=40)
