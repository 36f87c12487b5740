"""Words for what bills named, and for questions of whoever holds one."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

BILLS: dict[str, Words] = {
    "bills.recorded": _("took in what bills named"),
    "bill.read": _("read what a bill is for, holding the bill"),
    "bill.asked": _("asked about a bill, holding it"),
    "bill.asked_again": _("wrote again about a bill"),
    "bill.answered": _("answered a question about a bill"),
    "bill.taken_over": _("passed an unanswered question about a bill to the desk"),
    "bill.ended": _("ended a question about a bill after its answer"),
}
