"""Words for what is passed on, for feedback, for mistakes of our own, and for sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

VOICE: dict[str, Words] = {
    "inquiry.passed_on": _("passed the inquiry to the provider"),
    "script_task.opened": _("The same was passed on again and again: it is to become a sentence"),
    "script_task.declined": _("said why something becomes no sentence"),
    "procedure.script_added": _("added a sentence to the draft of the procedure"),
    "feedback.recorded": _("took down feedback"),
    "feedback.sent": _("sent feedback"),
    "feedback.challenged": _("challenged a rule"),
    "feedback.shared": _("shared feedback with a department"),
    "feedback.answered": _("answered feedback"),
    "feedback.told": _("told the inquirer what became of the feedback"),
    "mistake.recorded": _("recorded a mistake of ours"),
    "mistake.registration_named": _("named the registration that a mistake of ours concerned; the customer was told"),
    "mistake.mended": _("wrote down what was done about a mistake of ours"),
    "mistake.closed": _("closed a mistake of ours"),
}
