"""What is typed on the cheaper ways: number and code of a recovery kit, and a colleague's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms import OnceForm
from recovery.forms.public import OrganisationForm, YouForm


def _kit_fields() -> dict[str, forms.Field]:
    """Return number and code as they stand on the sheet, in any spelling."""
    attributes = {"autocomplete": "off", "data-code": "", "spellcheck": "false"}
    return {
        "number": forms.CharField(
            label=_("Number of the kit"),
            max_length=32,
            help_text=_("At the top of the sheet, for example K-7Q4M-2KXH."),
            widget=forms.TextInput(attrs=attributes),
            error_messages={"required": _("Enter the number of the kit.")},
        ),
        "code": forms.CharField(
            label=_("Recovery code"),
            max_length=64,
            help_text=_("Sixteen letters and digits. Capitals and hyphens make no difference."),
            widget=forms.TextInput(attrs=attributes),
            error_messages={"required": _("Enter the recovery code.")},
        ),
    }


class KitForm(forms.Form):
    """A kit shown for a case that is open already."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_kit_fields())


class BeginWithKitForm(OnceForm, YouForm):
    """A kit, and who shows it: the least that a case needs. We answer by mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for unused in ("answer_by", "own_phone", "hours", "not_on"):
            self.fields.pop(unused, None)
        organisation = OrganisationForm().fields["organisation_name"]
        self.fields = {**_kit_fields(), "organisation_name": organisation, **self.fields}


class VouchForm(forms.Form):
    """Whether the reader knows the claimant as a colleague."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        label=_("Do you know this person as a colleague?"),
        choices=[
            ("yes", _("Yes, I know this person: a colleague of ours, whose task this is")),
            ("no", _("No, I do not know this person")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
