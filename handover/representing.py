"""A named person of a contractor stands for the person in charge (procedure.md B5). Plain functions in transitions.

The customer's own person stays in charge. What the contractor's person may do is a mandate, with end and limits.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import Membership, Organisation, User, same_address
from handover.models import Custody, Mandate, Registration


def refuse_asked(scope: int) -> None:
    """Raise `Refused` where a contractor asks to stand for somebody: only the customer's administrator offers that."""
    if scope == Mandate.Scope.REPRESENTATIVE:
        words = _("Only an administrator of the customer can let somebody stand for the person in charge.")
        raise Refused(words, {"scope": words})


def chosen(
    scope: int, mail: str, contractor: Organisation, registrations: Sequence[Registration], actor: Actor
) -> User | None:
    """Return who of `contractor` stands for the person in charge, None with a smaller scope.

    Raises `Refused` for a custodian's grant, without exactly one such person, or without an owner inside.
    """
    if scope != Mandate.Scope.REPRESENTATIVE:
        if mail.strip():
            words = _("Only with the widest scope somebody is named here.")
            raise Refused(words, {"representative": words})
        return None
    rows = Membership.objects.current().filter(organisation=contractor, user__is_active=True)
    found = rows.filter(user__email=same_address(mail)).select_related("user").first() if mail.strip() else None
    if found is None:
        words = _("Name somebody who works for this contractor, by the mail address that person signs in with.")
        raise Refused(words, {"representative": words})
    _refuse_without_owner(registrations, actor)
    return found.user


def renewed(mandate: Mandate, scope: int, registrations: Sequence[Registration], actor: Actor) -> User | None:
    """Return who goes on standing for the person in charge when a question is granted with `scope`; else None."""
    if scope != Mandate.Scope.REPRESENTATIVE:
        return None
    rows = Membership.objects.current().filter(organisation=mandate.contractor_id, user__is_active=True)
    if not rows.filter(user=mandate.representative_id).exists():
        words = _("The person named no longer works for the contractor. Grant less, or a new mandate to somebody else.")
        raise Refused(words, {"scope": words})
    _refuse_without_owner(registrations, actor)
    return mandate.representative


def _refuse_without_owner(registrations: Sequence[Registration], actor: Actor) -> None:
    if not actor.is_administrator:
        words = _("Only an administrator of the customer can let somebody stand for the person in charge.")
        raise Refused(words, {"scope": words})
    held = Custody.objects.current().filter(registration__in=list(registrations), kind=Custody.Kind.CUSTODIAN)
    owned = set(held.filter(user__isnull=False).values_list("registration_id", flat=True))
    if without := sorted(one.number for one in registrations if one.pk not in owned):
        words = _("First name a person in charge of your own for: %(numbers)s") % {"numbers": ", ".join(without)}
        raise Refused(words, {"registrations": words})
