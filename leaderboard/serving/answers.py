"""Long answers, sent as they are made."""

from itertools import chain, islice

from django.http import HttpResponse, StreamingHttpResponse

MOST_BYTES = 2 * 1024 * 1024  # of an answer that is kept; a longer one is sent as it is made
LINES_AT_ONCE = 200


def short_or_streamed(texts, content_type):
    """In one piece if it is short enough to be kept, else as it is made."""
    pieces, begun, length = pieces_of(texts), [], 0
    for piece in pieces:
        begun.append(piece)
        length += len(piece)
        if length > MOST_BYTES:
            return StreamingHttpResponse(chain(begun, pieces), content_type=content_type)
    return HttpResponse(b"".join(begun), content_type=content_type)


def pieces_of(texts):
    """As bytes, many lines at a time: each piece is a chunk of its own on the wire."""
    texts = iter(texts)
    while some := list(islice(texts, LINES_AT_ONCE)):
        yield "".join(some).encode()
