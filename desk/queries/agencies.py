"""Agencies by name."""

from accounts.models import Organisation, OrganisationKind


def named() -> list[tuple[int, str]]:
    """Return key and name of each agency, by kana."""
    rows = Organisation.objects.filter(kind=OrganisationKind.AGENCY).order_by("kana", "pk")
    return list(rows.values_list("pk", "legal_name"))
