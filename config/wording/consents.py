"""Words for one-off consents."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CONSENTS: dict[str, Words] = {
    "consent.asked": _("asked for a customer's consent to one case"),
    "consent.linked": _("found the registration that a contractor needs a consent for"),
    "consent.answered": _("answered whether a contractor may act in one case"),
    "consent.expired": _("ended a consent whose time was over"),
}
