"""Gunicorn's worker. No thread waits for a slow visitor, and a request that is too long gets a page
of the site."""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.gthread import TConn, ThreadWorker

from .connections import HEAD_SECONDS, Incoming, PatientSocket, pace_deadline

STATUS = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}
# Another worker was quicker, the visitor went, or all files are open until some connection ends.
PASSING = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE}
MOST_HELD = 128 * 1024 * 1024  # bytes of what is waited for, received or to be sent, in a process
FEW_BYTES = 64 * 1024  # below, it is not worth adding up the others
LINGER = 5  # seconds for the visitor to read the last answer
STOP_SECONDS = 2  # for a request on its way to a worker that stops


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A threaded worker whose threads get whole requests, and leave answers to be sent.

    The main thread waits for all connections at once: it receives, hands over, sends and closes.
    A connection that is slower than config/connections.py allows is closed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[TConn, float] = {}  # with the time when each is closed
        self.next_look = 0.0

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in PASSING:
                raise
            return
        conn = TConn(self.cfg, PatientSocket(client), address, listener.getsockname())
        conn.data_ready = True
        self.nr_conns += 1
        self.await_request(conn, HEAD_SECONDS)

    def await_request(self, conn: TConn, idle: float) -> None:
        """Hand over the request that is there, or wait; for the first byte `idle` seconds."""
        conn.idle_until = time.monotonic() + idle
        incoming = conn.sock.incoming
        if incoming.is_ready():
            self.enqueue_req(conn)
            return
        self.wait(conn, selectors.EVENT_READ, self.receive, incoming.deadline(conn.idle_until))

    def wait(self, conn: TConn, event: int, step: Callable[[TConn], None], deadline: float) -> None:
        """Take the step whenever the connection is ready for it; close it at the deadline."""
        self.waiting[conn] = deadline
        self.poller.register(conn.sock, event, partial(self.take_step, conn, step))

    def take_step(self, conn: TConn, step: Callable[[TConn], None], _file: Any) -> None:
        """Take the step; a connection that fails is closed."""
        if conn not in self.waiting:  # it was closed in this very round of the loop
            return
        try:
            step(conn)
        except BlockingIOError:
            return
        except OSError:
            self.drop(conn)

    def receive(self, conn: TConn) -> None:
        """Read what has come, and hand the request over when it is ready."""
        if not conn.sock.fetch():
            self.drop(conn)
            return
        incoming = conn.sock.incoming
        if incoming.is_ready():
            self.stop_waiting(conn)
            self.enqueue_req(conn)
        else:
            self.waiting[conn] = incoming.deadline(conn.idle_until)
            self.bound_memory(conn)

    def bound_memory(self, grown: TConn) -> None:
        """Close the connection that holds most if all together hold too much."""
        if grown.sock.bytes_held() < FEW_BYTES:
            return
        sizes = {conn: conn.sock.bytes_held() for conn in self.waiting}
        if sum(sizes.values()) > MOST_HELD:
            self.drop(max(sizes, key=sizes.__getitem__))

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer it; behind a request that was not read to its end, the connection is of no use."""
        if conn.sock.incoming.is_cut:
            req.force_close()
        return super().handle_request(req, conn)

    def finish_request(self, conn: TConn, done: Any) -> None:
        """Send the rest of the answer, then wait for the next request or close."""
        try:
            conn.is_kept = done.result()
            conn.sent_from, conn.sent = time.monotonic(), 0
            if conn.sock.unsent:
                deadline = pace_deadline(conn.sent_from, 0)
                self.wait(conn, selectors.EVENT_WRITE, self.send_rest, deadline)
                self.bound_memory(conn)
            else:
                self.end_answer(conn)
        except Exception:  # gunicorn has closed it, or the visitor has
            self.drop(conn)

    def send_rest(self, conn: TConn) -> None:
        """Send what the connection takes."""
        conn.sent += conn.sock.flush()
        if conn.sock.unsent:
            self.waiting[conn] = pace_deadline(conn.sent_from, conn.sent)
        else:
            self.stop_waiting(conn)
            self.end_answer(conn)

    def end_answer(self, conn: TConn) -> None:
        """Wait for the next request, of which a part may be here; or close when all was read."""
        incoming = conn.sock.incoming
        if conn.is_kept:
            rest = conn.parser.unreader.take_buffered() + incoming.take(len(incoming.data))
            conn.sock.incoming = Incoming(rest)
            self.await_request(conn, self.cfg.keepalive if self.alive else STOP_SECONDS)
            return
        conn.sock.incoming = Incoming()
        conn.sock.shutdown(socket.SHUT_WR)
        # Closed with bytes unread, the connection would be reset before the answer is read.
        self.wait(conn, selectors.EVENT_READ, self.linger, time.monotonic() + LINGER)

    def linger(self, conn: TConn) -> None:
        """Forget what still comes, until the visitor closes."""
        if not conn.sock.discard():
            self.drop(conn)

    def stop_waiting(self, conn: TConn) -> None:
        """No step is taken for this connection any more."""
        if self.waiting.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)

    def drop(self, conn: TConn) -> None:
        """Close it."""
        self.stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close what is too slow; when the worker stops, also what has sent nothing."""
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + 0.5
        for conn, deadline in list(self.waiting.items()):
            if not self.alive and conn.sock.incoming.start is None:
                self.waiting[conn] = deadline = min(deadline, now + STOP_SECONDS)
            if deadline <= now:
                self.drop(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer a request that could not be read."""
        if type(exc) not in STATUS:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("A request was too long to be read: %s", exc)
        util.write_nonblock(client, render_too_long(STATUS[type(exc)]))


def render_too_long(status: HTTPStatus) -> bytes:
    """The whole answer in bytes. It is in English, as the address was not read."""
    from leaderboard.serving.appearance import last_known_appearance  # these need the settings
    from leaderboard.serving.headers import HEADERS

    with translation.override(settings.LANGUAGE_CODE):
        try:
            shown = {"appearance": last_known_appearance()}
            text: str = render_to_string("414.html", shown)
        except ValueError:  # the style sheet has not been collected
            text = "<!doctype html><h1>This address is too long</h1><a href=/>Leaderboard</a>"
    response = HttpResponse(text, headers=HEADERS)
    response["Cache-Control"], response["Connection"] = "no-store", "close"
    response["Content-Length"] = str(len(response.content))
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return head + response.serialize_headers() + b"\r\n\r\n" + response.content
