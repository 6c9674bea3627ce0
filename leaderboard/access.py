"""Who is let in, and for how long: passwords, sessions, and whether a second factor is due."""

import logging
import re
import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from .models import LoginPolicy
from .throttle import TooManyFailures, claim_try

ADMIN = re.compile(r"/(zh-hans/)?admin/")
LONGEST_SESSION = 12 * 60 * 60  # seconds from the password on, however busy somebody is
RENEWAL = 60  # seconds; a session is written at most this often, not at every request
# What is on everybody's mind here, so that a password has to be more than one of these.
CONTEXT_WORDS = ["leaderboard", "benchmark", "maintainer", "administrator", "admin", "anesbench",
                 "anesthesiology", "amcqa", "password", "llm"]  # fmt: skip
SHORTEST_REST = 6  # letters and digits beside these words
log = logging.getLogger("leaderboard.security")
# What somebody who still owes the second factor may open.
BEFORE_SECOND_FACTOR = {"admin:login", "admin:logout", "admin:jsi18n", "second-factor"}


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


def public_pages_without_cookies(get_response):
    """Outside the admin nobody is known: no cookie is read, so none is renewed or deleted."""

    def middleware(request):
        if not ADMIN.match(request.path_info):
            request.COOKIES = {}
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


class AccessMiddleware:
    """In the admin: ends old sessions, sends those who owe a second factor to it, answers 429."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if ADMIN.match(request.path_info) and request.user.is_authenticated:
            keep_or_end_session(request)
        response = self.get_response(request)
        if request.method == "POST" and request.path_info.endswith("/admin/logout/"):
            # Nothing that was seen comes back by the browser's own memory.
            response["Clear-Site-Data"] = '"cache"'
        return response

    def process_view(self, request, view, args, kwargs):
        if not ADMIN.match(request.path_info) or not request.user.is_authenticated:
            return None
        allowed = request.resolver_match.view_name in BEFORE_SECOND_FACTOR
        if allowed or not owes_second_factor(request.user):
            return None
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        return redirect(f"{reverse('second-factor')}?{query}".rstrip("?"))

    def process_exception(self, request, exception):
        if not isinstance(exception, TooManyFailures):
            return None
        minutes = -(-exception.seconds // 60)
        response = render(request, "429.html", {"minutes": minutes}, status=429)
        response["Retry-After"] = str(exception.seconds)
        response["Cache-Control"] = "no-store"
        return response


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


class ContextWordsValidator:
    """A password is more than words that anybody tries at this site, and the name of the site."""

    def validate(self, password, user=None):
        rest, hosts = password.casefold(), " ".join(settings.ALLOWED_HOSTS)
        for word in [*CONTEXT_WORDS, *re.findall(r"[a-z-]{4,}", hosts)]:
            rest = rest.replace(word, "")
        if len(rest) < len(password) and len(re.sub(r"[\W_]", "", rest)) < SHORTEST_REST:
            raise ValidationError(self.get_help_text(), code="password_of_context_words")

    def get_help_text(self):
        return _(
            "Your password can’t be made of words like “leaderboard”, “admin” or this site’s name."
        )


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
