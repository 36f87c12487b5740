"""What is typed around calls to the phone of record, the head office, and letters that came back."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.forms.choices import offer
from handover.models import ContactPoint
from recovery.models import Evidence, PhoneCall
from recovery.queries.exhibits import masked


class PhoneForm(forms.Form):
    """Which phone of record is called."""

    contact_point = forms.TypedChoiceField(label=_("Which number of record?"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, points: Iterable[ContactPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phones = [one for one in points if one.kind == ContactPoint.Kind.PHONE and one.until is None]
        offer(self, "contact_point", [(one.pk, masked(one)) for one in phones])


class SaidForm(forms.Form):
    """The number that the person at the phone of record said."""

    number = forms.CharField(
        label=_("The number that they say"),
        max_length=20,
        help_text=_("Eight digits. Type what you hear; nothing here shows what is right."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )


class CallEndForm(forms.Form):
    """How a call ended that confirmed nothing."""

    result = forms.ChoiceField(
        label=_("How did the call end?"),
        choices=[(one.value, one.label) for one in PhoneCall.Result if one != PhoneCall.Result.RIGHT],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note on the call"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In neutral words. No codes."),
    )


class SupplementForm(forms.Form):
    """Building and floor of the head office; never as the claimant says."""

    source = forms.ChoiceField(
        label=_("Where did you read or hear it?"),
        choices=[
            (Evidence.Source.REGISTRY.value, _("In the official registry")),
            (Evidence.Source.PUBLISHED.value, _("On an official site of the organisation or an authority")),
            (Evidence.Source.RECORD.value, _("Asked at the phone of record")),
        ],
        widget=forms.RadioSelect,
    )
    supplement = forms.CharField(
        label=_("Building and floor"), max_length=100, help_text=_("What is missing after the street number.")
    )


class ReturnForm(forms.Form):
    """The number of a letter that came back: one press of the hand scanner, or typed."""

    number = forms.CharField(
        label=_("Letter number"),
        # Long enough for the address of a page: whoever scans the wrong code is told so.
        max_length=400,
        help_text=_("Scan the code in the window of the envelope, or type the number and press Enter."),
        widget=forms.TextInput(attrs={"autofocus": "", "autocomplete": "off", "data-code": "", "spellcheck": "false"}),
        error_messages={"required": _("Scan or type the letter number.")},
    )
