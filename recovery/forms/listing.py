"""What the provider's people type about the list of a claim."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from handover.vault.upload import IncomingPaper
from recovery import lists


class ListForm(forms.Form):
    """A file, or numbers typed in."""

    file = forms.FileField(
        label=_("List (CSV or XLSX)"),
        required=False,
        help_text=_("The first row names the columns: number, unit, name, mail. Number is needed."),
    )
    numbers = forms.CharField(
        label=_("Or registration numbers, one a line"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Without new persons of their own: these become the claimant's."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the one or the other."""
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("file")) == bool((given.get("numbers") or "").strip()):
            raise forms.ValidationError(_("Choose a file, or type the numbers."))
        return given

    def read(self) -> dict[str, Any]:
        """Return what the transition takes. Raises `Refused` for what is no list.

        The file is checked like every paper, read in memory and thrown away: its lines and its hash are kept.
        """
        upload: IncomingPaper | None = self.cleaned_data.get("file")
        if upload is None:
            found = lists.read_typed(self.cleaned_data["numbers"])
        elif not (verdict := upload.inspect()).accepted:
            words = " ".join(refusal.words for refusal in verdict.refusals)
            raise Refused(words, {"file": words})
        else:
            found = lists.read_file(b"".join(upload.chunks()))
        return {"lines": found.lines, "sha256": found.sha256}


class MatchForm(forms.Form):
    """Which registration of the customer a line means."""

    registration_number = forms.CharField(label=_("Registration number"), max_length=40)


class LeaveOutForm(forms.Form):
    """Why a line is left out."""

    words = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The claimant reads this. Write nothing of what is on record."),
    )
