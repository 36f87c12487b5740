"""Words for what happens with invented registrations. Shown to nobody but seniors and auditors."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CANARIES: dict[str, Words] = {
    "canary.marked": _("marked a registration as invented"),
    "canary.ended": _("ended the watch over an invented registration"),
    "canary.watched": _("An invented registration was touched"),
}
