"""Cookies only in the admin; there, old sessions end and an owed second factor is asked for."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from leaderboard.text.languages import ADMIN

from .sessions import keep_or_end_session, owes_second_factor
from .throttle import TooManyFailures

# What somebody who still owes the second factor may open.
BEFORE_SECOND_FACTOR = {"admin:login", "admin:logout", "admin:jsi18n", "second-factor"}


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
