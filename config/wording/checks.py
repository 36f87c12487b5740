"""Words for checks in a call, calls back, and capacities."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CHECKS: dict[str, Words] = {
    "call.receipt_checked": _("checked a receipt number and its tracking code in a call"),
    "call.pin_checked": _("checked a caller's PIN in a call"),
    "call.mandate_checked": _("checked a mandate in a call"),
    "call_back.booked": _("booked a call back"),
    "call_back.looked_up": _("looked for a phone number of record, to call back"),
    "call_back.begun": _("announced a call back and opened the phone number of record"),
    "call_back.ended": _("called back"),
    "capacity.found": _("wrote down in which capacity somebody called"),
    "capacity.named": _("noted that a contractor called as if it were the customer"),
}
