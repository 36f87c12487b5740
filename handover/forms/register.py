"""What people type about a registration, and the provider about a product."""

from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import same_address
from handover.folding import find_phone, find_postal_code
from handover.models import ContactPoint
from handover.transitions.products import TEXTS


class ContactPointForm(forms.Form):
    """A new contact point of record."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices, widget=forms.RadioSelect)
    value = forms.CharField(
        label=_("Address or number"),
        max_length=200,
        help_text=_("A shared address of the department is better than one of a person, who may leave."),
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=20, required=False, help_text=_("For a postal address only.")
    )
    purposes = forms.MultipleChoiceField(
        label=_("May be used for"),
        choices=ContactPoint.Purpose.choices,
        initial=[ContactPoint.Purpose.PROCEDURE],
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.CharField(
        label=_("Best hours"), max_length=120, required=False, help_text=_("For example: weekdays 9:00 to 17:00.")
    )
    receiver_pays = forms.BooleanField(label=_("Calls to this number cost its owner"), required=False)
    # Asked only once there is something to think about: see `doubt`.
    anyway = forms.BooleanField(label=_("Put this address on record all the same"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = self.fields.pop("anyway")

    def doubt(self, warning: str) -> bool:
        """Ask once more when there is a `warning` that was not answered yet; returns whether it was asked."""
        if not warning or self.data.get("anyway") == f"{warning} {self.cleaned_data['value']}":
            return False
        self._asked.widget = forms.CheckboxInput(check_test=lambda value: False)
        self._asked.widget.attrs["value"] = f"{warning} {self.cleaned_data['value']}"
        self.fields["anyway"] = self._asked
        return True

    def clean(self) -> dict[str, Any]:
        """Bring the value into its normal form; every kind has its own."""
        given = super().clean() or {}
        kind, value = given.get("kind"), given.get("value")
        if not kind or not value:
            return given
        judge = {"mail": self._mail, "phone": self._phone, "post": self._post}[kind]
        given["value"] = judge(value)
        return given

    def _mail(self, value: str) -> str:
        address = same_address(value)
        try:
            EmailValidator()(address)
        except forms.ValidationError:
            self.add_error("value", gettext("This is no mail address, such as soumu@example.co.jp."))
        return address

    def _phone(self, value: str) -> str:
        number = find_phone(value)
        if number is None:
            self.add_error("value", gettext("This is no phone number. Write it with its area code: 03-1234-5678."))
        return number or value

    def _post(self, value: str) -> str:
        code = find_postal_code(self.cleaned_data.get("postal_code", ""))
        if code is None:
            self.add_error("postal_code", gettext("A postal code has 7 digits: 100-0001."))
        self.cleaned_data["postal_code"] = code or ""
        return " ".join(value.split())


class AliasForm(forms.Form):
    """What people call the using unit."""

    alias = forms.CharField(
        label=_("Name in use"), max_length=120, help_text=_("For example a short form, or the name before a move.")
    )


LABELS = {
    "name": _("Name"),
    "what": _("What it is"),
    "where": _("Where it is used"),
    "stops": _("What stops if it is cancelled"),
    "cost": _("What it costs a month"),
    "bill": _("How the bill looks"),
    "printed": _("What the bill prints, line by line"),
    "whom": _("Whom to ask"),
}
NEEDED = ("name", "what", "stops")


class ProductForm(forms.Form):
    """A product card in plain words, in both languages. The code is asked once and stays."""

    code = forms.RegexField(
        label=_("Code"),
        regex=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
        error_messages={"invalid": _("A code has 1 to 40 half-width letters, digits, hyphens or underscores.")},
        help_text=_("As in the register's CSV. It cannot be changed later."),
    )

    def __init__(self, *args: Any, with_code: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]
        languages = {"ja": _("Japanese"), "en": _("English")}
        for column in TEXTS:
            part, _line, language = column.rpartition("_")
            short = part == "name"
            self.fields[column] = forms.CharField(
                label=gettext("%(label)s (%(language)s)") % {"label": LABELS[part], "language": languages[language]},
                max_length=120 if short else 1000,
                required=part in NEEDED,
                widget=forms.TextInput() if short else forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def texts(self) -> dict[str, str]:
        """The columns of the card, as the transition takes them."""
        return {column: self.cleaned_data[column] for column in TEXTS}
