"""What the worker keeps of a connection, so that no thread waits for a slow visitor.

A request is collected in memory while it comes, and an answer while it goes. Threads work on whole
requests only: they read from the one memory and write to the other.
"""

import errno
import re
import select
import socket
import time
from collections import deque
from typing import Any
from urllib.parse import unquote, urlsplit

from gunicorn.http.errors import LimitRequestHeaders

MOST_AT_ONCE = 256 * 1024  # bytes of one look at a connection
LONGEST_HEAD = 128 * 1024  # bytes; nginx.conf takes as many
MOST_UNSENT = 32 * 1024 * 1024  # bytes of an answer in memory; a thread with more waits
LONGEST_WAIT = 30  # seconds, of all answers to a connection together
HEAD_SECONDS = 15  # for the first line and the headers together
SLOWEST = 4_000  # bytes a second of a body or an answer, beyond the first GRACE seconds
GRACE = 20
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


def pace_deadline(start: float, count: int) -> float:
    """Until when a connection may stay that has moved so many bytes since `start`."""
    return start + GRACE + count / SLOWEST


class Incoming:
    """The bytes of one request, and of what came behind it."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray()
        self.taken = 0  # bytes that the parser has read
        self.start: float | None = None  # when the first byte came
        self.head_length = 0  # 0 until the head is whole
        self.whole_length = 0
        self.is_cut = False  # the rest is not waited for: this is refused unread
        if data:
            self.add(data)

    def add(self, data: bytes) -> None:
        """Take what has come, and learn from the head how much there will be."""
        searched = max(0, len(self.data) - len(END_OF_HEAD) + 1)
        self.data += data
        self.start = self.start or time.monotonic()
        if self.head_length:
            return
        end = self.data.find(END_OF_HEAD, searched)
        if end >= 0:
            self.head_length = end + len(END_OF_HEAD)
            self.read_head(bytes(self.data[: self.head_length]))
        self.is_cut = self.is_cut or (end if end >= 0 else len(self.data)) > LONGEST_HEAD

    def read_head(self, head: bytes) -> None:
        """Work out the length of the request, or that it is refused. Gunicorn parses it again."""
        # Not above: gunicorn loads this file once, and a reload is to take the site's new code.
        from leaderboard.serving.bodies import largest_body

        length = LENGTH.search(head)
        body = int(length[1]) if length else 0
        self.whole_length = self.head_length + body
        words = head.split(b"\r\n", 1)[0].split(b" ")
        target = words[1].decode("latin-1") if len(words) > 1 else ""
        self.is_cut = bool(CHUNKED.search(head)) or body > largest_body(path_of(target))

    def is_ready(self) -> bool:
        """May a thread have it? It is whole, or it is refused without the rest."""
        return self.is_cut or bool(self.head_length and len(self.data) >= self.whole_length)

    def is_waited_for(self) -> bool:
        """Does the visitor ask whether the body may be sent?"""
        is_missing = self.head_length == len(self.data) and not self.is_ready()
        return is_missing and bool(EXPECTS.search(self.data))

    def deadline(self, idle_until: float) -> float:
        """Until when the rest has to come; `idle_until` while nothing has."""
        if self.start is None:
            return idle_until
        if not self.head_length:
            return self.start + HEAD_SECONDS
        return pace_deadline(self.start, len(self.data))

    def take(self, size: int) -> bytes:
        """The next bytes, b"" at the end. Raises LimitRequestHeaders for a head without an end."""
        if self.taken >= len(self.data) and self.is_cut and not self.head_length:
            raise LimitRequestHeaders("the head is too long")
        with memoryview(self.data) as view:
            part = bytes(view[self.taken : self.taken + size])
        self.taken += len(part)
        return part


def path_of(target: str) -> str:
    """The path as the site will see it; "" for a target that is no address."""
    try:
        return unquote(urlsplit(target).path)
    except ValueError:
        return ""


class PatientSocket(socket.socket):
    """A socket that blocks no thread: gunicorn reads what has come, and leaves what it sends."""

    def __init__(self, client: socket.socket) -> None:
        super().__init__(fileno=client.detach())
        super().setblocking(False)
        self.incoming = Incoming()
        self.unsent: deque[memoryview] = deque()
        self.unsent_bytes = 0
        self.waited = 0.0  # seconds that threads have spent on this connection

    def setblocking(self, flag: bool) -> None:
        """It never blocks, whatever gunicorn asks for."""

    def settimeout(self, value: float | None) -> None:
        """There is nothing to wait for."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        return self.incoming.take(size)

    def fetch(self) -> int:
        """Read what has come; return how many bytes, 0 at the end. Raises OSError."""
        data = super().recv(MOST_AT_ONCE)
        self.incoming.add(data)
        if self.incoming.is_waited_for():
            super().send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return len(data)

    def discard(self) -> int:
        """Read what has come and forget it; return how many bytes, 0 at the end."""
        return len(super().recv(MOST_AT_ONCE))

    def send(self, data: Any, flags: int = 0) -> int:
        """Gunicorn says "100 Continue" in this way; `fetch` has said it when it was asked."""
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send what the connection takes and keep the rest, for the worker to send later."""
        if data:
            self.unsent.append(memoryview(data))
            self.unsent_bytes += len(data)
        self.flush()
        while self.unsent_bytes > MOST_UNSENT:
            self.wait_to_send()
            self.flush()

    def wait_to_send(self) -> None:
        """Wait until the connection takes more. Raises ConnectionResetError if that is too long."""
        start = time.monotonic()
        poll = select.poll()  # select() takes no number above 1023
        poll.register(self, select.POLLOUT)
        left = LONGEST_WAIT - self.waited
        if left <= 0 or not poll.poll(left * 1000):
            raise ConnectionResetError(errno.ECONNRESET, "the visitor does not read")
        self.waited += time.monotonic() - start

    def bytes_held(self) -> int:
        """The memory that this connection costs."""
        return len(self.incoming.data) + self.unsent_bytes

    def flush(self) -> int:
        """Send what the connection takes now; return how many bytes. Raises OSError."""
        count = 0
        while self.unsent:
            try:
                sent = super().send(self.unsent[0])
            except BlockingIOError:
                break
            count += sent
            rest = self.unsent.popleft()[sent:]
            if rest:
                self.unsent.appendleft(rest)
        self.unsent_bytes -= count
        return count
