"""Random public addresses, the same for the same seed, and what every answer has to keep.

`python -m tests.fuzz --count 100000 --seed 7` tries them on a site of its own with the seed
content; the suite tries three hundred.
"""

import argparse
import os
import random
import tempfile
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlencode, urlsplit

BOARD = "/leaderboard/anesbench"
LLMS = ("gpt-4o", "deepseek-r1", "deepseek-v3", "qwen3-0-6b", "llama-4-scout", "qwq-32b")
SIX = urlencode([("llm", slug) for slug in LLMS])
# One address of every kind of page, as large as its kind usually is.
NORMAL = (
    "/", "/leaderboard/", f"{BOARD}/", f"{BOARD}/compare/?{SIX}", f"{BOARD}/embed/",
    *(f"{BOARD}.{ending}?intervals=all" for ending in ("csv", "json", "md", "tex", "bib")),
    f"{BOARD}/releases/", f"{BOARD}/diff/?from=now&to=now",
    "/llms/gpt-4o/", "/llms/gpt-4o.yaml", "/llms/gpt-4o/badge.svg", "/benchmarks/anesbench/",
    "/organizations/openai/", "/sources/172133683/", "/ranks/", "/changes/", "/changes/feed/",
    "/api/", "/sitemap.xml", "/robots.txt", "/healthz", "/readyz", "/nowhere/", "/static/nowhere",
    "/zh-hans/", f"/zh-hans{BOARD}/", "/zh-hans/llms/gpt-4o/", "/zh-hans/changes/",
)  # fmt: skip
PARAMETERS = (
    "sort", "q", "organization", "domain", "weights", "reasoning", "min_size", "max_size", "size",
    "columns", "intervals", "ranges", "page", "llm", "leaderboard", "per_page", "utm_source",
    "from", "to", "at",
    "format", "",
    "sort[]", "lang", "next", "_method", "columns\x00", "é", "__proto__",
)  # fmt: skip
VALUES = (
    "llm", "-llm", "average", "-average", "--average", "anesbench", "general", "unknown", "open",
    "yes", "no", "all", "off", "1", "0", "-1", "2", "999999", "9" * 5_000, "1e3", "1e999", "NaN",
    "inf", "-inf", "0,5", "0x1A", "１", "٢", "\x00", "\ud800", "\u202e", "中文", "😀", "%", "_",
    "((((", "' OR 1=1 --", '"><script>alert(1)</script>', "{{7*7}}", "${7*7}", "../../etc/passwd",
    "\r\nX: y", "a" * 10_000, "gpt-4o", "scores__value", "password", "average,llm", ",",
    ",".join(["a"] * 300),
)  # fmt: skip
PIECES = (
    "..", ".", "%2e%2e", "%2f", "%5c", "\\", "%00", "%ff", "%c0%af", "%0d%0aX:%20y", ";a=b", "//",
    "é", "中文", ".git/config", ".env", "wp-login.php", "zh-hans", "static", "x" * 9_000,
    "<script>", "9" * 30, "9" * 5_000, "-1", "%F0%9F%98%80", "~", "*", "'", ".csv", ".json.csv",
    "index.html",
)  # fmt: skip
HEADERS = {
    "if-none-match": ('"garbage', "*", 'W/"x"', '"' * 500, "\u00fc"),
    "if-modified-since": ("garbage", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 300),
    "range": ("bytes=0-", "bytes=x", "bytes=" + "0-," * 200),
    "cookie": ("sessionid=forged", "=;=", "csrftoken=" + "x" * 4_000, "a" * 8_000),
    "accept-language": ("zh-hans", "xx-" * 300, "*;q=x", "\x00"),
    "accept-encoding": ("gzip", "br;q=x", ""),
    "accept": ("application/json", "*/*;" * 300),
    "x-forwarded-host": ("evil.example",),
    "x-forwarded-for": ("garbage", "127.0.0.1, " * 100),
    "x-forwarded-proto": ("https", "evil"),
    "x-http-method-override": ("DELETE",),
    "content-length": ("garbage", "-1"),
}
LARGER = 3  # than normal: too large


@dataclass(frozen=True)
class Request:
    address: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


def requests(seed, count):
    chance = random.Random(seed)
    return [random_request(chance) for _ in range(count)]


