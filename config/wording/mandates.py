"""Words for the acts on contractors' mandates."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

MANDATES: dict[str, Words] = {
    "mandate.asked": _("asked for a mandate"),
    "mandate.delivered": _("brought a question for a mandate"),
    "mandate.granted": _("granted a mandate"),
    "mandate.declined": _("did not grant a mandate"),
    "mandate.renewal_asked": _("asked to renew a mandate"),
    "mandate.ended": _("ended a mandate"),
    "mandate.registration_removed": _("took a registration out of a mandate"),
    "mandate.fault_reported": _("reported a fault"),
    "mandate.reminded": _("reminded both sides of the end of a mandate"),
    "mandate.expired": _("a mandate ran out"),
}
