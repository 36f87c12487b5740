"""What people type around a handover."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handover.models import HandoverItem
from handover.transitions.receiving import STATEMENTS

MARKS = HandoverItem.Mark.choices


class PersonChoice(forms.ModelChoiceField):
    """A person by name, kana and department, so that namesakes can be told apart."""

    def label_from_instance(self, obj: Any) -> str:
        more = "　".join(part for part in (obj.kana, obj.department) if part)
        return f"{obj.display_name}（{more}）" if more else str(obj.display_name)


def inline() -> forms.RadioSelect:
    """Return radio buttons that stand side by side, for short answers."""
    return forms.RadioSelect(attrs={"class": "inline"})


class DraftForm(forms.Form):
    """To whom, when, and what goes along."""

    successor = PersonChoice(
        queryset=User.objects.none(),
        label=_("Successor"),
        empty_label=_("Choose a person"),
        help_text=_("Only people of your organisation are listed. An administrator can invite a colleague."),
    )
    effective_on = forms.DateField(
        label=_("Effective date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_(
            "From today to 30 days ahead. The person in charge changes on this day, once the successor accepted."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("For example: transfer, leaving, new task.")
    )
    things = forms.CharField(
        label=_("Things to hand over"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line: binders, keys, devices. After a slash, where it lies: “Contract binder / cabinet B-12”."
        ),
    )
    note = forms.CharField(
        label=_("Note for the successor"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you would tell your successor in person. Do not write passwords here."),
    )

    def __init__(self, *args: Any, successors: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        if isinstance(field, PersonChoice):
            field.queryset = successors

    def clean_things(self) -> list[tuple[str, str]]:
        """Return (name, place) of each line."""
        found: list[tuple[str, str]] = []
        for line in self.cleaned_data["things"].splitlines():
            name, _slash, place = line.replace("／", "/").partition("/")
            if not name.strip():
                continue
            if len(name.strip()) > 200 or len(place.strip()) > 120:
                raise forms.ValidationError(_("A line is too long: at most 200 characters, and 120 for the place."))
            found.append((name.strip(), place.strip()))
        return found


class ItemsForm(forms.Form):
    """A mark and a note for each item, and an answer to each of the five statements. Everything may still be open."""

    STATEMENT_WORDS: Mapping[str, Any] = {
        "purpose": _("I know what this service is for."),
        "stops": _("I know what stops if it is cancelled."),
        "bill": _("I know which bill belongs to it."),
        "contractors": _("I know which contractor may do what."),
        "kit": _("I know where the recovery kit and the papers are."),
    }

    def __init__(self, *args: Any, items: list[HandoverItem], answers: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mark_optional = False
        self.items = items
        for item in items:
            self.fields[f"mark-{item.pk}"] = forms.ChoiceField(
                label=item.name, choices=MARKS, required=False, widget=inline(), initial=item.mark
            )
            self.fields[f"note-{item.pk}"] = forms.CharField(
                label=_("Remark"), max_length=200, required=False, initial=item.note
            )
        for key in STATEMENTS:
            self.fields[f"answer-{key}"] = forms.ChoiceField(
                label=self.STATEMENT_WORDS[key],
                choices=[("yes", _("Yes")), ("not_yet", _("Not yet"))],
                required=False,
                widget=inline(),
                initial=answers.get(key, ""),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return each item with its two bound fields, for the page."""
        return [{"item": item, "mark": self[f"mark-{item.pk}"], "note": self[f"note-{item.pk}"]} for item in self.items]

    def statements(self) -> list[forms.BoundField]:
        """Return the bound fields of the five statements."""
        return [self[f"answer-{key}"] for key in STATEMENTS]

    @property
    def marks(self) -> dict[int, tuple[str, str]]:
        """What was marked, as the transition takes it."""
        data = self.cleaned_data
        return {item.pk: (data[f"mark-{item.pk}"], data[f"note-{item.pk}"]) for item in self.items}

    @property
    def answers(self) -> dict[str, str]:
        """The answers given so far."""
        data = self.cleaned_data
        return {key: data[f"answer-{key}"] for key in STATEMENTS if data[f"answer-{key}"]}


class ReasonForm(forms.Form):
    """Why not."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The other side can read this."))


class QuestionForm(forms.Form):
    """A question or an answer between successor and predecessor."""

    text = forms.CharField(label=_("Question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """The answer to one question."""

    text = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
