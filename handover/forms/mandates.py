"""What people type about contractors' mandates."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.forms.choices import offer
from handover.models import Mandate, MandateRegistration
from handover.rules.mandates import MOST_REGISTRATIONS, SETTINGS


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class _TermsForm(forms.Form):
    """Registrations, scope and last day: what question and grant have in common."""

    registrations = forms.CharField(
        label=_("Registration numbers"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, at most 50."),
    )
    scope = forms.TypedChoiceField(
        label=_("What the contractor may do"), coerce=int, choices=Mandate.Scope.choices, widget=forms.RadioSelect
    )
    settings = forms.MultipleChoiceField(
        label=_("Settings the contractor may change"),
        choices=list(SETTINGS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Only with the wider scope. Changes of holder, of address and of the contract are never part of a mandate."
        ),
    )
    ends_on = forms.DateField(label=_("Last day"), widget=_day(), help_text=_("At most twelve months from today."))
    reason = forms.CharField(
        label=_("What it is for"), max_length=200, required=False, help_text=_("For example: maintenance contract.")
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean_registrations(self) -> list[str]:
        """Return the numbers, however they are parted."""
        found = [number for number in re.split(r"[\s,、，]+", self.cleaned_data["registrations"]) if number]
        if len(found) > MOST_REGISTRATIONS:
            raise forms.ValidationError(_("At most %(most)d registrations at once.") % {"most": MOST_REGISTRATIONS})
        return found


class AskForm(_TermsForm):
    """A contractor asks a customer."""

    customer = forms.CharField(
        label=_("Customer"),
        max_length=200,
        help_text=_("Its corporate number (13 digits) or its exact legal name, as on the papers you hold."),
    )
    field_order = ("customer", "registrations", "scope", "settings", "ends_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Standing for the person in charge is offered by the customer, never asked for.
        own = Mandate.Scope.REPRESENTATIVE
        offer(self, "scope", [choice for choice in Mandate.Scope.choices if choice[0] != own])


class GrantForm(_TermsForm):
    """A customer gives a mandate without having been asked."""

    contractor = forms.CharField(
        label=_("Contractor"), max_length=200, help_text=_("Its corporate number (13 digits) or its exact legal name.")
    )
    representative = forms.EmailField(
        label=_("Who stands for the person in charge"),
        required=False,
        help_text=_(
            "Only with the widest scope: the mail address of one person of the contractor. Your own person stays in"
            " charge, and stays the one who is asked."
        ),
    )
    field_order = ("contractor", "registrations", "scope", "representative", "settings", "ends_on", "reason")


class ApproveForm(forms.Form):
    """What of a question is granted: all of it, or less."""

    registrations = forms.TypedMultipleChoiceField(
        label=_("Registrations"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    scope = forms.TypedChoiceField(label=_("What the contractor may do"), coerce=int, widget=forms.RadioSelect)
    settings = forms.MultipleChoiceField(
        label=_("Settings the contractor may change"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ends_on = forms.DateField(label=_("Last day"), widget=_day(), help_text=_("Not later than asked for."))

    def __init__(self, *args: Any, mandate: Mandate, rows: Sequence[MandateRegistration], **kwargs: Any) -> None:
        asked = {
            "registrations": [row.registration_id for row in rows],
            "scope": mandate.scope,
            "settings": mandate.settings,
            "ends_on": mandate.ends_on,
        }
        super().__init__(*args, **{**kwargs, "initial": asked})
        choices: dict[str, list[tuple[Any, Any]]] = {
            "registrations": [(row.registration_id, _named(row)) for row in rows],
            "scope": [(value, words) for value, words in Mandate.Scope.choices if value <= mandate.scope],
            "settings": [(name, words) for name, words in SETTINGS.items() if name in mandate.settings],
        }
        for name, found in choices.items():
            offer(self, name, found)
        if not choices["settings"]:
            del self.fields["settings"]

    def clean(self) -> dict[str, Any]:
        """Looking needs no settings, whatever is still ticked."""
        given = super().clean() or {}
        given.setdefault("settings", [])
        if given.get("scope") == Mandate.Scope.VIEW:
            given["settings"] = []
        return given


def _named(row: MandateRegistration) -> str:
    held = row.registration
    return "　".join(part for part in (held.number, held.registered_name, held.unit) if part)


class WhyForm(forms.Form):
    """Why a mandate is not granted, or ends."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("The other side can read this.")
    )


class FaultForm(forms.Form):
    """A fault in the contractor's own words."""

    text = forms.CharField(
        label=_("What is wrong"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What does not work, since when, and where. It goes to who is in charge as a mail."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)


class ChoicesForm(forms.Form):
    """The successor's word on each mandate of what is handed over: keep it or end it."""

    def __init__(self, *args: Any, mandates: Sequence[Mandate], choices: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # None is optional in the end, though all may stay open for now.
        self.mark_optional = False
        self.mandates = mandates
        for mandate in mandates:
            self.fields[f"mandate-{mandate.number}"] = forms.ChoiceField(
                label=f"{mandate.contractor.legal_name} ({mandate.number})",
                choices=[("keep", _("Keep it")), ("end", _("End it"))],
                required=False,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
                initial=choices.get(mandate.number, ""),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return each mandate with its bound field, for the page."""
        return [{"mandate": one, "field": self[f"mandate-{one.number}"]} for one in self.mandates]

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen, as the transition takes it."""
        named = {one.number: self.cleaned_data[f"mandate-{one.number}"] for one in self.mandates}
        return {number: choice for number, choice in named.items() if choice}
