"""`manage.py import_results`, as a test runs it."""

import io
import json
from itertools import count

from django.core.management import call_command

from leaderboard.models import LLM, Alias, Import, Metric, Organization, Score, Source

NEW = ("--create-llms", "--create-metrics")


NUMBERS = count()


def run(path, *options):
    """The lines that the command prints."""
    out = io.StringIO()
    call_command("import_results", str(path), *map(str, options), stdout=out)
    return out.getvalue().splitlines()


def preview(path, *options):
    return json.loads("\n".join(run(path, "--dry-run", "--json", *options)))


def everything():
    """All rows that an import may touch."""
    models = (LLM, Metric, Score, Source, Organization, Alias, Import)
    history = [model.history.model for model in (LLM, Metric, Score, Source, Organization)]
    return [sorted(model.objects.values_list("pk")) for model in (*models, *history)] + [
        list(Score.objects.order_by("pk").values_list()),
        list(LLM.objects.order_by("pk").values_list()),
    ]


def scores():
    rows = Score.objects.values_list("llm__name", "metric__key", "value")
    return {(llm, metric): str(value.normalize()) for llm, metric, value in rows}
