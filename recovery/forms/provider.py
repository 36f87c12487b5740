"""What the provider's people type while they examine and decide. Forms check shape; transitions decide."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handover.folding import find_phone
from handover.forms.choices import offer
from handover.models import ContactPoint
from recovery.models import Claim, ContactAttempt, Evidence, Objection
from recovery.procedure import Kind, Procedure
from recovery.queries import afterwards
from recovery.queries.exhibits import masked
from recovery.queries.printing import Waiting

Choices = list[tuple[Any, Any]]


def _choose(points: Iterable[ContactPoint], kind: str) -> Choices:
    return [(point.pk, masked(point)) for point in points if point.kind == kind]


def _reason(help_text: Any, label: Any = None) -> forms.CharField:
    rows = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label or _("Reason"), max_length=400, widget=rows, help_text=help_text)


class LinkForm(forms.Form):
    """The number of a registration, where the search does not show it."""

    registration_number = forms.CharField(label=_("Registration number"), max_length=40)


class HeadOfficeForm(forms.Form):
    """The head office, as the operator read it; never as the claimant says."""

    source = forms.ChoiceField(
        label=_("Where did you read it?"),
        choices=[
            (Evidence.Source.REGISTRY.value, _("In the official registry")),
            (Evidence.Source.PUBLISHED.value, _("On an official site of the organisation or an authority")),
        ],
        widget=forms.RadioSelect,
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=10, help_text=_("Seven digits."))
    address = forms.CharField(label=_("Address"), max_length=300, help_text=_("From the prefecture to the floor."))


class EvidenceForm(forms.Form):
    """One proof of one kind: only the fields that this kind needs."""

    code = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["code"].initial = kind.code
        sources = _sources(kind)
        if sources:
            label = _("Where does the number or address come from?") if kind.has_endpoint else _("Where is it from?")
            self.fields["source"] = forms.ChoiceField(label=label, choices=sources, widget=forms.RadioSelect)
        if kind.has_endpoint and kind.code != "C4":
            self.fields["endpoint"] = forms.CharField(
                label=_("Number or address that was used"),
                max_length=200,
                help_text=_("Kept as a fingerprint only: one number counts once."),
            )
        if kind.validity:
            self.fields["issued_on"] = forms.DateField(
                label=_("Date of issue"), widget=forms.DateInput(attrs={"type": "date"}), help_text=kind.how
            )
        if kind.code in ("A2", "A4"):
            self.fields["departure_stated"] = forms.BooleanField(
                label=_("They said that the person in charge has left this task"), required=False
            )
        self.fields["note"] = forms.CharField(
            label=_("Note"),
            max_length=200,
            required=kind.code in ("A2", "A4"),
            help_text=_("With whom, when, and what was asked; for a paper its number. No secrets."),
        )

    def clean_endpoint(self) -> str:
        """Refuse what is no phone number where a call is meant."""
        typed = str(self.cleaned_data["endpoint"])
        if self.kind.code in ("A2", "A4") and find_phone(typed) is None:
            raise forms.ValidationError(_("This is no phone number. Write it with its area code: 03-1234-5678."))
        return typed

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, as the transition takes it."""
        data = self.cleaned_data
        return {
            "code": data["code"],
            "source": data.get("source", ""),
            "endpoint": data.get("endpoint", ""),
            "issued_on": data.get("issued_on"),
            "departure_stated": data.get("departure_stated", False),
            "note": data["note"],
        }


def _sources(kind: Kind) -> Choices:
    """Return where this kind of evidence may come from, [] where that makes no difference."""
    if kind.sources:
        return [(source, Evidence.Source(source).label) for source in kind.sources if source]
    if any(rule.source == Evidence.Source.REGISTRY for rule in kind.validity):
        return [
            (Evidence.Source.REGISTRY.value, _("Pulled from the registry by myself")),
            (Evidence.Source.CLAIMANT.value, _("An original that the claimant sent or brought")),
        ]
    return []


