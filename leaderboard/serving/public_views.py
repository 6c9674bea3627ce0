"""What a public view declares: the part of a query that its page depends on.

The page cache finds the declaration on the view that an address leads to, so it knows no page. The
view gets this part and nothing more: what a view does not declare, it cannot read.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from leaderboard.standings.published import Content, published_content

View = Callable[..., HttpResponseBase]


class Canonical(NamedTuple):
    """The part of a query that a page depends on, in one spelling for all that mean the same."""

    query: str = ""  # as in an address, without “?”
    is_rare: bool = False  # one of endlessly many, as a search is; those share few places


# Called with the request, the published content and the arguments of the address. It may raise what
# reading a request or the database raises; then nothing is kept, and the view answers.
Reads = Callable[..., Canonical]


def read_nothing(request: HttpRequest, content: Content, **arguments: Any) -> Canonical:
    """The declaration of a page that is the same whatever its query says."""
    return Canonical()


def public(reads: Reads = read_nothing) -> Callable[[View], View]:
    """Declare a view whose page may be kept for everyone who asks with the same canonical query.

    The view sees the canonical query as its request's query. It answers GET and HEAD only: 405 to
    the rest, without asking for a token first.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.META.get("QUERY_STRING"):
                canonical = known_canonical(request)
                if canonical is None:  # templates are being edited: the page cache did not look
                    canonical = reads(request, published_content(request), **kwargs)
                replace_query(request, canonical.query)
            return view(request, *args, **kwargs)

        answer.reads = reads  # type: ignore[attr-defined]  # read by declaration_of
        return csrf_exempt(require_safe(answer))

    return declare


def declaration_of(view: View) -> Reads | None:
    """What a view has declared by @public; None for a view that has declared nothing."""
    return getattr(view, "reads", None)


def remember_canonical(request: HttpRequest, canonical: Canonical) -> None:
    """Leave the canonical query for the view, which would work it out again."""
    request.canonical = canonical  # type: ignore[attr-defined]


def known_canonical(request: HttpRequest) -> Canonical | None:
    """The canonical query that the page cache has left."""
    return getattr(request, "canonical", None)


def replace_query(request: HttpRequest, query: str) -> None:
    """Give the request another query. The one that was sent stays for redirects."""
    request.sent_query = request.META["QUERY_STRING"]  # type: ignore[attr-defined]
    request.META["QUERY_STRING"] = query
    request.GET = QueryDict(query)


def sent_query(request: HttpRequest) -> str:
    """The query as it was sent, for a redirect to pass on; no page that is kept may show it."""
    return getattr(request, "sent_query", "")
