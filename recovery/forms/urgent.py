"""What the provider's people type about an urgent setting."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import ContactPoint
from recovery.named_settings import NamedSetting
from recovery.queries.exhibits import masked
from recovery.rules.urgent import MOST_DAYS


def _words(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, help_text=help_text)


class SettingForm(forms.Form):
    """One named setting, what it was and is, and the call that it rests on."""

    code = forms.ChoiceField(label=_("Which setting?"), widget=forms.RadioSelect)
    before = _words(_("What it was before"), _("In words, so that it can be put back. No secrets."))
    after = _words(_("What it is now"), _("In words. No secrets."))
    reason = forms.CharField(
        label=_("Why it cannot wait"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What stands still, and since when."),
    )
    contact_point = forms.TypedChoiceField(
        label=_("Phone number of record that was called"),
        coerce=int,
        help_text=_("Only the last digits are shown. Open the record to see the number."),
    )
    number = forms.CharField(
        label=_("Published main number that was called"),
        max_length=40,
        help_text=_("No phone number of record can be used: from the organisation's own site, not from the claimant."),
    )
    note = _words(_("The call"), _("With whom you spoke, other than the claimant, and what you asked."))
    remind_on = forms.DateField(
        label=_("Ask from this day on whether it can be taken back"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        *args: Any,
        names: Iterable[NamedSetting],
        phones: Iterable[ContactPoint],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        code, point, day = self.fields["code"], self.fields["contact_point"], self.fields["remind_on"]
        if isinstance(code, forms.ChoiceField):
            code.choices = [(one.code, one.name) for one in names]
        choices = [(one.pk, masked(one)) for one in phones]
        if isinstance(point, forms.ChoiceField):
            point.choices = choices
        # The published number stands in only where no number of record can be used.
        del self.fields["number" if choices else "contact_point"]
        last = today + timedelta(days=MOST_DAYS)
        day.widget.attrs |= {"min": (today + timedelta(days=1)).isoformat(), "max": last.isoformat()}
        day.help_text = _("At most %(days)d days from today.") % {"days": MOST_DAYS}

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, as the transition takes it."""
        data = dict(self.cleaned_data)
        pk, number = data.pop("contact_point", None), data.pop("number", "")
        return {**data, "contact_point_pk": pk, "number": number}


class TakeBackForm(forms.Form):
    """Why a setting is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For this case only, encrypted."),
    )
