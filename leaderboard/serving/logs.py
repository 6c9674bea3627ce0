"""One line of JSON per record, for a journal or a log collector. Pure: no Django.

A line says what happened and to which request, and nothing about who asked: no address, cookie,
query or user name.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

# What is known of the request at work: its id, method and path without query.
REQUEST: ContextVar[dict[str, str] | None] = ContextVar("request", default=None)
EXTRAS = ("status", "duration_ms")
# No line says them: the documented way not to collect them for every one.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging._srcfile = None
to_json = json.JSONEncoder(default=str).encode  # json.dumps would make an encoder for every line
PERSONAL = re.compile(
    r"(?<=Invalid request from )ip=.*"  # gunicorn names the client and repeats a broken header
    r"|(?<=Error handling request )(?:[A-Z]+ )?/\S*"  # and an address with its query
    r"|^DETAIL:.*$"  # PostgreSQL repeats the values of a refused row
    r"|(?<=checking failed - )\S+(?= does not match)",  # Django the page somebody came from
    re.MULTILINE,
)


class JsonLines(logging.Formatter):
    """Whatever is in `hidden`, passwords and keys, is never written out."""

    def __init__(self, hidden=()):
        super().__init__()
        self.hidden = [secret for secret in hidden if secret]

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.without_secrets(record.getMessage()),
        }
        line |= REQUEST.get() or {}
        line |= {name: getattr(record, name) for name in EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.without_secrets(self.formatException(record.exc_info))
        return to_json(line)

    def without_secrets(self, text):
        for secret in self.hidden:
            text = text.replace(secret, "[hidden]")
        return PERSONAL.sub("[hidden]", text)
