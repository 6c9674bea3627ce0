"""The state of a leaderboard that an address asks for: that of today, or one of the past."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leaderboard.models import Leaderboard
from leaderboard.standings.published import Content, published_content
from leaderboard.standings.standings import Standings
from leaderboard.text.moments import parse_moment
from leaderboard.trail.timeline import Moment, timeline_of

NEVER = "0001-01-01"  # names every time at which a leaderboard was not public


@dataclass(frozen=True)
class Shown:
    """A leaderboard with its standings in one state."""

    leaderboard: Leaderboard
    standings: Standings
    at: str | None = None  # the name of a past state in addresses; None for today's
    moment: Moment | None = None  # the past state: when it began and ended


def show_state(request: HttpRequest, leaderboard: Leaderboard) -> Shown:
    """The state that the canonical query of a request names; 404 for a time at which the
    leaderboard was not public."""
    at = request.GET.get("at")
    shown = open_state(published_content(request), leaderboard, at)
    if shown is None:
        what = {"kind": Leaderboard._meta.verbose_name, "slug": leaderboard.slug}
        raise Http404(_("There is no %(kind)s “%(slug)s”.") % what)
    return shown


def past_context(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    """What a page of a past state says of it: when it held, and the days of others."""
    if shown.moment is None:
        return {}
    timeline = timeline_of(published_content(request), shown.leaderboard)
    return {"past": shown.moment, "at": shown.at, "days": timeline.days()}


def name_state(values: list[str], content: Content, leaderboard: Leaderboard) -> str | None:
    """One name for all values of the parameter `at` that mean the same state.

    None for today's: without a value, and for one that is repeated, garbled or in the future.
    """
    now = timezone.now()
    instant = parse_moment(values[0]) if len(values) == 1 else None
    if instant is None or instant > now:
        return None
    moment = timeline_of(content, leaderboard).at(instant)
    return moment.name(now.date()) if moment else NEVER


def open_state(content: Content, leaderboard: Leaderboard, at: str | None) -> Shown | None:
    """The state of that name, today's without one; None if the leaderboard was not public then."""
    if at is None:
        return Shown(leaderboard, content.standings(leaderboard))
    instant = parse_moment(at)
    moment = timeline_of(content, leaderboard).at(instant) if instant else None
    past = content.past(leaderboard, moment.changed_at) if moment else None
    if moment is None or past is None:
        return None
    return Shown(*past, at, moment)
