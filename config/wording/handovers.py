"""Words for the acts around handovers, custody and people."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

HANDOVERS: dict[str, Words] = {
    "handover.drafted": _("prepared a handover"),
    "handover.offered": _("offered the handover to the successor"),
    "handover.withdrawn": _("withdrew the handover"),
    "handover.marked": _("marked items of the handover"),
    "handover.accepted": _("accepted the handover"),
    "handover.declined": _("declined the handover"),
    "handover.confirmed": _("confirmed the handover"),
    "handover.confirmation_refused": _("did not confirm the handover"),
    "handover.asked": _("asked the predecessor a question"),
    "handover.answered": _("answered a question of the successor"),
    "handover.switched": _("The person in charge changed by handover"),
    "handover.reminded": _("The successor was reminded of the handover"),
    "handover.expired": _("The handover expired unanswered"),
    "handover.closed": _("The predecessor's reading time ended"),
    "handover.escalated": _("The handover was not answered and is now with the administrator"),
    "handover.item_added": _("put something on the list of the handover"),
    "handover.item_dropped": _("took something off the list of the handover"),
    "handover.countersigned": _("signed the marks of the successor"),
    "handover.objected": _("objected to the handover"),
    "handover.resumed": _("answered the objection, and the handover goes on"),
    "handover.reading_reopened": _("let the predecessor read again"),
    "package.opened": _("put everything somebody holds into one package"),
    "package.extended": _("took more registrations up into the package"),
    "package.assigned": _("gave registrations of the package to a successor"),
    "package.entrusted": _("prepared the registration for a successor"),
    "package.offered": _("offered the prepared handovers of the package"),
    "package.changed": _("changed the dates of the package"),
    "package.withdrawn": _("withdrew the package"),
    "package.leaving_held": _("The last administrator could not leave on the planned day"),
    "package.reminded": _("Leaver and administrators were reminded of the last day"),
    "custody.passed_to_caretaker": _("passed the registration to a caretaker because the person in charge left"),
    "custody.taken_into_care": _("took the registration into care"),
    "membership.ended": _("ended a membership"),
    "kit.made": _("made a new recovery kit"),
    "task.finished": _("finished a task"),
}
