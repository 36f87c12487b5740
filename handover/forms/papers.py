"""What people give when they keep a paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import Document, LookReason
from handover.vault.upload import IncomingPaper

_ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.txt,.csv"


def _title() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the paper"), max_length=120, help_text=_("As your successor would look for it.")
    )


def _expires_on() -> forms.DateField:
    return forms.DateField(
        label=_("Valid through"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day, if it ends."),
    )


def _original_at() -> forms.CharField:
    return forms.CharField(
        label=_("Where the original lies"),
        max_length=120,
        required=False,
        help_text=_("For example: head office, contract archive, cabinet B-12."),
    )


def _paper() -> forms.FileField:
    return forms.FileField(
        label=_("File"),
        # An empty file is answered by the check, with what to do about it.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": _ACCEPT}),
        help_text=_("PDF, picture (PNG, JPEG), docx, xlsx, txt or csv, at most 25 MiB, without a password."),
    )


def _token() -> forms.UUIDField:
    return forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _UNREADABLE, "invalid": _UNREADABLE})


_UNREADABLE = _("This form is no longer complete. Open it again.")


_ONLY_IN_CHARGE = _("Notices of the settings password are kept under seal, which only the person in charge can do.")


class _WithFile(forms.Form):
    def clean_paper(self) -> IncomingPaper:
        """Look at the file: what may not be stored is told here, each with what to do instead."""
        paper: Any = self.cleaned_data["paper"]
        verdict = paper.inspect()
        if not verdict.accepted:
            raise forms.ValidationError([f"{refusal.reason} {refusal.advice}" for refusal in verdict.refusals])
        return paper


class DocumentForm(_WithFile):
    """A new paper with its first file."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Choose a kind")), *Document.Kind.choices],
        help_text=_("Notices of the settings password are kept under seal: only the person in charge opens them."),
    )
    title = _title()
    paper = _paper()
    expires_on = _expires_on()
    original_at = _original_at()
    token = _token()

    def __init__(self, *args: Any, may_seal: bool, **kwargs: Any) -> None:
        """`may_seal`: whether who asks is the person in charge, who alone keeps papers under seal."""
        super().__init__(*args, **kwargs)
        if not may_seal:
            kept = [choice for choice in Document.Kind.choices if choice[0] not in Document.SEALED]
            self.fields["kind"] = forms.ChoiceField(
                label=self.fields["kind"].label,
                choices=[("", _("Choose a kind")), *kept],
                error_messages={"invalid_choice": _ONLY_IN_CHARGE},
                help_text=_ONLY_IN_CHARGE,
            )


class VersionForm(_WithFile):
    """A newer version of a paper."""

    paper = _paper()
    expires_on = _expires_on()
    token = _token()


class DetailsForm(forms.Form):
    """How a paper is described."""

    title = _title()
    expires_on = _expires_on()
    original_at = _original_at()


class LookForm(forms.Form):
    """Why an administrator opens a paper."""

    reason = forms.ChoiceField(
        label=_("Why do you open this paper?"), choices=LookReason.choices, widget=forms.RadioSelect
    )