class LetterForm(forms.Form):
    """Where a letter with a code goes: to the record, or to the head office taken from the registry."""

    to = forms.ChoiceField(label=_("To which address?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, points: Iterable[ContactPoint], claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = [
            (f"contact_point:{point.pk}", f"{masked(point)}（{point.get_health_display()}）")
            for point in points
            if point.kind == ContactPoint.Kind.POST
        ]
        if claim.head_office and claim.head_office.get("seconded_by"):
            posts.append(("head_office", str(_("the head office"))))
        offer(self, "to", posts)


class MailCodeForm(forms.Form):
    """Which mail address of record gets a code."""

    contact_point = forms.TypedChoiceField(label=_("To which address?"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, points: Iterable[ContactPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact_point", _choose(points, ContactPoint.Kind.MAIL))


class AttemptForm(forms.Form):
    """One try to reach the predecessor."""

    medium = forms.ChoiceField(
        label=_("By which medium?"), choices=ContactAttempt.Medium.choices, widget=forms.RadioSelect
    )
    contact_point = forms.TypedChoiceField(
        label=_("Contact point of record"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_(
            "Without one: a mail goes to the account of the person in charge, a letter to the holder's address."
        ),
    )
    result = forms.ChoiceField(
        label=_("What became of the call?"),
        required=False,
        help_text=_("Only for a call you have made. Mails and letters are sent by this form."),
    )

    def __init__(self, *args: Any, points: Iterable[ContactPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact_point", [("", _("None of them")), *((one.pk, masked(one)) for one in points)])
        calls = [choice for choice in ContactAttempt.Result.choices if choice[0] != ContactAttempt.Result.SENT]
        offer(self, "result", [("", _("No call")), *calls])

    def clean(self) -> dict[str, Any]:
        """Ask for the result of a call."""
        given = super().clean() or {}
        if given.get("medium") == ContactAttempt.Medium.PHONE and not given.get("result"):
            self.add_error("result", _("Choose what became of the call."))
        return given


class ProposeForm(forms.Form):
    """Why approval is proposed."""

    reason = _reason(_("Whoever approves reads this."))


class DecideForm(forms.Form):
    """Why it is approved, and what exactly: the hash of the text on the page."""

    reason = _reason(_("Why this is right, in your own words. It stays with the case."))
    signed_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ExecuteForm(forms.Form):
    """What exactly is carried out."""

    signed_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class BackForm(forms.Form):
    """Why a proposal goes back, or a claim goes on."""

    reason = _reason(_("The staff of the case reads this, the claimant does not."))


class RefuseForm(forms.Form):
    """Why a claim is refused, and which types of proofs were missing."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (one.value, one.label)
            for one in (
                Claim.EndReason.NOT_CONFIRMED,
                Claim.EndReason.NO_REGISTRATION,
                Claim.EndReason.NO_RESPONSE,
                Claim.EndReason.ABUSE,
            )
        ],
        widget=forms.RadioSelect,
    )
    missing = forms.MultipleChoiceField(
        label=_("Types of proofs that were missing"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The claimant reads these in fixed words once organisation and person are proven; before that everybody"
            " reads all of them."
        ),
    )
    words = _reason(
        _("For the case only. The claimant reads fixed words that do not tell what is on record."),
        label=_("In your own words"),
    )

    def __init__(self, *args: Any, rules: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing, asked = self.fields["missing"], afterwards.asked_for(rules)
        if isinstance(missing, forms.MultipleChoiceField):
            missing.choices = [(one.code, one.name) for one in rules.categories if one.code in asked]


OUTCOMES: Choices = [
    (Objection.Status.UPHELD.value, _("Uphold it: the claim ends")),
    (Objection.Status.DISMISSED.value, _("Dismiss it: the claim goes on with a second look")),
]


class ReviewForm(forms.Form):
    """What the first of two people recommends."""

    recommendation = forms.ChoiceField(label=_("Recommendation"), choices=OUTCOMES, widget=forms.RadioSelect)


class OutcomeForm(forms.Form):
    """What the second of two people decides."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=OUTCOMES, widget=forms.RadioSelect)
    reason = _reason(_("Why, in your own words. It stays with the case."))


class PrintForm(forms.Form):
    """Which of the waiting letters are printed."""

    letters = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": _("Choose the letters to print.")})

    def __init__(self, *args: Any, waiting: Iterable[Waiting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "letters", [(one.pk, one.number) for one in waiting])


class DeliveryForm(forms.Form):
    """On which day a letter arrived, as the post tells."""

    delivered_on = forms.DateField(label=_("Arrived on"), widget=forms.DateInput(attrs={"type": "date"}))

    def delivered_at(self, at: datetime) -> datetime:
        """Return the day as a moment: noon, but never later than `at`."""
        noon = timezone.make_aware(datetime.combine(self.cleaned_data["delivered_on"], time(12)))
        is_today = timezone.localdate(at) == self.cleaned_data["delivered_on"]
        return min(noon, at) if is_today else noon
