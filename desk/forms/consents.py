"""A one-off consent: asked for, linked, answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm


def _text(label: Any, size: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=size, **more)


class AskConsentForm(OnceForm):
    """Who asks, for whom, and what for."""

    contractor = _text(_("Name of the contractor's company, and of who asks"), 120)
    customer = _text(_("Organisation of the customer, as the contractor names it"), 120)
    wish = _text(
        _("What the customer shall consent to, in this one case"),
        400,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": "400"}),
        help_text=_("The customer reads these words. Up to 400 signs."),
    )


class LinkConsentForm(forms.Form):
    """Which registration is meant."""

    registration_number = _text(_("Number of the registration"), 40)


class AnswerConsentForm(forms.Form):
    """Yes or no."""

    answer = forms.ChoiceField(
        label=_("Do you consent to this one case?"),
        choices=[("yes", _("Yes, to this one case")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
