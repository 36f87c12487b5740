"""Words for one claim that covers many registrations."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

TOGETHER: dict[str, Words] = {
    "claim.list_taken": _("took in a list of registrations"),
    "claim.line_matched": _("found a registration of the list"),
    "claim.line_left_out": _("took a registration off the list"),
    "claim.people_invited": _("sent new links to those who are to take over"),
    "claim.unit_confirmed": _("said that they take over"),
    "claim.unit_declined": _("said that it is not theirs"),
    "claim.lines_dropped": _("Taken off the list: the person in charge is here"),
}
