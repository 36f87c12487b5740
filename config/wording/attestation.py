"""Words for the yearly question, absences and the handover season."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

ATTESTATION: dict[str, Words] = {
    "attestation.asked": _("asked the person in charge whether that is still so"),
    "attestation.reminded": _("reminded the person in charge of the yearly question"),
    "attestation.escalated": _("told administrators and deputies that the yearly question has no answer"),
    "attestation.posted": _("sent a letter because the yearly question has no answer"),
    "attestation.answered": _("answered the yearly question"),
    "mail.bounced": _("noted that a mail came back"),
    "absence.noted": _("noted that the person in charge cannot be reached"),
    "absence.ended": _("noted that the person in charge can be reached again"),
    "season.begun": _("began the handover season"),
    "season.told": _("asked people in charge to hand over before they go"),
    "notices.printed": _("printed letters that ask who is in charge"),
    "notice.returned": _("noted that a letter came back"),
}
