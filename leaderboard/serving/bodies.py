"""How large a request's body may be. It is refused by its length, before any of it is read."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from leaderboard.text.languages import in_language

from .errors import render_error, request_id

MB = 1024 * 1024
LARGEST = 1 * MB
PROGRAMS = "/api/v1/"  # answers are JSON
TOO_LARGE = "Files of up to 50 MB are taken, with their length. Send less, or several parts."
# As in config/nginx.conf. An address may begin with its language.
LARGEST_BELOW = [
    (re.compile(r"/admin/leaderboard/import/add/"), 60 * MB),  # files of up to 50 MB
    (re.compile(r"/api/v1/imports"), 60 * MB),
    (re.compile(r"/admin/.*", re.DOTALL), 3 * MB),  # forms
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

    Django would write what is uploaded to the temporary folder before any view is asked.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        is_endless = "HTTP_TRANSFER_ENCODING" in request.META
        if not is_endless and body_length(request) <= largest_body(request.path_info):
            return get_response(request)
        if request.path_info.startswith(PROGRAMS):
            return JsonResponse({"detail": TOO_LARGE}, status=411 if is_endless else 413)
        context = {"is_endless": is_endless, "request_id": request_id(request)}
        return render_error("413.html", 411 if is_endless else 413, context)

    return answer


def body_length(request: HttpRequest) -> int:
    """Content-Length; 0 without a body. Gunicorn refuses what is no number."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
