"""A bill, a message about it, and the answer."""

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import BillMessage
from handover.forms.choices import offer

MOST_SIGNS = 500
"""Longest message, in signs; four bytes each fit `desk.models.relays.SEALED_WORDS`."""
# An address, or what reads like the way to one: a message leads nobody away from here.
_LEADS_AWAY = re.compile(
    r"://|\bwww\.|\S@\S|[a-z0-9-]\.[a-z][a-z0-9-]*/"
    r"|[a-z0-9-]\.(?:com|net|org|jp|info|biz|io|dev|app|me|cc|tv|xyz|site|online|shop|top|ru|cn|ly|co|gl|gd|link"
    r"|click|page|live|club|store|icu|eu|us|uk|to|be|ws)(?![a-z0-9])",
    re.I,
)
# Signs that a browser reads as a dot, and signs that nobody sees.
_DOTS = re.compile("[。｡．․]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"[¥￥\\]?(\d{1,3}(?:,\d{3})+|\d+)円?(?:-|也)?")


class BillForm(forms.Form):
    """What stands on a bill: number, month and amount, in any width."""

    use_required_attribute = False

    reference = forms.CharField(
        label=_("Number on the bill"),
        max_length=80,
        help_text=_("As printed. Full width, capitals and hyphens make no difference."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the number on the bill.")},
    )
    month = forms.CharField(
        label=_("Month of the bill"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "month", "autocomplete": "off"}),
        help_text=_("Year and month, for example 2026-10."),
        error_messages={"required": _("Enter the month of the bill.")},
    )
    amount = forms.CharField(
        label=_("Amount in yen, with tax"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("The exact total, for example 12,345."),
        error_messages={"required": _("Enter the amount.")},
    )

    second_month = forms.CharField(
        label=_("Month of a second bill"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "month", "autocomplete": "off"}),
        help_text=_("Only where one bill was not enough: another month with the same number."),
    )
    second_amount = forms.CharField(
        label=_("Amount of the second bill in yen, with tax"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_reference(self) -> str:
        """Return the number without control signs."""
        return _CONTROLS.sub("", self.cleaned_data["reference"])

    def clean_month(self) -> date:
        """Return the first day of the month."""
        return _month(self.cleaned_data["month"])

    def clean_amount(self) -> int:
        """Return the amount in yen."""
        return _amount(self.cleaned_data["amount"])

    def clean_second_month(self) -> date | None:
        """Return the first day of the second bill's month, None for none."""
        return _month(typed) if (typed := self.cleaned_data["second_month"]) else None

    def clean_second_amount(self) -> int | None:
        """Return the second bill's amount in yen, None for none."""
        return _amount(typed) if (typed := self.cleaned_data["second_amount"]) else None

    def clean(self) -> dict[str, Any]:
        """Ask for both parts of the second bill, and for another month than the first one's."""
        given = super().clean() or {}
        month, amount = given.get("second_month"), given.get("second_amount")
        if self.errors:
            return given
        if month and amount is None:
            self.add_error("second_amount", _("Enter the amount."))
        if amount is not None and not month:
            self.add_error("second_month", _("Enter the month of the bill."))
        if month and month == given.get("month"):
            self.add_error("second_month", _("Choose another month than that of the first bill."))
        return given

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed: number, month, amount, and `second`, a pair of month and amount or None."""
        given = {name: self.cleaned_data[name] for name in ("reference", "month", "amount")}
        month = self.cleaned_data["second_month"]
        return given | {"second": (month, self.cleaned_data["second_amount"]) if month else None}


def _month(typed: str) -> date:
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", typed).replace("/", "-").strip())
    if found is None:
        raise ValidationError(_("Enter year and month, for example 2026-10."))
    return date(int(found[1]), int(found[2]), 1)


def _amount(typed: str) -> int:
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", typed).replace(" ", ""))
    if found is None or len(found[1]) > 13:
        raise ValidationError(_("Enter the amount in figures, for example 12,345."))
    return int(found[1].replace(",", ""))


# Nobody types them, and where a message is kept with others each takes the room of six letters.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain_words(text: str) -> str:
    """Return a message without control signs; raises ValidationError where it leads elsewhere: links, addresses."""
    text = _CONTROLS.sub("", text)
    wide = _DOTS.sub(".", _UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    if _LEADS_AWAY.search(wide):
        raise ValidationError(_("Leave out links and mail addresses: both sides read and answer here only."))
    return text


def _message(label: Any, *, required: bool, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=MOST_SIGNS,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": str(MOST_SIGNS)}),
        error_messages={"required": _("Write what you want to know.")},
    )


class AskAgainForm(OnceForm):
    """One more message in the same thread."""

    use_required_attribute = False
    text = _message(_("Your message"), required=True, help_text=_("Up to 500 signs, without links and mail addresses."))

    def clean_text(self) -> str:
        """Return the message, which leads nowhere else."""
        return plain_words(self.cleaned_data["text"])


class AskForm(AskAgainForm):
    """A message to whoever is in charge, and where to tell the inquirer that there is an answer."""

    mail = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        help_text=_("We tell you there that an answer has come. The other side does not get it."),
        error_messages={"required": _("Enter your mail address.")},
    )
    about = forms.ChoiceField(label=_("About which service"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, about: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "about", about)
        if len(about) == 1:
            self.fields["about"].widget = forms.HiddenInput()
            self.fields["about"].initial = about[0][0]


class AnswerForm(OnceForm):
    """The answer of whoever is in charge."""

    use_required_attribute = False
    answer = forms.ChoiceField(label=_("Your answer"), choices=BillMessage.Answer.choices, widget=forms.RadioSelect)
    words = _message(
        _("In your own words"),
        required=False,
        help_text=_("Only if you like. Up to 500 signs, without links and mail addresses; your name is not added."),
    )

    def clean_words(self) -> str:
        """Return the words, which lead nowhere else."""
        return plain_words(self.cleaned_data["words"])
