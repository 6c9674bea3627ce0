"""Error pages that work without database and language."""

import errno
import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

RETRY_AFTER = 5  # seconds
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def plain(text, status=200):
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


# Error pages: templates that need neither database nor cache


def server_error(request):
    """503 where the machine failed and may recover, 500 where this code did."""
    if is_outage(sys.exc_info()[1]):
        return unavailable(request, is_write_undone=True)
    return error_page("500.html", 500, {"request_id": request.id})


def bad_request(request, exception):
    """Django calls a session that cannot be stored a bad request, even when the disk is full."""
    if is_outage(exception):
        return unavailable(request, is_write_undone=False)
    return defaults.bad_request(request, exception)


def unavailable(request, is_write_undone):
    """Every form is saved in one transaction, so its failure leaves nothing behind."""
    context = {
        "is_write": request.method not in ("GET", "HEAD"),
        "is_write_undone": is_write_undone,
        "request_id": request.id,
    }
    response = error_page("503.html", 503, context)
    response["Retry-After"] = RETRY_AFTER
    return response


def error_page(template, status, context):
    try:
        response = HttpResponse(render_to_string(template, context), status=status)
    except ValueError:  # the style sheet has not been collected
        response = plain(f"Something went wrong. Request {context['request_id']}.\n", status)
    response["Cache-Control"] = "no-store"
    return response


def is_outage(error):
    """A database or cache that is locked, full, read-only or gone; also as the cause of another
    error. A mistake in a query, or a value that a constraint refuses, is none."""
    while error:
        if (
            isinstance(error, OperationalError | InterfaceError)
            or type(error) is DatabaseError
            or type(error).__module__.startswith("redis.")
            or (isinstance(error, OSError) and error.errno in DISK)
        ):
            return True
        error = error.__context__
    return False
