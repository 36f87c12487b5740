"""What people give when they keep a paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import Document, LookReason
from handover.vault import photographs
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


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class _PapersField(forms.FileField):
    """One file, or the photographs of one paper: what is given is a list."""

    def clean(self, data: Any, initial: Any = None) -> list[IncomingPaper]:
        return [super(_PapersField, self).clean(each, initial) for each in data or [None]]


def _paper() -> forms.FileField:
    return _PapersField(
        label=_("File"),
        # An empty file is answered by the check, with what to do about it.
        allow_empty_file=True,
        widget=_SeveralFiles(attrs={"accept": _ACCEPT}),
        help_text=_(
            "PDF, picture (PNG, JPEG), docx, xlsx, txt or csv, at most 25 MiB, without a password. Or the photographs "
            "of one paper, up to 40: choose them in the order of its pages, and one PDF is made of them."
        ),
    )


def _photographed() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Photographed by phone: make a clean PDF of it"),
        required=False,
        help_text=_(
            "Several pictures always become one PDF: turned upright, cut to the sheet where its edges are clear. "
            "The pictures themselves are not kept, nor the place where they were taken."
        ),
    )


def _token() -> forms.UUIDField:
    return forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _UNREADABLE, "invalid": _UNREADABLE})


_UNREADABLE = _("This form is no longer complete. Open it again.")


_ONLY_IN_CHARGE = _("Notices of the settings password are kept under seal, which only the person in charge can do.")


_ONLY_PICTURES = _("Only pictures (JPEG, PNG) are put together into one PDF. Add any other file by itself.")
_NOT_ROOM = _("The file could not be stored just now. Nothing was changed. Try again later.")


class _WithFile(forms.Form):
    is_bound_from_pictures = False
    """Whether the paper to keep was made of photographs, which nobody has seen as one paper yet."""

    def clean(self) -> dict[str, Any]:
        """Look at the file: what may not be stored is told here, each with what to do instead.

        Photographs become one PDF first; afterwards `paper` is the one paper to keep and nothing tells it apart.
        """
        cleaned = self.cleaned_data
        is_photographed = cleaned.pop("photographed", False)
        if "paper" in cleaned:
            try:
                self.is_bound_from_pictures = is_photographed or len(cleaned["paper"]) > 1
                cleaned["paper"] = _one(cleaned["paper"], self.is_bound_from_pictures, str(cleaned.get("title", "")))
            except forms.ValidationError as error:
                self.add_error("paper", error)
        return cleaned


def _one(papers: list[IncomingPaper], is_to_be_bound: bool, title: str) -> IncomingPaper:
    paper = _bound(papers, title) if is_to_be_bound else papers[0]
    verdict = paper.inspect()
    if not verdict.accepted:
        raise forms.ValidationError([refusal.words for refusal in verdict.refusals])
    return paper


def _bound(papers: list[IncomingPaper], title: str) -> IncomingPaper:
    if not photographs.are_pictures(papers):
        raise forms.ValidationError(_ONLY_PICTURES)
    try:
        return photographs.one_pdf(papers, title)
    except photographs.Unusable as unusable:
        words = [f"{unusable.name}: {refusal.words}" for refusal in unusable.refusals]
        raise forms.ValidationError(words) from unusable
    except OSError as error:
        raise forms.ValidationError(_NOT_ROOM) from error


class DocumentForm(_WithFile):
    """A new paper with its first file."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Choose a kind")), *Document.Kind.choices],
        help_text=_("Notices of the settings password are kept under seal: only the person in charge opens them."),
    )
    title = _title()
    paper = _paper()
    photographed = _photographed()
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
    photographed = _photographed()
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
