"""Aggregates, uncertainty, ranks and rank ranges as the rules state them, the long way: every path
and pair.

It takes from the standings only which value is shown, and whether it was reported or computed.
"""

from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from leaderboard.standings.shown import Origin

QUESTION_WEIGHTED = "question-weighted mean"
FROM_RANKS = ("mean win rate", "mean rank")
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

    def is_mixed(self, metric):
        """Is a component of another unit or direction; to be compared by ranks, of none?"""
        record = self.metrics[metric]
        parts = [self.metrics[part] for part in self.components(metric)]
        if any(part.aggregate in FROM_RANKS for part in parts):
            return True
        if record.aggregate in FROM_RANKS:
            return any(part.higher_is_better is None for part in parts)
        kinds = {(part.unit, part.unit_label, part.higher_is_better) for part in [record, *parts]}
        return len(kinds) > 1

    def weights(self, metric):
        """Normalised; None where a component has no value or no weight."""
        record = self.metrics[metric]
        if not record.components or any(part not in self.cells for part, _ in record.components):
            return None
        if self.is_mixed(metric):
            return None
        weights = {part: self.weight(record, part, given) for part, given in record.components}
        total = sum(weights.values())
        return (all(weights.values()) and {part: w / total for part, w in weights.items()}) or None

    def weight(self, record, part, given):
        """Questions count once: who asks the same ones shares them."""
        if record.aggregate != QUESTION_WEIGHTED:
            return 1
        asking = [
            other
            for other, weight in record.components
            if weight is None and self.questions(other) == self.questions(part)
        ]
        return float(given or (self.metrics[part].question_count or 0) / len(asking))

    def questions(self, metric):
        """Whose questions it asks."""
        return self.metrics[metric].questions_of or metric

    def counts_questions_once(self, metric):
        """Does no component ask, at any depth, what another one asks?"""
        asked = [
            {self.questions(each) for each in {part} | self.below(part)}
            for part in self.components(metric)
        ]
        return len(set().union(*asked)) == sum(map(len, asked))

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
            and self.counts_questions_once(metric)
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
        if metric not in self.cells or self.metrics[metric].aggregate in FROM_RANKS:
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


def reference_computed(records, standings, metric):
    """{LLM: value} of those to whom a metric's value was not reported but computed."""
    if records.metrics[metric].aggregate in FROM_RANKS:
        return {name: float(value) for name, value in from_ranks(records, standings, metric)}
    rows = [(row.llm.slug, Reference(records, standings, row)) for row in standings.rows]
    return {
        name: sum(w * float(row.cells[part].value) for part, w in row.weights(metric).items())
        for name, row in rows
        if metric in row.cells and not row.is_reported(metric)
    }


def from_ranks(records, standings, metric):
    """(LLM, value) of a mean win rate or mean rank, by meeting every other LLM in every metric."""
    record = records.metrics[metric]
    parts = [records.metrics[part] for part, _ in record.components]
    field = {}
    for row in standings.rows:
        llm = Reference(records, standings, row)
        known = [part.id for part in parts if part.id in llm.cells]
        is_asked_less = any(llm.is_partial(part) for part in known)
        if len(known) == len(parts) and (metric in records.ranks_partial or not is_asked_less):
            field[row.llm.slug] = [llm.cells[part].value for part in known]
        if llm.is_mixed(metric):
            return
    if len(field) < 2:
        return
    for name, mine in field.items():
        beaten = tied = lost = 0
        for other, theirs in field.items():
            for part, own, its in zip(parts, mine, theirs, strict=True):
                if other != name:
                    gap = own - its if part.higher_is_better else its - own
                    beaten, tied, lost = beaten + (gap > 0), tied + (gap == 0), lost + (gap < 0)
        share = Fraction(2 * beaten + tied, 2 * (len(field) - 1) * len(parts))
        rank = 1 + Fraction(lost, len(parts))
        whole = 100 if record.unit == "percent" else 1
        yield name, rank if record.aggregate == "mean rank" else share * whole


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
