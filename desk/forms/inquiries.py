"""Contacts and promises."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.forms.once import OnceForm
from desk.models import Contact, Hold
from handover.forms.choices import offer


class ContactForm(OnceForm):
    """One call, mail, letter or visit."""

    direction = forms.ChoiceField(
        label=_("Direction"), choices=Contact.Direction.choices, widget=forms.RadioSelect(attrs={"class": "inline"})
    )
    channel = forms.ChoiceField(label=_("By"), choices=Contact.Channel.choices)
    party = forms.ChoiceField(label=_("With whom"), choices=Contact.Party.choices)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=600, initial=0)
    text = forms.CharField(
        label=_("What was the matter"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In neutral words, and what was said by us. No codes."),
    )


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class HoldForm(OnceForm):
    """A promise to come back: nothing of it may stay empty (invariant 26)."""

    reason = forms.ChoiceField(label=_("Why it waits"), choices=[("", _("Choose")), *Hold.Reason.choices])
    owner = forms.ChoiceField(label=_("Owner of the promise"))
    next_action = forms.ChoiceField(label=_("What comes next"), choices=[("", _("Choose")), *Hold.NextAction.choices])
    promised_from = forms.DateTimeField(label=_("Promised from"), widget=_moment())
    promised_until = forms.DateTimeField(
        label=_("Promised until"), widget=_moment(), help_text=_("We get in touch within this time.")
    )
    wish = forms.CharField(
        label=_("What the inquirer wants"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, owners: dict[str, list[User]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners = {str(user.pk): user for people in owners.values() for user in people}
        groups = [(name, [(str(user.pk), user.display_name) for user in people]) for name, people in owners.items()]
        offer(self, "owner", [("", _("Choose")), *groups])

    def clean_owner(self) -> User:
        """Return the person chosen."""
        return self._owners[self.cleaned_data["owner"]]
