"""The link “edit” at the foot of every public page: it leads to the form of what the page shows.

The page is the same for everybody and is kept; which one somebody came from says the browser. Who
is not logged in is asked to by the form, and comes to it afterwards.
"""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leaderboard.models import LLM, Benchmark, Leaderboard, Organization, SitePage, Source

# What the pages show, by the names of their addresses.
OF_LEADERBOARD = ("leaderboard", "compare", "charts", "embed", "diff", "releases", "release")
SHOWN: dict[str | None, Any] = {
    **dict.fromkeys(OF_LEADERBOARD, Leaderboard),
    "llm": LLM, "benchmark": Benchmark, "organization": Organization, "page": SitePage,
}  # fmt: skip


@require_safe
@never_cache
def edit_page(request: HttpRequest) -> HttpResponse:
    """Redirect to the form of what the page shows, or to the home of the admin."""
    row = find_shown(request)
    if row is None:
        return redirect("admin:index")
    return redirect(f"admin:leaderboard_{row._meta.model_name}_change", row.pk)


def find_shown(request: HttpRequest) -> Any:
    """The published row that the page shows from which somebody came; None for any other page."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
        match = resolve(came_from.path)
    except (ValueError, Resolver404):  # no address, or none of ours
        return None
    if came_from.netloc != request.get_host():
        return None
    return find_row(match)


def find_row(match: ResolverMatch) -> Any:
    """The published row that an address of the site is about."""
    if match.url_name in ("front", "seed-page"):
        return Leaderboard.objects.published().first()
    if match.url_name == "source":
        return Source.objects.filter(pk=match.kwargs["pk"]).first()
    model = SHOWN.get(match.url_name)
    return model and model.objects.published().filter(slug=match.kwargs["slug"]).first()
