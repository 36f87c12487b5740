"""How strongly a session is signed in: read from allauth's authentication records, the only truth about that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from accounts.models import User
from accounts.prepared import Prepared

# What counts as a second factor. A recovery code is a way to enrol a new one, not a factor.
FACTORS = frozenset({Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN})

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """What is known of one session. `factors` maps ids of enrolled factors to their type; `records` are allauth's."""

    factors: Mapping[int, str]
    records: tuple[Record, ...]

    @property
    def verified(self) -> bool:
        """Whether a factor that is still enrolled was used in this session: one that was removed proves nothing."""
        return any(is_factor(record) and record.get("id") in self.factors for record in self.records)

    @property
    def by_recovery_code(self) -> bool:
        """Whether the session rests on a recovery code alone."""
        codes = (record.get("type") == Authenticator.Type.RECOVERY_CODES for record in self.records)
        return not self.verified and any(codes)

    @property
    def enrolled(self) -> bool:
        return bool(self.factors)

    @property
    def has_totp(self) -> bool:
        return Authenticator.Type.TOTP in self.factors.values()

    @property
    def has_passkey(self) -> bool:
        return Authenticator.Type.WEBAUTHN in self.factors.values()


def is_factor(record: Record) -> bool:
    """Tell whether an authentication record is of a real second factor."""
    return record.get("method") == "mfa" and record.get("type") in FACTORS


def read(request: HttpRequest, user: User) -> Standing:
    """Return how strongly the session of `request` is signed in as `user`. One query."""
    return Standing(factors_of(user), tuple(get_authentication_records(request, user)))


def factors_of(user: User) -> dict[int, str]:
    """Return the enrolled second factors of `user`: id and type."""
    return dict(_FACTORS.rows(user=user.pk))


_FACTORS = Prepared(
    lambda user: Authenticator.objects.filter(user_id=user, type__in=FACTORS).values_list("pk", "type"), user=int
)
