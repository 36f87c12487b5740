"""What the caller says to show who is calling, typed as it is said. Nothing here is chosen from a list of customers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from desk.checking import FAULT, Said
from desk.forms.console import Window
from desk.forms.once import OnceForm
from desk.models import CapacityFinding, Inquiry
from handover.forms.choices import offer
from handover.rules.mandates import SETTINGS

CAPACITIES_FOUND = {
    Inquiry.Capacity.CUSTOMER: _("Belongs to the organisation itself"),
    Inquiry.Capacity.CONTRACTOR: _("Works for it as a contractor"),
    Inquiry.Capacity.AFFILIATE: _("Belongs to a group company"),
    Inquiry.Capacity.UNKNOWN: _("Not clear"),
}


def _said(label: Any, size: int, *, digits: bool = False, hint: Any = "") -> forms.CharField:
    wanted = {"autocomplete": "off", "maxlength": str(size)} | ({"inputmode": "numeric"} if digits else {})
    return forms.CharField(label=label, max_length=size, widget=forms.TextInput(attrs=wanted), help_text=hint)


class ReceiptForm(OnceForm):
    """Receipt number and tracking code."""

    number = _said(_("Receipt number"), 40, digits=True)
    tracking = _said(_("Tracking code"), 40, hint=_("Ten letters and digits."))


class PinForm(OnceForm):
    """Both stand on the caller's own screen."""

    number = _said(_("Caller's number"), 40, digits=True, hint=_("Eight digits, on the caller's screen."))
    pin = _said(_("Caller's PIN"), 40, digits=True, hint=_("Six digits beside it, good for ten minutes."))


class MandateForm(OnceForm):
    """What a contractor's person says: by which mandate, for what, and who is calling."""

    mandate = _said(_("Mandate number"), 40)
    registration = _said(_("Registration number, as said"), 40)
    matter = forms.ChoiceField(
        label=_("What it is about"), choices=[(FAULT, _("Look, or report a fault")), *SETTINGS.items()]
    )
    name = _said(_("Own name of the person"), 100)
    number = _said(_("Caller's number"), 40, digits=True)
    pin = _said(_("Caller's PIN"), 40, digits=True)

    @property
    def said(self) -> Said:
        return Said(**self.values)


class BookCallBackForm(OnceForm):
    """When the provider calls back. The same for every caller, whatever is on record."""

    window = forms.ChoiceField(label=_("We call back"))

    def __init__(self, *args: Any, windows: dict[str, tuple[Window, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._windows = {key: window for key, (window, _words) in windows.items()}
        offer(self, "window", [(key, words) for key, (_window, words) in windows.items()])

    @property
    def chosen(self) -> Window:
        return self._windows[self.cleaned_data["window"]]


class CapacityForm(OnceForm):
    """In which capacity the caller turned out to ask, and what gave it away, from a neutral list."""

    capacity = forms.ChoiceField(
        label=_("The caller"), choices=list(CAPACITIES_FOUND.items()), widget=forms.RadioSelect
    )
    signs = forms.MultipleChoiceField(
        label=_("What showed it"),
        choices=CapacityFinding.Sign.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a contractor at least one."),
    )


class PointForm(OnceForm):
    """Which registration an operator found the caller to be of."""

    registration = _said(_("Registration number"), 40, hint=_("The look is written into the customer's history."))


class CallBackEndForm(OnceForm):
    """How a call back ended."""

    result = forms.ChoiceField(label=_("How the call ended"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What was said"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, results: Sequence[tuple[str, Words]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "result", list(results))


class PosedAsForm(OnceForm):
    """As whom a contractor posed; or that no customer of ours is meant."""

    registration = forms.CharField(
        label=_("A registration number of the organisation"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave it empty when no customer of ours was meant."),
    )
