"""Asking for everything, and what counts of an answer."""

import json
import re
from html import escape, unescape
from html.parser import HTMLParser
from itertools import product
from urllib.parse import urldefrag, urljoin

from .addresses import SINGLE, main_addresses, other_addresses
from .content import HOST

# FileContext for in other ways than a plain GET: (method, what the test client is told besides).
WAYS = (
    ("HEAD", {}),
    ("POST", {}),
    ("OPTIONS", {}),
    ("GET", {"secure": False}),
    ("GET", {"headers": {"accept-encoding": "gzip"}}),
    ("GET", {"headers": {"accept-encoding": "br"}}),
    ("GET", {"headers": {"accept-language": "zh-hans"}}),
    ("GET", {"headers": {"if-none-match": "*"}}),
    ("GET", {"headers": {"host": "evil.example"}}),
)


def ask_everything() -> dict[str, dict]:
    """{what is asked for: its answer}, with all that the main pages link to."""
    from django.test import Client

    client = Client(HTTP_HOST=HOST, raise_request_exception=False)
    main_pages, others = main_addresses(), other_addresses()
    answers = {f"GET {each}": ask(client, "GET", each) for each in [*main_pages, *others]}
    for address in main_pages:
        for linked in internal_links(address, answers[f"GET {address}"]["body"]):
            if f"GET {linked}" not in answers:
                answers[f"GET {linked}"] = ask(client, "GET", linked)
    sample = [*main_pages, *others[: len(SINGLE)], "/leaderboard/anesbench.csv", "/nothing/"]
    for address, (method, how) in product(sample, WAYS):
        answers[f"{method} {address} {json.dumps(how)}"] = ask(client, method, address, **how)
    return answers


def internal_links(address: str, body: str) -> list[str]:
    """The site's own pages that a page links to, in its order."""
    linked = (urljoin(address, unescape(each)) for each in re.findall(r' href="([^"]*)"', body))
    own = (urldefrag(each.removeprefix(f"https://{HOST}")).url for each in linked)
    return [each for each in dict.fromkeys(own) if re.match(r"/(?!/|static/|admin/)", each)]


def ask(client, method: str, address: str, **how) -> dict:
    """The answer as it counts; whether it is the same when it comes from the cache."""
    first, second = (
        comparable(client.generic(method, address, **{"secure": True} | how)) for _ in range(2)
    )
    return first if first == second else first | {"second": second}


# What counts of an answer

CHANGING = {"ETag", "Expires", "X-Request-ID"}  # with the code, the clock and every request
HASHED = re.compile(r"(static/[\w./-]+?)\.[0-9a-f]{12}(\.\w+)")


def comparable(response) -> dict:
    headers = {name: HASHED.sub(r"\1.HASH\2", value) for name, value in response.items()}
    headers |= dict.fromkeys(CHANGING & headers.keys(), "(some)")
    kind, is_encoded = headers.get("Content-Type", ""), "Content-Encoding" in headers
    if "Content-Length" in headers and ("html" in kind or is_encoded):
        headers["Content-Length"] = "(some)"  # white space does not count
    body = "(encoded)" if is_encoded else HASHED.sub(r"\1.HASH\2", response.getvalue().decode())
    if request_id := response.get("X-Request-ID"):
        body = body.replace(request_id, "(id)")
    if kind.startswith("text/html") and not is_encoded:
        body = normalized_html(body)
    cookies = dict.fromkeys(response.cookies, "(some)")
    return {"status": response.status_code, "headers": headers, "cookies": cookies, "body": body}


# fmt: off
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "button", "cite", "code", "data", "del", "dfn", "em", "i",
    "img", "input", "ins", "kbd", "label", "mark", "output", "q", "s", "samp", "select", "small",
    "span", "strong", "sub", "sup", "svg", "time", "tspan", "u", "var", "wbr",
}
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}
# fmt: on
AS_WRITTEN = {"pre", "textarea", "script", "style"}
SPACE = re.compile(r"[ \t\r\n\f]+")


class Normalizer(HTMLParser):
    """A line for each tag and text. White space counts only within and between inline elements."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.text = ""
        self.is_after_block = True
        self.as_written: list[str] = []  # the open elements whose text stays as it is

    def handle_starttag(self, tag, attributes):
        self.end_text(is_before_block=tag not in INLINE)
        named = {
            name: " ".join((value or "").split()) if name == "class" else value or ""
            for name, value in attributes
        }
        written = "".join(f' {name}="{escape(named[name])}"' for name in sorted(named))
        self.lines.append(f"<{tag}{written}>")
        self.is_after_block = tag not in INLINE or tag == "svg"  # whose shapes are no text
        if tag in AS_WRITTEN:
            self.as_written.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        self.end_text(is_before_block=tag not in INLINE or tag == "svg")
        self.lines.append(f"</{tag}>")
        self.is_after_block = tag not in INLINE
        if self.as_written and self.as_written[-1] == tag:
            self.as_written.pop()

    def handle_data(self, data):
        self.text += data

    def handle_decl(self, declaration):
        self.lines.append(f"<!{declaration}>")

    def end_text(self, is_before_block: bool = True) -> None:
        text, self.text = self.text, ""
        if self.as_written:
            text = text.replace("\n", "\\n")
        else:
            text = SPACE.sub(" ", text)
            text = text.lstrip(" ") if self.is_after_block else text
            text = text.rstrip(" ") if is_before_block else text
        if text:
            self.lines.append(escape(text, quote=False))


def normalized_html(text: str) -> str:
    reader = Normalizer()
    reader.feed(text)
    reader.close()
    reader.end_text()
    return "\n".join(reader.lines)