def random_request(chance):
    path, _, query = chance.choice(NORMAL).partition("?")
    if chance.random() < 0.3:
        path = spoil(chance, path)
    if chance.random() < 0.8:
        query = random_query(chance)
    names = chance.sample(sorted(HEADERS), chance.choice((0, 0, 1, 2)))
    return Request(
        address=f"{path}?{query}" if query else path,
        method=chance.choice(("GET",) * 8 + ("HEAD", "POST", "PUT", "TRACE", "DELETE", "OPTIONS")),
        headers={name: chance.choice(HEADERS[name]) for name in names},
    )


def spoil(chance, path):
    """A piece in place of a part of the path, between two, or within one."""
    parts = path.split("/")[1:]
    position, piece = chance.randrange(len(parts)), chance.choice(PIECES)
    way = chance.randrange(3)
    if way == 0:
        parts[position] = piece
    elif way == 1:
        parts.insert(position, piece)
    else:
        cut = chance.randrange(len(parts[position]) + 1)
        parts[position] = parts[position][:cut] + piece + parts[position][cut:]
    return "/" + "/".join(parts)


def random_query(chance):
    count = chance.choice((1, 1, 2, 3, 5, 40, 1_500))
    values = VALUES if count <= 5 else [value for value in VALUES if len(value) < 20]
    pairs = [(chance.choice(PARAMETERS), chance.choice(values)) for _ in range(count)]
    if chance.random() < 0.1:  # bytes that are no UTF-8, half an escape, a bare sign
        return chance.choice(("%ff=%ff", "q=%", "&&&=&", "q=%zz", "?", "sort=%ED%A0%80", ";;"))
    return "&".join(
        f"{quote(name, errors='surrogatepass')}={quote(value, errors='surrogatepass')}"
        for name, value in pairs
    )


class Fuzzer:
    """Knows the normal sizes of a site's pages, and what is wrong with an answer."""

    def __init__(self, client):
        self.client = client
        client.raise_request_exception = False
        self.sizes = {kind_of(each): self.size(Request(each)) for each in NORMAL}

    def send(self, request):
        # The client takes a path that starts with // for a host.
        address = f"http://localhost{request.address}"
        return self.client.generic(request.method, address, headers=request.headers)

    def size(self, request):
        return body_size(self.send(request))

    def complaints(self, request):
        response = self.send(request)
        limit = LARGER * self.sizes.get(kind_of(request.address), 0)
        if response.status_code != 200:
            limit = LARGER * self.sizes["not found"]
        found = {
            f"{response.status_code}": response.status_code >= 500,
            "a cookie": bool(response.cookies),
            "an echo": "<script>alert(1)" in str(response.headers) or is_echoed(response),
            f"{body_size(response)} bytes": body_size(response) > limit,
        }
        return [f"{complaint}: {request}" for complaint, is_so in found.items() if is_so]


def is_echoed(response):
    return not response.streaming and b"<script>alert(1)" in response.content


def body_size(response):
    content = b"".join(response) if response.streaming else response.content
    return len(content)


def kind_of(address):
    """The name that urls.py has for the page, in either language; what is not there is one kind."""
    from django.urls import Resolver404, resolve

    path = unquote(urlsplit(f"http://localhost{address}").path, errors="replace")
    path = "/" + path.removeprefix("/zh-hans/") if path.startswith("/zh-hans/") else path
    if path in ("/healthz", "/readyz"):
        return path
    try:
        match = resolve(path)
    except Resolver404:
        return "not found"
    return (match.url_name or path, match.kwargs.get("ending"))


def fuzz(client, seed, count):
    """Sentences about every answer that a random address should not get."""
    fuzzer = Fuzzer(client)
    return [each for request in requests(seed, count) for each in fuzzer.complaints(request)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": folder}
        for name in ("SITE_URL", "DATABASE_URL", "CACHE_URL"):
            os.environ.pop(name, None)
        found = fuzz(client_of_a_new_site(), options.seed, options.count)
    print(*(each[:500] for each in found), sep="\n")
    print(f"{options.count} addresses, seed {options.seed}: {len(found)} complaints")
    raise SystemExit(bool(found))


def client_of_a_new_site():
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    for command in (["migrate"], ["collectstatic", "--no-input"], ["loaddata", "anesbench"]):
        call_command(*command, verbosity=0)
    return Client()


if __name__ == "__main__":
    main()
