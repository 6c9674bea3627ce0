"""Addresses for search engines."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from leaderboard.models import LLM, Benchmark, Leaderboard
from leaderboard.standings.published import published_content
from leaderboard.text.languages import admin_addresses

from .shared import public


@public
def sitemap(request):
    """Every page that search engines should know, published ones only."""
    revision = published_content(request).revision()
    lists = [model.objects.published() for model in (Leaderboard, LLM, Benchmark)]
    paths = [each.get_absolute_url() for entries in lists for each in entries.only("slug")]
    paths += [reverse("changes"), reverse("ranks"), reverse("api")]
    context = {"addresses": map(request.build_absolute_uri, paths), "revision": revision}
    return render(request, "leaderboard/sitemap.xml", context, "application/xml; charset=utf-8")


@public
def robots(request):
    address = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", "Allow: /"]
    lines += [f"Disallow: {beginning}" for beginning in admin_addresses()]
    lines += [f"Sitemap: {address}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
