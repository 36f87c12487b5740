"""What the provider's people type about exceptions and about putting a recovery back."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recovery.models import CaseException, RuleReview
from recovery.procedure import Procedure
from recovery.procedure.bending import words_of
from recovery.rules.excepting import MOST_DAYS


def _text(label: Any, help_text: Any) -> forms.CharField:
    rows = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=1000, widget=rows, help_text=help_text)


class KindForm(forms.Form):
    """From which need, and why: what the nearest earlier exceptions follow from."""

    rule = forms.ChoiceField(label=_("Which need cannot be met?"), widget=forms.RadioSelect)
    reason_code = forms.ChoiceField(label=_("Reason"), choices=CaseException.Reason.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, keys: Iterable[str], procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = self.fields["rule"]
        if isinstance(rule, forms.ChoiceField):
            rule.choices = [(key, words_of(procedure, key)) for key in keys]


class ExceptionForm(KindForm):
    """The whole request. Need and reason were chosen on the page before."""

    missing_proof = forms.ChoiceField(label=_("Which proof cannot be had?"), required=False)
    text = _text(_("Why the rule cannot be kept here"), _("What happened, and how we know."))
    control = _text(_("What stands in for it"), _("Another check that makes up for the missing proof."))
    risk = _text(_("What can still go wrong"), _("The risk that is left, and who would notice it."))
    compared = _text(
        _("Same as or different from the nearest earlier cases, because"),
        _("Like cases are treated alike. Where there is none, say what a later one is to be compared by."),
    )
    expires_on = forms.DateField(label=_("Holds until"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, procedure: Procedure, today: date, **kwargs: Any) -> None:
        super().__init__(*args, procedure=procedure, **kwargs)
        self.fields["rule"].widget = forms.HiddenInput()
        self.fields["reason_code"].widget = forms.HiddenInput()
        proof, until = self.fields["missing_proof"], self.fields["expires_on"]
        if isinstance(proof, forms.ChoiceField):
            kinds = [(kind.code, f"{kind.code} {kind.name}") for kind in procedure.kinds]
            proof.choices = [("", _("It is not about a proof")), *kinds]
        last = today + timedelta(days=MOST_DAYS)
        until.widget.attrs |= {"min": (today + timedelta(days=1)).isoformat(), "max": last.isoformat()}
        until.help_text = _("At most %(days)d days from today.") % {"days": MOST_DAYS}

    @property
    def asked(self) -> dict[str, Any]:
        """Return what the transition takes."""
        given = dict(self.cleaned_data)
        words = {name: given.pop(name) for name in ("text", "control", "risk", "compared")}
        return {**given, "words": words}


class ReviewedForm(forms.Form):
    """What becomes of a rule that was bent often."""

    outcome = forms.ChoiceField(
        label=_("What becomes of the rule?"), choices=RuleReview.Outcome.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why, in your own words. Name no customer: this is about the rule."),
    )
