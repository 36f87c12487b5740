"""What is asked of people without an account: four questions of the wizard, codes, papers, an objection.

Lengths are such that every `desk.models.Statement` fits its room; browsers check nothing (`novalidate`), so that what
is wrong is said in one place and in the reader's language.
"""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import LineField, refuse_hidden_characters
from accounts.models import OneTimeCode
from desk.forms.days import DaysField
from desk.models import Inquiry, Need
from handover.forms.choices import offer
from handover.vault.upload import IncomingPaper
from recovery.procedure import Procedure
from recovery.queries.routes import ORGANISATION_KINDS

MOST_REMARKS = 1000
MOST_WORDS = 1000
PAPERS = ("O2", "O3", "O5", "O7", "O8", "O9", "O10", "A1", "P2", "L1", "L2", "P3")
"""Kinds of evidence that can be on a paper which the claimant has. Codes and passwords are never sent as a file."""
PHONE = re.compile(r"[+(]?[0-9][0-9() .-]{7,}")


class TextField(forms.CharField):
    """Several lines of visible text. Browsers send two signs for a line break; it counts as one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        for line in value.split("\n"):
            refuse_hidden_characters(line)


class WishesField(forms.MultipleChoiceField):
    """Wishes from the list. A draft keeps them as one text with commas between, and so it may give them back."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Need.choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value

    def to_python(self, value: Any) -> list[str]:
        return super().to_python([one for one in self.prepare_value(value) or [] if one])


class Question(forms.Form):
    """One page of the wizard."""

    use_required_attribute = False


class CapacityForm(Question):
    """Who the inquirer is to the organisation. Nothing but the words of one notice depends on the answer."""

    capacity = forms.ChoiceField(
        label=_("Which of these fits you?"),
        choices=Inquiry.Capacity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers. If you are not sure, choose the last one.")},
    )


