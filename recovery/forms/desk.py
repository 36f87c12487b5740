"""What the desk types and takes in for a claim."""

from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from accounts.models import same_address
from desk.enveloping import find_envelope
from desk.forms import OnceForm
from desk.forms.console import clean_number
from desk.forms.days import DaysField
from desk.forms.statement import CAPACITIES, LABELS, SIZES
from desk.models import Statement
from handover.forms.choices import offer
from handover.forms.papers import VersionForm
from recovery.procedure import Kind
from recovery.queries.routes import ORGANISATION_KINDS

CALLER = ("name", "kana", "department", "own_phone", "hours", "not_on", "mail")
NEEDED = ("name", "own_phone", "organisation_name")
HINTS: dict[str, Words] = {
    "own_phone": _("Always ask: a number that reaches this person."),
    "organisation_name": _("As the caller says it, also when it may be wrong."),
    "mail": _("If there is one: the codes go there as well."),
}


class CallForm(OnceForm):
    """What a caller says, as the caller says it. Nothing of it is looked up."""

    capacity = forms.ChoiceField(
        label=_("In which capacity does the caller ask?"),
        choices=list(CAPACITIES.items()),
        widget=forms.RadioSelect,
    )
    answer_by = forms.ChoiceField(
        label=_("How shall we answer?"),
        choices=[("phone", _("By phone")), ("mail", _("By mail")), ("letter", _("By letter"))],
        initial="phone",
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the answers"),
        choices=[("ja", _("Japanese")), ("en", _("English"))],
        initial="ja",
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )

    def __init__(self, *args: Any, may_lack_number: bool = False, **kwargs: Any) -> None:
        """`may_lack_number`: the caller was asked for a direct number already and gave none."""
        super().__init__(*args, **kwargs)
        self.may_lack_number = may_lack_number
        kinds = [("", _("None of these, or not known")), *ORGANISATION_KINDS.items()]
        for name, label in LABELS.items():
            if name == "not_on":
                self.fields[name] = DaysField()
                continue
            if name not in SIZES:
                self.fields[name] = forms.ChoiceField(label=str(label), choices=kinds, required=False)
                continue
            self.fields[name] = forms.CharField(
                label=str(label),
                max_length=SIZES[name],
                required=name in NEEDED and not (may_lack_number and name == "own_phone"),
                help_text=str(HINTS.get(name, "")),
                widget=forms.Textarea(attrs={"rows": 3}) if name == "remarks" else forms.TextInput(),
            )

    @property
    def about_caller(self) -> list[forms.BoundField]:
        """The questions about the caller, in the order of a conversation."""
        return [self[name] for name in (*CALLER, "answer_by", "language", "capacity")]

    @property
    def about_matter(self) -> list[forms.BoundField]:
        """The questions about what is lost."""
        return [self[name] for name in LABELS if name not in CALLER]

    def clean_own_phone(self) -> str:
        """Refuse what is no phone number: somebody is waiting to be called there."""
        typed = str(self.cleaned_data["own_phone"])
        if self.may_lack_number and not typed.strip():
            return ""
        return clean_number(typed)

    def clean_mail(self) -> str:
        """Refuse what is no mail address."""
        return _mail(self.cleaned_data["mail"]) if self.cleaned_data["mail"] else ""

    def clean(self) -> dict[str, Any]:
        """Ask for the address, of mail or of post, when the answer is to go there."""
        given = super().clean() or {}
        if given.get("answer_by") == "phone" and not given.get("own_phone") and "own_phone" not in self.errors:
            self.add_error("own_phone", gettext("The answer needs this. Ask for it, or answer in another way."))
        if given.get("answer_by") == "mail" and not given.get("mail") and "mail" not in self.errors:
            self.add_error("mail", gettext("Ask for the mail address, or answer by phone."))
        if given.get("answer_by") == "letter" and not self.errors and find_envelope(self.statement) is None:
            self.add_error("address", gettext("Ask for name, postal code and address to which a letter can go."))
        return given

    @property
    def statement(self) -> Statement:
        """What was said, as the transition takes it."""
        return Statement(**{name: self.cleaned_data[name] for name in LABELS})


def _mail(typed: str) -> str:
    address = same_address(typed)
    try:
        EmailValidator()(address)
    except forms.ValidationError:
        raise forms.ValidationError(_("This is no mail address, such as soumu@example.co.jp.")) from None
    return address


class CollectForm(VersionForm):
    """A paper that the claimant sent or brought. When it was issued is for the operator to read."""

    code = forms.ChoiceField(label=_("What this paper is"))
    field_order = ("code", "paper")

    def __init__(self, *args: Any, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["expires_on"]
        offer(self, "code", [("", _("Choose a kind")), *((kind.code, kind.name) for kind in kinds)])


class MailForm(forms.Form):
    """The claimant's mail address, corrected."""

    mail = forms.CharField(
        label=_("Mail address of the claimant"), max_length=254, help_text=_("A new code goes there; the old one ends.")
    )

    def clean_mail(self) -> str:
        """Refuse what is no mail address."""
        return _mail(self.cleaned_data["mail"])
