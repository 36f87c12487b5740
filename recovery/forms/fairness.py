"""Which days the report is about, why a quarter differs, and what an auditor found."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recovery.models import AuditSample
from recovery.queries.fairness import default_period

LONGEST = timedelta(days=5 * 366)
"""Five years: what is older belongs to rules that nobody works by any more."""


class PeriodForm(forms.Form):
    """First and last day of receipt. What is left out is taken from the period shown by itself."""

    first = forms.DateField(
        label=gettext_lazy("First day of receipt"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("Last day of receipt"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.usual = default_period(today)
        kwargs["initial"] = dict(zip(("first", "last"), self.usual, strict=True))
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first") or self.usual[0], given.get("last") or self.usual[1]
        if last < first:
            self.add_error("last", _("The last day lies before the first."))
        elif last - first > LONGEST:
            self.add_error("first", _("At most five years at a time."))
        return given

    @property
    def period(self) -> tuple[date, date]:
        """The days chosen, or those shown by themselves where nothing fits."""
        if not self.is_bound or not self.is_valid():
            return self.usual
        data = self.cleaned_data
        return data["first"] or self.usual[0], data["last"] or self.usual[1]


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
