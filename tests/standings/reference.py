"""Uncertainty, ranks and rank ranges as the rules state them, the long way: every path and pair.

It takes from the standings only which value is shown, and whether it was reported or computed.
"""

from math import sqrt
from statistics import NormalDist

from leaderboard.standings.aggregates import Origin

QUESTION_WEIGHTED = "question-weighted mean"
TESTS = {
    "each": lambda ranked: ranked - 1,
    "all": lambda ranked: ranked * (ranked - 1) / 2,
    "pairwise": lambda ranked: 1,
}


def critical(level, ranked):
    tests = TESTS[level](ranked) or 1
    return NormalDist().inv_cdf(1 - (1 - 0.95 ** (1 / tests)) / 2)


def score_interval(p, n, z):
    root = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [(p + z * z / (2 * n) + sign * root) / (1 + z * z / n) for sign in (-1, 1)]


class Reference:
    """Of one LLM: what its values rest on."""

    def __init__(self, records, standings, row):
        self.metrics = records.metrics
        self.scores = records.scores[row.llm.id]
        cells = zip(standings.columns, row.cells, strict=True)
        self.cells = {metric.id: cell for metric, cell in cells if cell}

    def components(self, metric):
        return [component for component, _ in self.metrics[metric].components]

    def below(self, metric):
        direct = self.components(metric)
        return set(direct).union(*(self.below(component) for component in direct))

    def is_reported(self, metric):
        return metric in self.scores and self.cells[metric].origin != Origin.COMPUTED

    def count(self, metric):
        if self.is_reported(metric):
            return self.scores[metric].question_count or self.metrics[metric].question_count
        return self.metrics[metric].question_count if self.is_whole(metric) else None

    def is_whole(self, metric):
        """Asked all questions?"""
        if self.is_reported(metric):
            return self.count(metric) == self.metrics[metric].question_count
        return all(self.is_whole(component) for component in self.components(metric))

    def is_partial(self, metric):
        """A reported value of fewer questions than its metric has, here or anywhere below?"""
        return any(
            self.is_reported(each)
            and (asked := self.scores[each].question_count)
            and asked < (self.metrics[each].question_count or 0)
            for each in {metric} | self.below(metric)
            if each in self.cells
        )

    def weights(self, metric):
        """Normalised; None where a component has no value or no weight."""
        record = self.metrics[metric]
        if not record.components or any(part not in self.cells for part, _ in record.components):
            return None
        weights = {
            part: 1
            if record.aggregate == "mean"
            else float(weight or self.metrics[part].question_count or 0)
            for part, weight in record.components
        }
        total = sum(weights.values())
        return (all(weights.values()) and {part: w / total for part, w in weights.items()}) or None

    def own_share(self, metric, z):
        """Both sides of its own p and n."""
        n, p = self.count(metric), float(self.cells[metric].value)
        if not self.metrics[metric].is_share_of_questions or not n:
            return None
        low, high = score_interval(p, n, z)
        return p - low, high - p

    def given(self, metric, z):
        score = self.scores.get(metric)
        if not self.is_reported(metric) or score.standard_error is None:
            return None
        return z * float(score.standard_error), z * float(score.standard_error)

    def is_one_share(self, metric):
        """Rule (a)."""
        record = self.metrics[metric]
        return bool(
            record.aggregate == QUESTION_WEIGHTED
            and self.weights(metric)
            and all(w in (None, self.metrics[part].question_count) for part, w in record.components)
            and all(self.is_whole(part) for part in self.components(metric))
            and all(self.is_share(part) for part in self.components(metric))
            and self.own_share(metric, 1)
        )

    def is_share(self, metric):
        """Is it nothing but a share of its own questions, without a given standard error?"""
        if not self.metrics[metric].aggregate:
            return self.given(metric, 1) is None and self.own_share(metric, 1) is not None
        if self.is_one_share(metric):
            return True
        return self.is_alone(metric) and self.given(metric, 1) is None

    def is_alone(self, metric):
        """Rule (d): reported, and nothing below it is known."""
        return bool(
            self.is_reported(metric)
            and not self.below(metric) & set(self.cells)
            and self.own_share(metric, 1)
        )

    def margins(self, metric, z):
        """(below, above) at z; None without an Estimate."""
        if metric not in self.cells:
            return None
        if not self.metrics[metric].aggregate:
            return self.given(metric, z) or self.own_share(metric, z)
        if self.is_one_share(metric):
            return self.own_share(metric, z)
        weights = self.weights(metric)
        if weights and all(self.margins(part, z) for part in weights):
            return self.weighted(metric, z)
        if self.given(metric, z):
            return self.given(metric, z)
        return self.own_share(metric, z) if self.is_alone(metric) else None

    def weighted(self, root, z):
        """Rule (b), over all paths."""
        sums = {}
        for path, weight in self.paths(root, (root,), 1.0):
            sums[path[-1]] = sums.get(path[-1], 0.0) + weight
        sides = [(weight, self.margins(metric, z)) for metric, weight in sums.items()]
        return tuple(sqrt(sum((w * margin[side]) ** 2 for w, margin in sides)) for side in (0, 1))

    def paths(self, root, path, weight):
        metric = path[-1]
        if metric != root and self.is_leaf(root, metric):
            return [(path, weight)]
        return [
            found
            for part, share in self.weights(metric).items()
            for found in self.paths(root, (*path, part), weight * share)
        ]

    def is_leaf(self, root, metric):
        if not self.metrics[metric].aggregate:
            return True
        if self.is_one_share(metric):
            return not any(
                self.below(metric) & set(path) and metric not in path
                for path in self.all_paths((root,))
            )
        weights = self.weights(metric)
        return not (weights and all(self.margins(part, 1) for part in weights))

    def all_paths(self, path):
        longer = [
            each for part in self.components(path[-1]) for each in self.all_paths((*path, part))
        ]
        return [path, *longer]

    def tolerance(self, metric):
        """Half a digit of a reported value; of a computed one what its components allow."""
        if self.is_reported(metric):
            return 0.5 * 10.0 ** -self.scores[metric].decimals
        return sum(w * self.tolerance(part) for part, w in self.weights(metric).items())


