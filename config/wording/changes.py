"""Words for the acts on requests of change, on units and on affiliations."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CHANGES: dict[str, Words] = {
    "change.requested": _("asked for a change of name or holder"),
    "change.cancellation_asked": _("asked to cancel the registration"),
    "change.receiver_found": _("named the receiving organisation of a change"),
    "change.consented": _("agreed to a change"),
    "change.consent_recorded": _("recorded a consent that came on paper"),
    "change.proof_checked": _("ticked a proof of a change"),
    "change.proposed": _("proposed a change for decision"),
    "change.approved": _("approved a change"),
    "change.refused": _("refused a change"),
    "change.withdrawn": _("withdrew a request of change"),
    "change.released": _("took it into the provider's keeping for a change of holder"),
    "change.executed": _("carried out a change"),
    "change.continued": _("went on carrying out a change"),
    "contact_point.confirmed": _("confirmed a contact point"),
    "unit.changed": _("changed the using unit"),
    "unit.confirmed": _("confirmed the using unit"),
    "unit.asked_for": _("asked for the using units behind a name"),
    "affiliation.recorded": _("recorded an affiliation"),
    "affiliation.ended": _("ended an affiliation"),
}
