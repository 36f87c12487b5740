"""Words for samples of the audit and for drift."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

FAIRNESS: dict[str, Words] = {
    "audit.considered": _("Considered for the audit"),
    "audit.read": _("read the case for the audit"),
    "audit.found": _("wrote down the finding of the audit"),
    "drift.compared": _("A quarter was compared with the year before it"),
    "drift.explained": _("explained why a quarter differs"),
}
