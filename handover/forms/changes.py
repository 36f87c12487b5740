"""What people give when they ask for a change of name or holder or to cancel, and when the provider decides."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from handover.changing import Proof, Wish
from handover.forms.choices import offer
from handover.models import Affiliation, ChangeConsent, ChangeProof, ChangeRequest
from handover.queries.changes import customers_called

Kind = ChangeRequest.Kind
THIS, LISTED, EVERYTHING = "this", "listed", "everything"


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _words(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3}))


def _corporate_number(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=20, required=False, help_text=_("13 digits, if it has one."))


class WishForm(forms.Form):
    """A request: for which registrations, what is to change, why, and the papers it rests on as far as they are there.

    `number` is the registration whose page one comes from; None for an operator, who types them from the letter.
    """

    def __init__(
        self,
        *args: Any,
        kind: str,
        number: str | None,
        proofs: tuple[str, ...],
        papers: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.number, self.proofs = kind, number, proofs
        if kind != Kind.CANCELLATION:
            self._ask_scope()
        else:
            self.fields["numbers"] = forms.CharField(label=_("Registration number"), max_length=40)
        if kind == Kind.RENAME:
            self._ask_name()
        elif kind != Kind.CANCELLATION:
            self._ask_receiver(required=kind != Kind.REORGANISATION)
        self.fields["reason"] = _words(
            _("Reason for the request"), _("The provider and the deciding people read this.")
        )
        self.fields["wished_on"] = _day(_("From when"), required=False)
        for proof in proofs:
            self._ask_proof(proof, papers)
        self.fields["token"] = forms.UUIDField(widget=forms.HiddenInput)

    def _ask_scope(self) -> None:
        choices = [(THIS, _("This registration only")), (LISTED, _("The ones listed here"))]
        choices = [*(choices if self.number else choices[1:]), (EVERYTHING, _("Everything this organisation holds"))]
        self.fields["scope"] = forms.ChoiceField(
            label=_("For which registrations"), choices=choices, widget=forms.RadioSelect, initial=choices[0][0]
        )
        self.fields["numbers"] = forms.CharField(
            label=_("Registration numbers"),
            required=not self.number,
            max_length=400_000,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("One a line. After a comma, the unit that uses it from now on, if that changes."),
        )

    def _ask_name(self) -> None:
        self.fields["new_name"] = forms.CharField(label=_("New name"), max_length=200)
        self.fields["new_kana"] = forms.CharField(label=_("Reading of the new name"), max_length=200)
        self.fields["renames_organisation"] = forms.BooleanField(
            label=_("The organisation itself is called so from now on"), required=False, initial=True
        )

    def _ask_receiver(self, *, required: bool) -> None:
        self.fields["receiver_name"] = forms.CharField(
            label=_("Who holds it from now on"),
            max_length=200,
            required=required,
            help_text=_("The full name as in the registry.") if required else _("Only if it is another body."),
        )
        self.fields["receiver_corporate_number"] = _corporate_number(_("Its corporate number"))

    def _ask_proof(self, proof: str, papers: list[tuple[int, str]]) -> None:
        name = ChangeProof.Kind(proof).label
        self.fields[f"{proof}_issued_on"] = _day(
            gettext("%(paper)s: date of issue") % {"paper": name},
            required=False,
            help_text=_("Within 3 months of its issue when it is decided. Leave it empty if it follows by post."),
        )
        self.fields[f"{proof}_reference"] = forms.CharField(
            label=gettext("%(paper)s: number or reference") % {"paper": name}, max_length=120, required=False
        )
        if papers:
            self.fields[f"{proof}_document"] = forms.TypedChoiceField(
                label=gettext("%(paper)s: kept among the papers as") % {"paper": name},
                choices=[("", _("Not kept here")), *papers],
                coerce=int,
                empty_value=None,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Take the list apart, and ask for both parts of a paper or none."""
        given = super().clean() or {}
        lines = _lines(given.get("numbers", ""))
        scope = given.get("scope", LISTED)
        if scope == LISTED and not lines and "numbers" in self.fields and "numbers" not in self.errors:
            self.add_error("numbers", gettext("Please fill this in."))
        units = {number: unit for number, unit in lines if unit}
        given["units"] = units
        own = (self.number,) if self.number else ()
        given["numbers"] = own if scope == THIS else tuple(dict.fromkeys(number for number, _unit in lines)) or own
        for proof in self.proofs:
            if bool(given.get(f"{proof}_issued_on")) != bool(given.get(f"{proof}_reference")):
                self.add_error(f"{proof}_issued_on", gettext("Give both the date of issue and the reference."))
        corporate = unicodedata.normalize("NFKC", given.get("receiver_corporate_number", ""))
        given["receiver_corporate_number"] = "".join(filter(str.isdigit, corporate)) if corporate else ""
        return given

    @property
    def wish(self) -> Wish:
        """The request, as the transition takes it."""
        given = self.cleaned_data
        return Wish(
            kind=self.kind,
            numbers=given["numbers"],
            reason=given["reason"],
            everything=given.get("scope") == EVERYTHING,
            units=given["units"],
            new_name=given.get("new_name", ""),
            new_kana=given.get("new_kana", ""),
            renames_organisation=given.get("renames_organisation", False),
            receiver_name=given.get("receiver_name", ""),
            receiver_corporate_number=given["receiver_corporate_number"],
            wished_on=given.get("wished_on"),
            proofs=tuple(
                Proof(
                    proof,
                    given[f"{proof}_issued_on"],
                    given[f"{proof}_reference"],
                    given.get(f"{proof}_document"),
                )
                for proof in self.proofs
                if given.get(f"{proof}_issued_on")
            ),
        )


