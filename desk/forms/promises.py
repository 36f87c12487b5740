"""Promises: who agreed, how a matter ends, reminders, pauses, wishes, and the next shift."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.forms.once import OnceForm
from desk.models import Closing, Contact, Hold, Need, Needs, Pause, Word
from handover.forms.choices import offer

_CHOOSE = ("", _("Choose"))
AGREED_HOW = [_CHOOSE, *((value, label) for value, label in Contact.Channel.choices if value != Contact.Channel.WEB)]
MEDIA = [(one.value, one.label) for one in (Contact.Channel.MAIL, Contact.Channel.LETTER, Contact.Channel.PHONE)]


class AgreementForm(forms.Form):
    """Who of the inquirer's side said that it is settled, and how we know."""

    agreed_by = forms.CharField(label=_("Who agreed"), max_length=100, help_text=_("The name as it was said."))
    agreed_how = forms.ChoiceField(label=_("How"), choices=AGREED_HOW)


class ClosingForm(OnceForm):
    """On which ground a matter ends. What belongs to another ground is not asked for."""

    ground = forms.ChoiceField(label=_("Why it ends"), widget=forms.RadioSelect)
    agreed_by = forms.CharField(
        label=_("Who agreed"), max_length=100, required=False, help_text=_("The name as it was said.")
    )
    agreed_how = forms.ChoiceField(label=_("How"), choices=AGREED_HOW, required=False)

    def __init__(self, *args: Any, is_answered: bool, may_end_unanswered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = {Closing.Ground.AGREED: True, Closing.Ground.WRITTEN: is_answered}
        possible[Closing.Ground.UNANSWERED] = may_end_unanswered
        offer(self, "ground", [(one.value, one.label) for one, is_possible in possible.items() if is_possible])


class ReminderForm(OnceForm):
    """By which way an inquirer is reminded who does not answer."""

    medium = forms.ChoiceField(label=_("By"), choices=MEDIA, widget=forms.RadioSelect(attrs={"class": "inline"}))
    note = forms.CharField(
        label=_("What was said or left, if you called"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PauseForm(forms.Form):
    """Why our clock stands still. There is no other reason than these."""

    reason = forms.ChoiceField(
        label=_("Why the clock stands still"), choices=Pause.Reason.choices, widget=forms.RadioSelect
    )


class NeedsForm(forms.Form):
    """What somebody with a disability wishes of us. We ask what helps, not what somebody has."""

    chosen = forms.MultipleChoiceField(
        label=_("What helps"), choices=Need.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("In the inquirer's words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What we shall do, not why."),
    )

    @property
    def needs(self) -> Needs:
        """What was chosen and said."""
        return Needs(tuple(self.cleaned_data["chosen"]), self.cleaned_data["words"].strip())


class ShiftForm(OnceForm):
    """Which promises go to whom. All are chosen at first: nothing is left behind by not looking."""

    holds = forms.TypedMultipleChoiceField(label=_("Promises"), coerce=int, widget=forms.CheckboxSelectMultiple)
    to = forms.ChoiceField(label=_("Who goes on"))

    def __init__(self, *args: Any, holds: Iterable[Hold], people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(holds)
        self._people = {str(one.pk): one for one in people}
        offer(self, "holds", [(one.pk, one.inquiry.receipt_number) for one in self.rows])
        offer(self, "to", [_CHOOSE, *((key, one.display_name) for key, one in self._people.items())])

    @property
    def kept(self) -> set[int]:
        """Keys of the promises that are not ticked after a refusal; at first all are."""
        if not self.is_bound:
            return set()
        chosen = set(self.data.getlist("holds")) if hasattr(self.data, "getlist") else set()
        return {one.pk for one in self.rows if str(one.pk) not in chosen}

    def clean_to(self) -> User:
        """Return the person chosen."""
        return self._people[self.cleaned_data["to"]]


class WordsForm(forms.Form):
    """Which letters to inquirers are printed."""

    words = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, waiting: Iterable[Word], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "words", [(one.pk, one.letter_number) for one in waiting])
