"""What is typed in to open an organisation's access: by operators, and by whoever holds the letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import LineField
from handover.activating import is_of_organisation, number_in
from handover.folding import find_postal_code
from handover.forms.choices import offer
from handover.models import Activation
from handover.queries.activations import Waiting

READ_AT = [(one.value, one.label) for one in (Activation.Source.REGISTRY, Activation.Source.PUBLISHED)]


class AddressForm(forms.Form):
    """The registered address of an organisation that has none on record."""

    source = forms.ChoiceField(label=_("Where did you read it?"), choices=READ_AT, widget=forms.RadioSelect)
    postal_code = LineField(label=_("Postal code"), max_length=10, help_text=_("Seven digits."))
    address = LineField(label=_("Address"), max_length=200, help_text=_("From the prefecture to the floor."))

    def clean_postal_code(self) -> str:
        """Return seven digits."""
        found = find_postal_code(self.cleaned_data["postal_code"])
        if found is None:
            raise forms.ValidationError(_("A postal code has seven digits."))
        return found


class ChosenForm(forms.Form):
    """Which organisations of the list get a letter."""

    organisations = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, known: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisations", [(pk, pk) for pk in known])


class PrintForm(forms.Form):
    """Which letters of the queue are printed."""

    letters = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, waiting: list[Waiting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "letters", [(one.letter.pk, one.letter.number) for one in waiting if not one.is_own])


class CheckForm(forms.Form):
    """How an operator made sure."""

    kind = forms.ChoiceField(
        label=_("How did you make sure?"), choices=Activation.Check.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Whom you spoke to, or which paper it was"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Department and position, day and hour, where the number was read. No other personal data."),
    )


class ActivateForm(forms.Form):
    """The answer to a letter."""

    number = LineField(
        label=_("Letter number"), max_length=20, help_text=_("At the top of the letter: A-1234-5678."), required=True
    )
    code = LineField(
        label=_("Confirmation code"),
        max_length=40,
        help_text=_("Ten letters and digits. Capital or small letters and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    name = LineField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    department = LineField(
        label=_("Department"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    mail = forms.EmailField(
        label=_("Your mail address at the organisation"),
        max_length=254,
        help_text=_("A personal address on your organisation's own domain, not one of a free mail service."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_number(self) -> str:
        """Return the number as we write it; what is none stays as it is and fits no letter."""
        return number_in(self.cleaned_data["number"])

    def clean_mail(self) -> str:
        """Refuse addresses that anybody gets; this says nothing about any organisation."""
        mail: str = self.cleaned_data["mail"]
        if not is_of_organisation(mail):
            raise forms.ValidationError(_("This is an address of a mail service for everybody. Use your work address."))
        return mail
