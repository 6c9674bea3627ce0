"""What other sites show for a link to a page of ours: oEmbed 1.0, <https://oembed.com>, as JSON."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext

from leaderboard.exports.badge import build_badge
from leaderboard.exports.dataset import HIGHEST, make_frame
from leaderboard.models import LLM, Leaderboard
from leaderboard.pages.selection import PAGE_SIZE, Selection
from leaderboard.pages.view import build_view
from leaderboard.serving.public_views import Canonical, public
from leaderboard.standings.published import Content, published_content
from leaderboard.text.languages import language_of
from leaderboard.text.words import local_text

from .cards import card_address
from .llms import choose_placement
from .shared import find_renamed, open_data

PARAMETERS = ("url", "format", "maxwidth", "maxheight")
WIDTH = 1_000  # pixels of a frame on a page that names no width
CARD = (1_200, 630)


def read_link(request: HttpRequest, content: Content) -> Canonical:
    """The link that is asked about, and in what room it is to be shown."""
    said = [(name, request.GET[name]) for name in PARAMETERS if request.GET.get(name)]
    return Canonical(urlencode(said), is_rare=True)


@public(reads=read_link)
def send_oembed(request: HttpRequest) -> HttpResponseBase:
    """A leaderboard as its table in a frame, an LLM as its badge; 404 for any other link."""
    if request.GET.get("format", "json") != "json":
        return refuse(501, gettext("Only format=json is offered."))
    link = request.GET.get("url", "")
    match = find_page(request, link)
    describe = DESCRIBED.get(match.url_name or "") if match else None
    if match is None or describe is None:
        return refuse(404, gettext("This is no page of a leaderboard or an LLM of this site."))
    with translation.override(language_of(path_of(link))):
        try:
            described = describe(request, match, QueryDict(urlsplit(link).query))
        except Http404:
            return refuse(404, gettext("There is no such leaderboard or LLM."))
    site = local_text(published_content(request).appearance(), "name")
    home = request.build_absolute_uri(reverse("front"))
    about = {"version": "1.0", "provider_name": site, "provider_url": home}
    return open_data(JsonResponse(about | described))


def refuse(status: int, sentence: str) -> HttpResponse:
    """An answer that says why there is none."""
    return JsonResponse({"error": sentence}, status=status)


def path_of(link: str) -> str:
    """The path of a link, below the prefix of the site."""
    return f"/{urlsplit(link).path.removeprefix(get_script_prefix())}"


def find_page(request: HttpRequest, link: str) -> ResolverMatch | None:
    """What answers a link; None for one to another host, and for one that leads nowhere."""
    try:
        parts = urlsplit(link)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != request.get_host():
            return None
        with translation.override(language_of(path_of(link))):
            return resolve(path_of(link))
    except (ValueError, Resolver404):
        return None


def describe_leaderboard(
    request: HttpRequest, match: ResolverMatch, query: QueryDict
) -> dict[str, Any]:
    """The table in a frame, with the view that the link has."""
    content, slug = published_content(request), match.kwargs.get("slug")
    if match.url_name == "front" and len(content.leaderboards()) > 1:  # a list of them
        raise Http404
    leaderboard = content.leaderboard(slug)
    if leaderboard is None and slug and (renamed := find_renamed(Leaderboard, slug)):
        leaderboard = content.leaderboard(renamed.slug)
    if leaderboard is None:
        raise Http404
    standings = content.standings(leaderboard)
    selection = Selection.from_query(query, standings).without_ticks
    rows = min(len(build_view(standings, selection).rows), PAGE_SIZE)
    width = read_size(request, "maxwidth", WIDTH)
    frame = make_frame(
        leaderboard,
        rows,
        request.build_absolute_uri,
        query=selection.url().removesuffix("?"),
        width=str(width),
        highest=read_size(request, "maxheight", HIGHEST),
    )
    title = local_text(leaderboard, "title")
    shown = {"type": "rich", "html": frame.html, "width": width, "height": frame.height}
    return shown | {
        "title": title,
        **thumbnail(request, card_address(request, "leaderboard-card", leaderboard.slug, title)),
    }


def describe_llm(request: HttpRequest, match: ResolverMatch, query: QueryDict) -> dict[str, Any]:
    """The badge of an LLM; a plain link without one, and where it has no room."""
    slug = match.kwargs["slug"]
    llm = LLM.objects.published().filter(slug=slug).first() or find_renamed(LLM, slug)
    if llm is None:
        raise Http404
    title = {"title": llm.name}
    card = thumbnail(request, card_address(request, "llm-card", llm.slug, llm.name))
    placement = choose_placement(llm, published_content(request), None)
    badge = placement and build_badge(llm, placement, request.build_absolute_uri)
    if badge is None or read_size(request, "maxwidth", badge.width) < badge.width:
        return {"type": "link", **title, **card}
    shown = {"type": "rich", "html": badge.html, "width": badge.width, "height": 20}
    return shown | title | card


def thumbnail(request: HttpRequest, address: str) -> dict[str, Any]:
    """The picture for sharing, where there is one and it is not too large."""
    width, height = CARD
    room = (read_size(request, "maxwidth", width), read_size(request, "maxheight", height))
    if not address or room != CARD:
        return {}
    return {"thumbnail_url": address, "thumbnail_width": width, "thumbnail_height": height}


def read_size(request: HttpRequest, name: str, otherwise: int) -> int:
    """What a parameter allows, at most what is wanted; a size that is no number says nothing."""
    text = request.GET.get(name, "")
    known = text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) > 0
    return min(int(text), otherwise) if known else otherwise


Describe = Callable[[HttpRequest, ResolverMatch, QueryDict], dict[str, Any]]
DESCRIBED: dict[str, Describe] = {
    "llm": describe_llm,
    **dict.fromkeys(("leaderboard", "embed", "front", "seed-page"), describe_leaderboard),
}
