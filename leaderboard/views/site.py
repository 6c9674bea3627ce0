"""Addresses for search engines."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from leaderboard.models import LLM, Benchmark, Leaderboard
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content
from leaderboard.text.languages import admin_addresses


@public()
def send_sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that search engines should know, published ones only."""
    revision = published_content(request).revision()
    paths = [
        content.get_absolute_url()
        for model in (Leaderboard, LLM, Benchmark)
        for content in model.objects.published().only("slug")
    ]
    paths += [reverse("changes"), reverse("ranks"), reverse("api")]
    context = {"addresses": map(request.build_absolute_uri, paths), "revision": revision}
    return render(request, "leaderboard/sitemap.xml", context, "application/xml; charset=utf-8")


@public()
def send_robots(request: HttpRequest) -> HttpResponse:
    """The whole site may be searched but the admin."""
    address = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", "Allow: /"]
    lines += [f"Disallow: {beginning}" for beginning in admin_addresses()]
    lines += [f"Sitemap: {address}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
