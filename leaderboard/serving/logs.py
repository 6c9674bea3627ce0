"""One line of JSON per record, for a journal or a log collector. Pure: no Django.

A line says what happened to which request. It says nothing about who asked: it has no address,
cookie, query or user name of a visitor.
"""

import json
import logging
import re
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime

# The id, method and path without query of the request that is being answered.
REQUEST: ContextVar[dict[str, str] | None] = ContextVar("request", default=None)
# A signed address is a key: it would open the draft to whoever reads the log. It has a colon, and
# parts of the address of a leaderboard that is called “draft” have none.
SIGNED = re.compile(r"(?<=/draft/)[^/\s\"']*(?::|%3A)[^/\s\"']*", re.IGNORECASE)
EXTRAS = ("status", "duration_ms")
# No line names thread or process. The logging manual says how not to look them up for every line.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging._srcfile = None
encode_line = json.JSONEncoder(default=str).encode  # json.dumps makes an encoder for every line
PERSONAL = re.compile(
    r"(?<=Invalid request from )ip=.*"  # gunicorn names the client and repeats a broken header
    r"|(?<=Error handling request )(?:[A-Z]+ )?/\S*"  # and the path with its query
    r"|^DETAIL:.*$"  # PostgreSQL repeats the values of a refused row
    r"|(?<=checking failed - )\S+(?= does not match)",  # Django names the page they came from
    re.MULTILINE,
)


def hide_signed(path: str) -> str:
    """The path of a request without the signed part that opens a draft."""
    return SIGNED.sub("[hidden]", path) if "/draft/" in path else path


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON, without the passwords and keys in `hidden`."""

    def __init__(self, hidden: Iterable[str | None] = ()):
        super().__init__()
        self.hidden = [secret for secret in hidden if secret]

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.hide_secrets(record.getMessage()),
        }
        line |= REQUEST.get() or {}
        line |= {name: getattr(record, name) for name in EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.hide_secrets(self.formatException(record.exc_info))
        return encode_line(line)

    def hide_secrets(self, text: str) -> str:
        """The text with “[hidden]” for each secret and for what names a visitor."""
        for secret in self.hidden:
            text = text.replace(secret, "[hidden]")
        return SIGNED.sub("[hidden]", PERSONAL.sub("[hidden]", text))
