"""Everything that changes people, organisations, invitations and undertakings."""

from accounts.transitions.people import (
    FIRST_PROVIDER_ROLES,
    accept_invitation,
    bootstrap,
    change_profile,
    create_organisation,
    invite,
    make_pin,
    resend_invitation,
    second_invitation,
    view_organisation,
    withdraw_invitation,
)
from accounts.transitions.undertakings import (
    drop_undertaking,
    propose_undertaking,
    publish_undertaking,
    sign_undertaking,
)

__all__ = [
    "FIRST_PROVIDER_ROLES",
    "accept_invitation",
    "bootstrap",
    "change_profile",
    "create_organisation",
    "drop_undertaking",
    "invite",
    "make_pin",
    "propose_undertaking",
    "publish_undertaking",
    "resend_invitation",
    "second_invitation",
    "sign_undertaking",
    "view_organisation",
    "withdraw_invitation",
]
