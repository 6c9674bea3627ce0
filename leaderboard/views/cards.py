"""Pictures for sharing: the card of a leaderboard and of an LLM, made from the data."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leaderboard.exports.cards import draw_leaderboard_card, draw_strips
from leaderboard.exports.pictures import can_write, draw_png, font_families
from leaderboard.models import LLM, Leaderboard
from leaderboard.serving.public_views import public
from leaderboard.standings.placements import (
    columns_of,
    find_placements,
    published_standings,
)
from leaderboard.standings.published import published_content
from leaderboard.text.words import local_text
from leaderboard.trail.data_dates import date_of_data, date_of_placements

from .shared import open_data, redirect_renamed

WIDTH = 1_200  # pixels, as other sites expect it


@public()
def send_leaderboard_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The leading LLMs of a leaderboard."""
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "leaderboard-card")
    context = {
        "title": local_text(leaderboard, "title"),
        "card": draw_leaderboard_card(content.standings(leaderboard)),
        "day": date_format(date_of_data(content, leaderboard), gettext("j M Y")),
    }
    return send_card(request, "leaderboard_card", context)


@public()
def send_llm_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Where an LLM stands on its leaderboards."""
    llm = LLM.objects.published().select_related("organization").filter(slug=slug).first()
    if llm is None:
        return redirect_renamed(request, LLM, slug, "llm-card")
    content = published_content(request)
    find = published_standings(content)
    placed = find_placements(llm.slug, content.leaderboards(), columns_of(content), find)
    context = {
        "title": llm.name,
        "llm": llm,
        "strips": draw_strips(placed, find),
        "day": date_format(date_of_placements(content, placed), gettext("j M Y")),
    }
    return send_card(request, "llm_card", context)


def send_card(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponseBase:
    """A card as PNG; 404 where the machine has no fonts for its title."""
    if not can_write(context["title"]):
        raise Http404(_("This site has no fonts to write pictures with."))
    context["families"] = font_families(context["title"])
    svg = render(request, f"leaderboard/pictures/{name}.svg", context).content.decode().strip()
    return open_data(HttpResponse(draw_png(svg, WIDTH), content_type="image/png"))


def card_address(request: HttpRequest, name: str, slug: str, title: str) -> str:
    """The address of a card for pages that are shared; "" where it cannot be drawn."""
    return request.build_absolute_uri(reverse(name, args=[slug])) if can_write(title) else ""