def _lines(text: str) -> list[tuple[str, str]]:
    """Return number and unit of each line of a list; both kinds of comma part them."""
    pairs = (line.replace("、", ",").replace("，", ",").partition(",") for line in text.splitlines())
    return [(number.strip(), unit.strip()[:120]) for number, _comma, unit in pairs if number.strip()]


class CancelForm(forms.Form):
    """A wish to cancel, below what stops for whom."""

    has_read = forms.BooleanField(label=_("I have read what stops, and for whom"))
    reason = _words(_("Why"))
    wished_on = _day(_("From when"))
    token = forms.UUIDField(widget=forms.HiddenInput)


class _CustomerField(forms.CharField):
    """A customer, by corporate number or exact legal name."""

    def clean(self, value: Any) -> Any:
        """Return the one organisation that is meant."""
        text = unicodedata.normalize("NFKC", super().clean(value)).strip()
        digits = text.replace("-", "").replace(" ", "")
        found = list(customers_called(digits if digits.isdigit() else super().clean(value).strip())[:2])
        if len(found) != 1:
            raise forms.ValidationError(gettext("No single customer has this corporate number or exact name."))
        return found[0]


class ReceiverForm(forms.Form):
    """Which organisation the receiving side is."""

    organisation = _CustomerField(
        label=_("Corporate number or exact name"),
        max_length=200,
        help_text=_("If it is not here yet, an approver makes it first under “Organisations”."),
    )


class PaperConsentForm(forms.Form):
    """A consent that came on paper."""

    side = forms.ChoiceField(label=_("Which side"), choices=ChangeConsent.Side.choices, widget=forms.RadioSelect)
    signed_on = _day(_("Date on the paper"))
    reference = forms.CharField(label=_("Number or reference"), max_length=120)


class ProofForm(forms.Form):
    """One paper as seen by the operator."""

    kind = forms.ChoiceField(label=_("Paper"), widget=forms.RadioSelect)
    issued_on = _day(_("Date of issue"))
    reference = forms.CharField(label=_("Number or reference"), max_length=120)

    def __init__(self, *args: Any, kinds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(kind, ChangeProof.Kind(kind).label) for kind in kinds])


class WhyForm(forms.Form):
    """One question: why."""

    reason = _words(_("Reason"))


class SignForm(forms.Form):
    """The fingerprint of what the page showed."""

    signed_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class DecideForm(SignForm):
    """A yes to what the page shows, and why."""

    reason = _words(_("Why this can be approved"))


class UnitForm(forms.Form):
    """The using unit."""

    unit = forms.CharField(
        label=_("Using unit"),
        max_length=120,
        help_text=_("The official name of the department that uses it, such as “Accounts Division, 3rd floor”."),
    )


class AskForm(forms.Form):
    """A line of the worklist of coarse names."""

    organisation = forms.IntegerField()
    name = forms.CharField(max_length=200, strip=False)
    unit = forms.CharField(max_length=120, required=False, strip=False)


class AffiliationForm(forms.Form):
    """That two organisations belong together, and by which paper that is known."""

    organisation = _CustomerField(label=_("Organisation: corporate number or exact name"), max_length=200)
    other = _CustomerField(label=_("The other: corporate number or exact name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("What the other is to it"), choices=Affiliation.Kind.choices, widget=forms.RadioSelect
    )
    proof = forms.CharField(label=_("Paper that proves it"), max_length=200)
    issued_on = _day(_("Date of issue"))

    @property
    def sides(self) -> tuple[Organisation, Organisation]:
        return self.cleaned_data["organisation"], self.cleaned_data["other"]
