"""Answers of the API are kept and sent again as pages are, by what each depends on."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern

from leaderboard.serving.public_views import Reads, public, read_nothing
from leaderboard.views.canonical import read_export, read_release_export
from leaderboard.views.shared import open_data

from .reading import read_parameters

# What of a query each address reads; all others read nothing.
READS: dict[str, Reads] = {
    "standings": partial(read_export, ending="json"),
    "records": partial(read_export, ending="jsonl"),
    "release-standings": partial(read_release_export, ending="json"),
    "list_leaderboards": read_parameters("page"),
    "list_releases": read_parameters("page"),
    "list_llms": read_parameters("q", "organization", "page"),
    "list_benchmarks": read_parameters("page"),
    "list_metrics": read_parameters("page"),
    "list_scores": read_parameters("llm", "metric", "leaderboard", "page"),
    "list_organizations": read_parameters("page"),
    "list_sources": read_parameters("page"),
    "list_changes": read_parameters("since", "page"),
}
OF_TOKENS = {"hand-in", "import"}  # of one program, and for nobody else


def keep_answers(urls: Any) -> Any:
    """Declares every route but those that ask for a token."""
    patterns, app, namespace = urls
    for pattern in patterns:
        if pattern.name not in OF_TOKENS:
            declare(pattern)
    return patterns, app, namespace


def declare(pattern: URLPattern) -> None:
    """Makes a route public: its answers may be kept, and scripts of any site may read them."""
    reads = READS.get(pattern.name or "", read_nothing)
    pattern.callback = public(reads)(answer_head(pattern.callback))


def answer_head(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answers HEAD as GET, as django-ninja has no route for it; a middleware drops the body."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "HEAD":
            request.method = "GET"
        response = view(request, *args, **kwargs)
        return open_data(response) if response.status_code == 200 else response

    return answer
