"""The rows of the list of registrations, built without a template: this is the page people open most.

Fifty rows of template nodes cost four times as much as everything else on the page together; the bench shows it.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from handover.models import Custody, Registration
from handover.queries.lines import Line

register = template.Library()

BADGE = (
    '<span class="badge" data-tone="{tone}"><svg class="icon" aria-hidden="true" focusable="false">'
    '<use href="{icons}#{icon}"></use></svg>{label}</span>'
)


@register.simple_tag
def registration_rows(lines: Iterable[Line], choose: bool = False) -> SafeString:
    """{% registration_rows lines %} inside the body of a table with name, unit, person in charge and state.

    `choose` adds a box to each row, named `n`, inside a form of the page.
    """
    unit_label, person_label, state_label = escape(_("Unit")), escape(_("Person in charge")), escape(_("State"))
    badges = _badges()
    box = escape(_("Tick")) if choose else ""
    rows = []
    for line in lines:
        number, state = escape(line.number), badges[_state(line)] + (badges["running"] if line.is_handed_over else "")
        rows.append(
            f'<tr role="row"><th scope="row" role="rowheader"><a href="{number}/">{escape(line.name)}</a>'
            f'<small class="code">{number}</small></th>'
            f'<td role="cell" data-label="{unit_label}">{escape(line.unit) or "―"}</td>'
            f'<td role="cell" data-label="{person_label}">{escape(line.custodian or "―")}</td>'
            f'<td role="cell" data-label="{state_label}">{state}</td>{_box(number, box)}</tr>'
        )
    # Every value that came from a person is escaped above; the rest is written here.
    return SafeString("".join(rows))


def _box(number: str, label: str) -> str:
    """Return the cell with the box of one row, "" without a label; both are escaped already."""
    if not label:
        return ""
    return (
        f'<td role="cell" data-label="{label}"><label class="check"><input type="checkbox" name="n" value="{number}">'
        f'<span class="visually-hidden">{label} {number}</span></label></td>'
    )


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """{% options choices chosen %} inside a select: a customer has hundreds of people, each a line."""
    return SafeString(
        "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(str(label))}</option>'
            for value, label in choices
        )
    )


def _state(line: Line) -> str:
    if line.status == Registration.Status.CLOSED:
        return "closed"
    if not line.custodian:
        return "none"
    if line.custody == Custody.Kind.CARETAKER:
        return "care"
    return "" if line.is_handed_over else "active"


def _badges() -> dict[str, str]:
    """Return the badges of a list, as the tag of that name draws them."""
    icons = staticfiles_storage.url("icons.svg")
    states = {
        "closed": ("idle", "open", _("Closed")),
        "none": ("warn", "warn", _("None")),
        "care": ("warn", "warn", _("In care")),
        "active": ("ok", "ok", _("Active")),
        "running": ("info", "half", _("Handover running")),
    }
    drawn = {
        name: BADGE.format(tone=tone, icon=icon, label=escape(label), icons=icons)
        for name, (tone, icon, label) in states.items()
    }
    return {"": "", **drawn}
