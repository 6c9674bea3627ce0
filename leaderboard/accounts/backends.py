"""The way a password is checked: every guess counts before it is hashed."""

from django.contrib.auth.backends import ModelBackend

from .throttle import claim_try


class ThrottledBackend(ModelBackend):
    """Counts a guess against its address before the password is hashed, whichever form asks."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        claimed = claim_try(request)
        user = super().authenticate(request, username, password, **kwargs)
        if user:
            claimed.delete()
        return user
