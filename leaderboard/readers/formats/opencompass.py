"""The summary of OpenCompass: a row for each dataset, a column for each LLM, in percent."""

from collections import Counter
from decimal import Decimal

from leaderboard.readers.files.cells import is_uneven, make_cell, uneven_rows
from leaderboard.readers.files.opening import Content
from leaderboard.readers.files.tables import Table, clean_text
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Refused,
    Result,
    draft_llms,
    drop_repeated_results,
    header_key,
)
from leaderboard.text.sentences import Phrase

COLUMNS = ("dataset", "version", "metric", "mode")
# What OpenCompass does not give in percent.
OTHER_UNITS = ("bpb", "ppl", "perplexity", "loss", "time", "latency", "length", "count", "num")


def detects(content: Content) -> bool:
    """Whether a table begins with the four columns of the summary, and has one more."""
    if not isinstance(content, Table) or len(content.header) < 5:
        return False
    return tuple(map(header_key, content.header[:4])) == COLUMNS


def read(content: Content, context: FileContext) -> Reading:
    """Returns a result for each dataset and LLM; “-” is no value, and titles are left aside."""
    assert isinstance(content, Table)
    rows = [(number, cells) for number, cells in content.rows[1:] if not is_uneven(content, cells)]
    scores = [row for row in rows if clean_text(row[1][2]) not in ("", "-")]
    if not scores:
        raise Refused("No row of this summary has a metric. Run the evaluation to its end.")
    count = Counter((cells[0], cells[2]) for _, cells in scores)
    results: list[Result] = []
    problems: list[Problem] = list(uneven_rows(content, len(content.header)))
    metrics: dict[str, MetricDraft] = {}
    for number, cells in scores:
        dataset, _, metric, mode = (clean_text(text) for text in cells[:4])
        if count[cells[0], cells[2]] > 1:
            metric = f"{metric} ({mode})"
        name = f"{dataset} / {metric}"
        unit = "" if any(word in metric.lower() for word in OTHER_UNITS) else "%"
        metrics[name] = MetricDraft(metric, dataset, unit="percent" if unit else "")
        for at in range(4, len(content.header)):
            if llm := content.header[at]:
                found = read_score(content, number, at, cells, llm, name, unit)
                (problems if isinstance(found, Problem) else results).append(found)  # type: ignore[arg-type]
    kept, repeated = drop_repeated_results(results)
    return Reading(
        results=tuple(kept),
        problems=(*problems, *repeated),
        notes=(*content.notes, note_versions(scores)),
        llms=draft_llms(result.llm for result in kept),
        metrics=metrics,
        provenance=Provenance(harness="OpenCompass"),
    )


def read_score(
    table: Table, row: int, at: int, cells: tuple[str, ...], llm: str, metric: str, unit: str
) -> Result | Problem:
    """Returns the score of an LLM in a row, or the problem with it."""
    cell = make_cell(table, row, at, cells[at] if at < len(cells) else "")
    number = cell.number(".", llm, metric)
    if isinstance(number, Problem):
        return number
    value: Decimal | None = number.value if number else None
    return Result(cell.where, llm, metric, value, unit=unit if number else "")


def note_versions(scores: list[tuple[int, tuple[str, ...]]]) -> str:
    """Says that the prompts' versions, which OpenCompass gives, are not stored."""
    versions = {clean_text(cells[1]) for _, cells in scores} - {"", "-"}
    return Phrase(
        "%(count)s versions of prompts and the modes are not stored.", count=len(versions)
    )
