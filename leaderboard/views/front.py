"""The front page: the only leaderboard, or of several a page with all of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from leaderboard.exports.dataset import build_catalog, dataset_script
from leaderboard.pages.boards import Board, build_boards
from leaderboard.serving.public_views import Canonical, public
from leaderboard.standings.placements import columns_of, published_standings
from leaderboard.standings.published import Content, published_content
from leaderboard.text.words import local_text
from leaderboard.trail.data_dates import find_dates

from .canonical import read_table
from .leaderboards import render_leaderboard
from .state import show_state


def read_front(request: HttpRequest, content: Content) -> Canonical:
    """The selection of the only leaderboard's rows; the page of several has none."""
    return Canonical() if len(content.leaderboards()) > 1 else read_table(request, content)


@public(reads=read_front)
def show_front(request: HttpRequest) -> HttpResponse:
    """All leaderboards; the only one where there is one."""
    content = published_content(request)
    if len(content.leaderboards()) < 2:
        return render_first(request, content)
    appearance, absolute = content.appearance(), request.build_absolute_uri
    canonical = absolute(reverse("front"))
    leaderboards = content.leaderboards()
    catalog = build_catalog(leaderboards, absolute, canonical, local_text(appearance, "name"))
    dates = find_dates(content)
    context = {
        "boards": [(board, dates[board.leaderboard.pk]) for board in boards_of(content)],
        "leaderboards": leaderboards,
        "catalog": dataset_script(catalog),
        "canonical": canonical,
    }
    return render(request, "leaderboard/boards.html", context)


@public(reads=read_table)
def show_first(request: HttpRequest) -> HttpResponse:
    """The first published leaderboard."""
    return render_first(request, published_content(request))


def render_first(request: HttpRequest, content: Content) -> HttpResponse:
    """The page of the first published leaderboard; on a new site, how to begin."""
    first = content.leaderboard()
    if first is None:
        return render(request, "leaderboard/empty.html")
    return render_leaderboard(request, show_state(request, first), content.leaderboards())


def boards_of(content: Content) -> list[Board]:
    """What the start page says of each published leaderboard; worked out once."""
    boards: list[Board] = content.compute_once(
        "boards",
        lambda: build_boards(
            content.leaderboards(), columns_of(content), published_standings(content)
        ),
    )
    return boards
