"""How long a session lasts, when a second factor is due, and what the log says of logins."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from leaderboard.models import LoginPolicy

from .typed import remember_typed

LONGEST_SESSION = 12 * 60 * 60  # seconds from the password on, however busy somebody is
CLOCK_SKEW = timedelta(minutes=1)  # between processes; a time beyond was noted by a wrong clock
RENEWAL = 60  # seconds; a session is written at most this often, not at every request
security_log = logging.getLogger("leaderboard.security")

# django-otp adds is_verified() to the user of a request, which the types of Django do not know.
User = Any


def start_session(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the clock of a session when the password is accepted, and delete expired sessions."""
    request.session["logged_in_at"] = request.session["seen_at"] = int(time.time())
    request.session.clear_expired()


def keep_or_end_session(request: HttpRequest) -> None:
    """Renew a session that is used; end it twelve hours after the password.

    Two idle hours end it too: that is SESSION_COOKIE_AGE. One that began in the future, by a clock
    that was set back since, would last until then and twelve hours longer: it ends too.
    """
    now = int(time.time())
    age = now - request.session.get("logged_in_at", 0)
    if not -CLOCK_SKEW.total_seconds() <= age <= LONGEST_SESSION:
        logout(request)
    elif now - request.session.get("seen_at", 0) > RENEWAL:
        request.session["seen_at"] = now


def second_factor_of(user: User) -> Any:
    """The confirmed TOTPDevice of a user; None without one."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def is_second_factor_required() -> bool:
    """Whether the login policy asks everybody for a second factor."""
    return LoginPolicy.objects.filter(require_second_factor=True).exists()


def owes_second_factor(user: User) -> bool:
    """Whether a user has or needs a second factor and has not shown it in this session."""
    if user.is_verified():
        return False
    return second_factor_of(user) is not None or is_second_factor_required()


def log_event(event: str) -> Callable[..., None]:
    """A signal receiver that logs the event without the user's name.

    The line of the request beside it has its time, address and status.
    """

    def receiver(sender: object, **kwargs: Any) -> None:
        security_log.info(event)

    return receiver


EVENTS = [
    (user_logged_in, log_event("password accepted")),
    (user_login_failed, log_event("password refused")),
    (user_logged_out, log_event("logged out")),
]


def connect() -> None:
    """Connect the receivers of this module; the app calls it once at start."""
    user_logged_in.connect(start_session, dispatch_uid="leaderboard.start_session")
    user_logged_in.connect(remember_typed, dispatch_uid="leaderboard.remember_typed")
    for signal, receiver in EVENTS:
        signal.connect(receiver, dispatch_uid="leaderboard.log_event")
