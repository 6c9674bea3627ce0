"""How large a request's body may be. It is refused by its length, before any of it is read."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from leaderboard.text.languages import in_language, is_in_admin

from .errors import render_error, request_id

MB = 1024 * 1024
LARGEST = 1 * MB
OF_FORMS = 3 * MB
PROGRAMS = "/api/v1/"  # answers are JSON
TOO_LARGE = "Files of up to 50 MB are taken, with their length. Send less, or several parts."
# As in config/nginx.conf. An address may begin with its language.
LARGEST_BELOW = [
    (re.compile(r"/admin/leaderboard/import/add/"), 60 * MB),  # files of up to 50 MB
    (re.compile(r"/api/v1/imports"), 60 * MB),
    (re.compile(r"/admin/.*", re.DOTALL), OF_FORMS),
]


def largest_body(path: str) -> int:
    """The most bytes that are read from a request to this address."""
    plain = in_language(path, settings.LANGUAGE_CODE)
    for pattern, most in LARGEST_BELOW:
        if pattern.fullmatch(plain):
            return most
    return LARGEST


def refuse_large_bodies(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer 413 to a body that is too large, and 411 to one that does not tell its length.

    Django would write what is uploaded to the temporary folder before any view is asked. A file for
    an import is therefore taken only with the session of somebody; its age and its account are
    judged by the view. Others are asked to log in first.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        is_endless = "HTTP_TRANSFER_ENCODING" in request.META
        length = body_length(request)
        if not is_endless and length <= largest_body(request.path_info):
            if length > OF_FORMS and is_in_admin(request.path_info) and not is_logged_in(request):
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            return get_response(request)
        if request.path_info.startswith(PROGRAMS):
            return JsonResponse({"detail": TOO_LARGE}, status=411 if is_endless else 413)
        context = {"is_endless": is_endless, "request_id": request_id(request)}
        return render_error("413.html", 411 if is_endless else 413, context)

    return answer


def is_logged_in(request: HttpRequest) -> bool:
    """Whether the session of a request, looked up in its table, is that of somebody."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return key is not None and SESSION_KEY in SessionStore(key)


def body_length(request: HttpRequest) -> int:
    """Content-Length; 0 without a body. Gunicorn refuses what is no number."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
