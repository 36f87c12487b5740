"""Days on which somebody does not want to be called."""

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_DAYS = 10
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class DaysField(forms.CharField):
    """Days with their year, in any of the usual spellings; its value is ISO dates with spaces between."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Days on which we shall not call"))
        kwargs.setdefault("help_text", _("With the year, for example: 2026-12-28 2027-01-04. Up to ten days."))
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=200, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the days in their order, each once."""
        typed = unicodedata.normalize("NFKC", str(super().to_python(value) or ""))
        rest = DAY.sub(" ", typed)
        if re.sub(r"[\s,、;・と]", "", rest):
            raise ValidationError(_("Write each day with its year: 2026-12-28. Put spaces between."))
        try:
            days = {date(*(int(part) for part in found)) for found in DAY.findall(typed)}
        except ValueError as error:
            raise ValidationError(_("One of these days does not exist.")) from error
        if len(days) > MOST_DAYS:
            raise ValidationError(_("Up to ten days. For more, write them into the hours."))
        return " ".join(day.isoformat() for day in sorted(days))
