"""Words for exceptions, for reviews of rules, and for putting a recovery back."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

EXCEPTING: dict[str, Words] = {
    "exception.asked": _("asked for an exception"),
    "exception.approved": _("approved an exception"),
    "exception.refused": _("did not approve an exception"),
    "exception.ended": _("ended an exception"),
    "rule_review.closed": _("reviewed a rule"),
    "rollback.asked": _("asked to put the recovery back"),
    "rollback.confirmed": _("The recovery was put back"),
    "rollback.declined": _("decided not to put the recovery back"),
}
