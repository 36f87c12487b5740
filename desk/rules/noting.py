"""Who notes something about a person, and who removes it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from desk.rules.people import LIVE, ONLY_CLOCK, ONLY_DESK, is_system, takes_calls
from desk.rules.team import ONLY_LOOKING_AFTER, sees_team


def removes_note(actor: Any, note: Any) -> bool:
    """A supervisor of the agency, or a senior of the provider."""
    return sees_team(actor)


NOTING: dict[str, Rule] = {
    "note_person": Rule("person.noted", _("Note it"), takes_calls, ONLY_DESK, LIVE),
    "remove_person_note": Rule("person.note_removed", _("Remove the note"), removes_note, ONLY_LOOKING_AFTER),
    "expire_person_note": Rule("person.note_expired", _("Expire"), is_system, ONLY_CLOCK),
}
