"""An address of every public route, and more of those that may be long or slow."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

HOST = "localhost"  # by which every address is asked for; one of them names it
BOARD = "/leaderboard/anesbench"
RELEASE = f"{BOARD}/releases/2026-11"
API = "/api/v1"
# What is taken away whole, and may be long.
EXPORTS = (
    *(f"{BOARD}.{ending}" for ending in ("csv", "csv?intervals=all", "json", "json?q=model-01")),
    *(f"{BOARD}.{ending}" for ending in ("csv?excel=1", "jsonl", "md", "tex", "bib")),
    *(f"{RELEASE}.{ending}" for ending in ("csv", "json", "zip")),
    f"{RELEASE}/payload.json",
    f"{API}/leaderboards/anesbench/standings",
    f"{API}/leaderboards/anesbench/records",
    f"{API}/leaderboards/anesbench/releases/2026-11/standings",
)


def prepare() -> datetime:
    """Add what some routes show to a site with the seed: a release, a past state, a page, a colour
    and a picture. Returns a time in the past state."""
    from django.utils import timezone

    from leaderboard.models import Appearance, Leaderboard, Picture, Score, SitePage
    from leaderboard.trail.releases import freeze

    freeze(Leaderboard.objects.get(slug="anesbench"), "2026-11")
    SitePage.objects.create(title="About", slug="about", text="What this is.", is_published=True)
    appearance = Appearance.objects.first() or Appearance()
    appearance.accent_dark = "#ff8800"
    appearance.save()
    Picture.objects.create(sha256="0" * 64, media_type="image/svg+xml", content=b"<svg/>")
    past = timezone.now()
    score = Score.objects.filter(llm__slug="gpt-4o", metric__key="amcqa-system1").get()
    score.value += 1 if score.value < 1 else -1
    score.save()
    freeze(Leaderboard.objects.get(slug="anesbench"), "2026-12")  # ranks are drawn of two
    return past


def addresses(past: datetime) -> Iterator[str]:
    """Every address to ask, of a site that was prepared."""
    from leaderboard.text.moments import write_moment

    yield from of_leaderboard(write_moment(past))
    yield from other_pages()
    yield from files()
    yield from (API + path for path in OF_API)
    yield from EXPORTS


def of_leaderboard(past: str) -> Iterator[str]:
    """Pages and pictures of the leaderboard, now and in the past."""
    from leaderboard.views.canonical import PICTURE_ENDINGS, PICTURES

    yield from ("/", "/zh-hans/", "/leaderboard/", f"{BOARD}/", f"{BOARD}/?at={past}")
    views = ("sort=llm", "q=model", "intervals=all&page=7", "ranges=all", "weights=open&page=2")
    yield from (f"/?{view}" for view in views)
    yield from (f"{BOARD}/?llm=gpt-4o&q=model", f"{BOARD}/embed/", f"{BOARD}/card.png")
    compare = f"{BOARD}/compare/"
    yield from (compare, f"{compare}?llm=gpt-4o&llm=phi-4", f"{compare}?q=model&llm=gpt-4o")
    yield from (f"{BOARD}/charts/", f"{BOARD}/charts/?x=amcqa-overall&llm=phi-4")
    for name in PICTURES:
        yield from (f"{BOARD}/charts/{name}.{ending}" for ending in PICTURE_ENDINGS)
    yield from (f"{BOARD}/releases/", f"{RELEASE}/", f"{RELEASE}/?sort=llm&page=3")
    yield f"{BOARD}/diff/?from=2026-11&to=now"


def other_pages() -> Iterator[str]:
    """Pages of the rest of the content."""
    from leaderboard.models import LeaderboardState, Organization, Source

    source = Source.objects.get().get_absolute_url()
    yield from ("/llms/gpt-4o/", "/llms/gpt-4o/card.png", "/benchmarks/anesbench/")
    yield f"/organizations/{Organization.objects.published().latest('pk').slug}/"
    yield from (source, f"{source}?page=50", "/pages/about/", "/ranks/", "/api/")
    yield from ("/changes/", "/changes/?page=3", "/changes/?page=99999")
    yield f"/revision/{LeaderboardState.objects.latest('pk').token}/"


def files() -> Iterator[str]:
    """What programs read beside the exports of a leaderboard."""
    from leaderboard.models import Appearance, Picture

    llm = "/llms/gpt-4o"
    yield from (f"{llm}/badge.svg", f"{llm}.yaml", f"{llm}.jsonl", f"{llm}/eval_results.yaml")
    yield from ("/changes/feed/", "/robots.txt", f"/oembed?url=http://{HOST}{BOARD}/")
    yield from ("/sitemap.xml", "/sitemap-1.xml")
    yield from (Appearance.objects.get().style_address, Picture.objects.get().url)


OF_API = (
    *("/openapi.json", "/leaderboards", "/leaderboards/anesbench/releases"),
    *("/llms", "/llms?page=50", "/llms?q=model", "/llms/gpt-4o", "/llms/gpt-4o/records"),
    *("/benchmarks", "/metrics"),
    *("/scores", "/scores?page=400", "/scores?metric=average", "/scores?llm=gpt-4o"),
    *("/organizations", "/sources", "/changes", "/changes?page=50"),
)


def public_routes(patterns: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """The names of all routes that answer everyone, from the URL configuration."""
    from leaderboard.serving.public_views import declaration_of

    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from public_routes(pattern.url_patterns, prefix + space)
        elif declaration_of(pattern.callback):
            yield f"{prefix}{pattern.name}"
