"""What people give about deputies, absence and what is said of the past."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handover.forms.handovers import PersonChoice


class DeputyForm(forms.Form):
    """Who is to be deputy."""

    deputy = PersonChoice(
        queryset=User.objects.none(),
        label=_("Deputy"),
        empty_label=_("Choose a person"),
        help_text=_("Only people of your organisation are listed, without the person in charge."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        if isinstance(field, PersonChoice):
            field.queryset = people


class WhyForm(forms.Form):
    """Why a deputy stands in, or why somebody is said to be absent."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_(
            "The person in charge and the administrators read this. Leave out illnesses and other private things."
        ),
    )


class UnverifiedForm(forms.Form):
    """Who is said to have looked after it, and when."""

    name = forms.CharField(label=_("Name, as stated"), max_length=100)
    first_on = forms.DateField(
        label=_("From, as stated"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("If only the month is known, its first day."),
    )
    last_on = forms.DateField(
        label=_("Until, as stated"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave this empty when nobody can say."),
    )
