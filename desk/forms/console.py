"""What is typed while somebody is on the phone: what the caller says, a promise, a warning, how the call ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from accounts.models import same_address
from desk.forms.once import OnceForm
from desk.forms.statement import CAPACITIES, LABELS, SIZES
from desk.models import Call, Hold, Inquiry, Statement
from handover.folding import costs_receiver, find_phone
from handover.forms.choices import offer

TOPICS = (Inquiry.Topic.QUESTION, Inquiry.Topic.USE, Inquiry.Topic.BILL, Inquiry.Topic.FEEDBACK)
"""What is taken down here; a claim is taken down by recovery, with questions of its own."""
ANSWERS = [("phone", _("By phone")), ("mail", _("By mail")), ("letter", _("By letter"))]
Window = tuple[datetime, datetime]


def clean_number(typed: str) -> str:
    """Refuse what is no phone number: somebody is waiting to be called there."""
    if find_phone(typed) is None:
        raise forms.ValidationError(_("This is no phone number. Write it with its area code: 03-1234-5678."))
    if costs_receiver(typed):
        raise forms.ValidationError(
            _("Calls to this number cost its owner, so we do not dial it. Ask for another one.")
        )
    return typed


def _text(name: str, *, required: bool = False, hint: Words = "", label: Words = "") -> forms.CharField:
    return forms.CharField(
        label=str(label or LABELS[name]),
        max_length=SIZES[name],
        required=required,
        help_text=str(hint),
        widget=forms.Textarea(attrs={"rows": 2}) if name == "remarks" else forms.TextInput(),
    )


class BeginForm(OnceForm):
    """Who is calling, and where to call back: always asked, also of somebody who gives no number."""

    name = forms.CharField(label=_("Name of the caller, as stated"), max_length=SIZES["name"])
    number = forms.CharField(
        label=_("Direct number to call back"),
        max_length=SIZES["own_phone"],
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("Always ask: a number that reaches this person."),
    )
    no_number = forms.BooleanField(label=_("I asked, and the caller gives none"), required=False)

    def clean_number(self) -> str:
        """Refuse what is no phone number."""
        typed = str(self.cleaned_data["number"]).strip()
        return clean_number(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        """Ask for the number, or for the word that it was asked for."""
        given = super().clean() or {}
        if not given.get("number") and not given.get("no_number") and "number" not in self.errors:
            self.add_error("number", gettext("Ask for a direct number. If the caller gives none, say so below."))
        return given


class NumberForm(forms.Form):
    """The receipt number that the caller says. It leads to what was typed and to nothing else."""

    number = forms.CharField(
        label=_("Receipt number, as the caller says it"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Ten digits. There is no search of customers."),
    )


class TakeDownForm(OnceForm):
    """What the caller asks, as the caller says it. Nothing of it is looked up."""

    topic = forms.ChoiceField(label=_("What is it about?"), choices=[(one, one.label) for one in TOPICS])
    remarks = _text("remarks", required=True, label=_("What the caller asks"), hint=_("In the caller's own words."))
    name = _text("name", required=True)
    own_phone = _text("own_phone")
    organisation_name = _text("organisation_name", hint=_("As the caller says it, also when it may be wrong."))
    mail = _text("mail", hint=_("If there is one: the codes go there as well."))
    hours = _text("hours")
    capacity = forms.ChoiceField(
        label=_("In which capacity does the caller ask?"), choices=list(CAPACITIES.items()), initial="unknown"
    )
    answer_by = forms.ChoiceField(label=_("How shall we answer?"), choices=ANSWERS, initial="phone")
    postal_code = _text("postal_code", hint=_("Only for an answer by letter."))
    address = _text("address")
    language = forms.ChoiceField(
        label=_("Language of the answers"), choices=[("ja", _("Japanese")), ("en", _("English"))], initial="ja"
    )

    def clean_own_phone(self) -> str:
        """Refuse what is no phone number."""
        typed = str(self.cleaned_data["own_phone"]).strip()
        return clean_number(typed) if typed else ""

    def clean_mail(self) -> str:
        """Refuse what is no mail address."""
        if not self.cleaned_data["mail"]:
            return ""
        address = same_address(self.cleaned_data["mail"])
        EmailValidator(_("This is no mail address, such as soumu@example.co.jp."))(address)
        return address

    def clean(self) -> dict[str, Any]:
        """Ask for what the answer needs."""
        given = super().clean() or {}
        needed = {"phone": "own_phone", "mail": "mail"}.get(str(given.get("answer_by")), "")
        if needed and not given.get(needed) and needed not in self.errors:
            self.add_error(needed, gettext("The answer needs this. Ask for it, or answer in another way."))
        return given

    @property
    def statement(self) -> Statement:
        """What was said, as the transition takes it."""
        names = ("name", "own_phone", "organisation_name", "mail", "hours", "postal_code", "address", "remarks")
        return Statement(**{name: self.cleaned_data[name] for name in names})


class PromiseForm(OnceForm):
    """When we come back, chosen while the caller waits: the owner is whoever promises (invariant 26)."""

    wish = forms.CharField(
        label=_("What the inquirer wants"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    window = forms.ChoiceField(label=_("We get in touch"))
    next_action = forms.ChoiceField(label=_("What comes next"), choices=Hold.NextAction.choices, initial="call")
    reason = forms.ChoiceField(label=_("Why it waits"), choices=Hold.Reason.choices, initial="call_back")

    def __init__(self, *args: Any, windows: Iterable[Window], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The rest of today begins at any moment: what was shown is told again by its end.
        self._windows = {until.isoformat(): (start, until) for start, until in windows}
        offer(self, "window", [(key, span(*window)) for key, window in self._windows.items()])

    @property
    def promise(self) -> dict[str, Any]:
        """What the transition takes."""
        start, until = self._windows[self.cleaned_data["window"]]
        kept = {name: self.cleaned_data[name] for name in ("wish", "next_action", "reason")}
        return {**kept, "promised_from": start, "promised_until": until}


def span(start: datetime, until: datetime) -> str:
    """Return a time that is promised in words."""
    first, last = timezone.localtime(start), timezone.localtime(until)
    day = date_format(first, "n月j日（D）" if get_language() == "ja" else "D j F")
    return f"{day} {first:%H:%M} – {last:%H:%M}"


class WarnForm(forms.Form):
    """Which of the fixed warnings was read out."""

    warning = forms.ChoiceField(label=_("Read one of these out, then record it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, warnings: Iterable[tuple[str, Words, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "warning", [(value, f"{why} {words}") for value, why, words in warnings])


class EndForm(OnceForm):
    """How the call ended, and what was the matter. The minutes are those of the clock."""

    ending = forms.ChoiceField(label=_("How the call ended"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What was the matter"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In neutral words, and what was said by us. No codes."),
    )

    def __init__(self, *args: Any, call: Call, is_promised: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Call.Ending
        found = [named.SETTLED]
        if call.inquiry_id:
            found = [named.PROMISED] * is_promised + [named.SETTLED, named.PASSED]
        else:
            del self.fields["text"]  # without an inquiry nothing is kept of it
        if call.direction == Call.Direction.OUT:
            found.append(named.NO_ANSWER)
        found += [named.CUT_OFF] + [named.BY_US] * bool(call.warned_at)
        offer(self, "ending", [(one, one.label) for one in found])
        if is_promised and call.inquiry_id:
            self.initial.setdefault("ending", named.PROMISED)
