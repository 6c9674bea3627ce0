"""How often one address may guess. Counted in the database, which all processes share."""

import ipaddress
import logging
import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from leaderboard.models import FailedLogin

from .sessions import CLOCK_SKEW

MOST_FAILURES = 10
WINDOW = timedelta(hours=1)
LOOPBACK = "127.0.0.1"

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
logger = logging.getLogger(__name__)


class TooManyFailures(Exception):
    """An address has used up its tries and waits; no password was looked up or hashed."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Wait {seconds} seconds.")
        self.seconds = seconds


def read_address(text: str) -> IPAddress | None:
    """Parse an address; None if the text is not one. IPv4-mapped IPv6 addresses count as IPv4."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_proxy(address: IPAddress) -> bool:
    """Whether the address belongs to a network of TRUSTED_PROXIES."""
    return any(address in ipaddress.ip_network(network) for network in settings.TRUSTED_PROXIES)


def client_address(request: HttpRequest) -> IPAddress:
    """The address that counts: the right-most one of the chain that is not a trusted proxy.

    That client wrote everything to the left of it, so it may be invented.
    """
    # Behind a Unix socket there is no peer; only programs on this machine reach one.
    address = read_address(request.META.get("REMOTE_ADDR") or LOOPBACK)
    address = address or ipaddress.ip_address(LOOPBACK)
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        previous = read_address(hop)
        if previous is None or not is_proxy(address):
            break
        address = previous
    return address


def address_key(request: HttpRequest) -> str:
    """A keyed hash of the client's address. For IPv6, of its /64: one customer has all of it."""
    address: object = client_address(request)
    if isinstance(address, ipaddress.IPv6Address):
        address = ipaddress.IPv6Network((int(address), 64), strict=False)
    return salted_hmac("leaderboard.throttle", str(address), algorithm="sha256").hexdigest()


def claim_try(request: HttpRequest) -> FailedLogin:
    """Count a guess before it is checked; delete what is returned if the guess was right.

    An address has as many slots as it has tries, and the database lets each be taken once: guesses
    sent at the same moment cannot pass together. Raises TooManyFailures, after a single read, with
    a wait of at most WINDOW. Tries of the future were noted by a clock that was set back since;
    they count no more, or they would lock the address until then.
    """
    key, now = address_key(request), timezone.now()
    counted = Q(at__gt=now - WINDOW, at__lte=now + CLOCK_SKEW)
    taken = dict(FailedLogin.objects.filter(counted, address=key).values_list("slot", "at"))
    if len(taken) < MOST_FAILURES:
        FailedLogin.objects.exclude(counted).delete()
    for slot in range(MOST_FAILURES):
        if slot not in taken and (claimed := claim_slot(key, slot, now)):
            return claimed
    wait = min(taken.values(), default=now) + WINDOW - now
    raise TooManyFailures(max(1, math.ceil(min(wait, WINDOW).total_seconds())))


def claim_slot(key: str, slot: int, now: datetime) -> FailedLogin | None:
    """Take a slot of an address; None if another process was first."""
    try:
        with transaction.atomic():
            claimed = FailedLogin.objects.create(address=key, slot=slot, at=now)
    except IntegrityError:
        return None
    if slot == MOST_FAILURES - 1:
        logger.warning("An address has used up its %s tries to log in.", MOST_FAILURES)
    return claimed
