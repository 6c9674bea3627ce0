"""Recompute a leaderboard from one file: `python tests/exports/recompute.py FILE.json`.

FILE is the JSON of a leaderboard, /leaderboard/….json, or the canonical payload of a release. From
the scores as they were reported, and from nothing else of the file, every aggregate, number of
questions, interval, rank and rank range is made anew, and what differs from the file is printed.
Standard library only, and nothing of the site: the rules are written down here a second time, from

- E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209–212: the interval of a share
- G. Y. Zou, A. Donner, Stat. Med. 27 (2008), 1693–1702: of a weighted sum
- R. G. Newcombe, Stat. Med. 17 (1998), 873–890, method 10: of a difference
- Z. Šidák, J. Am. Stat. Assoc. 62 (1967), 626–633: the level of many tests
- P. Liang et al., HELM, arXiv 2211.09110: the mean win rate

Fractions are exact, so no rounding of this script decides whether an aggregate agrees.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)  # of an interval that is shown
WHOLE = {"proportion": 1, "percent": 100}  # what is reached when all questions are right
QUESTION_WEIGHTED, WIN_RATE, MEAN_RANK = "question-weighted mean", "mean win rate", "mean rank"
BASELINES = ("human", "random")  # kinds of what LLMs are measured against
PRECISION = 1e-8  # what a computed number of the file is worth


class Metric(NamedTuple):
    """What a metric measures, or is made from."""

    key: str
    unit: str
    label: str
    higher_is_better: bool | None
    minimum: Fraction | None
    maximum: Fraction | None
    question_count: int | None
    question_set: str
    is_share: bool
    aggregate: str
    components: tuple[tuple[str, Fraction | None], ...]

    @property
    def is_from_ranks(self) -> bool:
        return self.aggregate in (WIN_RATE, MEAN_RANK)


class Reported(NamedTuple):
    """A score as it was reported."""

    value: Fraction
    digits: int
    n: int | None
    error: float | None


class Stated(NamedTuple):
    """What the file says of a value; of one that is in no column only the first three, and not
    whether it could be checked."""

    value: Fraction
    origin: str  # reported, computed or unchecked
    n: int | None
    partial: bool | None = None
    interval: tuple[float, float] | None = None
    rank: int | None = None
    rank_range: tuple[int, int] | None = None


class Share(NamedTuple):
    """Rests on p of n questions, in a unit in which all of them are `whole`."""

    p: float
    n: int
    whole: int


class Given(NamedTuple):
    """Rests on a standard error that was reported."""

    error: float


class Sum(NamedTuple):
    """Rests on measured values, each with the sum of its weights over all paths."""

    leaves: tuple[tuple[float, Share | Given], ...]


Evidence = Share | Given | Sum


class Value(NamedTuple):
    """The value of an LLM in a metric, made anew."""

    value: Fraction
    tolerance: Fraction  # how far rounding may have moved it
    origin: str
    n: int | None
    whole: bool  # as far as known, of all questions
    partial: bool
    evidence: Evidence | None


@dataclass
class Board:
    """A file: what was reported, and what it says that follows."""

    metrics: dict[str, Metric]
    columns: list[str]
    ranking_metric: str | None
    ranks_partial_runs: bool
    level: str
    is_complete: bool  # are all LLMs of the leaderboard in the file?
    described: list[str]  # the metrics of which the file states values
    reported: dict[str, dict[str, Reported]]  # by LLM, then metric
    stated: dict[str, dict[str, Stated]]
    ranks: dict[str, tuple[int | None, tuple[int, int] | None]]  # of the rows
    baselines: set[str]  # humans and chance: ranked in nothing, and compared with nobody
    made: dict[tuple[str, str], Value | None] = field(default_factory=dict)

    # What a metric comes down to

    def below(self, key: str) -> set[str]:
        """All metrics that it is made from, at any depth."""
        parts = {part for part, _ in self.metrics[key].components}
        return parts.union(*(self.below(part) for part in parts))

    def paths(self, key: str) -> Iterator[tuple[str, ...]]:
        """From a metric down to every one below it, on every way."""
        yield (key,)
        for part, _ in self.metrics[key].components:
            for path in self.paths(part):
                yield (key, *path)

    def can_be_made(self, metric: Metric) -> bool:
        """Only what has one unit and direction has a mean; what is compared by rank needs a
        direction, and what is made from ranks enters nothing."""
        parts = [self.metrics[part] for part, _ in metric.components]
        if any(part.is_from_ranks for part in parts):
            return False
        if metric.is_from_ranks:
            return all(part.higher_is_better is not None for part in parts)
        scales = {(each.unit, each.label, each.higher_is_better) for each in (metric, *parts)}
        return len(scales) == 1

    def weight(self, metric: Metric, key: str, given: Fraction | None) -> Fraction:
        """In a question-weighted mean the given weight, else the component's questions; whoever
        asks the same questions shares them. Equal weights in all others."""
        if metric.aggregate != QUESTION_WEIGHTED:
            return Fraction(1)
        if given:
            return given
        part = self.metrics[key]
        sharing = [
            other
            for other, weight in metric.components
            if not weight and self.metrics[other].question_set == part.question_set
        ]
        return Fraction(part.question_count or 0, len(sharing))

    def counts_questions_once(self, metric: Metric) -> bool:
        """Are its weights the question counts of components of which no two share a question?"""
        sets = [
            {self.metrics[each].question_set for each in {part} | self.below(part)}
            for part, _ in metric.components
        ]
        return (
            metric.aggregate == QUESTION_WEIGHTED
            and len(set().union(*sets)) == sum(map(len, sets))
            and all(
                self.metrics[part].question_count
                and weight in (None, self.metrics[part].question_count)
                for part, weight in metric.components
            )
        )

    # Values

    def value(self, llm: str, key: str) -> Value | None:
        """The value of an LLM in a metric; None if there is none."""
        if (llm, key) not in self.made:
            metric, score = self.metrics[key], self.reported[llm].get(key)
            measured = score and as_reported(metric, score)
            if metric.is_from_ranks:
                self.made |= {(each, key): None for each in self.reported}
                self.made |= {(each, key): made for each, made in self.from_ranks(metric)}
            else:
                made = self.aggregate(llm, metric, measured) if metric.aggregate else measured
                self.made[llm, key] = made
        return self.made[llm, key]

    def parts(self, llm: str, metric: Metric) -> list[tuple[Fraction, str, Value]]:
        """(weight, key, value) of its components, weights adding up to 1; none unless all are
        there."""
        found = []
        for key, given in metric.components:
            value, weight = self.value(llm, key), self.weight(metric, key, given)
            if value is None or not weight:
                return []
            found.append((weight, key, value))
        total = sum((weight for weight, _, _ in found), Fraction(0))
        can_be_made = self.can_be_made(metric)
        return [(weight / total, key, value) for weight, key, value in found if can_be_made]

    def aggregate(self, llm: str, metric: Metric, reported: Value | None) -> Value | None:
        """The reported value while it agrees with its components, else the one they give."""
        parts = self.parts(llm, metric)
        if not parts:
            return reported and self.unchecked(llm, metric, reported)
        mean = sum((weight * part.value for weight, _, part in parts), Fraction(0))
        tolerance = sum((weight * part.tolerance for weight, _, part in parts), Fraction(0))
        partial = any(part.partial for _, _, part in parts)
        whole = all(part.whole for _, _, part in parts)
        asked = self.count_asked(metric, parts) if partial else metric.question_count
        if reported and abs(reported.value - mean) <= reported.tolerance + tolerance:
            given = reported.evidence if isinstance(reported.evidence, Given) else None
            made = reported._replace(
                n=asked if partial and not reported.partial else reported.n,
                partial=partial or reported.partial,
                evidence=given,
            )
        else:
            n = asked if whole or partial else None
            made = Value(to_eight_places(mean), tolerance, "computed", n, whole, partial, None)
        return made._replace(evidence=self.evidence(llm, metric, made, parts))

    def count_asked(self, metric: Metric, parts: list[Any]) -> int | None:
        """Questions behind an aggregate over partial runs, where they are counted once."""
        counts = [part.n for _, _, part in parts]
        return sum(counts) if self.counts_questions_once(metric) and all(counts) else None

    def unchecked(self, llm: str, metric: Metric, reported: Value) -> Value:
        """A reported aggregate that lacks components: its own share counts only if nothing of
        what it is made from is known."""
        known = [value for key in self.below(metric.key) if (value := self.value(llm, key))]
        evidence = reported.evidence
        return reported._replace(
            origin="unchecked",
            partial=reported.partial or any(value.partial for value in known),
            evidence=None if known and not isinstance(evidence, Given) else evidence,
        )

    def evidence(self, llm: str, metric: Metric, made: Value, parts: list[Any]) -> Evidence | None:
        """(a) one share of its own questions, (b) its components, (c) its own error, else none."""
        share = as_share(metric, made.value, made.n)
        are_shares = all(part.whole and isinstance(part.evidence, Share) for _, _, part in parts)
        if share and are_shares and self.counts_questions_once(metric):
            return share
        if all(part.evidence is not None for _, _, part in parts):
            leaves: dict[str, tuple[float, Any]] = {}
            for weight, key, part in self.leaves(llm, metric.key, parts):
                leaves[key] = (leaves.get(key, (0.0, None))[0] + float(weight), part.evidence)
            return Sum(tuple(leaves.values()))
        return made.evidence

    def leaves(self, llm: str, root: str, parts: list[Any]) -> Iterator[tuple[Fraction, str, Any]]:
        """The measured values that an aggregate comes down to. One that is a share of its own
        questions stays whole, unless another branch contains something below it."""
        for weight, key, part in parts:
            inner = self.parts(llm, self.metrics[key])
            opens = isinstance(part.evidence, Sum) or (
                isinstance(part.evidence, Share) and self.is_met_elsewhere(root, key)
            )
            if opens and inner:
                below = [(weight * share, each, value) for share, each, value in inner]
                yield from self.leaves(llm, root, below)
            else:
                yield weight, key, part

    def is_met_elsewhere(self, root: str, key: str) -> bool:
        """Does a way from the root that avoids a metric lead to something below that metric?"""
        below = self.below(key)
        return any(key not in path and below & {*path} for path in self.paths(root))

    def from_ranks(self, metric: Metric) -> Iterator[tuple[str, Value]]:
        """Mean win rates or mean ranks of the LLMs that have a value in every component."""
        entries = {llm: self.parts(llm, metric) for llm in self.reported}
        ranks_partial = self.ranks_partial_runs and metric.key in self.columns
        field = {
            llm: [part for _, _, part in parts]
            for llm, parts in entries.items()
            if parts
            and llm not in self.baselines
            and (ranks_partial or not any(part.partial for _, _, part in parts))
        }
        signs = [-1 if self.metrics[key].higher_is_better is False else 1
                 for key, _ in metric.components]  # fmt: skip
        points = {
            llm: [sign * part.value for sign, part in zip(signs, own, strict=True)]
            for llm, own in field.items()
        }
        for llm, mine in points.items() if len(points) > 1 else ():
            met = [
                (own > other, own == other)
                for rival, theirs in points.items()
                if rival != llm
                for own, other in zip(mine, theirs, strict=True)
            ]
            won, tied = sum(win for win, _ in met), sum(tie for _, tie in met)
            if metric.aggregate == WIN_RATE:
                mean = Fraction(2 * won + tied, 2 * len(met)) * WHOLE.get(metric.unit, 1)
            else:
                mean = 1 + Fraction(len(met) - won - tied, len(signs))
            own = field[llm]
            yield llm, Value(
                to_eight_places(mean), Fraction(0), "computed", None,
                all(part.whole for part in own), any(part.partial for part in own), None,
            )  # fmt: skip

    # Ranks

    def ranked(self, key: str) -> dict[str, Value]:
        """The values that take part in the ranks of a metric, larger ones better."""
        if self.metrics[key].higher_is_better is None:
            return {}
        competing = [llm for llm in self.reported if llm not in self.baselines]
        values = {llm: self.value(llm, key) for llm in competing}
        return {
            llm: value
            for llm, value in values.items()
            if value and (self.ranks_partial_runs or not value.partial)
        }

    @cached_property
    def places(self) -> dict[str, dict[str, tuple[int, tuple[int, int] | None]]]:
        """{metric: {LLM: (rank, rank range)}} of the columns."""
        return {key: self.place(key) for key in self.columns}

    def place(self, key: str) -> dict[str, tuple[int, tuple[int, int] | None]]:
        """{LLM: (rank, rank range)}, by comparing each with each."""
        sign = -1 if self.metrics[key].higher_is_better is False else 1
        ranked = self.ranked(key)
        points = {llm: sign * value.value for llm, value in ranked.items()}
        ranges = find_ranges(ranked, sign, critical_value(self.level, len(ranked)))
        return {
            llm: (1 + sum(other > mine for other in points.values()), ranges.get(llm))
            for llm, mine in points.items()
        }


def as_reported(metric: Metric, score: Reported) -> Value:
    """A reported score with what it rests on: a reported error counts before the questions."""
    n, all_questions = score.n or metric.question_count, metric.question_count
    given = None if score.error is None else Given(score.error)
    return Value(
        value=score.value,
        tolerance=Fraction(1, 2) / Fraction(10) ** score.digits,
        origin="reported",
        n=n,
        whole=n == all_questions,
        partial=bool(n and all_questions and n < all_questions),
        evidence=given or as_share(metric, score.value, n),
    )


def as_share(metric: Metric, value: Fraction, n: int | None) -> Share | None:
    """A value as a share of n questions; None for what is none."""
    whole = WHOLE.get(metric.unit)
    if not (metric.is_share and whole and n and 0 <= value <= whole):
        return None
    return Share(float(value) / whole, n, whole)


def to_eight_places(value: Fraction) -> Fraction:
    """Rounded half-even, as computed values are shown."""
    return Fraction(round(value * 10**8), 10**8)


def margins(evidence: Evidence, z: float) -> tuple[float, float]:
    """How far the truth may lie below and above a value."""
    if isinstance(evidence, Given):
        return z * evidence.error, z * evidence.error
    if isinstance(evidence, Share):
        p, n, whole = evidence
        centre, root = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = (max(0.0, min(1.0, (centre + s * root) / (1 + z * z / n))) for s in (-1, 1))
        return whole * max(0.0, p - low), whole * max(0.0, high - p)
    sides = [(weight, margins(leaf, z)) for weight, leaf in evidence.leaves]
    below, above = (sqrt(sum((w * side[end]) ** 2 for w, side in sides)) for end in (0, 1))
    return below, above


def interval(metric: Metric, made: Value) -> tuple[float, float] | None:
    """The 95 % interval of a value, cut to the range of its metric."""
    if made.evidence is None:
        return None
    below, above = margins(made.evidence, Z)
    low = float("-inf") if metric.minimum is None else float(metric.minimum)
    high = float("inf") if metric.maximum is None else float(metric.maximum)
    ends = float(made.value) - below, float(made.value) + above
    return min(max(ends[0], low), high), min(max(ends[1], low), high)


def critical_value(level: str, count: int) -> float:
    """The z of every test between `count` LLMs, so that their ranges keep the level."""
    tests = {"each": count - 1, "all": count * (count - 1) // 2, "pairwise": 1}[level]
    return -NormalDist().inv_cdf((1 - CONFIDENCE ** (1 / max(tests, 1))) / 2)


def find_ranges(ranked: dict[str, Value], sign: int, z: float) -> dict[str, tuple[int, int]]:
    """{LLM: (best, worst)}: 1 + those significantly better, and all but those significantly worse.

    A value that rests on nothing known is taken for as uncertain as the most uncertain one.
    """
    known = {llm: margins(made.evidence, z) for llm, made in ranked.items() if made.evidence}
    if not known:
        return {}
    widest = tuple(max(side[end] for side in known.values()) for end in (0, 1))
    points, sides = {}, {}
    for llm, made in ranked.items():
        rounding = z * 2 * float(made.tolerance) / sqrt(12)  # of a uniform error
        both = [sqrt(side**2 + rounding**2) for side in known.get(llm, widest)]
        points[llm], sides[llm] = sign * float(made.value), both[::sign]

    def beats(one: str, other: str) -> bool:
        gap = points[one] - points[other]
        return gap > 0 and gap > sqrt(sides[one][0] ** 2 + sides[other][1] ** 2)

    return {
        llm: (
            1 + sum(beats(other, llm) for other in ranked),
            len(ranked) - sum(beats(llm, other) for other in ranked),
        )
        for llm in known
    }


# What differs


def differences(board: Board) -> Iterator[str]:
    """A line for each value, number of questions, interval, rank and range that is another one."""
    for llm in board.reported:
        for key in board.described:
            metric = board.metrics[key]
            if not metric.is_from_ranks or (board.is_complete and key in board.columns):
                stated = board.stated[llm].get(key)
                yield from compare_value(f"{llm}, {key}", metric, stated, board.value(llm, key),
                                         is_column=key in board.columns)  # fmt: skip
    if not board.is_complete:
        return
    for key in board.columns:
        for llm in board.reported:
            stated = board.stated[llm].get(key)
            place = stated and (stated.rank, stated.rank_range)
            yield from compare(f"{llm}, {key}: rank and range", place or (None, None),
                               board.places[key].get(llm, (None, None)))  # fmt: skip
    if board.ranking_metric in board.columns:
        for llm, place in board.ranks.items():
            expected = board.places[board.ranking_metric].get(llm, (None, None))
            yield from compare(f"{llm}: rank and range of the row", place, expected)


def compare_value(
    name: str, metric: Metric, stated: Stated | None, made: Value | None, *, is_column: bool
) -> Iterator[str]:
    """What differs of one value."""
    if stated is None or made is None:
        yield from compare(f"{name}: value", stated and float(stated.value), made and made.value)
        return
    yield from compare(f"{name}: value", float(stated.value), float(made.value))
    yield from compare(f"{name}: n", stated.n, made.n)
    computed = (stated.origin == "computed", made.origin == "computed")
    yield from compare(f"{name}: computed", *computed)
    if is_column:
        yield from compare(f"{name}: origin", stated.origin, made.origin)
        yield from compare(f"{name}: partial", stated.partial, made.partial)
        yield from compare(f"{name}: interval", stated.interval, interval(metric, made))


def compare(name: str, stated: Any, made: Any) -> Iterator[str]:
    """A line if the two are not the same; floats may differ by what the file rounds."""
    pairs = zip(stated, made, strict=True) if isinstance(stated, tuple) and made else [
        (stated, made)
    ]  # fmt: skip
    for one, other in pairs:
        close = isinstance(one, float) and isinstance(other, float)
        if (abs(one - other) > PRECISION * max(1, abs(one))) if close else one != other:
            yield f"{name}: the file says {stated}, recomputed {made}"
            return


# The two shapes


def read(data: dict[str, Any]) -> Board:
    """The board of a document, whichever of the two it is."""
    return read_payload(data) if "payload_version" in data else read_export(data)


def fraction(number: Any) -> Fraction | None:
    """A number of a file, exactly; None stays."""
    return None if number is None else Fraction(number)


def pair(ends: Any, kind: type) -> Any:
    """Both ends; None stays."""
    return None if ends is None else tuple(kind(end) for end in ends)


def read_metric(key: str, data: dict[str, Any]) -> Metric:
    """A metric, which both shapes describe by the same names."""
    return Metric(
        key=key,
        unit=data["unit"],
        label=data["unit_label"] or "",
        higher_is_better=data["higher_is_better"],
        minimum=fraction(data["minimum"]),
        maximum=fraction(data["maximum"]),
        question_count=data["question_count"],
        question_set=data["questions_of"] or key,
        is_share=data["is_share_of_questions"],
        aggregate=data["aggregate"] or "",
        components=tuple(
            (part["metric"], fraction(part["weight"])) for part in data["components"]
        ),
    )  # fmt: skip


def read_export(data: dict[str, Any]) -> Board:
    """The board of the JSON of a leaderboard."""
    described = [*data["metrics"], *data["components"]["metrics"]]
    metrics = {metric["key"]: read_metric(metric["key"], metric) for metric in described}
    decimals = {metric["key"]: metric["decimals"] for metric in described}
    scores: dict[str, dict[str, Any]] = {row["slug"]: dict(row["scores"]) for row in data["rows"]}
    for llm, own in data["components"]["scores"].items():
        scores[llm] |= {key: score and complete(score, metrics[key]) for key, score in own.items()}
    return Board(
        metrics=metrics,
        columns=[metric["key"] for metric in data["metrics"]],
        ranking_metric=data["leaderboard"]["ranking_metric"],
        ranks_partial_runs=data["leaderboard"]["ranks_partial_runs"],
        level=data["view"]["ranges"],
        is_complete=data["view"]["complete"],
        described=[*metrics],
        reported={
            llm: {
                key: Reported(
                    Fraction(score["value"]),
                    score.get("digits", decimals[key]),
                    score["n"],
                    float(score["standard_error"]) if "standard_error_reported" in score else None,
                )
                for key, score in own.items()
                if score and not score["computed"]
            }
            for llm, own in scores.items()
        },
        stated={
            llm: {key: stated_in_export(score) for key, score in own.items() if score}
            for llm, own in scores.items()
        },
        ranks={row["slug"]: (row["rank"], pair(row["rank_range"], int)) for row in data["rows"]},
        baselines={row["slug"] for row in data["rows"] if row.get("kind") in BASELINES},
    )


def complete(score: dict[str, Any], metric: Metric) -> dict[str, Any]:
    """The score of a component with what is left out of it: it is as the metric has it."""
    found = {"n": metric.question_count, "computed": False, "checked": None} | score
    return found | ({"standard_error_reported": True} if "standard_error" in score else {})


def stated_in_export(score: dict[str, Any]) -> Stated:
    """What the JSON says of a value."""
    reported = "unchecked" if score["checked"] is False else "reported"
    return Stated(
        Fraction(score["value"]),
        "computed" if score["computed"] else reported,
        score["n"],
        score.get("partial"),
        pair(score.get("interval"), float),
        score.get("rank"),
        pair(score.get("rank_range"), int),
    )


def read_payload(data: dict[str, Any]) -> Board:
    """The board of a canonical payload. A value that was refused is not in it."""
    inputs, outputs = data["inputs"], data["outputs"]
    columns = [column["metric"] for column in inputs["columns"]]
    return Board(
        metrics={key: read_metric(key, metric) for key, metric in inputs["metrics"].items()},
        columns=columns,
        ranking_metric=inputs["ranking_metric"],
        ranks_partial_runs=inputs["ranks_partial_runs"],
        level=outputs["rank_ranges"],
        is_complete=True,
        described=columns,
        reported={
            llm: {
                key: Reported(
                    Fraction(score["value"]),
                    len(score["value"].partition(".")[2]),
                    score["n"],
                    None if score["standard_error"] is None else float(score["standard_error"]),
                )
                for key, score in own.items()
                if "value" in score
            }
            for llm, own in inputs["scores"].items()
        },
        stated={row["llm"]: stated_in_payload(row["cells"]) for row in outputs["rows"]},
        ranks={row["llm"]: (row["rank"], pair(row["range"], int)) for row in outputs["rows"]},
        baselines={llm for llm, facts in inputs["llms"].items() if facts.get("kind") in BASELINES},
    )


def stated_in_payload(cells: dict[str, Any]) -> dict[str, Stated]:
    """What a payload says of the values of an LLM."""
    return {
        key: Stated(
            Fraction(cell["value"]), cell["origin"], cell["n"], cell["is_partial"],
            pair(cell["interval"], float), cell["rank"], pair(cell["range"], int),
        )
        for key, cell in cells.items()
    }  # fmt: skip


def count_checked(board: Board) -> str:
    """What was recomputed, in a line."""
    stated = [value for own in board.stated.values() for value in own.values()]
    aggregates = sum(
        bool(board.metrics[key].aggregate) for own in board.stated.values() for key in own
    )
    return (
        f"{len(board.reported)} LLMs, {len(stated)} values, {aggregates} of them aggregates, "
        f"{sum(value.interval is not None for value in stated)} intervals, "
        f"{sum(value.rank is not None for value in stated)} ranks, "
        f"{sum(value.rank_range is not None for value in stated)} rank ranges"
    )


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        board = read(json.load(file, parse_float=Decimal))
    found = list(differences(board))
    print(*found, f"{count_checked(board)}: {len(found)} differences", sep="\n")
    if not board.is_complete:
        print("A view of some LLMs: ranks, ranges and what is made from ranks are not recomputed.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__.partition("\n")[0])
