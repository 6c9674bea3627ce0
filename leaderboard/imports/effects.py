"""What an import would change on public pages: the standings before and after it, compared."""

from dataclasses import replace
from typing import NamedTuple

from leaderboard.models import LLM, Column, Component, Leaderboard
from leaderboard.standings.disagreements import Disagreement, disagreements_in
from leaderboard.standings.loading import load_every_metric, load_ranking
from leaderboard.standings.records import LLMRecord, Records, ScoreRecord
from leaderboard.standings.standings import Standings, build_standings
from leaderboard.trail.difference import moved_ranks

from .preview import Preview, row_id
from .targets import Target


class RankChange(NamedTuple):
    """The rank of an LLM on a leaderboard, before and after; None for no rank."""

    leaderboard: str
    llm: str
    old: int | None
    new: int | None

    def __str__(self) -> str:
        """“gpt-4o 2 → 3”; new is “– → 3”"""
        return f"{self.llm} {self.old or '–'} → {self.new or '–'}"


class Effects(NamedTuple):
    """What an import changes beside the scores in the file."""

    ranks: list[RankChange]
    disagreements: list[Disagreement]


def find_effects(preview: Preview) -> Effects:
    """Returns the effects of a preview; none for one that cannot be confirmed as it is."""
    if preview.blocking:
        return Effects([], [])
    return Effects(find_rank_changes(preview), find_new_disagreements(preview))


def find_new_disagreements(preview: Preview) -> list[Disagreement]:
    """Returns the aggregates that will contradict their components and do not, or differently, now.

    Drafts count too, as on the page Consistency. It takes a constant number of queries. A metric
    that is no aggregate and enters none is left aside.
    """
    concerned = {
        metric for pair in Component.objects.values_list("aggregate", "metric") for metric in pair
    }
    changed = {change.llm for change in preview.scores if change.metric in concerned}
    if not changed:
        return []
    touched = {llm for llm in changed if isinstance(llm, int)}
    records = load_every_metric(LLM.objects.filter(pk__in=touched), Column.objects.all())
    known = set(disagreements_in(records))
    return [
        disagreement
        for disagreement in disagreements_in(predict_records(records, preview))
        if disagreement not in known
    ]


def find_rank_changes(preview: Preview) -> list[RankChange]:
    """Returns the changes of ranks on every published leaderboard that the import touches.

    Of each only what its ranks are made from is read.
    """
    touched = {change.metric for change in preview.scores}
    changes = []
    for board in Leaderboard.objects.published():
        records = load_ranking(board)
        if records and touched & records.metrics.keys():
            changes += compare_ranks(
                board.title,
                build_standings(records),
                build_standings(predict_records(records, preview)),
            )
    return changes


def compare_ranks(title: str, before: Standings, after: Standings) -> list[RankChange]:
    """Returns the LLMs whose ranks differ, in the order of their new ranks; also those that come or
    go with the import, which have no rank before or after."""
    ranks = [{row.llm.name: row.rank for row in each.rows} for each in (before, after)]
    nobody: dict[str, int | None] = dict.fromkeys([*ranks[0], *ranks[1]])
    old, new = (nobody | each for each in ranks)
    return [RankChange(title, name, old[name], new[name]) for name in moved_ranks(old, new)]


def predict_records(records: Records, preview: Preview) -> Records:
    """Returns the records as the import will leave them."""
    scores = {llm: dict(of_llm) for llm, of_llm in records.scores.items()}
    llms = {llm.id: llm for llm in records.llms}
    numbers = {target.name: -number for number, target in enumerate(preview.new_llms, start=1)}
    for target in preview.new_llms:
        llms[numbers[target.name]] = record_new_llm(numbers[target.name], target)
    for change in preview.scores:
        llm = row_id(change.llm, numbers)
        if change.metric not in records.metrics or llm not in llms:
            continue
        of_llm = scores.setdefault(llm, {})
        if change.after is None:
            of_llm.pop(change.metric, None)
        else:
            of_llm[change.metric] = ScoreRecord(*change.after[:4])
    return replace(
        records, llms=tuple(llms.values()), scores={k: v for k, v in scores.items() if v}
    )


def record_new_llm(number: int, target: Target) -> LLMRecord:
    """Makes the record of an LLM that the import creates."""
    return LLMRecord(number, "", target.new.name, None, None, None, None, None, None, "", None)
