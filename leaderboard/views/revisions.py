"""Addresses of the revisions that files and citations name."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content
from leaderboard.trail.timeline import timeline_of


@public()
def show_revision(request: HttpRequest, token: str) -> HttpResponse:
    """Leads to the leaderboard in the state of that name; lists them if one edit changed several.

    404 for a name of nothing, of a draft, and of a state from before the state log.
    """
    content = published_content(request)
    leaderboards = content.leaderboards()
    today = timezone.now().date()
    states = [
        (leaderboard, moment, f"?{urlencode({'at': moment.name(today)})}")
        for leaderboard in leaderboards
        if (moment := timeline_of(content, leaderboard).named(token))
    ]
    if not states:
        raise Http404(_("There is no revision “%(token)s”.") % {"token": token})
    if len(states) == 1:
        leaderboard, _moment, query = states[0]
        return redirect(leaderboard.get_absolute_url() + query)
    context = {
        "token": token,
        "states": states,
        "leaderboards": leaderboards,
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/revision.html", context)
