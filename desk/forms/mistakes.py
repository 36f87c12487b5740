"""What we did wrong, and what was done about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import Mistake


def _area(label: Any, help_text: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4, "maxlength": "2000"})
    return forms.CharField(label=label, max_length=2_000, widget=area, help_text=help_text)


class MistakeForm(OnceForm):
    """What went wrong, and who noticed."""

    kind = forms.ChoiceField(label=_("What went wrong"), choices=[("", _("Choose")), *Mistake.Kind.choices])
    noticed = forms.ChoiceField(label=_("Who noticed"), choices=Mistake.Noticed.choices, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Receipt number"),
        max_length=40,
        required=False,
        help_text=_("Of the case that it concerns, if there is one. The inquirer is told."),
    )
    words = _area(_("In your own words"), _("What happened, not whose fault it was. No codes."))


class NumberForm(forms.Form):
    """Which registration it concerned."""

    number = forms.CharField(
        label=_("Registration number"), max_length=40, help_text=_("Its person in charge is told at once.")
    )


class MendForm(forms.Form):
    """What was done about it."""

    words = _area(_("What was done about it"), _("The customer reads these words when it is closed."))
