"""Results as a reader gives them, and what is made of them in a test."""

from decimal import Decimal

from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.storing import confirm
from leaderboard.models import (
    Score,
)
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Reading, Result

NOTHING_SAID = Choices(other_facts="all")


def result(llm="Alpha", metric="accuracy", value="0.5", **more):
    value = None if value is None else Decimal(value)
    return Result(where=f"{llm}/{metric}", llm=llm, metric=metric, value=value, **more)


def file(*results, name="scores.csv", **reading):
    return ReadFile(name, "a" * 64, "wide", Reading(results=results, **reading))


def preview_of(*results, choices=NOTHING_SAID, **reading):
    return make_preview(Reading(results=results, **reading), choices)


def states(preview):
    return [(line.state, line.llm, line.subject) for line in preview.lines]


def import_(*results, choices=NOTHING_SAID, user=None, **reading):
    read = file(*results, **reading)
    return confirm(read, choices, make_preview(read.reading, choices).digest, user)


def scores():
    return {
        (score.llm.name, score.metric.key): str(score.value.normalize())
        for score in Score.objects.select_related("llm", "metric")
    }
