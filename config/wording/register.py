"""Words for the acts on registrations, contact points, names and products."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

REGISTER: dict[str, Words] = {
    "registration.registered": _("entered this registration in the register"),
    "registration.viewed": _("looked at this registration"),
    "registration.exported": _("downloaded the whole package of this registration"),
    "registration.changed": _("changed this registration by an import"),
    "registration.closed": _("closed this registration, which the provider's records no longer list"),
    "handover.ended_by_closing": _("ended the handover, because its registration was closed"),
    "register.import_told": _("told people what an import changed"),
    "register.imported": _("imported a register"),
    "contact_point.added": _("added a contact point"),
    "contact_point.ended": _("ended a contact point"),
    "alias.added": _("added another name of the unit"),
    "alias.ended": _("ended another name of the unit"),
    "product.added": _("made a product card"),
    "product.changed": _("changed a product card"),
}
