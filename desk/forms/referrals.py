"""Passing an inquirer on, and the list of desks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import Affiliate, Referral
from handover.forms.choices import offer


class ReferForm(OnceForm):
    """To which desk, and why."""

    affiliate = forms.ChoiceField(label=_("To which desk"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Why"), choices=Referral.Reason.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, desks: list[Affiliate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "affiliate", [(str(one.pk), one.organisation.legal_name) for one in desks])


class GiveBackForm(OnceForm):
    """Why an inquirer is given back."""

    reason = forms.ChoiceField(label=_("Why"), choices=Referral.Return.choices, widget=forms.RadioSelect)


class AffiliateForm(OnceForm):
    """A desk on the list."""

    organisation = forms.ChoiceField(label=_("Agency"))
    phone = forms.CharField(label=_("Phone"), max_length=30)
    hours = forms.CharField(label=_("Hours"), max_length=120)

    def __init__(self, *args: Any, agencies: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", [("", _("Choose")), *((str(pk), name) for pk, name in agencies)])
