"""The code of a recovery kit: tries of it are charged before it is compared, as with every code. For transitions."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts import tallies
from handover import kits
from handover.models import RecoveryKit, Registration, Task
from recovery.models import Claim
from recovery.queries import exits, procedures
from recovery.queries.weighing import KIT

A_DAY = timedelta(days=1)
MOST_OF_CLAIM = 5
"""Tries of kits in a day on one claim, whichever kits it names: nobody makes many kits worthless. Ours."""


def most_tries() -> int:
    """Return with how many tries a kit is dead: those of any code (procedure.md A10), by the version in force.

    A kit belongs to no claim, so it goes by none's version.
    """
    return procedures.live().procedure.limits["tries_per_code"]


def find_right(claim: Claim, number: str, typed: str, at: datetime) -> RecoveryKit | None:
    """Take one try and return the kit if number and code fit together.

    Whether there is such a kit, and whether it is dead, takes the same statements and the same hashing.
    """
    named, most = kits.read_number(number), most_tries()
    charged = tallies.charge(f"kit:claim:{claim.pk}", limit=MOST_OF_CLAIM, period=A_DAY, at=at)
    with transaction.atomic(durable=True):
        # A commit that had nothing to write would come back sooner.
        tallies.mark(f"kit:number:{named}", period=A_DAY, at=at)
        # The guard is in the UPDATE, on the row itself: of any number at once only so many are compared.
        open_kits = RecoveryKit.objects.filter(number=named if charged else "", void_at=None, tries__lt=most)
        is_open = open_kits.update(tries=F("tries") + 1, tried_at=at)
    known = {kind.code for kind in claim.procedure.procedure.kinds}
    kit = exits.find_kit(named if is_open and KIT in known else "")
    return kit if kits.is_right(typed, kit.code_hash if kit else None) else None


def ask_for_new(registration: Registration, kit: RecoveryKit, *, at: datetime) -> None:
    """Whoever is in charge is asked for a new kit: this one was used or guessed at, by whoever it was."""
    kind, owner = Task.Kind.MAKE_RECOVERY_KIT, kit.custody.user
    if owner and not Task.objects.filter(registration=registration, kind=kind, owner=owner, done_at=None).exists():
        Task.objects.create(kind=kind, registration=registration, owner=owner, opened_at=at)
