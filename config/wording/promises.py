"""Words for promises: what changes hands, climbs, pauses and ends."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

PROMISES: dict[str, Words] = {
    "hold.handed_over": _("handed a promise over"),
}
