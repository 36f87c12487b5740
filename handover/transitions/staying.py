"""A leaving date that cannot be kept: told once, instead of refused again and again where nobody sees it."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.errors import WrongState
from accounts.models import Organisation
from accounts.rulebook import check
from audit.record import System, event
from handover import custody, notices
from handover.models import GapAlert, Package
from handover.rules import TABLE


def hold_leaving_date(*, package_pk: int, actor: System, at: datetime) -> Package:
    """Open the alert that a leaver whose last day is over became the last administrator meanwhile, and tell of it.

    The alert stands on that person's home page and on the provider's worklist until another administrator is there,
    and then the date is kept by itself, or until the date is changed. Raises `WrongState` when the date can be kept,
    has not passed, or was told of.
    """
    with transaction.atomic(durable=True):
        organisation_pk = Package.objects.values_list("organisation_id", flat=True).get(pk=package_pk)
        # As in `leave`: who is last is decided under this lock.
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_pk)
        package = (
            Package.objects.select_for_update(no_key=True, of=("self",)).select_related("person").get(pk=package_pk)
        )
        rule = check(TABLE, "hold_leaving_date", package, actor)
        over = package.kind == Package.Kind.LEAVES and package.last_day and package.last_day < localdate(at)
        stays = custody.administrators(organisation) == [package.person]
        if not over or not stays or not custody.is_last_administrator(package.person, organisation):
            raise WrongState(_("This leaving date can be kept. Nothing was changed."))
        _gap, is_new = GapAlert.objects.get_or_create(
            kind=GapAlert.Kind.LEAVER_STAYS,
            organisation=organisation,
            registration=None,
            closed_at=None,
            defaults={"opened_at": at},
        )
        if not is_new:
            raise WrongState(_("This has been told already. Nothing was changed."))
        about = [organisation.label, package.person.label]
        facts = {"last_day": str(package.last_day)}
        written = event(rule.event, actor=actor, at=at, subject=package.label, about=about, facts=facts)
        notices.tell("package_leaving_held", [package.person, package.opened_by], event=written, at=at, package=package)
        return package
