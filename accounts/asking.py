"""The request as the middleware of accounts leaves it."""

from datetime import datetime
from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from accounts.actors import Actor
from accounts.standing import Standing


class Request(HttpRequest):
    """For annotations only. On public pages `actor` is None for somebody without a session."""

    actor: Actor
    standing: Standing
    at: datetime


def sender_of(request: Request) -> str:
    """Return whose tries are counted: the address as allauth sees it; of IPv6 its network, which is one household's."""
    address = ip_address(get_adapter(request).get_client_ip(request))
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))
