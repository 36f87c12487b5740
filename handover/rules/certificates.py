"""Who may have a certificate issued or withdrawn (procedure.md B4)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from audit.record import System
from handover.models import Certificate, Deputy, Registration
from handover.rules.handovers import holds


def may_issue(actor: Any, registration: Registration) -> bool:
    """The holder, a deputy, an administrator of the customer; and the provider's own command."""
    if isinstance(actor, System):
        return True
    own = actor.is_customer and actor.organisation.pk == registration.organisation_id
    return own and (
        actor.is_administrator
        or holds(actor, registration)
        or Deputy.objects.current().filter(registration=registration, user=actor.user).exists()
    )


def may_withdraw(actor: Any, certificate: Certificate) -> bool:
    """The holder or an administrator of the customer, for instance after a loss."""
    if isinstance(actor, System):
        return False
    registration = certificate.registration
    own = actor.is_customer and actor.organisation.pk == registration.organisation_id
    return own and (actor.is_administrator or holds(actor, registration))


def may_download(actor: Any, certificate: Certificate) -> bool:
    """Whoever may see the registration, which the view has looked at: here only that it is the own organisation's."""
    return not isinstance(actor, System) and actor.organisation.pk == certificate.registration.organisation_id


CERTIFICATES: dict[str, Rule] = {
    "issue_certificate": Rule(
        "certificate.issued",
        _("Issue a certificate"),
        may_issue,
        _("Only the person in charge, a deputy or an administrator can have a certificate issued."),
        frozenset({Registration.Status.ACTIVE}),
    ),
    "withdraw_certificate": Rule(
        "certificate.withdrawn",
        _("Withdraw this certificate"),
        may_withdraw,
        _("Only the person in charge or an administrator can withdraw a certificate."),
        frozenset({Certificate.Status.VALID}),
    ),
    "download_certificate": Rule(
        "certificate.downloaded",
        _("Download the PDF"),
        may_download,
        _("Only people of this organisation can download the certificate."),
    ),
}
