"""Edits made after an import, which its undo must not overwrite."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from leaderboard.models import LLM, Metric, Score
from leaderboard.readers.results import Reading
from leaderboard.text.numbers import format_exact

from .preview import Preview
from .writing import SHOWN_REASONS


def describe_edits_since(preview: Preview, since: datetime | None, reading: Reading) -> list[str]:
    """Describes the edits since then of cells and LLMs that the file states, in sentences.

    “gpt-4o in AMCQA overall is 0.8 since 2026-11-23 14:05 UTC (anna)”. An edit counts also if the
    cell now holds what the file says.
    """
    if since is None:
        return []
    llms, metrics = preview.targets.llms, preview.targets.metrics
    cells = {(llms[result.llm].id, metrics[result.metric].id) for result in reading.results}
    records = Score.history.filter(history_date__gt=since).order_by("history_id")
    edits = [record for record in records if (record.llm_id, record.metric_id) in cells]
    described = {llms[fact.llm].id for fact in reading.facts}
    facts = LLM.history.filter(history_date__gt=since, id__in=described).order_by("history_id")
    return [
        *describe_records(edits[:SHOWN_REASONS]),
        *(
            gettext("%(llm)s was edited %(since)s.")
            % {"llm": record.name, "since": write_when_and_by(record)}
            for record in facts[:SHOWN_REASONS]
        ),
    ]


def describe_records(records: list[Any]) -> list[str]:
    """Describes the states of scores in sentences; the LLM or the metric may be deleted by now."""
    llms = LLM.objects.in_bulk({record.llm_id for record in records})
    metrics = Metric.objects.select_related("benchmark").in_bulk(
        {record.metric_id for record in records}
    )
    return [
        describe_record(
            record,
            llms.get(record.llm_id, gettext("A deleted LLM")),
            metrics.get(record.metric_id, gettext("a deleted metric")),
        )
        for record in records
    ]


def describe_record(record: Any, llm: object, metric: object) -> str:
    """Describes the state of one score in a sentence."""
    if record.history_type == "-":
        template = gettext("%(llm)s in %(metric)s has no score %(since)s.")
    else:
        template = gettext("%(llm)s in %(metric)s is %(value)s %(since)s.")
    return template % {
        "llm": llm,
        "metric": metric,
        "value": format_exact(record.value),
        "since": write_when_and_by(record),
    }


def write_when_and_by(record: Any) -> str:
    """Returns when a record was written, and by whom if that is known."""
    moment = f"{record.history_date:%Y-%m-%d %H:%M} UTC"
    if not record.history_user:
        return gettext("since %(moment)s") % {"moment": moment}
    return gettext("since %(moment)s by %(user)s") % {
        "moment": moment,
        "user": record.history_user,
    }
