"""How long a session lasts, when a second factor is due, and what the log says of logins."""

import logging
import time

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django_otp.plugins.otp_totp.models import TOTPDevice

from leaderboard.models import LoginPolicy

LONGEST_SESSION = 12 * 60 * 60  # seconds from the password on, however busy somebody is
RENEWAL = 60  # seconds; a session is written at most this often, not at every request
log = logging.getLogger("leaderboard.security")


def start_session(sender, request, user, **kwargs):
    """The clock of a session starts with the password; those that ended are forgotten."""
    request.session["logged_in_at"] = request.session["seen_at"] = int(time.time())
    request.session.clear_expired()


def keep_or_end_session(request):
    """Two idle hours end it by SESSION_COOKIE_AGE, here renewed; twelve hours end it anyway."""
    now = int(time.time())
    if now - request.session.get("logged_in_at", 0) > LONGEST_SESSION:
        logout(request)
    elif now - request.session.get("seen_at", 0) > RENEWAL:
        request.session["seen_at"] = now


def second_factor_of(user):
    """The confirmed device of somebody, if there is one."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def is_second_factor_required():
    return LoginPolicy.objects.filter(require_second_factor=True).exists()


def owes_second_factor(user):
    """Has one, or must have one, and has not shown it in this session."""
    if user.is_verified():
        return False
    return second_factor_of(user) is not None or is_second_factor_required()


def note(event):
    """A line of the log when somebody logs in or out or fails to. It says which request it was,
    and not who: the line of the request has its time, address and status."""

    def noted(sender, **kwargs):
        log.info(event)

    return noted


EVENTS = [
    (user_logged_in, note("password accepted")),
    (user_login_failed, note("password refused")),
    (user_logged_out, note("logged out")),
]


def connect():
    user_logged_in.connect(start_session, dispatch_uid="leaderboard.start_session")
    for signal, receiver in EVENTS:
        signal.connect(receiver, dispatch_uid="leaderboard.note")
