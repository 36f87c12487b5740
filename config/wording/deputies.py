"""Words for the acts around deputies and what is said of the past."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

DEPUTIES: dict[str, Words] = {
    "deputy.named": _("named a deputy"),
    "deputy.ended": _("ended a deputyship"),
    "deputy.activated": _("let the deputy stand in"),
    "deputy.deactivated": _("ended the standing in of a deputy"),
    "deputy.stood_in": _("stands in as deputy after ten business days of absence"),
    "absence.reported": _("reported that the person in charge is absent"),
    "custody.unverified_noted": _("noted a period that nobody can prove"),
}
