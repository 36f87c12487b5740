"""Words for calls."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CALLS: dict[str, Words] = {
    "call.begun": _("began a call"),
    "call.dialled": _("made a call that was announced"),
    "call.went_on": _("went on with the inquiry whose receipt number the caller said"),
    "call.warned": _("warned the caller"),
    "call.taken_over": _("took the call over"),
    "call.ended": _("ended the call"),
}
