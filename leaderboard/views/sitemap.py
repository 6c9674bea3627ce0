"""Addresses for search engines."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leaderboard.models import LLM, Benchmark, Leaderboard, Organization, Release, SitePage
from leaderboard.serving.public_views import public
from leaderboard.standings.published import Content, published_content
from leaderboard.text.languages import admin_addresses

MOST_ADDRESSES = 1_000  # of one sitemap, each in all languages
XML = "application/xml; charset=utf-8"


@public()
def send_sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that search engines should know, or the sitemaps that list them part by part."""
    pages = paginate_addresses(published_content(request))
    if pages.num_pages == 1:
        return render_sitemap(request, pages, 1)
    parts = [reverse("sitemap-part", args=[number]) for number in pages.page_range]
    context = {"addresses": list(map(request.build_absolute_uri, parts))}
    return render(request, "leaderboard/sitemap_index.xml", context, XML)


@public()
def send_sitemap_part(request: HttpRequest, number: int) -> HttpResponse:
    """One of several sitemaps; 404 where there is none of this number."""
    pages = paginate_addresses(published_content(request))
    if pages.num_pages == 1 or number not in pages.page_range:
        raise Http404(_("There is no sitemap of this number."))
    return render_sitemap(request, pages, number)


def render_sitemap(request: HttpRequest, pages: "Paginator[str]", number: int) -> HttpResponse:
    """The addresses of one page of the list."""
    context = {
        "addresses": map(request.build_absolute_uri, pages.page(number).object_list),
        "revision": published_content(request).revision(),
        "line_break": "\n",
    }
    return render(request, "leaderboard/sitemap.xml", context, XML)


def paginate_addresses(content: Content) -> "Paginator[str]":
    """The paths of all published pages, in pages."""
    return Paginator(content.compute_once("addresses", list_addresses), MOST_ADDRESSES)


def list_addresses() -> list[str]:
    """The paths of all published pages in the default language."""
    rows = [
        row
        for model in (Leaderboard, LLM, Benchmark, Organization, SitePage)
        for row in model.objects.published().only("slug")
    ]
    # The front page of a single leaderboard is that leaderboard, under its own address.
    boards = [row.slug for row in rows if isinstance(row, Leaderboard)]
    start = [reverse("front")] if len(boards) > 1 else []
    charts = [reverse("charts", args=[slug]) for slug in boards]
    paths = [row.get_absolute_url() for row in rows]
    general = [reverse(name) for name in ("changes", "ranks", "api")]
    return [*start, *paths, *charts, *list_releases(), *general]


def list_releases() -> list[str]:
    """The paths of the lists of releases, and of all that were not withdrawn."""
    shown = Release.objects.filter(leaderboard__is_published=True, withdrawn_at=None)
    paths = [
        (reverse("releases", args=[slug]), reverse("release", args=[slug, name]))
        for slug, name in shown.order_by("leaderboard", "-pk").values_list(
            "leaderboard__slug", "name"
        )
    ]
    return [*dict.fromkeys(listed for listed, _release in paths), *(page for _list, page in paths)]


@public()
def send_robots(request: HttpRequest) -> HttpResponse:
    """The whole site may be searched but the admin."""
    address = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", "Allow: /"]
    lines += [f"Disallow: {beginning}" for beginning in admin_addresses()]
    lines += [f"Sitemap: {address}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
