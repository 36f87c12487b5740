"""Whether a mail address of record is likely to leave with one person (procedure.md B5, personal mail on record)."""

from accounts.models import Membership, Organisation
from handover.models import ContactPoint

FREE_MAIL = frozenset(
    {
        "aol.com",
        "au.com",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "gmail.com",
        "googlemail.com",
        "gmx.com",
        "hotmail.co.jp",
        "hotmail.com",
        "i.softbank.jp",
        "icloud.com",
        "live.jp",
        "mac.com",
        "mail.com",
        "me.com",
        "msn.com",
        "nifty.com",
        "outlook.com",
        "outlook.jp",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "rakumail.jp",
        "softbank.ne.jp",
        "uqmobile.jp",
        "yahoo.co.jp",
        "yahoo.com",
        "yahoo.ne.jp",
        "ymail.ne.jp",
        "ymobile.ne.jp",
    }
)
"""Domains at which anybody, or everybody with a mobile contract, has an address: a person's, hardly a department's."""


def find_warning(organisation: Organisation, kind: str, value: str) -> str:
    """Return what is to be said before `value` goes on record: `free`, `foreign`, or "" when there is nothing.

    `foreign`: no member of `organisation` signs in with an address of that domain. Said of mail addresses only.
    """
    if kind != ContactPoint.Kind.MAIL:
        return ""
    domain = _domain(value)
    if domain in FREE_MAIL:
        return "free"
    own = _domains_of(organisation)
    return "foreign" if own and not any(domain == one or domain.endswith(f".{one}") for one in own) else ""


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _domains_of(organisation: Organisation) -> set[str]:
    current = Membership.objects.current().filter(organisation=organisation, user__is_active=True)
    return {_domain(email) for email in current.values_list("user__email", flat=True)} - FREE_MAIL
