"""How old the data of a leaderboard are: what pages call “Updated”.

Each edit of what a leaderboard shows updates it, at the start of a state of the log. The first
state of the log is no edit: what it shows was there before the site was installed, or before the
leaderboard was published. It is as old as the newest source or measurement in it says, if any says
its day. An export names its state instead, by the revision and the time when it began.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import Count, Max
from django.utils.timezone import localtime

from leaderboard.models import Leaderboard, LeaderboardState, Score, Source
from leaderboard.models.revision import present_state
from leaderboard.standings.placements import Placement
from leaderboard.standings.published import Content

from .corrections import Corrections
from .timeline import Moment, timeline_of


def find_dates(content: Content) -> dict[int, date]:
    """Returns {leaderboard: day of its data} of the published ones, in two queries at most."""
    dates: dict[int, date] = content.compute_once("dates of data", lambda: load_dates(content))
    return dates


def load_dates(content: Content) -> dict[int, date]:
    """Reads the days of the data of all published leaderboards; of one without a log that of the
    content."""
    shown = [each.pk for each in content.leaderboards()]
    log = LeaderboardState.objects.filter(leaderboard__in=shown).order_by().values("leaderboard")
    rows = log.annotate(count=Count("pk"), began=Max("changed_at"))
    states = [(row["leaderboard"], row["count"], row["began"]) for row in rows]
    said = newest_dates([number for number, count, _began in states if count == 1])
    days = {number: earlier(said.get(number), began) for number, _count, began in states}
    return {number: days.get(number) or day_of_content(content) for number in shown}


def day_of_content(content: Content) -> date:
    """Returns the day on which any of the content changed last."""
    return localtime(content.revision().changed_at).date()


def newest_dates(leaderboards: Collection[int]) -> dict[int, date]:
    """Returns the newest day of a source or measurement of the public scores in the columns of
    these leaderboards; without those that have none."""
    if not leaderboards:
        return {}
    board = "metric__columns__leaderboard"
    shown = Score.objects.filter(llm__is_published=True, **{f"{board}__in": leaderboards})
    dates = (Max("measured_on"), Max("source__date"))
    rows = shown.order_by().values_list(board).annotate(*dates)
    days = {number: max(filter(None, both), default=None) for number, *both in rows}
    return {number: day for number, day in days.items() if day}


def earlier(said: date | None, began: datetime) -> date:
    """Returns the day that the data say, unless the site knows them to be older."""
    day = localtime(began).date()
    return min(said, day) if said else day


def date_of_data(content: Content, leaderboard: Leaderboard, moment: Moment | None = None) -> date:
    """Returns the day of the data of a leaderboard: today's, those of a past state, or, of one that
    is not published, those of a preview."""
    today = find_dates(content).get(leaderboard.pk)
    if moment is None and today:
        return today
    began = moment.changed_at if moment else present_state(leaderboard).changed_at
    is_first = moment is None or began == timeline_of(content, leaderboard).begins[0]
    return earlier(newest_dates([leaderboard.pk] if is_first else []).get(leaderboard.pk), began)


def date_of_placements(content: Content, placements: Iterable[Placement]) -> date:
    """Returns the newest day of the data of the leaderboards on which an LLM stands, else that of
    the content."""
    dates = find_dates(content)
    days = [dates.get(each.leaderboard.pk) for each in placements if each.has_scores]
    known = list(filter(None, days))
    return max(known) if known else day_of_content(content)


def date_of_scores(
    sources: Iterable[Source], measured: Iterable[date | None], corrections: Corrections
) -> date | None:
    """Returns the newest day of a source, measurement or correction of an LLM's scores, if any says
    one. Edits of other LLMs leave it alone, though they may move its ranks."""
    days = [*(source.date for source in sources), *measured]
    days += [localtime(change.row.date).date() for change in corrections.changes]
    return max(filter(None, days), default=None)
