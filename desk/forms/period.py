"""Which days a report is about."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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

    def __init__(self, *args: Any, usual: tuple[date, date], **kwargs: Any) -> None:
        """`usual` are first and last day of what is shown by itself."""
        self.usual = usual
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
