"""Contacts and promises."""

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from desk.rules.people import LIVE, ONLY_DESK, S, takes_calls

INQUIRIES: dict[str, Rule] = {
    "open_inquiry": Rule("inquiry.opened", _("Take down an inquiry"), takes_calls, ONLY_DESK),
    "note_contact": Rule("contact.noted", _("Note a contact"), takes_calls, ONLY_DESK, LIVE),
    "hold": Rule("hold.opened", _("Take on hold"), takes_calls, ONLY_DESK, LIVE),
    "close_hold": Rule("hold.closed", _("Close the hold"), takes_calls, ONLY_DESK, frozenset({S.HELD})),
}
