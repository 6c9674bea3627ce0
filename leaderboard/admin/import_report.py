"""What the page of a preview says of it: a summary, what needs a decision, and lists of lines."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from leaderboard.imports.causes import Cause, group_by_cause
from leaderboard.imports.preview import Line, Preview, State
from leaderboard.imports.targets import NameStatus, Target, unique_targets

SHOWN_LINES = 200  # of one state
# In the order in which a maintainer needs them.
DECIDED_FIRST = [State.INVALID, State.OTHER_SETTINGS, State.PARTIAL]
NOT_IMPORTED = [State.MISSING, State.LEFT_OUT, State.KEPT_FACT]
LISTED = [State.CHANGED, State.REMOVED, State.NEW]


class Count(NamedTuple):
    """A number of the summary, with what it counts."""

    name: str
    number: int
    words: str

    @property
    def is_open(self) -> bool:
        """Whether it stands in the way of the import."""
        return self.name in ("to-decide", "not-read") and bool(self.number)

    @property
    def text(self) -> str:
        """The number, with commas between thousands."""
        return f"{self.number:,}"


def summarize(preview: Preview) -> list[Count]:
    """Returns the summary: five numbers that are always said, and others that are not 0."""
    counts, invalid = preview.counts, count_unreadable(preview)
    always = [
        Count("new", counts[State.NEW], gettext("new")),
        Count("changed", counts[State.CHANGED], gettext("changed")),
        Count("unchanged", counts[State.UNCHANGED], gettext("unchanged")),
        Count("to-decide", count_decisions(preview, invalid), gettext("to decide")),
        Count("not-read", invalid, gettext("not read")),
    ]
    others = [
        Count("removed", counts[State.REMOVED], gettext("removed")),
        Count("partial", counts[State.PARTIAL], gettext("of partial runs")),
        Count("missing", counts[State.MISSING], gettext("without a number")),
        Count("left-out", counts[State.LEFT_OUT], gettext("left out")),
        Count("new-llms", len(preview.new_llms), gettext("new LLMs")),
        Count("new-metrics", len(preview.new_metrics), gettext("new metrics")),
    ]
    return always + [each for each in others if each.number]


def count_unreadable(preview: Preview) -> int:
    """Returns how many cells cannot be imported as they are."""
    return sum(not line.is_asked for line in preview.of(State.INVALID))


def count_decisions(preview: Preview, invalid: int) -> int:
    """Returns how many decisions are open: names, differences of settings, and questions."""
    asked = preview.counts[State.INVALID] - invalid
    return preview.counts[State.UNMATCHED] + len(differing(preview)) + asked


def differing(preview: Preview) -> set[str]:
    """Returns the differences between the settings of runs that are not decided yet."""
    return {line.reason for line in preview.of(State.OTHER_SETTINGS)}


class Task(NamedTuple):
    """Something to decide before anything can be imported, and where on the page."""

    place: str  # the id of the part of the page
    text: str


def list_tasks(preview: Preview, asks_layout: bool) -> Iterator[Task]:
    """Yields what has to be decided, in the order of the page."""
    if count := count_unreadable(preview):
        text = ngettext(
            "%(count)s cell that cannot be imported as it is: mend it in the file, say how it is "
            "to be read, or leave it out.",
            "%(count)s cells that cannot be imported as they are: mend them in the file, say how "
            "they are to be read, or leave them out.",
            count,
        )
        yield Task("problems", text % {"count": f"{count:,}"})
    if asks_layout:
        yield Task("layout", gettext("How the table is read: choose what is open."))
    for place, targets in (
        ("llms", preview.targets.llms.values()),
        ("metrics", preview.targets.metrics.values()),
    ):
        if count := count_undecided(targets):
            yield Task(place, explain_names(place, count))
    if count := len(differing(preview)):
        text = ngettext(
            "%(count)s difference between the settings of runs.",
            "%(count)s differences between the settings of runs.",
            count,
        )
        yield Task("settings", text % {"count": f"{count:,}"})


def explain_names(place: str, count: int) -> str:
    """Says how many names are to be decided about."""
    if place == "llms":
        text = ngettext(
            "%(count)s name of an LLM that matches nothing here.",
            "%(count)s names of LLMs that match nothing here.",
            count,
        )
    else:
        text = ngettext(
            "%(count)s name of a metric that matches nothing here.",
            "%(count)s names of metrics that match nothing here.",
            count,
        )
    return text % {"count": f"{count:,}"}


def count_undecided(targets: Iterable[Target]) -> int:
    """Returns how many names still need a decision."""
    named = unique_targets({target.name: target for target in targets})
    return sum(target.status in (NameStatus.UNMATCHED, NameStatus.INVALID) for target in named)


class LineList(NamedTuple):
    """Lines of one state that a page shows; columns in which no line has anything are left out."""

    state: State
    lines: list[Line]
    total: int
    has_old: bool
    has_counts: bool
    has_errors: bool
    has_remarks: bool


def list_lines(preview: Preview, states: Iterable[State]) -> Iterator[LineList]:
    """Yields the lines of each of these states, if there are any."""
    for state in states:
        if lines := preview.of(state):
            shown = lines[:SHOWN_LINES]
            yield LineList(
                state,
                shown,
                len(lines),
                has_old=any(line.old for line in shown),
                has_counts=any(line.question_count is not None for line in shown),
                has_errors=any(line.standard_error for line in shown),
                has_remarks=any(line.reason for line in shown),
            )


def list_causes(preview: Preview, states: Iterable[State]) -> list[Cause]:
    """Returns the causes of the lines of these states, without facts that have a box."""
    lines = ([line for line in preview.of(state) if not line.fact] for state in states)
    return [cause for some in lines for cause in group_by_cause(some)]
