"""Which compression a visitor accepts, and compressing whole pages and streams."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import brotli
from django.http import HttpRequest

ENCODERS: dict[str, Callable[[bytes, bool], bytes]] = {
    "br": lambda body, is_best: brotli.compress(body, quality=11 if is_best else 5),
    "gzip": lambda body, is_best: gzip.compress(body, 9 if is_best else 6, mtime=0),
}


def choose_encoding(request: HttpRequest) -> str:
    """The encoding in which this visitor gets a page; "" for none."""
    return parse_accepted(request.META.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=256)
def parse_accepted(header: str) -> str:
    """The first encoding of ours that an Accept-Encoding names without refusing it; "" for none."""
    accepted = set()
    for part in header.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";")
        if weight.rstrip("0") not in ("q=", "q=0."):
            accepted.add(name)
    return next((name for name in ENCODERS if name in accepted), "")


def compress_stream(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The pieces compressed as they come; unchanged without an encoding."""
    if not encoding:
        yield from pieces
        return
    if encoding == "br":
        encoder = brotli.Compressor(quality=5)
        encode, finish = encoder.process, encoder.finish
    else:
        encoder = zlib.compressobj(wbits=31)  # 31: as gzip
        encode, finish = encoder.compress, encoder.flush
    yield from filter(None, map(encode, pieces))
    yield finish()
