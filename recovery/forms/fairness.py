"""Which days the report is about, why a quarter differs, and what an auditor found."""

from django import forms
from django.utils.translation import gettext_lazy

from recovery.models import AuditSample


class DriftForm(forms.Form):
    """Why a quarter differs."""

    words = forms.CharField(
        label=gettext_lazy("Why does it differ, and what is done about it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Everybody who sees the figures reads this. No names and no numbers of cases."),
    )


class FindingForm(forms.Form):
    """What an auditor found in one case."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[
            (AuditSample.Status.IN_ORDER.value, AuditSample.Status.IN_ORDER.label),
            (AuditSample.Status.NOT_IN_ORDER.value, AuditSample.Status.NOT_IN_ORDER.label),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Needed where something is not in order: which rule, and where you see it."),
    )
