"""Words for announced calls, reports of strangers, and the register of agencies, places and resellers."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

TRUST: dict[str, Words] = {
    "intention.announced": _("announced a call or letter"),
    "intention.cancelled": _("cancelled an announced call"),
    "caller.reported": _("Somebody reported a call or letter that was not ours"),
    "site.recorded": _("entered a place into the register"),
    "site.ended": _("ended a place in the register"),
    "site.line_added": _("entered a phone number that a place calls from"),
    "site.line_ended": _("ended a phone number that a place called from"),
    "site.seated": _("wrote down who works at a place"),
    "site.failed": _("A place is out of action: what is promised, due and announced there went to somebody elsewhere"),
    "site.reopened": _("A place is working again"),
}
