"""Error pages that work without database and cache."""

import errno
import sys
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from .appearance import last_known_appearance

RETRY_AFTER = 5  # seconds
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
READ_ONLY = "25006"  # PostgreSQL's state for a write where only reading is allowed


def answer_text(text: str, status: int = 200) -> HttpResponse:
    """A plain text that no cache keeps; 503 says when to ask again."""
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where the machine failed and may recover, 500 where this code failed."""
    if is_outage(sys.exc_info()[1]):
        return answer_unavailable(request, is_write_undone=True)
    return render_error("500.html", 500, {"request_id": request_id(request)})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django calls a session that cannot be stored a bad request, even when the disk is full."""
    if is_outage(exception):
        return answer_unavailable(request, is_write_undone=False)
    return answer_malformed()


def answer_malformed() -> HttpResponse:
    """400."""
    page = render_to_string("400.html", {"appearance": last_known_appearance()})
    return HttpResponse(page, status=400)


def answer_unavailable(request: HttpRequest, is_write_undone: bool) -> HttpResponse:
    """503. Every form is saved in one transaction, so its failure leaves nothing behind."""
    context = {
        "is_write": request.method not in ("GET", "HEAD"),
        "is_write_undone": is_write_undone,
        "request_id": request_id(request),
    }
    response = render_error("503.html", 503, context)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def request_id(request: HttpRequest) -> str:
    """The id that log_requests has given, by which the log is searched."""
    number: str = request.id  # type: ignore[attr-defined]  # set by log_requests
    return number


def render_error(template: str, status: int, context: dict[str, Any]) -> HttpResponse:
    """An error page that no cache keeps."""
    try:
        shown = {"appearance": last_known_appearance(), **context}
        response = HttpResponse(render_to_string(template, shown), status=status)
    except ValueError:  # the style sheet has not been collected
        text = f"Something went wrong. Request {context['request_id']}.\n"
        response = answer_text(text, status)
    response["Cache-Control"] = "no-store"
    return response


def is_outage(error: BaseException | None) -> bool:
    """Is a database or cache locked, full, read-only or gone?

    The error may have been the cause of another one. A mistake in a query, or a value that a
    constraint refuses, is no outage.
    """
    while error:
        if (
            isinstance(error, OperationalError | InterfaceError)
            or type(error) is DatabaseError
            or getattr(error, "sqlstate", None) == READ_ONLY
            or type(error).__module__.startswith("redis.")
            or (isinstance(error, OSError) and error.errno in DISK)
        ):
            return True
        error = error.__context__
    return False
