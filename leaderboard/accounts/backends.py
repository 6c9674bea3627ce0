"""How a password is checked: every guess counts before it is hashed."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .throttle import claim_try


class ThrottledBackend(ModelBackend):
    """Counts a guess against the client's address before the password is hashed, in every form.

    Raises TooManyFailures when that address has no tries left.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        claimed = claim_try(request)
        user = super().authenticate(request, username, password, **kwargs)
        if user:
            claimed.delete()
        return user
