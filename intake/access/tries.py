"""How often somebody may try a code or a link with a date of birth.

The buckets refill one try at a time, so the rightful person never waits longer than 15 minutes, however long a
stranger has been guessing from elsewhere.
"""

from ipaddress import ip_address

from django.http import HttpRequest

from clinic.platform.limits import take

CODE_TRIES, CODE_SECONDS = 5, 15 * 60
NETWORK_TRIES, NETWORK_SECONDS = 20, 60 * 60


def network_of(request: HttpRequest) -> str:
    """The network address that asks; for IPv6 its /64, which is what one household has."""
    given = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(given)
    except ValueError:
        return "unknown"
    return str(address) if address.version == 4 else address.exploded[:19]


def may_try(code: str, network: str) -> bool:
    """Take one try from both buckets; False when either is empty. Both are always taken, so timing tells nothing."""
    by_network = take("access-network", network, capacity=NETWORK_TRIES, per_seconds=NETWORK_SECONDS)
    by_code = take("access-code", code, capacity=CODE_TRIES, per_seconds=CODE_SECONDS)
    return by_network and by_code
