"""What people give when they hold papers fast, propose to erase one, or agree."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import DocumentVersion, Erasure, LegalHold

_UNREADABLE = _("This form is no longer complete. Open it again.")


class HoldForm(forms.Form):
    """Why the papers are held fast."""

    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In words"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept encrypted. Only your side reads it."),
    )

    def __init__(self, *args: Any, for_case: bool, **kwargs: Any) -> None:
        """`for_case`: whether the provider holds them fast for a case of its own."""
        super().__init__(*args, **kwargs)
        case = LegalHold.Reason.CASE.value
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why"),
            choices=[one for one in LegalHold.Reason.choices if (one[0] == case) == for_case],
            widget=forms.RadioSelect,
        )


class EraseForm(forms.Form):
    """What is to be erased, and why. Sent once: the token tells a second press from the first."""

    token = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={"required": _UNREADABLE, "invalid": _UNREADABLE},
    )
    what = forms.ChoiceField(label=_("What is to be erased"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Why"), choices=Erasure.Reason.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, versions: list[DocumentVersion], **kwargs: Any) -> None:
        """`versions` are those whose bytes are still there."""
        super().__init__(*args, **kwargs)
        single = [
            (str(one.number), _("Only version %(number)d: %(name)s") % {"number": one.number, "name": one.file_name})
            for one in versions
        ]
        whole = ("whole", _("The whole paper: all versions, its name, and where the original lies"))
        self.fields["what"] = forms.ChoiceField(
            label=_("What is to be erased"), choices=[whole, *single], widget=forms.RadioSelect
        )

    @property
    def number(self) -> int | None:
        """The one version; None for the whole paper."""
        what = self.cleaned_data["what"]
        return None if what == "whole" else int(what)


class CheckedForm(forms.Form):
    """How the provider made sure that the customer wants it."""

    checked = forms.ChoiceField(
        label=_("How did you make sure that the customer wants this?"),
        choices=Erasure.Check.choices,
        widget=forms.RadioSelect,
    )
