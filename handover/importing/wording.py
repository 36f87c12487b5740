"""Why a difference stays as it is, in words."""

from django.utils.translation import gettext as _

from handover.importing.differing import Fate


def why_not(fate: Fate) -> str:
    """Return why an import never applies a difference of this fate; "" for one that it applies."""
    return {
        Fate.APPLIES: "",
        Fate.CUSTODY: _("The person in charge changes by a handover only."),
        Fate.HOLDER: _("The holder changes by a procedure of its own, never by an import."),
        Fate.CONFLICT: _("A person of the customer changed it in the portal; ask the customer."),
        Fate.PROTECTED: _("A case about this registration is open, which protects it."),
        Fate.CLOSED: _("This registration is closed."),
    }[fate]
