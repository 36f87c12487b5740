"""Words for asking to have a product explained."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

EXPLANATIONS: dict[str, Words] = {
    "explanation.asked": _("asked for a call that explains the product"),
    "explanation.withdrawn": _("called off the explanation"),
    "explanation.answered": _("said whether it is clear now"),
    "explanation.pulled": _("took over a wish to be called"),
    "explanation.dropped": _("dropped a call that was called off"),
    "explanation.called": _("noted a call that explained the product"),
    "handover.pack_opened": _("opened the handover pack"),
}
