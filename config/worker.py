"""Gunicorn's worker, with the site's own answer to an address that is too long."""

import socket
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

STATUS = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A threaded worker whose answer to too long a request is a page of the site."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer a request that could not be read."""
        if type(exc) not in STATUS:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("A request was too long to be read: %s", exc)
        util.write_nonblock(client, render_too_long(STATUS[type(exc)]))


def render_too_long(status: HTTPStatus) -> bytes:
    """The whole answer in bytes. It is in English, as the address was not read."""
    from leaderboard.serving.headers import HEADERS  # needs the settings

    with translation.override(settings.LANGUAGE_CODE):
        try:
            text: str = render_to_string("414.html")
        except ValueError:  # the style sheet has not been collected
            text = "<!doctype html><h1>This address is too long</h1><a href=/>LeaderBoard</a>"
    response = HttpResponse(text, headers=HEADERS)
    response["Cache-Control"], response["Connection"] = "no-store", "close"
    response["Content-Length"] = str(len(response.content))
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return head + response.serialize_headers() + b"\r\n\r\n" + response.content
