"""Who is calling: what the checks of a running call share. Plain functions, outside and inside transactions.

The order is that of `accounts.codes`: the try is taken, in transactions of their own, before anything is compared; so
of any number of parallel guesses only as many as there are tries are looked at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from accounts import callers, codes, tallies
from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import OneTimeCode, OrganisationKind, User
from desk.models import Call, Check, Inquiry
from handover.folding import fold
from handover.models import Mandate, MandateRegistration

TRIES = 5
"""Tries of each kind in one call (procedure.md A10, code attempts)."""
BY_HOUR = 30
"""Tries that one person of the staff types in an hour: nobody guesses through many calls."""
BY_NUMBER = 10
"""Tries on one receipt number, caller's number or mandate in a day, in whatever calls (procedure.md A10)."""
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
FAULT = "fault"
"""What every mandate allows: to look and to report a fault. Else the matter is the name of a daily setting."""


@dataclass(frozen=True)
class Said:
    """What a contractor says: the mandate, for which registration, about what, and who is calling."""

    mandate: str
    registration: str
    matter: str
    name: str
    number: str
    pin: str


def lock(call_pk: int) -> Call:
    """Lock a call with its inquiry, to be changed."""
    rows = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("by", "inquiry")
    return rows.get(pk=call_pk)


def refuse_ended(call: Call) -> None:
    """Raise `WrongState` for a call that is over."""
    if call.ended_at:
        raise WrongState(_("This call is over. Nothing was changed."))


def has_try(kind: str, call: Call, said: str, *, actor: Actor, at: datetime) -> bool:
    """Take one try and tell whether it may be compared: by call, by who types, and by what was `said`.

    What a call has no tries left for uses up nobody's; a number is counted whether or not anybody has it.
    """
    who = f"person:{actor.user.person_id}" if actor.user.person_id else actor.user.label
    limits = [
        (f"check:{kind}:{call.label}", TRIES, A_DAY),
        (f"check:{kind}:by:{who}", BY_HOUR, AN_HOUR),
        (f"check:{kind}:said:{said}", BY_NUMBER, A_DAY),
    ]
    return all(tallies.charge(key, limit=limit, period=period, at=at) for key, limit, period in limits)


def is_tracked(inquiry: Inquiry | None, tracking: str) -> bool:
    """Whether the tracking code is the inquiry's own, by one slow hash, which an unknown number costs as well."""
    if inquiry is None:
        make_password(codes.plain(tracking))
        return False
    return check_password(codes.plain(tracking), inquiry.tracking_hash)


def match_person(number: str, pin: str, at: datetime) -> tuple[OneTimeCode | None, Actor | None]:
    """Return the PIN that is right and who it belongs to, or neither; `number` is plain."""
    code = callers.find_match(number=number, pin=pin, at=at)
    return code, callers.who_has(number) if code else None


def find_covered(said: Said, person: Actor | None, at: datetime) -> MandateRegistration | None:
    """Return the row by which `person` may ask what was said: within registrations, scope and period.

    None for another contractor's person, a name that is not the person's, or what the mandate does not allow.
    """
    rows = MandateRegistration.objects.in_force(at).select_related("mandate__contractor", "registration")
    rows = rows.filter(mandate__number=plain_mandate(said.mandate)).order_by("pk")
    wanted = codes.plain(said.registration)
    found = next((row for row in rows if codes.plain(row.registration.number) == wanted), None)
    if found is None or person is None or person.kind != OrganisationKind.CONTRACTOR:
        return None
    own_names = {fold(person.user.display_name), fold(person.user.kana)} - {""}
    if person.organisation.pk != found.mandate.contractor_id or fold(said.name) not in own_names:
        return None
    allowed = said.matter == FAULT or (
        found.mandate.scope >= Mandate.Scope.SETTINGS and said.matter in found.mandate.settings
    )
    return found if allowed else None


def plain_mandate(typed: str) -> str:
    """Return the number of a mandate as it is written, from any spelling."""
    signs = codes.plain(typed).removeprefix("M")
    return f"M-{signs[:4]}-{signs[4:]}"


def write(
    kind: str,
    call: Call,
    result: str,
    *,
    by: Actor,
    at: datetime,
    about: User | None = None,
    mandate: Mandate | None = None,
) -> Check:
    """Write one check down, inside the transaction of its act. Once a kind was enough, it is not made again.

    Raises `WrongState`.
    """
    if Check.objects.filter(call=call, kind=kind, result=Check.Result.ENOUGH).exists():
        raise WrongState(_("This was enough already in this call. Nothing was changed."))
    return Check.objects.create(
        call=call,
        inquiry=call.inquiry,
        kind=kind,
        result=result,
        by=by.user,
        about=about,
        mandate=mandate,
        at=at,
    )


def labels(call: Call) -> list[str]:
    """Return in whose history a check of `call` appears, whatever its result."""
    return [call.inquiry.label] if call.inquiry else []