class OrganisationForm(Question):
    """Which organisation it is about."""

    organisation_name = LineField(
        label=_("Name of the organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=_("As far as you know it. An earlier name or a short one will do."),
        error_messages={"required": _("Enter the name of the organisation.")},
    )
    organisation_kana = LineField(label=_("Reading of the name (kana)"), max_length=200, required=False)
    organisation_kind = forms.ChoiceField(
        label=_("Is it one of these?"),
        choices=[*ORGANISATION_KINDS.items(), ("", _("None of these, or I am not sure"))],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Then other papers are asked for. We look for ourselves which way fits."),
    )
    unit = LineField(
        label=_("Department or office that uses it"),
        max_length=100,
        required=False,
        help_text=_("For example: Osaka branch, second factory, school office."),
    )


class RememberedForm(Question):
    """Whatever is remembered; nothing of it is a must."""

    postal_code = LineField(
        label=_("Postal code"),
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    address = LineField(
        label=_("Address where it is used, or where bills went"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = LineField(
        label=_("Phone number of the organisation"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    bill_reference = LineField(
        label=_("Number on a bill or letter"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    product = LineField(
        label=_("What it is"),
        max_length=200,
        required=False,
        help_text=_("In your own words, for example: the line of the reception phone."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    remarks = TextField(
        label=_("Anything else"),
        max_length=MOST_REMARKS,
        required=False,
        help_text=_("For example who was in charge before. Please write no passwords."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class YouForm(Question):
    """Who asks, and how the answer is to come. The phone is asked for only if it will be used."""

    name = LineField(
        label=_("Your name"),
        max_length=100,
        help_text=_("Put a space between family and given name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    kana = LineField(label=_("Reading of your name (kana)"), max_length=100, required=False)
    department = LineField(
        label=_("Your department"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    mail = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        help_text=_("We send a code there to confirm it. It has to be one that only you read."),
        error_messages={
            "required": _("Enter your mail address."),
            "invalid": _("This is no mail address. Check it, for example: name@example.jp"),
        },
    )
    answer_by = forms.ChoiceField(
        label=_("How shall we answer?"),
        choices=[("mail", _("By mail")), ("phone", _("By phone, and by mail as well"))],
        initial="mail",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we shall answer.")},
    )
    own_phone = LineField(
        label=_("Phone number where you can be reached"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Enter the number that we shall call, or choose the answer by mail.")},
    )
    hours = LineField(
        label=_("When it suits you"),
        max_length=100,
        help_text=_("For example: weekdays 10:00 to 12:00."),
        error_messages={"required": _("Enter when we may call.")},
    )

    not_on = DaysField()
    wishes = WishesField(
        label=_("Is there something that helps you?"),
        help_text=_("For people with disabilities. We keep to it in this matter. You need not say why."),
    )
    wish_words = LineField(
        label=_("In your own words"),
        max_length=200,
        required=False,
        help_text=_("What we shall do, not why."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("answer_by") != "phone":
            self.fields["own_phone"].required = self.fields["hours"].required = False

    def clean_name(self) -> str:
        """Return the name with one space between its parts; a name in Japanese script has two."""
        parts = self.cleaned_data["name"].split()
        if len(parts) == 1 and any(ord(sign) > 0x2E7F for sign in parts[0]):
            raise ValidationError(_("Put a space between family and given name."))
        return " ".join(parts)

    def clean_own_phone(self) -> str:
        """Return the number in half width."""
        given = unicodedata.normalize("NFKC", self.cleaned_data["own_phone"]).strip()
        if given and not PHONE.fullmatch(given):
            raise ValidationError(_("This is no phone number. Enter it with area code, for example: 03-1234-5678"))
        return given

    def clean(self) -> dict[str, Any]:
        """Forget a number that will not be used; refuse a call to somebody who wishes none."""
        given = super().clean() or {}
        if given.get("answer_by") == "phone" and Need.NO_PHONE in given.get("wishes", ()):
            self.add_error("answer_by", _("You wish no phone calls: choose the answer by mail."))
        if given.get("answer_by") == "mail":
            for name in ("own_phone", "hours", "not_on"):
                self.errors.pop(name, None)
                given[name] = ""
        return given


QUESTIONS: tuple[type[Question], ...] = (CapacityForm, OrganisationForm, RememberedForm, YouForm)


class StatusForm(forms.Form):
    """Receipt number and tracking code, in any spelling."""

    use_required_attribute = False

    number = forms.CharField(
        label=_("Receipt number"),
        max_length=64,
        help_text=_("For example C-1234-567-890. Full width, capitals and hyphens make no difference."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code": "", "spellcheck": "false"}),
        error_messages={"required": _("Enter the receipt number.")},
    )
    tracking = forms.CharField(
        label=_("Tracking code"),
        max_length=64,
        help_text=_("Ten letters and digits, from the page that you saw after sending or from our first mail."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code": "", "spellcheck": "false"}),
        error_messages={"required": _("Enter the tracking code.")},
    )


def _code(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=64,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code.")},
    )


class MailboxForm(forms.Form):
    """The code that proves the claimant's own mailbox."""

    use_required_attribute = False

    code = _code(_("Code for your mail address"), _("Ten letters and digits. Capitals and hyphens make no difference."))


class ChangeMailForm(forms.Form):
    """Where the mails go from now on."""

    use_required_attribute = False

    mail = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        help_text=_("Leave it as it is to have a new code sent there."),
        error_messages={
            "required": _("Enter your mail address."),
            "invalid": _("This is no mail address. Check it, for example: name@example.jp"),
        },
    )


class CodeForm(forms.Form):
    """A code that went to the organisation. Whether one was sent is not told."""

    use_required_attribute = False

    purpose = forms.ChoiceField(
        label=_("Where is the code from?"),
        choices=[
            (OneTimeCode.Purpose.LETTER, _("From a letter")),
            (OneTimeCode.Purpose.MAIL, _("From a mail to an address of the organisation")),
        ],
        initial=OneTimeCode.Purpose.LETTER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where the code is from.")},
    )
    code = _code(_("Code"), _("Ten letters and digits. Capitals and hyphens make no difference."))


class WishForm(forms.Form):
    """What to do when no code arrives."""

    use_required_attribute = False

    wish = forms.ChoiceField(
        label=_("What shall we do?"),
        choices=[
            ("letter", _("Send the letter again")),
            ("mail", _("Send a code to a mail address of the organisation instead")),
            ("other", _("Find another way: neither post nor mail reaches the organisation")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )


class PaperForm(forms.Form):
    """A paper, and what it is meant to show."""

    use_required_attribute = False

    code = forms.ChoiceField(label=_("What is it?"), error_messages={"required": _("Choose what kind of paper it is.")})
    paper = forms.FileField(
        label=_("File"),
        # An empty file is answered by the check, with what to do about it.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.txt,.csv"}),
        help_text=_("PDF, picture (PNG, JPEG), docx, xlsx, txt or csv, at most 25 MiB, without a password."),
        error_messages={"required": _("Choose a file.")},
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This form is no longer complete. Open it again."),
            "invalid": _("This form is no longer complete. Open it again."),
        },
    )

    def __init__(self, procedure: Procedure, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {kind.code: kind.name for kind in procedure.kinds}
        known = [(code, kinds[code]) for code in PAPERS if code in kinds]
        offer(self, "code", [("", _("Choose a kind")), *known])

    def clean_paper(self) -> IncomingPaper:
        """Look at the file: what may not be stored is told here, each with what to do instead."""
        paper: Any = self.cleaned_data["paper"]
        verdict = paper.inspect()
        if not verdict.accepted:
            raise ValidationError([one.words for one in verdict.refusals])
        return paper


class ObjectionForm(forms.Form):
    """The code of a notice, and whatever its reader wants to say."""

    use_required_attribute = False

    code = forms.CharField(
        label=_("Objection code"),
        max_length=64,
        help_text=_("14 letters and digits, from the letter or mail. Capitals and hyphens make no difference."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code": "", "spellcheck": "false"}),
        error_messages={"required": _("Enter the objection code.")},
    )
    words = TextField(
        label=_("What we should know"),
        max_length=MOST_WORDS,
        required=False,
        help_text=_("For example: we are here, nobody asked for this. You may leave it empty."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
