"""What of an address changes its page."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from leaderboard.pages.selection import (
    PAGE_SIZE,
    Selection,
    parameters_of,
    read_leaderboard,
    read_llms,
    read_page,
)

# Names of views, for those who keep pages

TABLES = ("front", "seed-page", "leaderboard", "charts", "embed")
# A view with nothing but these is one of many, not of endlessly many.
FEW = {"sort", "intervals", "page", "leaderboard"}


def canonical_query(name: str, request: HttpRequest, slug: str | None, content: Any) -> str | None:
    """What of a query changes the page of that name in urls.py, in one order; "" for nothing,
    None for a page that there is not.

    `content` answers leaderboard(slug) and standings(leaderboard), as kept.Content does.
    """
    if name == "badge":
        wanted = read_leaderboard(request.GET)
        if wanted is None:
            return ""
        return urlencode({"leaderboard": wanted}) if content.leaderboard(wanted) else None
    if name == "changes":  # how many pages there are is not known here
        page = read_page(request.GET.getlist("page"))
        return urlencode({"any-page": page}) if page > 1 else ""
    if name not in (*TABLES, "export", "compare"):
        return ""
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return ""
    standings = content.standings(leaderboard)
    if name == "compare":
        chosen = read_llms(parameters_of(request), standings)
        counts = zip(("unknown", "repeated", "beyond"), chosen[1:], strict=True)
        named = [("llm", row.llm.slug) for row in chosen.rows]
        return urlencode([*named, *(pair for pair in counts if pair[1])])
    selection = Selection.from_query(request.GET, standings)
    last = 1 if name == "export" else -(-len(standings.rows) // PAGE_SIZE) or 1
    return urlencode(replace(selection, page=min(selection.page, last)).parameters())


def is_rare(query: str) -> bool:
    """Is this canonical query one of endlessly many, as a search is?"""
    return not {part.partition("=")[0] for part in query.split("&") if part} <= FEW
