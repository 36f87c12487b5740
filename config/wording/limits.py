"""Words for limits, alarms, calls to the phone of record, and the head office by two people."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

LIMITS: dict[str, Words] = {
    "alarm.opened": _("An alarm was raised; a supervisor was told"),
    "alarm.closed": _("looked into an alarm and closed it"),
    "claim.call_number_taken": _("The claimant took a number for our call"),
    "claim.head_office_seconded": _("compared the head office as the second person"),
    "claim.head_office_supplemented": _("added building or floor to the head office"),
    "kit.guessed": _("A recovery kit was typed in wrongly too often; it works no longer"),
    "phone.paused": _("Verification by phone was switched off for a day: too many codes failed"),
    "phone_call.begun": _("called the phone of record for an open case"),
    "phone_call.confirmed": _("The phone of record confirmed the number"),
    "phone_call.ended": _("wrote down how a call to the phone of record ended"),
}
