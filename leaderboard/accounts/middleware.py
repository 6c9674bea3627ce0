"""Cookies are read in the admin only; there, old sessions end and a second factor is asked for.

What was typed meanwhile waits for both."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from leaderboard.text.languages import is_in_admin

from .sessions import keep_or_end_session, owes_second_factor
from .throttle import TooManyFailures
from .typed import ask_to_log_in, can_wait, keep_post, send_again

GetResponse = Callable[[HttpRequest], HttpResponse]

# Views that are open to somebody who has typed the password and not yet the second factor.
BEFORE_SECOND_FACTOR = {"admin:login", "admin:logout", "admin:jsi18n", "second-factor"}


def public_pages_without_cookies(get_response: GetResponse) -> GetResponse:
    """Take the cookies out of requests outside the admin, so that none is renewed or deleted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_in_admin(request.path_info):
            request.COOKIES = {}
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


class AccessMiddleware:
    """In the admin: ends old sessions, sends those who owe a second factor to it, answers 429."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_in_admin(request.path_info) and request.user.is_authenticated:
            keep_or_end_session(request)
        response = self.get_response(request)
        if request.method == "POST" and request.path_info.endswith("/admin/logout/"):
            # After a logout the browser shows no page of the admin from its own memory.
            response["Clear-Site-Data"] = '"cache"'
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Ask for a login that has ended and for a second factor that is owed; afterwards, people
        come back to what they asked for, with what they had typed."""
        match = request.resolver_match
        if not is_in_admin(request.path_info) or not match:
            return None
        if match.view_name in BEFORE_SECOND_FACTOR:
            return None
        if not request.user.is_authenticated:
            return ask_to_log_in(request) if can_wait(request) else None
        if not owes_second_factor(request.user):
            return send_again(request)
        if is_waiting := can_wait(request):
            keep_post(request)
        comes_back = is_waiting or request.method == "GET"
        query = urlencode({"next": request.get_full_path()}) if comes_back else ""
        return redirect(f"{reverse('second-factor')}?{query}".rstrip("?"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 429, with the minutes to wait, when an address has used up its tries."""
        if not isinstance(exception, TooManyFailures):
            return None
        request.is_refused = True  # type: ignore[attr-defined]  # its page asks the database nothing
        minutes = -(-exception.seconds // 60)
        response = render(request, "429.html", {"minutes": minutes}, status=429)
        response["Retry-After"] = str(exception.seconds)
        response["Cache-Control"] = "no-store"
        return response
