"""How often somebody may try a code or a link with a date of birth.

The buckets refill one try at a time, so the rightful person never waits longer than 15 minutes, however long a
stranger has been guessing from elsewhere.
"""

from datetime import datetime
from ipaddress import ip_address

from django.http import HttpRequest
from django.utils import timezone

from clinic.platform.crypto.index import blind_index
from clinic.platform.limits import give_back, take
from intake.access.models import KnownNetwork

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


def _known_key(code: str, network: str) -> str:
    return blind_index(f"{code} {network}", purpose="known_network")


def may_try(code: str, network: str) -> bool:
    """Take one try from both buckets; False when either is empty. Both are always taken, so timing tells nothing.

    A network from which this was opened before has a bucket of its own: whoever goes on guessing from elsewhere, even
    with a stolen code and without a pause, cannot keep the rightful person out.
    """
    by_network = take("access-network", network, capacity=NETWORK_TRIES, per_seconds=NETWORK_SECONDS)
    known = KnownNetwork.objects.filter(key=_known_key(code, network), expires_at__gt=timezone.now()).exists()
    whose = f"{code} {network}" if known else code
    by_code = take("access-code", whose, capacity=CODE_TRIES, per_seconds=CODE_SECONDS)
    return by_network and by_code


def was_right(network: str) -> None:
    """Give the try of this network back: one address may stand for all patients of a telephone company."""
    give_back("access-network", network, capacity=NETWORK_TRIES)


def remember_network(code: str, network: str, *, until: datetime) -> None:
    """The rightful person was here. Once more only prolongs it."""
    row = KnownNetwork(key=_known_key(code, network), expires_at=until)
    KnownNetwork.objects.bulk_create([row], update_conflicts=True, unique_fields=["key"], update_fields=["expires_at"])


def forget_networks(now: datetime) -> int:
    """Delete what is no longer needed; how many."""
    return KnownNetwork.objects.filter(expires_at__lte=now).delete()[0]
