"""Long answers are sent while they are made."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from django.http import HttpResponse, StreamingHttpResponse

MOST_BYTES = 2 * 1024 * 1024  # of an answer that is kept; a longer one is sent while it is made
LINES_AT_ONCE = 200


def short_or_streamed(
    texts: Iterable[str], content_type: str
) -> HttpResponse | StreamingHttpResponse:
    """The whole answer if it is short enough to be kept, else a stream that makes the rest."""
    pieces, begun, length = join_lines(texts), [], 0
    for piece in pieces:
        begun.append(piece)
        length += len(piece)
        if length > MOST_BYTES:
            return StreamingHttpResponse(chain(begun, pieces), content_type=content_type)
    return HttpResponse(b"".join(begun), content_type=content_type)


def join_lines(texts: Iterable[str]) -> Iterator[bytes]:
    """Many lines as one piece of bytes: the server sends each piece by itself."""
    texts = iter(texts)
    while some := list(islice(texts, LINES_AT_ONCE)):
        yield "".join(some).encode()
