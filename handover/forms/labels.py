"""What people give when they make labels and print them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.forms.choices import offer
from handover.models import Label
from handover.printing.label_facts import LABEL_NAME, MOST


class LabelForm(forms.Form):
    """A new label: on what, what it says, where the thing is kept."""

    document = forms.TypedChoiceField(
        label=_("What the label is for"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=_("What is printed on it"),
        max_length=LABEL_NAME,
        help_text=_("Everybody who sees the label reads this. Leave out names of people, numbers and services."),
    )
    place = forms.CharField(
        label=_("Where it is kept"),
        max_length=120,
        required=False,
        help_text=_("For members only, not printed. For example: head office, contract archive, cabinet B-12."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, papers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "document", [("", _("A box or a binder")), *papers])


class PrintForm(forms.Form):
    """Which labels of the list are printed."""

    labels = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, rows: list[Label], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "labels", [(row.pk, row.name) for row in rows])

    def clean_labels(self) -> list[int]:
        """Refuse more than one file holds."""
        chosen: list[int] = self.cleaned_data["labels"]
        if len(chosen) > MOST:
            raise forms.ValidationError(_("At most %(most)d labels at once.") % {"most": MOST})
        return chosen
