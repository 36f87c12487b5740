"""What the provider's people type about a reassignment on proven authority, and the predecessor against it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import AuthorityCase, AuthorityProof

MOST = 50
"""Registrations of one case: more of one person are proposed in several."""


class ProposeForm(forms.Form):
    """Which registrations, to whom, why, and by which proofs. A proof without reference is not given."""

    numbers = forms.CharField(
        label=_("Registration numbers"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, as the representative names them. All are held by the same person."),
    )
    successor_email = forms.EmailField(
        label=_("Successor's mail address"),
        help_text=_("An account of this customer. Invite the person into the organisation first."),
    )
    ground = forms.ChoiceField(
        label=_("Why the customer cannot do it alone"), choices=AuthorityCase.Ground.choices, widget=forms.RadioSelect
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in AuthorityProof.Code:
            self.fields[f"reference_{code}"] = forms.RegexField(
                label=f"{code.value} {code.label}",
                regex=r"^[A-Za-z0-9][A-Za-z0-9 ./_-]{0,39}$",
                required=False,
                help_text=_("Number of the paper, request or call. No names."),
                error_messages={"invalid": _("Half-width letters, digits and - . / only: a number, no names.")},
            )
            self.fields[f"dated_{code}"] = forms.DateField(
                label=_("%(code)s: day of issue, of the request or of the call") % {"code": code.value},
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}),
            )

    def clean_numbers(self) -> list[str]:
        """Return the numbers, each once."""
        found = list(dict.fromkeys(self.cleaned_data["numbers"].split()))
        if len(found) > MOST:
            raise forms.ValidationError(_("At most %(most)d registrations in one case.") % {"most": MOST})
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for reference and day together."""
        given = super().clean() or {}
        for code in AuthorityProof.Code:
            if bool(given.get(f"reference_{code}")) != bool(given.get(f"dated_{code}")):
                if not {f"reference_{code}", f"dated_{code}"} & self.errors.keys():
                    self.add_error(f"dated_{code}", _("Give number and day of a proof together."))
        return given

    @property
    def proofs(self) -> dict[str, tuple[str, date]]:
        """The proofs that were given, as the transition takes them."""
        data = self.cleaned_data
        return {
            code.value: (data[f"reference_{code}"], data[f"dated_{code}"])
            for code in AuthorityProof.Code
            if data[f"reference_{code}"]
        }


class SignForm(forms.Form):
    """What was on the page."""

    signed_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class CaseReasonForm(forms.Form):
    """Why a case is refused or withdrawn."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For the case only; it is kept encrypted."),
    )


class ObjectForm(forms.Form):
    """What speaks against it."""

    words = forms.CharField(
        label=_("What speaks against it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Read by our people who examine this case, and kept encrypted. Do not write passwords here."),
    )


class AnswerObjectionForm(forms.Form):
    """The written answer."""

    words = forms.CharField(
        label=_("Our answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("The predecessor reads exactly this. Say what was considered, and why it is decided so."),
    )