def ranked_rows(records, standings, metric):
    """{LLM: what its values rest on} of those that take part in the ranks of a metric.

    Nobody does where neither end is the better one; partial runs do if the leaderboard says so.
    """
    if records.metrics[metric].higher_is_better is None:
        return {}
    rows = {row.llm.slug: Reference(records, standings, row) for row in standings.rows}
    return {
        name: row
        for name, row in rows.items()
        if metric in row.cells and (metric in records.ranks_partial or not row.is_partial(metric))
    }


def reference_ranks(records, standings, metric):
    """{LLM: rank}: 1 + the number of better values, compared exactly."""
    sign = 1 if records.metrics[metric].higher_is_better else -1
    rows = ranked_rows(records, standings, metric)
    values = {name: sign * row.cells[metric].value for name, row in rows.items()}
    return {
        name: 1 + sum(other > value for other in values.values()) for name, value in values.items()
    }


def reference_ranges(records, standings, metric, level):
    """{LLM: (best, worst)} of the ranked ones, by testing every pair."""
    ranked = list(ranked_rows(records, standings, metric).items())
    if not ranked:
        return {}
    lower = records.metrics[metric].higher_is_better is False
    z = critical(level, len(ranked))
    known = {name: row.margins(metric, z) for name, row in ranked}
    measured = [margin for margin in known.values() if margin]
    if not measured:
        return dict.fromkeys(known)
    widest = tuple(max(side) for side in zip(*measured, strict=True))
    sides, values = {}, {}
    for name, row in ranked:
        rounding = z * 2 * row.tolerance(metric) / sqrt(12)
        sides[name] = [sqrt(side**2 + rounding**2) for side in known[name] or widest]
        values[name] = float(row.cells[metric].value)

    def is_better(one, other):
        upper, under = (other, one) if lower else (one, other)
        gap = values[upper] - values[under]
        return gap - sqrt(sides[upper][0] ** 2 + sides[under][1] ** 2) > 0

    return {
        name: (
            1 + sum(is_better(other, name) for other in known),
            len(known) - sum(is_better(name, other) for other in known),
        )
        if known[name]
        else None
        for name in known
    }
