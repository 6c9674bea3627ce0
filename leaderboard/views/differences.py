"""What changed between two states of a leaderboard: releases, days, or now."""

from datetime import UTC
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leaderboard.models import Leaderboard
from leaderboard.serving.public_views import Canonical, public
from leaderboard.standings.published import Content, published_content
from leaderboard.text.moments import end_of_day, parse_moment
from leaderboard.text.words import local_text
from leaderboard.trail.between import (
    describe_between,
    load_named,
    load_past,
    load_present,
    moment_at,
)
from leaderboard.trail.public_releases import find_release, newest_release, releases_of
from leaderboard.trail.releases import DamagedRelease
from leaderboard.trail.state import State
from leaderboard.trail.timeline import timeline_of

from .shared import redirect_renamed

NOW = "now"
NO_STATE = "-"  # in the canonical query, in place of all that names no state
SIDES = ("from", "to")


class Side(NamedTuple):
    """One of the two states: its name in the address and in words."""

    name: str
    words: str
    state: State | None  # None where there is none to be compared
    problem: str = ""  # then why


def read_diff(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The names of both states; one name for all that mean the same."""
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return Canonical()
    names = {
        side: name_side(request.GET.getlist(side), content, leaderboard)
        for side in SIDES
        if request.GET.getlist(side)
    }
    return Canonical(urlencode(names), is_rare=bool(names))


def name_side(values: list[str], content: Content, leaderboard: Leaderboard) -> str:
    """The name of a state: “now”, of a release, or of the day or time that a text means."""
    text = values[0] if len(values) == 1 else ""
    if text == NOW or find_release(content, leaderboard, text):
        return text
    instant, now = parse_moment(text), timezone.now()
    if instant == end_of_day(now.date()):
        return NOW
    if instant is None or instant > now:
        return NO_STATE
    moment = moment_at(content, leaderboard, instant)
    return moment.name(now.date()) if moment else NO_STATE


@public(reads=read_diff)
def show_diff(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed between two states, and a form to choose others."""
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "diff")
    newest, days = newest_release(content, leaderboard), timeline_of(content, leaderboard).days()
    chosen = {"from": newest.name if newest else "", "to": NOW, **request.GET.dict()}
    title = local_text(leaderboard, "title")
    context: dict[str, Any] = {
        "leaderboard": leaderboard,
        "leaderboards": content.leaderboards(),
        "title": _("What changed: %(leaderboard)s") % {"leaderboard": title},
        "releases": [each for each in releases_of(content, leaderboard) if not each.withdrawn_at],
        "days": [day.isoformat() for day in days if day < timezone.now().date()],
        "chosen": chosen,
        "canonical": request.build_absolute_uri(request.path),
    }
    if request.GET:
        sides = [open_side(content, leaderboard, chosen[side]) for side in SIDES]
        context |= {"sides": sides, "problems": [side.problem for side in sides if side.problem]}
        old, new = (side.state for side in sides)
        if old and new:
            context["sections"], context["has_causes"] = describe_between(old, new)
    return render(request, "leaderboard/diff.html", context)


def open_side(content: Content, leaderboard: Leaderboard, name: str) -> Side:
    """The state of a canonical name."""
    if name == NOW:
        return Side(name, _("today"), load_present(content, leaderboard))
    if release := find_release(content, leaderboard, name):
        words = _("release %(name)s") % {"name": name}
        if release.withdrawn_at:
            return Side(name, words, None, _("Release %(name)s was withdrawn.") % {"name": name})
        try:
            return Side(name, words, load_named(content, leaderboard, name))
        except DamagedRelease:
            problem = _("The stored bytes of release %(name)s are damaged.") % {"name": name}
            return Side(name, words, None, problem)
    instant = parse_moment(name)
    moment = moment_at(content, leaderboard, instant) if instant else None
    state = load_past(leaderboard, moment) if moment else None
    if moment is None or state is None:
        return Side(name, "", None, _("Choose a release, or a day on which it was public."))
    when = date_format(moment.changed_at.astimezone(UTC), _("j M Y, H:i"))
    return Side(name, f"{when} UTC", state)
