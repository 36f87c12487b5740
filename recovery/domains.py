"""What the DNS says about a domain that is on record (evidence C4). Asks the network: never inside a transaction."""

import dns.exception
import dns.name
import dns.resolver
import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Refused

LABEL = "_hikitsugi"
"""The entry stands below the domain, so that it meets nothing that is there for other purposes."""
PATIENCE = 5.0
"""Seconds for all questions about one domain."""
log = structlog.get_logger(__name__)


def domain_of(address: str) -> str:
    """Return the domain of a mail address, "" where there is none."""
    return address.rpartition("@")[2].strip().rstrip(".").lower() if "@" in address else ""


def says(domain: str, value: str) -> bool:
    """Whether the TXT records of `_hikitsugi.` + `domain` hold exactly `value`.

    Raises `Refused` when no name server answers: that is neither a yes nor a no.
    """
    try:
        name = dns.name.from_text(f"{LABEL}.{domain}.")
    except (dns.exception.DNSException, UnicodeError):
        return False
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return False
    except (dns.exception.DNSException, OSError) as silent:
        log.warning("no answer from the name servers", why=type(silent).__name__)
        raise Refused(_("No name server answered just now. Nothing was changed. Try again later.")) from silent
    return any(b"".join(record.strings) == value.encode() for record in answer)


def _resolver() -> dns.resolver.Resolver:
    given: list[str] = settings.DNS_RESOLVERS
    resolver = dns.resolver.Resolver(configure=not given)
    if given:
        pairs = [one.rpartition(":") if one.count(":") == 1 else (one, "", "53") for one in given]
        resolver.nameservers = [host for host, _colon, _port in pairs]
        resolver.nameserver_ports = {host: int(port) for host, _colon, port in pairs}
    return resolver
