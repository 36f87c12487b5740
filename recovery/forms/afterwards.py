"""What is typed after the end of a claim and while it waits. Forms check shape; transitions decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.forms import OnceForm
from desk.models import Inquiry
from handover.models import ContactPoint
from recovery.forms.public import MOST_WORDS, TextField
from recovery.models import Appeal, Objection, Reminder
from recovery.queries.exhibits import masked


class AppealForm(forms.Form):
    """Why other people should look at it again, in the claimant's words."""

    use_required_attribute = False

    words = TextField(
        label=_("Why should it be looked at again?"),
        max_length=MOST_WORDS,
        help_text=_("What was overlooked, or what you can show now. Please write no passwords."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write in your own words why. One sentence will do.")},
    )


class TakeUpForm(OnceForm):
    """What the inquirer does not agree with."""

    use_required_attribute = False

    words = TextField(
        label=_("What is not settled, or what do you not agree with?"),
        max_length=MOST_WORDS,
        help_text=_("In your own words. Please write no passwords."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write in your own words what is not settled. One sentence will do.")},
    )


class TakeAppealForm(OnceForm):
    """What the claimant said on the phone."""

    words = TextField(
        label=_("What the claimant says"),
        max_length=MOST_WORDS,
        help_text=_("As it is said. No codes."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DecideAppealForm(forms.Form):
    """Whether the claim goes on, and what the claimant reads as the reason."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Appeal.Status.UPHELD.value, _("Uphold it: the claim goes on where it was")),
            (Appeal.Status.DISMISSED.value, _("Dismiss it: the claim stays ended")),
        ],
        widget=forms.RadioSelect,
    )
    findings = forms.MultipleChoiceField(
        label=_("What the claimant reads"),
        choices=Appeal.Finding.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least one where you dismiss it. Everybody reads these."),
    )
    words = forms.CharField(
        label=_("Reasons in your own words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Needed where you dismiss it. The claimant reads them once organisation and person are proven: no number,"
            " no address, no name, no contact point."
        ),
    )


class RemindForm(OnceForm):
    """By which way the claimant is reminded."""

    medium = forms.ChoiceField(label=_("By which way?"), choices=Reminder.Medium.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What was said, or left as a message"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only for a call you have made. Mails and letters are sent by this form, in fixed words."),
    )


class CapacityFoundForm(forms.Form):
    """What the claimant is, as it turned out."""

    capacity = forms.ChoiceField(
        label=_("What is the claimant?"),
        choices=[
            (Inquiry.Capacity.CUSTOMER.value, _("Of the organisation itself")),
            (Inquiry.Capacity.CONTRACTOR.value, _("A contractor")),
            (Inquiry.Capacity.AFFILIATE.value, _("Of a group company")),
        ],
        widget=forms.RadioSelect,
        help_text=_("A contractor is told nothing of any registration, whatever papers there are."),
    )


class IdentifyForm(forms.Form):
    """By what an objector showed to be who was told."""

    how = forms.ChoiceField(label=_("By what?"), choices=Objection.How.choices, widget=forms.RadioSelect)
    contact_point = forms.TypedChoiceField(
        label=_("Phone number of record that was called"), coerce=int, empty_value=None, required=False
    )
    person = forms.TypedChoiceField(label=_("Who signed in"), coerce=int, empty_value=None, required=False)
    note = forms.CharField(
        label=_("Note on the call"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, points: Iterable[ContactPoint], people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point, person = self.fields["contact_point"], self.fields["person"]
        if isinstance(point, forms.ChoiceField) and isinstance(person, forms.ChoiceField):
            phones = [(one.pk, masked(one)) for one in points if one.kind == ContactPoint.Kind.PHONE]
            point.choices = [("", _("No call")), *phones]
            person.choices = [("", _("Nobody")), *((one.pk, one.display_name) for one in people)]

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, as the transition takes it."""
        data = self.cleaned_data
        return {
            "how": data["how"],
            "contact_point_pk": data["contact_point"],
            "person_pk": data["person"],
            "note": data["note"],
        }


class DutyForm(forms.Form):
    """What was done."""

    words = forms.CharField(label=_("What did you do?"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
