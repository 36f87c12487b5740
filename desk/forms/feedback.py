"""What somebody thinks of us, where it goes, and what we answer."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from desk.enveloping import find_envelope
from desk.forms.days import DaysField
from desk.forms.once import OnceForm
from desk.models import Contact, Feedback, Inquiry, Statement
from handover.folding import find_phone
from handover.forms.choices import offer


def _area(label: Any, *, longest: int = 2_000, rows: int = 4, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "maxlength": str(longest)})
    return forms.CharField(label=label, max_length=longest, widget=area, help_text=help_text)


class RecordFeedbackForm(OnceForm):
    """What an inquirer says in a call."""

    kind = forms.ChoiceField(label=_("Kind of feedback"), choices=Feedback.Kind.choices, widget=forms.RadioSelect)
    tag = forms.ChoiceField(label=_("What it is about"), choices=[("", _("Choose")), *Feedback.Tag.choices])
    contact = forms.ChoiceField(label=_("Which contact caused it"), required=False)
    words = _area(_("What was said"), help_text=_("As the inquirer says it. No codes."))

    def __init__(self, *args: Any, causes: list[tuple[str, Contact]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (key, f"{one.at:%Y-%m-%d} {one.get_channel_display()} {one.get_direction_display()}") for key, one in causes
        ]
        offer(self, "contact", [("", _("None in particular")), *named])

    @property
    def given(self) -> dict[str, Any]:
        """What the transition takes."""
        contact = self.cleaned_data["contact"]
        return {
            **{name: self.cleaned_data[name] for name in ("kind", "tag", "words")},
            "contact_pk": int(contact) if contact else None,
        }


POSTAL = re.compile(r"〒?\s*(\d{3}-?\d{4})(?!\d)")
"""A postal code in an address that is typed as one line."""


class SendFeedbackForm(OnceForm):
    """The public form. Only one way to reach the sender is asked for: the one that the sender wants."""

    kind = forms.ChoiceField(label=_("Kind of feedback"), choices=Feedback.Kind.choices, widget=forms.RadioSelect)
    tag = forms.ChoiceField(label=_("What it is about"), choices=[("", _("Choose")), *Feedback.Tag.choices])
    words = _area(_("What you want to tell us"), rows=6, help_text=_("No passwords and no codes, please."))
    about = forms.CharField(
        label=_("Receipt number, if it is about a matter with us"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    answer_by = forms.ChoiceField(
        label=_("How shall we answer?"), choices=Inquiry.Answer.choices, widget=forms.RadioSelect, initial="mail"
    )
    reach = forms.CharField(
        label=_("Where we reach you in this way"),
        max_length=254,
        help_text=_(
            "Mail address, phone number with the best hours, or postal code and address: only the one you chose."
        ),
    )
    not_on = DaysField(label=_("Days on which we shall not call, if you chose the phone"))

    def clean(self) -> dict[str, Any]:
        """What is typed has to be an address where mail or letter is chosen, a number with its hours for the phone."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("answer_by") and given.get("reach") and given.get("name"):
            try:
                self._check_reach(given["answer_by"], given["reach"])
            except forms.ValidationError as wrong:
                self.add_error("reach", wrong)
        return given

    def _check_reach(self, way: str, reach: str) -> None:
        """Raise ValidationError where nobody could be reached in this way: nothing would ever be heard from us."""
        if way == Inquiry.Answer.MAIL:
            validate_email(reach)
        elif way == Inquiry.Answer.PHONE:
            number, _space, hours = reach.partition(" ")
            if len(reach) > 120:
                raise forms.ValidationError(_("At most 120 signs for a phone number with its hours."))
            if find_phone(number) is None or not hours.strip():
                raise forms.ValidationError(
                    _("The phone number without spaces, then when it suits you: 03-1234-5678 weekdays 10:00 to 12:00.")
                )
        elif find_envelope(self.statement) is None:
            raise forms.ValidationError(_("Write postal code and address: 100-0001 1-1 Chiyoda, Chiyoda-ku, Tokyo."))

    @property
    def statement(self) -> Statement:
        """Who says it, and where that person is reached in the way chosen."""
        where, reach = self.cleaned_data["answer_by"], self.cleaned_data["reach"]
        name = self.cleaned_data["name"]
        if where == Inquiry.Answer.PHONE:
            number, _space, hours = reach.partition(" ")
            days = self.cleaned_data.get("not_on", "")
            return Statement(name=name, own_phone=number[:30], hours=hours.strip(), not_on=days)
        if where == Inquiry.Answer.MAIL:
            return Statement(name=name, mail=reach)
        code = POSTAL.search(unicodedata.normalize("NFKC", reach))
        address = POSTAL.sub("", unicodedata.normalize("NFKC", reach), count=1).strip()
        return Statement(name=name, postal_code=code[1] if code else "", address=address[:200])

    @property
    def given(self) -> dict[str, Any]:
        """What the transition takes."""
        names = ("kind", "tag", "words", "about", "answer_by")
        return {**{name: self.cleaned_data[name] for name in names}, "statement": self.statement}


class ChallengeForm(OnceForm):
    """What somebody of the staff says about a rule."""

    # It stands in the log and in the subject of a mail, where no words about anybody belong.
    number = forms.RegexField(
        r"^[A-Za-z]{1,3}[0-9]{1,3}[a-z]?(?:[.-][0-9]{1,3}){0,2}$",
        label=_("Number of the rule"),
        max_length=20,
        help_text=_("Such as A8."),
        error_messages={"invalid": _("Write only the number of the rule, such as A8.")},
    )
    kind = forms.ChoiceField(label=_("Kind of feedback"), choices=Feedback.Kind.choices, widget=forms.RadioSelect)
    words = _area(
        _("What is wrong with it, and what would be better"),
        help_text=_("Editors and senior approvers read it; your supervisor does not. No names of inquirers."),
    )


class ShareForm(forms.Form):
    """Which department it concerns, and what it is about."""

    department = forms.ChoiceField(label=_("Department"), choices=[("", _("Choose")), *Feedback.Department.choices])
    tag = forms.ChoiceField(label=_("What it is about"), choices=Feedback.Tag.choices)


class AnswerForm(forms.Form):
    """What becomes of it, in words for whoever said it."""

    became = forms.ChoiceField(label=_("What becomes of it"), choices=[("", _("Choose")), *Feedback.Became.choices])
    words = _area(
        _("Answer"), help_text=_("Goes to whoever said it. Nothing of a registration, and nobody else's name.")
    )
    version = forms.IntegerField(
        label=_("Version of the procedure in which it changes"),
        required=False,
        min_value=1,
        help_text=_("Stays with us; no public page tells of it."),
    )
