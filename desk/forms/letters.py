"""Letters in and out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.forms.once import OnceForm
from desk.models import Contact, PostLetter
from desk.models.letters import COMES_IN
from handover.forms.choices import offer


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _number() -> forms.CharField:
    return forms.CharField(
        label=_("Number of registered mail"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        help_text=_("For example 123-45-67890-5. Leave it empty for an ordinary letter."),
    )


def _kinds(*, coming: bool) -> list[tuple[str, Any]]:
    kinds = [(one.value, one.label) for one in PostLetter.Kind if (one in COMES_IN) == coming]
    return [("", _("Choose")), *kinds]


class LetterInForm(OnceForm):
    """A letter that came by post."""

    kind = forms.ChoiceField(label=_("What came"), choices=_kinds(coming=True))
    sender = forms.CharField(label=_("From whom, as the letter says"), max_length=200)
    party = forms.ChoiceField(label=_("Who that is"), choices=Contact.Party.choices)
    registered_number = _number()
    received_on = forms.DateField(label=_("Received on"), widget=_day())
    owner = forms.ChoiceField(label=_("Who answers"))

    def __init__(self, *args: Any, owners: dict[str, list[User]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners = {str(user.pk): user for people in owners.values() for user in people}
        groups = [(name, [(str(user.pk), user.display_name) for user in people]) for name, people in owners.items()]
        offer(self, "owner", [("", _("Choose")), *groups])

    def clean_owner(self) -> User:
        """Return the person chosen."""
        return self._owners[self.cleaned_data["owner"]]


class LetterOutForm(OnceForm):
    """A letter that left by post."""

    kind = forms.ChoiceField(label=_("What left"), choices=_kinds(coming=False))
    party = forms.ChoiceField(label=_("To whom it went"), choices=Contact.Party.choices)
    registered_number = _number()
    sent_on = forms.DateField(label=_("Left on"), widget=_day())
    due_on = forms.DateField(
        label=_("Due back on"),
        required=False,
        widget=_day(),
        help_text=_("Leave it empty when nothing should come back."),
    )


class CloseLetterForm(forms.Form):
    """What became of a letter."""

    status = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (PostLetter.Status.ANSWERED, PostLetter.Status.RETURNED)]
    )
