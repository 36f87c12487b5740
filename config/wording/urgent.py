"""Words for urgent settings."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

URGENT: dict[str, Words] = {
    "setting.made": _("made an urgent setting after a call"),
    "setting.confirmed": _("confirmed an urgent setting"),
    "setting.reversed": _("took an urgent setting back"),
    "setting.reminded": _("An urgent setting waits to be confirmed or taken back"),
}
