"""What people type around a handover."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from accounts.models import User
from handover.models import HandoverItem
from handover.transitions.receiving import STATEMENTS

MOST_SIGNS = 200
"""Length of a remark on an item."""


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


@dataclass(frozen=True)
class Row:
    """One item on the page of the successor: what can be said of it, and what is said so far."""

    item: HandoverItem
    choices: list[tuple[str, Words]]
    mark: str
    note: str


def choices_for(item: HandoverItem) -> list[tuple[str, Words]]:
    """Return what can be said of `item`: a registration cannot be missing, an envelope may have been opened."""
    kinds, marks = HandoverItem.Kind, HandoverItem.Mark
    received: Words = _("Received unopened") if item.kind == kinds.ENVELOPE else marks.RECEIVED.label
    said: list[tuple[str, Words]] = [(marks.RECEIVED, received)]
    if item.kind == kinds.ENVELOPE:
        said.append((marks.OPENED, marks.OPENED.label))
    if item.kind != kinds.REGISTRATION:
        said.append((marks.MISSING, marks.MISSING.label))
    return [*said, (marks.NOT_MINE, marks.NOT_MINE.label)]


class ItemsForm(forms.Form):
    """One choice and one remark for every item of the page, and the five statements.

    The rows are read and written out by hand: as form fields, fifty of them take longer than all the rest of the page.
    """

    STATEMENT_WORDS: ClassVar[dict[str, Any]] = {
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
        for key in STATEMENTS:
            self.fields[f"answer-{key}"] = forms.ChoiceField(
                label=self.STATEMENT_WORDS[key],
                choices=[("yes", _("Yes")), ("not_yet", _("Not yet"))],
                required=False,
                widget=inline(),
                initial=answers.get(key, ""),
            )

    def rows(self) -> list[Row]:
        """Return each item with what can be and what is said of it."""
        return [Row(item, choices_for(item), *self._said(item)) for item in self.items]

    def _said(self, item: HandoverItem) -> tuple[str, str]:
        if not self.is_bound:
            return item.mark, item.note
        return str(self.data.get(f"mark-{item.pk}", "")), str(self.data.get(f"note-{item.pk}", "")).strip()

    def statements(self) -> list[forms.BoundField]:
        """Return the bound fields of the five statements."""
        return [self[f"answer-{key}"] for key in STATEMENTS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in self.rows():
            if row.mark and row.mark not in {value for value, _words in row.choices}:
                raise forms.ValidationError(_("Choose one of the given answers for “%(name)s”.") % {"name": row.item})
            if len(row.note) > MOST_SIGNS:
                words = _("The remark on “%(name)s” is too long: at most %(most)d characters.")
                raise forms.ValidationError(words % {"name": row.item, "most": MOST_SIGNS})
        return data

    def marks(self, *, rest: str = "") -> dict[int, tuple[str, str]]:
        """What was marked, as the transition takes it; `rest` is said of what was left open."""
        return {row.item.pk: (row.mark or rest, row.note) for row in self.rows()}

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
