"""The whole package of a registration leaves the portal: written down before its first byte, and told (D7)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.models import Event
from audit.queries import about
from audit.record import event
from handover import notices
from handover.models import Custody, LookReason, Registration
from handover.packing import Package
from handover.restricting import refuse_blocked
from handover.rules import LOOKS, TABLE
from handover.rules.handovers import holds
from handover.rules.papers import must_say_why


def export_package(*, package: Package, reason: str, actor: Actor, at: datetime) -> Event:
    """Write down that `actor` takes `package`, before it is sent; tell the custodian of what an administrator takes.

    `reason` is one of `LookReason`, needed from administrators who do not hold the registration and "" from everybody
    else. The view has made the fresh check. Raises `NotAllowed`, `WrongState` (protected after a recovery, or changed
    since the package was made), `Refused` without a needed reason.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=package.registration.pk)
        rule = check(TABLE, "export_package", registration, actor)
        refuse_blocked(registration, "export_package", at=at)
        role = "custodian" if holds(actor, registration) else "administrator"
        facts: dict[str, object] = {"as": role, **package.counts, "index": package.index_sha256}
        if must_say_why(role):
            if reason not in LookReason.values:
                words = _("Choose why you take the package.")
                raise Refused(words, {"reason": words})
            facts["reason"] = reason
        if about(registration.label).filter(sequence__gt=package.log_sequence).exclude(verb__in=LOOKS).exists():
            raise WrongState(_("The registration is being changed at this moment. Please try again."))
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=registration.label,
            # In the history of each paper too: whoever keeps it sees who took it.
            about=[f"organisation:{registration.organisation_id}", *package.papers],
            facts={**facts, "log_sequence": package.log_sequence},
        )
        held = Custody.objects.current().filter(registration=registration).select_related("user").first()
        if held and held.user != actor.user:
            context = {"registration": registration, "actor": actor.user}
            notices.tell("package_exported", [held.user], event=written, at=at, **context)
        return written
