"""Words for promises: what changes hands, climbs, pauses and ends."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

PROMISES: dict[str, Words] = {
    "hold.handed_over": _("handed a promise over"),
    "hold.climbed": _("told somebody higher of an overdue promise"),
    "inquiry.climbed": _("told somebody higher of an inquiry that waits"),
    "inquiry.closed": _("closed an inquiry"),
    "inquiry.reopened": _("took an inquiry up again"),
    "inquiry.taken_up_again": _("does not agree that it is settled, and took the inquiry up again"),
    "inquiry.reminded": _("reminded the inquirer"),
    "inquiry.paused": _("let the clock stand still"),
    "inquiry.resumed": _("let the clock run again"),
    "inquiry.updated": _("told the inquirer where it stands"),
    "inquiry.delay_explained": _("told the inquirer why it takes longer"),
    "inquiry.needs_recorded": _("recorded wishes of the inquirer"),
    "word.printed": _("printed letters to inquirers"),
}
