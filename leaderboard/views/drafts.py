"""A draft for somebody without an account, at the signed address that a maintainer sent them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from leaderboard.models import LLM, DraftLink, Leaderboard, SitePage
from leaderboard.serving.errors import answer_text
from leaderboard.standings.loading import standings_for

from .leaderboards import render_leaderboard
from .llms import render_llm
from .site_pages import render_site_page
from .state import Shown

MOST_VIEWS = 60  # of one link in a minute, as a draft is computed at every view
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",  # the address is the key: no other site is told it
}


def kept_private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let no cache keep an answer, no search engine list it, and no link pass its address on."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return answer


@require_safe
@kept_private
def show_draft(request: HttpRequest, token: str) -> HttpResponse:
    """The one draft that a link leads to; its page once it is published.

    A link that is made up, ended, revoked, without its draft, or to what was published since and is
    withdrawn, is answered alike, with 404.
    """
    link = DraftLink.objects.read_token(token)
    draft = link.draft if link else None
    if draft is not None and draft.is_published:
        return redirect(draft)
    if link is None or draft is None or not link.is_live:
        return render(request, "leaderboard/draft_ended.html", status=404)
    if is_opened_too_often(link):
        response = answer_text(gettext("This link was opened too often. Wait a minute."), 429)
        response["Retry-After"] = "60"
        return response
    return render_draft(request, draft, describe_link(link))


def render_draft(
    request: HttpRequest, draft: Leaderboard | LLM | SitePage, note: str
) -> HttpResponse:
    """The page of a draft as visitors would see it: with no other draft on it."""
    if isinstance(draft, Leaderboard):
        return render_leaderboard(request, Shown(draft, standings_for(draft)), [], preview=note)
    if isinstance(draft, LLM):
        return render_llm(request, draft, preview=note)
    return render_site_page(request, draft, preview=note)


def describe_link(link: DraftLink) -> str:
    """What stands above the draft."""
    day = date_format(localtime(link.expires_at), gettext("j M Y"))
    return gettext(
        "Draft, not published: who has this link sees it until %(day)s. Visitors do not see it."
    ) % {"day": day}


def is_opened_too_often(link: DraftLink) -> bool:
    """Whether a link was opened more than MOST_VIEWS times in this minute."""
    name = f"draft-link-{link.pk}"
    cache.add(name, 0, 60)
    try:
        return cache.incr(name) > MOST_VIEWS
    except ValueError:  # the minute ended between the two
        return False
