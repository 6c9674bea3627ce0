"""What an import would do to what is shown: the difference between the content before and after
it, both made from records."""

from dataclasses import replace
from typing import NamedTuple

from leaderboard.models import LLM, Column, Leaderboard
from leaderboard.standings.aggregates import Disagreement, disagreements_in
from leaderboard.standings.records import LLMRecord, Records, ScoreRecord, load_records
from leaderboard.standings.standings import Standings, build_standings, load_every_metric

from .matching import Target
from .preview import Preview, row_id


class RankChange(NamedTuple):
    leaderboard: str
    llm: str
    old: int | None
    new: int | None

    def __str__(self) -> str:
        """“gpt-4o 2 → 3”; new is “– → 3”"""
        return f"{self.llm} {self.old or '–'} → {self.new or '–'}"


class Effects(NamedTuple):
    ranks: list[RankChange]
    disagreements: list[Disagreement]


def effects_of(preview: Preview) -> Effects:
    """The effects of a preview; empty for one that cannot be confirmed as it is."""
    if preview.blocking:
        return Effects([], [])
    return Effects(rank_changes(preview), new_disagreements(preview))


def new_disagreements(preview: Preview) -> list[Disagreement]:
    """The aggregates that will not fit their components, and do now or have other numbers now.

    Of drafts too, as on the page Consistency, and in a constant number of queries.
    """
    touched = {change.llm for change in preview.scores if isinstance(change.llm, int)}
    records = load_every_metric(LLM.objects.filter(pk__in=touched), Column.objects.all())
    known = set(disagreements_in(records))
    return [
        disagreement
        for disagreement in disagreements_in(records_after(records, preview))
        if disagreement not in known
    ]


def rank_changes(preview: Preview) -> list[RankChange]:
    """Whose rank differs after the import, on every published leaderboard that it touches."""
    touched = {change.metric for change in preview.scores}
    changes = []
    for board in Leaderboard.objects.published():
        columns = list(board.columns.values_list("metric_id", flat=True))
        records = load_records(columns, board.ranking_metric_id)
        if touched & records.metrics.keys():
            changes += rank_differences(
                board.title,
                build_standings(records),
                build_standings(records_after(records, preview)),
            )
    return changes


def rank_differences(title: str, before: Standings, after: Standings) -> list[RankChange]:
    old = {row.llm.name: row.rank for row in before.rows}
    new = {row.llm.name: row.rank for row in after.rows}
    return [
        RankChange(title, name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys(), key=lambda name: new.get(name) or len(new) + 1)
        if old.get(name) != new.get(name)
    ]


def records_after(records: Records, preview: Preview) -> Records:
    """The records as the import will leave them."""
    scores = {llm: dict(of_llm) for llm, of_llm in records.scores.items()}
    llms = {llm.id: llm for llm in records.llms}
    numbers = {target.name: -number for number, target in enumerate(preview.new_llms, start=1)}
    for target in preview.new_llms:
        llms[numbers[target.name]] = record_of_new(numbers[target.name], target)
    for change in preview.scores:
        llm = row_id(change.llm, numbers)
        if change.metric not in records.metrics or llm not in llms:
            continue
        of_llm = scores.setdefault(llm, {})
        if change.after is None:
            of_llm.pop(change.metric, None)
        else:
            of_llm[change.metric] = ScoreRecord(llm, change.metric, *change.after[:4])
    return replace(
        records, llms=tuple(llms.values()), scores={k: v for k, v in scores.items() if v}
    )


def record_of_new(number: int, target: Target) -> LLMRecord:
    return LLMRecord(number, "", target.new.name, None, None, None, None, None, None, "", None)
