"""Tasks and groups of an lm-evaluation-harness file: scores, and the questions of each."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from leaderboard.readers.files.json_values import as_count, as_mapping, as_number
from leaderboard.readers.results import Refused

TOLERANCE = Decimal("1e-6")  # between a group's value and the one worked out from its tasks
# Scores of groups times their tasks, which are walked a few times; a run of all groups has 50,000.
MAX_STEPS = 500_000


class Cell(NamedTuple):
    """One metric of one task, as the file has it."""

    task: str
    key: str  # “acc,none”: the metric and how answers were filtered
    value: Any

    @property
    def name(self) -> str:
        return f"{self.task} / {self.key}"

    @property
    def metric(self) -> str:
        return self.key.partition(",")[0]

    @property
    def where(self) -> str:
        return f"results › {self.task} › {self.key}"


def merge_groups(data: dict[str, Any]) -> dict[str, Any]:
    """Returns the file with its groups among its results.

    Files usually repeat their groups there; such a group is read once.
    """
    results = as_mapping(data.get("groups")) | as_mapping(data.get("results"))
    return data | {"results": {task: as_mapping(values) for task, values in results.items()}}


def find_cells(data: dict[str, Any]) -> Iterator[Cell]:
    """Yields the metrics of every task and group.

    A key with a comma is a metric, or the standard error of one.
    """
    for task, values in data["results"].items():
        for key, value in values.items():
            if "," in key and not key.partition(",")[0].endswith("_stderr"):
                yield Cell(task, key, value)


def check_groups(data: dict[str, Any], cells: list[Cell]) -> None:
    """Raises Refused for so many groups and tasks that counting their questions takes long."""
    listed = {task: len(subtasks(data, task)) for task in as_mapping(data.get("group_subtasks"))}
    of_groups = sum(bool(listed.get(cell.task)) for cell in cells)
    if of_groups * sum(listed.values()) > MAX_STEPS:
        raise Refused(
            "The file has %(scores)s scores of groups over %(tasks)s tasks, "
            "more than any real run. Leave groups and group_subtasks out.",
            scores=f"{of_groups:,}",
            tasks=f"{sum(listed.values()):,}",
        )


def count_questions(data: dict[str, Any], cell: Cell) -> tuple[int | None, int | None]:
    """Returns how many questions were asked and how many there are.

    For a group it counts the tasks that have the metric.
    """
    tasks = tasks_below(data, cell) if subtasks(data, cell.task) else [cell.task]
    return sum_samples(data, tasks, "effective"), sum_samples(data, tasks, "original")


def sum_samples(data: dict[str, Any], tasks: list[str], key: str) -> int | None:
    """Adds up the questions of these tasks; None unless the file says it of each."""
    samples = as_mapping(data.get("n-samples"))
    counts = [as_count(as_mapping(samples.get(task)).get(key)) for task in tasks]
    known = [answered for answered in counts if answered is not None]
    return sum(known) if known and len(known) == len(counts) else None


def subtasks(data: dict[str, Any], task: str) -> list[str]:
    """Returns the names of the tasks and groups directly below a group; [] for a task."""
    names = as_mapping(data.get("group_subtasks")).get(task)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def tasks_below(data: dict[str, Any], group: Cell) -> list[str]:
    """Returns the tasks below a group, at any depth, that have the group's metric."""
    waiting, seen, tasks = subtasks(data, group.task), {group.task}, []
    while waiting:
        task = waiting.pop()
        if task not in seen:
            seen.add(task)
            below = subtasks(data, task)
            waiting += below
            if not below and group.key in data["results"].get(task, {}):
                tasks.append(task)
    return tasks


def is_pooled(data: dict[str, Any], group: Cell) -> bool:
    """Whether a group's value is the share over all its questions, not a mean of means."""
    tasks = tasks_below(data, group)
    counts = [sum_samples(data, [task], "effective") for task in tasks]
    values = [as_number(data["results"][task][group.key]) for task in tasks]
    value, total = as_number(group.value), sum(answered or 0 for answered in counts)
    if value is None or not total or None in counts or None in values:
        return False
    pairs = zip(counts, values, strict=True)
    right = sum(((c or 0) * (v or Decimal(0)) for c, v in pairs), Decimal(0))
    return abs(right / total - value) <= TOLERANCE
