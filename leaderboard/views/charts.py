"""The charts of a leaderboard: their page, and each of them as a file."""

from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leaderboard.exports.pictures import draw_png, font_families, has_fonts
from leaderboard.models import Leaderboard
from leaderboard.pages.charts import Axes, Charts
from leaderboard.pages.chips import add_to_address
from leaderboard.pages.rank_chart import RankChart, Release, draw_ranks
from leaderboard.pages.selection import Selection
from leaderboard.pages.view import build_view
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content
from leaderboard.trail.data_dates import date_of_data
from leaderboard.trail.public_releases import ranks_of

from .canonical import PICTURE_ENDINGS, PICTURES, read_charts, read_picture
from .shared import open_data, redirect_renamed
from .state import Shown, past_context, show_state

MOST_RELEASES = 8  # of which ranks are drawn
MOST_READ = 20_000  # LLMs in all of them: each release is read once in a process
LONGEST_ADDRESS = 110
SVG = "image/svg+xml; charset=utf-8"
# Styles stand in the file, as a picture is passed on alone; nothing else is let into it.
IN_A_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@public(reads=read_charts)
def show_charts(request: HttpRequest, slug: str) -> HttpResponse:
    """The charts of a selection, with forms for the axes and the LLM of the profile."""
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "charts")
    context = describe_charts(request, leaderboard)
    context |= {"leaderboards": content.leaderboards(), "has_fonts": has_fonts()}
    return render(request, "leaderboard/charts.html", context)


@public(reads=read_picture)
def send_chart(request: HttpRequest, slug: str, name: str, ending: str) -> HttpResponseBase:
    """One chart as a file, with its title, source, date and address in it."""
    if name not in PICTURES or ending not in PICTURE_ENDINGS:
        raise Http404(_("There is no such file."))
    leaderboard = published_content(request).leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "chart", name, ending)
    context = describe_charts(request, leaderboard)
    context["families"] = font_families(gettext("Charts"))  # of the reader's language
    svg = render(request, f"leaderboard/pictures/{name}.svg", context).content.decode().strip()
    if not svg:
        raise Http404(_("There is too little to draw."))
    return send_picture(svg, ending, f"{slug}-{name}")


def send_picture(svg: str, ending: str, name: str) -> HttpResponseBase:
    """A drawing as SVG, or as PNG where the machine has fonts; 404 where it has none."""
    if ending == "png":
        if not has_fonts():
            raise Http404(_("This site has no fonts to write pictures with: take the SVG."))
        response = HttpResponse(draw_png(svg), content_type="image/png")
    else:
        response = HttpResponse(svg, content_type=SVG)
    response["Content-Security-Policy"] = IN_A_PICTURE
    response["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    response["X-Robots-Tag"] = "noindex"
    return open_data(response)


def describe_charts(request: HttpRequest, leaderboard: Leaderboard) -> dict[str, Any]:
    """What the page of charts and each file show of the state, selection and axes asked for."""
    content, shown = published_content(request), show_state(request, leaderboard)
    standings = shown.standings
    selection = Selection.from_query(request.GET, standings, shown.at)
    view = build_view(standings, selection)
    axes = Axes.from_query(request.GET, standings, selection)
    path = reverse("charts", args=[leaderboard.slug])
    query = urlencode([*selection.parameters(), *axes.parameters()])
    canonical = request.build_absolute_uri(path)
    return {
        "leaderboard": shown.leaderboard,
        **past_context(request, shown),
        "view": view,
        "chips": add_to_address(view.chips, urlencode(axes.parameters())),
        "standings": standings,
        "charts": Charts(view, axes),
        "axes": axes,
        # Asked for by templates: other pictures than that of the ranks need read no release.
        "ranks": cache(partial(draw_releases, request, leaderboard, shown, view)),
        "query": f"?{query}" if query else "",
        "canonical": canonical,
        "address": address_in_picture(canonical, query),
        "day": date_format(date_of_data(content, leaderboard, shown.moment), gettext("j M Y")),
    }


def address_in_picture(canonical: str, query: str) -> str:
    """The address that a picture names: that of its view, unless it has no room."""
    whole = f"{canonical}?{query}" if query else canonical
    return whole if len(whole) <= LONGEST_ADDRESS else canonical


def draw_releases(
    request: HttpRequest, leaderboard: Leaderboard, shown: Shown, view: Any
) -> RankChart | None:
    """The ranks in the newest releases; of a leaderboard of many LLMs in fewer of them. None of a
    past state."""
    if shown.moment:
        return None
    most = min(MOST_RELEASES, MOST_READ // max(1, len(shown.standings.rows)))
    found = ranks_of(published_content(request), leaderboard, most)
    return draw_ranks(view, [Release(*each) for each in found], gettext("now"))
