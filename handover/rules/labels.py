"""Who may make, report and end labels. A label is judged by its registration."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from handover.models import Label, Registration
from handover.rules.handovers import is_system
from handover.rules.papers import may_keep_papers, may_open

FOUND_AGAIN_HOURS = 24
"""How long after a finder pressed the button the same label mails nobody again: the code is there for all to press."""


def may_report(actor: Any, label: Label) -> bool:
    """Somebody of the holder; `visible_to` decides about the label before and inside the act."""
    return may_open(actor, label.registration)


def may_end(actor: Any, label: Label) -> bool:
    """Whoever may make one."""
    return may_keep_papers(actor, label.registration)


def anybody(actor: Any, label: Label) -> bool:
    """Whoever has the thing in hand: the code proves that they read it."""
    return True


S = Label.Status
_ACTIVE = frozenset({Registration.Status.ACTIVE})
_ONLY_HOLDER = _("This label is not yours to report.")
_ONLY_KEEPERS = _("Only the person in charge, a deputy or an administrator can make and end labels.")

LABELS: dict[str, Rule] = {
    "make_label": Rule("label.made", _("Make a label"), may_keep_papers, _ONLY_KEEPERS, _ACTIVE),
    "report_lost": Rule("label.lost", _("Report it lost"), may_report, _ONLY_HOLDER, frozenset({S.VALID})),
    "report_back": Rule("label.back", _("It is back"), may_report, _ONLY_HOLDER, frozenset({S.LOST})),
    "void_label": Rule("label.voided", _("Void this label"), may_end, _ONLY_KEEPERS, frozenset({S.VALID, S.LOST})),
    "reissue_label": Rule(
        "label.reissued", _("Make a new label"), may_end, _ONLY_KEEPERS, frozenset({S.VALID, S.LOST})
    ),
    "report_found": Rule("label.found", _("I found this"), anybody, _ONLY_HOLDER),
    "remind_labels": Rule("labels.reminded", _("Remind"), is_system, _("Only the system does this.")),
}
