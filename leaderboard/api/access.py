"""Who may hand in results: the token that a request shows, and how often it may ask."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from leaderboard.accounts.throttle import address_key
from leaderboard.models import APIToken

MOST_REQUESTS = 60  # of one token in a minute; without Redis each process counts
MOST_UNKNOWN = 30  # requests of one address without a good token, in a minute
MINUTE = 60  # seconds
UNKNOWN = (
    "The token is missing, mistyped, expired or revoked. Send “Authorization: Bearer lbt_…”; a "
    "maintainer makes tokens in the admin, under API tokens."
)


class TooOften(Exception):
    """A token or an address asks more often than it may."""


class TokenAuth(HttpBearer):
    """`Authorization: Bearer lbt_…`. A token has the rights of the maintainer who made it."""

    openapi_description = "A token from the admin of the site, shown once when it is made."

    def __call__(self, request: HttpRequest) -> Any:
        found = super().__call__(request)
        if found is None:  # before a wrong one is told apart from none
            count_request(f"api-address-{address_key(request)}", MOST_UNKNOWN)
            raise HttpError(401, UNKNOWN)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> APIToken | None:
        """Return the token's row, and note its use; None for a text that opens nothing."""
        row = APIToken.objects.read(token)
        if row is not None:
            count_request(f"api-token-{row.pk}", MOST_REQUESTS)
            row.note_use()
        return row


def count_request(name: str, most: int) -> None:
    """Count a request under this name. Raises TooOften for more than `most` in a minute."""
    cache.add(name, 0, MINUTE)
    try:
        count = cache.incr(name)
    except ValueError:  # the minute ended between the two
        return
    if count > most:
        raise TooOften
