"""Words for checks in a call, calls back, and capacities."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CHECKS: dict[str, Words] = {
    "call.receipt_checked": _("checked a receipt number and its tracking code in a call"),
    "call.pin_checked": _("checked a caller's PIN in a call"),
    "call.mandate_checked": _("checked a mandate in a call"),
}
