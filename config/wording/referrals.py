"""Words for desks and inquirers passed on."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

REFERRALS: dict[str, Words] = {
    "affiliate.recorded": _("put a desk on the list"),
    "affiliate.ended": _("took a desk off the list"),
    "referral.made": _("passed an inquirer on to another desk"),
    "referral.taken": _("took in an inquirer who was passed on"),
    "referral.climbed": _("told somebody higher of an inquirer whom the other desk did not take in"),
    "referral.returned": _("gave an inquirer back to the desk before"),
}
