"""What people give when they ask to be called."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from handover.folding import find_phone
from handover.models import ExplanationRequest

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
)


class ExplanationForm(forms.Form):
    """Where and when to call, and what about."""

    phone = forms.CharField(
        label=_("Number to call"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Used for this call only, and forgotten afterwards."),
    )
    unclear = forms.CharField(
        label=_("What is unclear"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave it empty to have everything explained. Do not write numbers or passwords here."),
    )
    hours = forms.ChoiceField(
        label=_("Hours"), choices=ExplanationRequest.Hours.choices, widget=forms.RadioSelect(attrs={"class": "inline"})
    )
    not_on = forms.TypedMultipleChoiceField(
        label=_("Do not call on"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
    )

    def clean_phone(self) -> str:
        """Return the number in its normal form."""
        number = find_phone(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(gettext("This is no phone number. Write it with its area code: 03-1234-5678."))
        return number
