"""The register of places."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from handover.forms.choices import offer


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SiteForm(forms.Form):
    """A place of the provider, of an agency, or of a reseller."""

    organisation = forms.ChoiceField(label=_("Whose place"), required=False)
    company = forms.CharField(
        label=_("Name of the reseller"),
        max_length=200,
        required=False,
        help_text=_("Only for a reseller, who has no access here."),
    )
    name = forms.CharField(label=_("Name of the place"), max_length=100)
    notification_number = forms.CharField(
        label=_("Notification number"),
        max_length=40,
        required=False,
        help_text=_("Under the Telecommunications Business Act; agencies and resellers have one."),
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=_day())

    def __init__(self, *args: Any, companies: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._companies = {str(one.pk): one for one in companies}
        rows = [(key, one.legal_name) for key, one in self._companies.items()]
        offer(self, "organisation", [("", _("A reseller, named below")), *rows])

    def clean_organisation(self) -> Organisation | None:
        """Return the organisation chosen, None for a reseller."""
        return self._companies.get(self.cleaned_data["organisation"])


class EndSiteForm(forms.Form):
    """The last day of a place."""

    valid_until = forms.DateField(label=_("Last day"), widget=_day())


class LineForm(forms.Form):
    """A number that a place calls from."""

    number = forms.CharField(
        label=_("Number that is called from"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )


class PersonForm(forms.Form):
    """Somebody of a list."""

    person = forms.ChoiceField(label=_("Who"))

    def __init__(self, *args: Any, people: Iterable[User], label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.pk): one for one in people}
        self.fields["person"].label = label
        rows = [(key, one.display_name) for key, one in self._people.items()]
        offer(self, "person", [("", _("Choose")), *rows])

    def clean_person(self) -> User:
        """Return the person chosen."""
        return self._people[self.cleaned_data["person"]]
