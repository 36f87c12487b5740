"""Words for notes about people."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

NOTING: dict[str, Words] = {
    "person.noted": _("noted something of the list about the inquirer"),
    "person.note_removed": _("removed a note about the inquirer"),
    "person.note_expired": _("A note about the inquirer ran out"),
}
