"""Why an administrator takes the package of somebody else's registration."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import LookReason


class PackageReasonForm(forms.Form):
    """One question; whoever holds the registration is not asked."""

    reason = forms.ChoiceField(
        label=_("Why do you take the package?"), choices=LookReason.choices, widget=forms.RadioSelect
    )
