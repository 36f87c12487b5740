"""Who is told where people decide cases has to be looked into."""

from accounts.models import Membership, OrganisationKind, Role, User


def current() -> list[User]:
    """Return the seniors of the provider who have an account now."""
    rows = Membership.objects.current().filter(
        organisation__kind=OrganisationKind.PROVIDER, role=Role.SENIOR, user__is_active=True
    )
    return [row.user for row in rows.select_related("user").order_by("user", "pk")]
