"""The link “edit” at the foot of every public page: it leads to the form of what the page shows.

The page is the same for everybody and is kept; which one somebody came from says the browser. Who
is not logged in is asked to first, and comes to the form afterwards. Until then nothing is looked
up: the number of a row tells how many drafts lie before it, and a form that there is a source.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leaderboard.models import LLM, Benchmark, Leaderboard, Organization, SitePage, Source

# What the pages show, by the names of their addresses.
OF_LEADERBOARD = ("leaderboard", "compare", "charts", "embed", "diff", "releases", "release")
SHOWN: dict[str | None, Any] = {
    **dict.fromkeys(("front", "seed-page", *OF_LEADERBOARD), Leaderboard),
    "llm": LLM, "benchmark": Benchmark, "organization": Organization, "page": SitePage,
    "source": Source,
}  # fmt: skip


@require_safe
@never_cache
def edit_page(request: HttpRequest) -> HttpResponse:
    """Redirect to the form of what the page shows, or to the home of the admin."""
    path = read_path(request)
    match = find_page(path)
    if match is None:
        return redirect("admin:index")
    if not admin.site.has_permission(request):
        here = f"{reverse('edit')}?{urlencode({'of': path}, safe='/')}"
        return redirect_to_login(here, reverse("admin:login"))
    row = find_row(match)
    if row is None:
        return redirect("admin:index")
    return redirect(f"admin:leaderboard_{row._meta.model_name}_change", row.pk)


def read_path(request: HttpRequest) -> str:
    """The path of the page that somebody came from, before or after a login; empty for none of this
    site."""
    if "of" in request.GET:
        return request.GET["of"]
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address
        return ""
    return came_from.path if came_from.netloc == request.get_host() else ""


def find_page(path: str) -> ResolverMatch | None:
    """The page at a path of this site; None for one that shows no row, and for no page."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return match if match.url_name in SHOWN else None


def find_row(match: ResolverMatch) -> Any:
    """The row that a page is about: a published one, or any source."""
    model = SHOWN[match.url_name]
    if match.url_name in ("front", "seed-page"):
        return model.objects.published().first()
    if match.url_name == "source":
        return model.objects.filter(pk=match.kwargs["pk"]).first()
    return model.objects.published().filter(slug=match.kwargs["slug"]).first()
