"""Which procedure is in force."""

from collections.abc import Mapping

from recovery.models import ProcedureVersion


def live() -> ProcedureVersion:
    """Return the version in force: what a new claim begins with. There is always one, from the first migration on."""
    return ProcedureVersion.objects.get(status=ProcedureVersion.Status.LIVE)


def limits_in_force() -> Mapping[str, int]:
    """Return the limits of procedure.md A10 as the version in force has them: for pages that are about no claim."""
    return live().procedure.limits
