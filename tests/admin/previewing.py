"""A site whose ranks every redefinition moves, and what maintainers read of it before they save."""

import re
from decimal import Decimal
from html import unescape

from django.contrib.admin.models import LogEntry

from leaderboard.models import (
    CONTENT,
    LLM,
    Alias,
    Column,
    ContentRevision,
    Leaderboard,
    LeaderboardState,
    Metric,
    Score,
)
from leaderboard.trail.state import load_state
from tests.admin.two_maintainers import address, opened
from tests.exports.taking import UPDATED
from tests.factories import make_metric
from tests.page_reader import page_form

TABLES = (*CONTENT, Alias, ContentRevision, LeaderboardState, LogEntry)
REASON = "The mean hid how many questions each has."


def stored():
    """Every row of every table that a form may write, the history included."""
    models = [*TABLES, *(model.history.model for model in CONTENT)]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models
    }


def board():
    return Leaderboard.objects.get(slug="board")


def metric(key):
    return Metric.objects.get(key=key)


def llm(name):
    return LLM.objects.get(name=name)


def state(leaderboard):
    return load_state(leaderboard, UPDATED)


def send(client, row, changes):
    """The answer to a form, opened and sent with these changes; None takes a value out."""
    form = opened(client, row) | changes
    return client.post(
        address(row), {name: text for name, text in form.items() if text is not None}
    )


def asks(response):
    return 'id="check"' in response.content.decode()


def said(response):
    """What a page says of the effects, as a reader sees it."""
    (part,) = re.findall(r'<div class="effects">(.*?)</div>', response.content.decode(), re.S)
    texts = re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", part, re.S)
    return [unescape(re.sub("<[^>]+>", "", text)) for text in texts]


def confirmed(client, row, asked, reason=REASON):
    return client.post(address(row), page_form(asked, "check") | {"public_reason": reason})


def reasons_since(before):
    """The reasons of the records that the history got since, by model."""
    return {
        model.__name__: {record.history_change_reason for record in new}
        for model in CONTENT
        if (
            new := model.history.exclude(
                pk__in=[row["history_id"] for row in before[model.history.model._meta.label]]
            )
        )
    }


def differing_values():
    """What the edits move: Alpha is the best in one, Gamma in two and by speed; Beta answered only
    some questions of two."""
    values = {("Alpha", "one"): "0.9", ("Beta", "one"): "0.8", ("Gamma", "one"): "0.4"}
    for score in Score.objects.select_related("llm", "metric"):
        if value := values.get((score.llm.name, score.metric.key)):
            score.value, score.decimals = Decimal(value), None
            score.save()
    partial = Score.objects.get(llm__name="Beta", metric__key="two")
    partial.question_count = 20
    partial.save()
    spare = make_metric("spare", unit="points", is_share_of_questions=False)
    Column.objects.create(leaderboard=board(), metric=spare, position=9)
