"""Mean win rate and mean rank; means that became mixed; questions that several metrics share."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from leaderboard.models import LLM, Component, Leaderboard, Metric, Score
from leaderboard.standings import ranking
from leaderboard.standings.consistency import FindingKind, check
from leaderboard.standings.loading import standings_for
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_scores,
)

WIN_RATE, MEAN_RANK = Metric.Aggregate.MEAN_WIN_RATE, Metric.Aggregate.MEAN_RANK


def slow_win_rates(columns):
    """Pair by pair, as the rule says it."""
    count = len(columns[0].values)
    rates = []
    for one in range(count):
        points = []
        for values, higher in columns:
            gaps = [values[one] - values[other] for other in range(count) if other != one]
            points += [(gap > 0) if higher else (gap < 0) for gap in gaps]
            points += [Decimal("0.5") * (gap == 0) for gap in gaps]
        rates.append(float(sum(points)) / len(columns) / (count - 1))
    return rates


def test_a_mean_win_rate_is_the_share_of_others_beaten_with_ties_half():
    up = ranking.Directed([Decimal(value) for value in (3, 1, 2, 2, 0)], True)
    down = ranking.Directed([Decimal(value) for value in (9, 9, 1, 5, 7)], False)
    found = [float(rate) for rate in ranking.mean_win_rates([up, down])]
    assert found == pytest.approx(slow_win_rates([up, down]), abs=1e-8)
    assert sum(found) == pytest.approx(5 / 2)
    assert ranking.mean_win_rates([ranking.Directed([Decimal(1)], True)]) == []
    assert ranking.mean_win_rates([]) == []
    thirds = ranking.Directed([Decimal(value) for value in (4, 3, 2, 1)], True)
    assert ranking.mean_win_rates([thirds], 100)[1] == Decimal("66.66666667")


def test_a_mean_rank_is_the_mean_of_competition_ranks():
    up = ranking.Directed([Decimal(value) for value in (3, 1, 3)], True)
    down = ranking.Directed([Decimal(value) for value in (1, 2, 3)], False)
    assert ranking.mean_ranks([up, down]) == [1, Decimal("2.5"), 2]


@pytest.fixture
def mixed(db):
    """Accuracy in percent, F1 and milliseconds of five LLMs; C lacks one, D is a partial run."""
    bench = make_benchmark("Bench")
    accuracy = make_metric("acc", benchmark=bench, unit="percent", question_count=500)
    f1 = make_metric("f1", benchmark=bench, questions_of=accuracy, is_share_of_questions=False)
    latency = make_metric(
        "latency", benchmark=bench, unit="other", unit_label="ms", higher_is_better=False,
        is_share_of_questions=False,
    )  # fmt: skip
    parts = [accuracy, f1, latency]
    rate = make_aggregate("win-rate", parts, WIN_RATE, benchmark=bench)
    mean_rank = make_aggregate(
        "mean-rank", parts, MEAN_RANK, benchmark=bench, unit="points", higher_is_better=False
    )
    make_scores(
        {
            "A": {accuracy: "90", f1: "0.7", latency: "4350"},
            "B": {accuracy: "80", f1: "0.9", latency: "980"},
            "Slow": {accuracy: "70", f1: "0.7", latency: "12040"},
            "C": {accuracy: "99", f1: "0.99"},
        }
    )
    make_scores({"D": {f1: "0.95", latency: "1"}})
    Score.objects.create(
        llm=Score.objects.get(llm__name="D", metric=f1).llm, metric=accuracy, value=100,
        question_count=1, decimals=0,
    )  # fmt: skip
    return make_leaderboard([*parts, rate, mean_rank], ranking_metric=rate)


def values(board, key):
    standings = standings_for(board)
    place = standings.position[key]
    return {
        row.llm.name: cell and (cell.rank, cell.value)
        for row in standings.rows
        for cell in [row.cells[place]]
    }


def test_what_is_made_from_ranks_takes_the_llms_with_all_components_and_full_runs(mixed):
    # B beats both in f1 and latency, one in accuracy; A ties with Slow in f1.
    assert values(mixed, "win-rate") == {
        "B": (1, Decimal("0.83333333")),
        "A": (2, Decimal("0.58333333")),
        "Slow": (3, Decimal("0.08333333")),
        "C": None,
        "D": None,
    }
    assert values(mixed, "mean-rank") == {
        "B": (1, Decimal("1.33333333")),
        "A": (2, Decimal("1.66666667")),
        "Slow": (3, Decimal("2.66666667")),
        "C": None,
        "D": None,
    }


def test_the_slowest_llm_is_nowhere_first(mixed, client):
    standings = standings_for(mixed)
    for row in standings.rows:
        for cell in row.cells:
            assert not (row.llm.name == "Slow" and cell and cell.is_best)
    assert standings.rows[0].llm.name == "B"
    page = client.get("/").content.decode()
    assert 'title="lower is better"' in page
    assert "beats in each, ties counting half" in page


def test_a_partial_run_takes_part_where_the_leaderboard_ranks_it(mixed):
    Leaderboard.objects.update(ranks_partial_runs=True)
    mixed.refresh_from_db()
    rank, rate = values(mixed, "win-rate")["D"]
    assert (rank, rate) == (1, 1)


def test_the_value_is_the_same_on_every_leaderboard(mixed):
    """Whatever else is on it, and whether or not the components are."""
    rate = Metric.objects.get(key="win-rate")
    other = make_leaderboard([rate], slug="other", title="Other")
    draft = make_llm("Draft", is_published=False)
    for part in rate.components.all():
        Score.objects.create(llm=draft, metric=part.metric, value=1, decimals=0)
    everywhere = values(mixed, "win-rate")
    assert values(other, "win-rate") == {name: each for name, each in everywhere.items() if each}
    preview = standings_for(other, LLM.objects.all())
    assert [row.llm.name for row in preview.rows] == ["B", "Draft", "A", "Slow"]


def test_no_mean_can_mix_them(mixed):
    mean = make_metric("overall", unit="percent", aggregate="mean")
    for part in Metric.objects.filter(key__in=["f1", "latency"]):
        with pytest.raises(ValidationError, match="their mean says nothing"):
            Component(aggregate=mean, metric=part).full_clean()
    Component(aggregate=mean, metric=Metric.objects.get(key="acc")).full_clean()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"aggregate": "mean"}, "aggregate"),
        ({"aggregate": MEAN_RANK}, "aggregate"),
        ({"unit": "points", "minimum": None, "maximum": None}, "aggregate"),
        ({"higher_is_better": False}, "aggregate"),
    ],
)
def test_an_aggregate_keeps_to_what_its_kind_needs(mixed, change, field):
    rate = Metric.objects.get(key="win-rate")
    for name, value in change.items():
        setattr(rate, name, value)
    with pytest.raises(ValidationError) as refused:
        rate.full_clean()
    assert field in refused.value.message_dict


def test_no_value_is_entered_for_what_is_made_from_ranks(mixed):
    score = Score(llm=make_llm("E"), metric=Metric.objects.get(key="win-rate"), value=1)
    with pytest.raises(ValidationError, match="computed from ranks"):
        score.full_clean()


# Means that older versions allowed


def test_a_mean_of_several_units_is_not_computed_and_found(db):
    share, percent = make_metric("share"), make_metric("percent", unit="percent")
    index = make_aggregate("index", [share, percent], unit="points")
    reported = make_aggregate("reported", [share, percent], unit="points")
    make_scores({"A": {share: "0.5", percent: "50", reported: "7"}})
    board = make_leaderboard([share, percent, index, reported])
    assert values(board, "index") == {"A": None}
    assert values(board, "reported")["A"][1] == 7
    report = check()
    (first, _second) = [finding.text for finding in report.of(FindingKind.MIXED)]
    assert first == (
        "index is a mean, but share, percent have another unit or direction: it is not computed. "
        "Take them out of it, or make it a mean win rate."
    )
    why = "because its components are not of one unit and direction."
    assert [finding.text for finding in report.of(FindingKind.NEVER_COMPUTED)] == [
        f"index is computed for no LLM, {why}",
        f"reported is computed for no LLM, {why}",
    ]
    assert [finding.text for finding in report.of(FindingKind.UNCHECKED)] == [
        f"reported of A: 7 cannot be checked, {why}"
    ]


def test_why_an_aggregate_is_computed_for_no_llm_is_found(db):
    weighted = Metric.Aggregate.QUESTION_WEIGHTED
    a, b, empty = (make_metric(key) for key in ("a", "b", "empty"))
    aggregates = [
        make_aggregate("hollow", []),
        make_aggregate("unweighted", [a, b], weighted),
        make_aggregate("waiting", [a, empty]),
        make_aggregate("apart", [a, b]),
        make_aggregate("alone", [a, b], WIN_RATE),
    ]
    make_scores({"A": {a: "0.5"}, "B": {b: "0.5"}})
    make_leaderboard([a, b, *aggregates], ranking_metric=a)
    assert [finding.text for finding in check().of(FindingKind.NEVER_COMPUTED)] == [
        f"{name} is computed for no LLM, because {why}."
        for name, why in {
            "hollow": "it has no components",
            "unweighted": "a, b have no weight and no number of questions",
            "waiting": "no LLM has a value in empty",
            "apart": "no LLM has all its components",
            "alone": "fewer than two LLMs have full runs of all its components",
        }.items()
    ]


def test_what_entered_before_it_was_made_from_ranks_is_found_and_not_computed(db):
    year = make_metric("year", unit="points", higher_is_better=None)
    inner = make_aggregate("inner", [year], WIN_RATE)
    outer = make_aggregate("outer", [inner])
    make_scores({"A": {year: "2024"}, "B": {year: "2025"}})
    board = make_leaderboard([year, inner, outer])
    assert values(board, "inner") == values(board, "outer") == {"A": None, "B": None}
    assert [finding.text for finding in check().of(FindingKind.MIXED)] == [
        f"{name} cannot be made from {part}, which have no direction or are made from ranks "
        "themselves: it is not computed. Take them out of it."
        for name, part in (("inner", "year"), ("outer", "inner"))
    ]


def test_a_computed_value_outside_the_range_is_found(db):
    parts = [make_metric(key, unit="points") for key in ("a", "b")]
    mean = make_aggregate("mean", parts, unit="points", minimum=Decimal(0), maximum=Decimal(10))
    make_scores({"A": {parts[0]: "50", parts[1]: "70"}})
    make_leaderboard([*parts, mean])
    (finding,) = check().of(FindingKind.OUT_OF_RANGE)
    assert finding.text.startswith("mean of A: its components give 60, which is outside its range.")


# Questions counted once


def test_metrics_of_the_same_questions_count_them_once(client, db):
    bench = make_benchmark("Bench")
    easy = make_metric("easy", benchmark=bench, question_count=300)
    strict = make_metric("strict", benchmark=bench, questions_of=easy)
    hard = make_metric("hard", benchmark=bench, question_count=100)
    parts = [easy, strict, hard]
    overall = make_aggregate("overall", parts, Metric.Aggregate.QUESTION_WEIGHTED, benchmark=bench)
    make_scores({"A": {easy: "0.9", strict: "0.7", hard: "0.4"}})
    board = make_leaderboard([*parts, overall])
    # (150·0.9 + 150·0.7 + 100·0.4) / 400
    assert values(board, "overall")["A"][1] == Decimal("0.7")
    standings = standings_for(board)
    assert [metric.question_count for metric in standings.columns[:3]] == [300, 300, 100]
    assert "<dd>400</dd>" in client.get("/").content.decode()
    made = "Question-weighted mean of easy (1/2 of 300), strict (1/2 of 300), hard (100)."
    for address in ("/", "/benchmarks/bench/", "/llms/a/"):
        assert made in client.get(address).content.decode()
    assert "those of easy" in client.get("/benchmarks/bench/").content.decode()
    metrics = client.get("/leaderboard/board.json").json()["metrics"]
    assert [(metric["question_count"], metric["questions_of"]) for metric in metrics] == [
        (300, None), (300, "easy"), (100, None), (None, None),
    ]  # fmt: skip


def test_metrics_that_share_the_questions_of_a_draft_name_each_other(client, db):
    bench = make_benchmark("Bench")
    draft = make_metric("acc", benchmark=bench, question_count=300)
    parts = [make_metric(key, benchmark=bench, questions_of=draft) for key in ("em", "f1")]
    make_scores({"A": dict.fromkeys(parts, "0.5")})
    make_leaderboard(parts)
    metrics = client.get("/leaderboard/board.json").json()["metrics"]
    assert [metric["questions_of"] for metric in metrics] == [None, "em"]
    page = client.get("/benchmarks/bench/").content.decode()
    assert "those of em" in page
    assert "acc" not in page.replace("accent", "")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ((None, None, None, None), "0.5"),  # thirds of 300, exactly, and 100
        ((Decimal(300), None, None, None), "0.55357143"),  # 300, halves of 300, and 100
        ((Decimal(2), Decimal(1), Decimal(1), Decimal(4)), "0.53125"),
    ],
)
def test_only_weights_that_are_not_given_are_shared(db, given, found):
    bench = make_benchmark("Bench")
    acc = make_metric("acc", benchmark=bench, question_count=300)
    others = [make_metric(key, benchmark=bench, questions_of=acc) for key in ("f1", "em")]
    parts = [acc, *others, make_metric("hard", benchmark=bench, question_count=100)]
    mean = make_aggregate("mean", parts, Metric.Aggregate.QUESTION_WEIGHTED)
    for component, weight in zip(mean.components.all(), given, strict=True):
        component.weight = weight
        component.save()
    scores = zip(parts, ("0.75", "0.5", "0.25", "0.5"), strict=True)
    make_scores({"A": dict(scores)})
    assert values(make_leaderboard([mean]), "mean") == {"A": (1, Decimal(found))}


def test_a_weighted_mean_over_the_same_questions_twice_is_no_share_of_them(db):
    """Its interval follows from the metrics that were measured, also if one stands deeper."""
    bench = make_benchmark("Bench")
    easy = make_metric("easy", benchmark=bench, question_count=300)
    strict = make_metric("strict", benchmark=bench, questions_of=easy)
    hard = make_metric("hard", benchmark=bench, question_count=100)
    weighted = Metric.Aggregate.QUESTION_WEIGHTED
    inner = make_aggregate("inner", [easy, hard], weighted, question_count=400)
    outer = make_aggregate("outer", [inner, strict], weighted, question_count=700)
    make_scores({"A": {easy: "0.9", strict: "0.7", hard: "0.4"}})
    (row,) = standings_for(make_leaderboard([inner, outer])).rows
    kinds = [type(cell.uncertainty.evidence).__name__ for cell in row.cells]
    assert kinds == ["Share", "WeightedSum"]


def test_a_weight_that_came_from_another_metrics_questions_is_kept(db):
    bench = make_benchmark("Bench")
    easy = make_metric("easy", benchmark=bench, question_count=300)
    strict = make_metric("strict", benchmark=bench, questions_of=easy)
    make_aggregate("overall", [strict], Metric.Aggregate.QUESTION_WEIGHTED, benchmark=bench)
    easy.question_count = None
    with pytest.raises(ValidationError, match="overall weighs this metric"):
        easy.full_clean()


# Another unit has another range


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"unit": "percent"}, {"unit": "proportion"}, (0, 1)),
        ({"unit": "proportion"}, {"unit": "points"}, (None, None)),
        ({"unit": "percent"}, {"unit": "other", "unit_label": "ms"}, (None, None)),
        ({"unit": "points", "minimum": 0, "maximum": 10}, {"unit": "percent"}, (0, 10)),
        ({"unit": "percent", "maximum": 50}, {"unit": "points"}, (0, 50)),
    ],
)
def test_another_unit_derives_its_range_anew(db, before, after, found):
    metric = make_metric(**before)
    metric.refresh_from_db()
    for name, value in after.items():
        setattr(metric, name, value)
    metric.full_clean()
    metric.save()
    metric.refresh_from_db()
    assert (metric.minimum, metric.maximum) == found
