"""Announcing a call, asking whether a call was ours, and reporting one that was not."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.forms.inquiries import _moment
from desk.forms.once import OnceForm
from desk.models import CallIntention
from handover.forms.choices import offer


class AnnounceForm(OnceForm):
    """A call or letter that is about to be made."""

    purpose = forms.ChoiceField(label=_("What for"), help_text=_("Whoever is called reads these words."))
    channel = forms.ChoiceField(
        label=_("By"), choices=CallIntention.Channel.choices, widget=forms.RadioSelect(attrs={"class": "inline"})
    )
    window_from = forms.DateTimeField(label=_("Call from"), widget=_moment())
    window_until = forms.DateTimeField(
        label=_("Call until"),
        widget=_moment(),
        help_text=_("Up to 12 hours. The code of a letter answers for 120 days."),
    )

    def __init__(self, *args: Any, purposes: Collection[CallIntention.Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.value, one.label) for one in CallIntention.Purpose if one in purposes]
        offer(self, "purpose", [("", _("Choose")), *known])


class CallsForm(OnceForm):
    """Calls that are made now, one after the other, to ask whether an organisation knows of a request."""

    calls = forms.TypedChoiceField(
        label=_("Calls that you are about to make"),
        coerce=int,
        choices=[(count, count) for count in (1, 2, 3)],
        initial=2,
    )


class CallerForm(forms.Form):
    """What whoever was called knows of the call: the code that was said, the number that called, or both."""

    code = forms.CharField(
        label=_("Call code (8 digits)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("The caller says it; in a letter it is printed. Ask for it."),
    )
    number = forms.CharField(
        label=_("Number that called"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("As your telephone shows it, for example 03-1234-5678."),
    )

    def clean(self) -> dict[str, Any]:
        """Require one of the two."""
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not found.get("code") and not found.get("number"):
            self.add_error("code", gettext("Type in the call code, the number that called, or both."))
        return found


class ReportForm(forms.Form):
    """What whoever was called tells us about it; nothing of it has to be told."""

    code = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    number = forms.CharField(max_length=30, required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What did the caller want?"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": "400"}),
        help_text=_("You need not write anything. Please write no password and no code."),
    )
