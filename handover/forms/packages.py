"""What people type around a package."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handover.forms.choices import offer
from handover.forms.handovers import PersonChoice, inline
from handover.models import HandoverItem, Package, Registration

KINDS = [(Package.Kind.LEAVES, Package.Kind.LEAVES.label), (Package.Kind.MOVES, Package.Kind.MOVES.label)]

LONGEST_KEY = 18
"""Digits of a key: every number of so many fits the integers of both databases."""


def named(person: User) -> str:
    """Return a person by name, kana and department, so that namesakes can be told apart."""
    more = "　".join(part for part in (person.kana, person.department) if part)
    return f"{person.display_name}（{more}）" if more else person.display_name


def is_key(text: str) -> bool:
    """Whether `text` from an address or a form can be the key of a row: digits, and not more than a database takes."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY


class DatesForm(forms.Form):
    """Until when somebody is there, and when the change comes."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("In the organisation, or in the old task. It can be changed until it has come."),
    )
    effective_on = forms.DateField(
        label=_("Effective date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("At most 30 days ahead and no later than the last day."),
    )

    def days(self) -> dict[str, date]:
        """Return both days as the transitions take them."""
        return {name: self.cleaned_data[name] for name in ("last_day", "effective_on")}


class PackageForm(DatesForm):
    """Everything one person holds: why, until when, and to whom each registration goes."""

    kind = forms.ChoiceField(label=_("Leaving or moving"), choices=KINDS, widget=inline())
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("For example: transfer, leaving, new task.")
    )
    field_order = ["kind", "last_day", "effective_on", "reason"]

    def __init__(
        self, *args: Any, registrations: Sequence[Registration], people: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.registrations = registrations
        self.names = {person.pk: named(person) for person in people}

    def rows(self) -> list[tuple[Registration, SafeString]]:
        """Return each registration with the field of its successor.

        Written out by hand: fifty selects of fifty people as form fields take longer than all the rest of the page.
        """
        nobody = gettext("Name somebody later")
        options = [(str(pk), format_html("{}", name)) for pk, name in self.names.items()]
        return [(one, self._select(one, options, nobody)) for one in self.registrations]

    def _select(self, registration: Registration, options: list[tuple[str, SafeString]], nobody: str) -> SafeString:
        chosen = str(self.data.get(f"to-{registration.pk}", "")) if self.is_bound else ""
        named_options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((pk, SafeString(" selected") if pk == chosen else "", name) for pk, name in options),
        )
        return format_html(
            '<select name="to-{0}" id="to-{0}" aria-label="{1}"><option value="">{2}</option>{3}</select>',
            registration.pk,
            gettext("Successor for %(number)s") % {"number": registration.number},
            nobody,
            named_options,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen: dict[int, int] = {}
        for registration in self.registrations:
            text = str(self.data.get(f"to-{registration.pk}", ""))
            if not text:
                continue
            if not is_key(text) or int(text) not in self.names:
                raise forms.ValidationError(gettext("Choose people of your organisation."))
            chosen[registration.pk] = int(text)
        data["successors"] = chosen
        return data

    @property
    def successors(self) -> Mapping[int, int]:
        """Who gets what: keys of registrations to keys of people."""
        found: dict[int, int] = self.cleaned_data["successors"]
        return found


class AssignForm(forms.Form):
    """To whom the ticked registrations go."""

    successor = PersonChoice(
        queryset=User.objects.none(),
        label=_("Successor"),
        required=False,
        empty_label=_("Nobody yet: let them wait"),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        if isinstance(field, PersonChoice):
            field.queryset = people


class ItemForm(forms.Form):
    """One thing, key, sealed envelope or note."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in HandoverItem.LOOSE],
        widget=inline(),
    )
    registration_pk = forms.TypedChoiceField(label=_("Registration"), coerce=int)
    name = forms.CharField(label=_("What it is called"), max_length=200)
    place = forms.CharField(label=_("Where it lies"), max_length=120, required=False)
    detail = forms.CharField(
        label=_("What a note says"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Do not write passwords here: they belong into a sealed envelope, which is passed on unopened."),
    )

    def __init__(self, *args: Any, registrations: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "registration_pk", registrations)


class RemarkForm(forms.Form):
    """What the giver adds when signing."""

    remark = forms.CharField(
        label=_("Remark"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example where something marked as missing may be. The other side can read this."),
    )


class WordsForm(forms.Form):
    """An objection, or the answer to one."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The other side can read this."),
    )
