"""Words for what comes after the end of a claim, and for what keeps one from being forgotten."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

AFTERWARDS: dict[str, Words] = {
    "claim.request_handed_in": _("The claimant asked for something on the page of the case"),
    "claim.request_turned_down": _("What the claimant asked for could not be done: the case had changed"),
    "claim.appealed": _("An appeal came in"),
    "appeal.decided": _("decided on an appeal"),
    "appeal.overdue": _("An appeal is overdue; the seniors were told"),
    "claim.reopened": _("The claim was taken up again"),
    "claim.reminded": _("reminded the claimant"),
    "claim.reminder_proposed": _("A reminder of the claimant is due"),
    "claim.holding_answered": _("A holding answer was sent"),
    "claim.passed_on": _("The claim was passed to the seniors: it is not decided in time"),
    "claim.silence_noticed": _("The next date passed without a word; the operators were told"),
    "claim.left_of_several": _("One claim is left of several; the seniors were told"),
    "claim.capacity_found": _("wrote down who the claimant is"),
    "claim.posing_told": _("The customer was told of contractors who posed as it"),
    "duty.finished": _("did what was due"),
    "objection.identified": _("wrote down by what the objector was identified"),
}
