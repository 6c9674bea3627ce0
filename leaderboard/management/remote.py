"""Hands files in at another site, as `manage.py import_results --to URL` does."""

import json
import os
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from leaderboard.imports.said import Misused
from leaderboard.imports.writing import ImportRefused
from leaderboard.readers.gathering import Given

TOKEN = "LEADERBOARD_TOKEN"  # the variable of the environment; options are seen by all in `ps`
TIMEOUT = 120  # seconds
REDIRECTS = (301, 302, 303, 307, 308)
HERE = ("localhost", "127.0.0.1", "::1")  # where nobody listens between
PATH = "api/v1/imports"
# Options of the command that say nothing of the files, and those of every command.
LOCAL = {"to", "questions", "dry_run", "json"} | {
    "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks",
}  # fmt: skip


def post_files(
    site: str, files: Iterable[Given], questions: bytes, options: dict[str, Any]
) -> dict[str, Any]:
    """Posts files with their options to a site, and returns its answer.

    Raises Misused without a token or for an address that is none, ImportRefused with what the
    site says otherwise.
    """
    token = os.environ.get(TOKEN, "")
    parts = urlsplit(site)
    if not token:
        raise Misused(f"--to {site}: set {TOKEN} in the environment, to a token of that site.")
    if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in HERE):
        raise Misused(f"--to {site}: write an address with https://, or one of this machine.")
    with ExitStack() as opened:
        data: dict[str, Any] = {
            name: value for name, value in options.items() if value and name not in LOCAL
        }
        data["file"] = [
            NamedFile(given.name, opened.enter_context(given.open()).read()) for given in files
        ]
        if questions:
            data["questions"] = NamedFile("questions.json", questions)
        body = encode_multipart(BOUNDARY, data)
    request = Request(
        urljoin(site.rstrip("/") + "/", PATH),
        body,
        {"Authorization": f"Bearer {token}", "Content-Type": MULTIPART_CONTENT},
    )
    return send(request, site)


class NamedFile:
    """A file as encode_multipart wants one."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content

    def read(self) -> bytes:
        return self.content


class NoRedirects(HTTPRedirectHandler):
    """Follows no redirect: it would show the token where nobody said, and post no file there."""

    def redirect_request(self, *_: Any) -> None:
        """Leaves a redirect to be told as the error that it is here."""


def send(request: Request, site: str) -> dict[str, Any]:
    """Sends the request. Raises ImportRefused with the sentence of the site or of the network."""
    try:
        with build_opener(NoRedirects).open(request, timeout=TIMEOUT) as response:
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        with error:  # it holds the connection
            said = describe_redirect(error) if error.code in REDIRECTS else read_detail(error)
        raise ImportRefused(f"The site {site} answers {error.code}: {said}") from error
    except (URLError, OSError, ValueError) as error:
        raise ImportRefused(f"The site {site} does not answer as expected: {error}.") from error
    return answer


def describe_redirect(error: HTTPError) -> str:
    """Returns where a site leads to, and what to do: nothing was sent there."""
    address = urljoin(error.url, error.headers.get("Location", "")).removesuffix(PATH)
    return f"It leads to {address}. If that is the site you mean, give its address to --to."


def read_detail(error: HTTPError) -> str:
    """Returns the sentence of a refusal; the name of the code where it is a page."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def describe_answer(answer: dict[str, Any]) -> str:
    """Returns what became of it, in a line."""
    if answer["state"] == "unchanged":
        return "The site has all of it already; nothing was kept."
    if answer["state"] == "pending":
        why = " ".join(answer["waits_because"])
        return f"It waits at {answer['confirm_at']}. {why}".rstrip()
    if answer["state"] == "refused":
        return f"It was refused: {answer['refusal']}"
    if answer["state"] == "undone":
        return f"It was imported before and undone: {answer['confirm_at']}"
    return f"Stored ({answer['changes']}); see {answer['confirm_at']}"
