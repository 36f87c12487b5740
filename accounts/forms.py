"""Forms about people. They check shape; whether something may be done is the transitions' matter."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, Role, User

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that nobody sees or that break a line: controls, formats, surrogates, private use, separators."""


def refuse_hidden_characters(text: str) -> None:
    """Raise `ValidationError` when `text` has a line break or a character that cannot be seen.

    Names stand in mails, on papers and in lists: there a line break forges a line, and what is invisible another name.
    """
    if any(unicodedata.category(character) in HIDDEN for character in text):
        raise ValidationError(
            _("This has a line break or a character that cannot be seen. Type it again instead of pasting it.")
        )


class LineField(forms.CharField):
    """One line of visible text."""

    default_validators = [refuse_hidden_characters]


class ProfileForm(forms.Form):
    display_name = LineField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    kana = LineField(
        label=_("Reading of your name (kana)"),
        max_length=100,
        required=False,
        help_text=_("Separate family and given name with a space, as in the name itself."),
    )
    department = LineField(
        label=_("Department"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    language = forms.ChoiceField(
        label=_("Language of pages and mails"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class JoinForm(ProfileForm):
    """Who accepts an invitation says who they are and chooses a password."""

    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Compare both passwords and ask Django's validators, which also know the name and the address."""
        given = super().clean() or {}
        password = given.get("password")
        if password and "again" in given and password != given["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        elif password:
            try:
                validate_password(password, User(email=self.email, display_name=given.get("display_name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return given


class InviteForm(forms.Form):
    """Fields depend on where the person is invited: staff numbers for staff, several roles for the provider."""

    email = forms.EmailField(label=_("Mail address"), max_length=254)
    display_name = LineField(
        label=_("Name"), max_length=100, required=False, help_text=_("Used in the mail. The person can correct it.")
    )
    staff_number = LineField(
        label=_("Staff number"),
        max_length=40,
        help_text=_("Tells natural persons apart: two accounts of one person never count as two."),
    )
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=settings.LANGUAGES, initial="ja", widget=forms.RadioSelect
    )

    def __init__(self, actor: Actor, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(role, Role(role).label) for role in rules.grantable(actor, organisation)]
        if organisation.kind == OrganisationKind.PROVIDER:
            self.fields["roles"] = forms.MultipleChoiceField(
                label=_("Roles"), choices=names, widget=forms.CheckboxSelectMultiple
            )
        else:
            self.fields["roles"] = forms.ChoiceField(
                label=_("Role"), choices=names, widget=forms.RadioSelect, initial=names[-1][0] if names else None
            )
        if not organisation.is_staff:
            del self.fields["staff_number"]
        self.order_fields(["email", "display_name", "staff_number", "roles", "language"])

    def clean_roles(self) -> list[str]:
        """Return a list in both cases."""
        roles = self.cleaned_data["roles"]
        return [roles] if isinstance(roles, str) else roles


class OrganisationForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind, OrganisationKind(kind).label) for kind in rules.FIRST_ROLES],
        widget=forms.RadioSelect,
        initial=OrganisationKind.CUSTOMER,
    )
    legal_name = LineField(label=_("Legal name"), max_length=200)
    kana = LineField(label=_("Reading of the name (kana)"), max_length=200, required=False)
    corporate_number = LineField(label=_("Corporate number"), max_length=13, required=False, help_text=_("13 digits."))
    postal_code = LineField(label=_("Postal code"), max_length=8, required=False)
    address = LineField(label=_("Registered address"), max_length=300, required=False)


class UndertakingForm(forms.Form):
    # The hash of the words that stood on the page: nobody signs others than were read.
    read = forms.CharField(max_length=64, widget=forms.HiddenInput)
    agreed = forms.BooleanField(label=_("I have read the undertaking and will keep it, also after I leave this work."))
    typed_name = LineField(
        label=_("Your name, as a signature"), max_length=100, help_text=_("Type it exactly as it is in your profile.")
    )


class ReadForm(forms.Form):
    """What stood on the page, so that nothing else is published than was read."""

    read = forms.CharField(max_length=64, widget=forms.HiddenInput)


class WordsField(forms.CharField):
    """The whole words of an undertaking, as they are signed."""

    def __init__(self, **kwargs: Any) -> None:
        told = _("The first line is the title, then an empty line, then the words.")
        area = forms.Textarea(attrs={"rows": 16})
        super().__init__(max_length=20_000, help_text=told, widget=area, **kwargs)


class NewUndertakingForm(forms.Form):
    """The next version in both languages, and why."""

    words_ja = WordsField(label=_("Words in Japanese"))
    words_en = WordsField(label=_("Words in English"))
    reason = LineField(
        label=_("Why the words change"), max_length=200, help_text=_("Everybody who signs anew reads this.")
    )

    def clean_words_ja(self) -> str:
        """Return the Japanese words with plain line ends."""
        return self._titled("words_ja")

    def clean_words_en(self) -> str:
        """Return the English words with plain line ends."""
        return self._titled("words_en")

    def _titled(self, name: str) -> str:
        text = "\n".join(line.rstrip() for line in self.cleaned_data[name].splitlines()).strip() + "\n"
        title, gap, words = text.partition("\n\n")
        if not (gap and words.strip()) or "\n" in title:
            raise forms.ValidationError(_("Begin with a title in one line and an empty line after it."))
        return text
