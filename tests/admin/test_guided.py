"""The guided form: a benchmark with a line for each metric, an aggregate, and columns."""

import pytest
from django.core.validators import MaxValueValidator
from django.urls import reverse

from leaderboard.models import Benchmark, Column, Leaderboard, Metric
from leaderboard.standings.loading import standings_for
from leaderboard.trail import state_log
from tests.admin.guiding import guided_data
from tests.factories import make_leaderboard, make_metric, make_scores
from tests.page_reader import page_form

LAST = 32_767  # of the places of columns, on PostgreSQL
WEIGHTED = Metric.Aggregate.QUESTION_WEIGHTED
MIXED = (
    {"name": "acc", "unit": "percent", "question_count": "1,200"},
    {"name": "f1", "is_share_of_questions": None, "questions_of": "Acc", "decimals": "3"},
    {
        "name": "latency", "unit": "other", "unit_label": "ms", "higher_is_better": "False",
        "decimals": "0", "is_share_of_questions": None,
    },
)  # fmt: skip


def send(client, *lines, **fields):
    return client.post(reverse("admin:guided-benchmark"), guided_data(*lines, **fields))


def refusals(response):
    """Every sentence beside a box, and those of the lines by their number."""
    form, lines = response.context["form"], response.context["lines"]
    said = {field: list(errors) for field, errors in form.errors.items()}
    said |= {
        (number, field): list(errors)
        for number, line in enumerate(lines, start=1)
        for field, errors in line.errors.items()
    }
    return said | ({"lines": list(lines.non_form_errors())} if lines.non_form_errors() else {})


def test_it_adds_a_benchmark_with_metrics_aggregate_and_columns(anna):
    easy, hard = ({"name": "easy", "question_count": "900"},
                  {"name": "hard", "question_count": "100", "decimals": "3"})  # fmt: skip
    response = send(anna, easy, hard, aggregate=WEIGHTED)
    assert response.status_code == 302
    leaderboard = Leaderboard.objects.get()
    assert not leaderboard.is_published
    assert leaderboard.ranking_metric.key == "medqa-overall"
    assert [column.metric.key for column in leaderboard.columns.all()] == [
        "medqa-overall", "medqa-easy", "medqa-hard",
    ]  # fmt: skip
    overall = Metric.objects.get(key="medqa-overall")
    assert (overall.question_count, overall.decimals, overall.unit) == (1000, 3, "proportion")
    assert overall.is_share_of_questions
    assert [part.metric.key for part in overall.components.all()] == ["medqa-easy", "medqa-hard"]


def test_each_metric_has_its_own_unit_direction_decimals_and_questions(anna):
    send(anna, *MIXED)
    acc, f1, latency = Metric.objects.order_by("pk")
    assert (acc.unit, acc.maximum, acc.question_count) == ("percent", 100, 1200)
    assert (f1.unit, f1.questions_of, f1.asked_count, f1.decimals) == ("proportion", acc, 1200, 3)
    assert (latency.unit_label, latency.higher_is_better) == ("ms", False)
    assert (latency.minimum, latency.maximum, latency.decimals) == (None, None, 0)


def test_no_overall_mixes_units_and_a_mean_win_rate_takes_them_all(anna, client):
    for kind in ("mean", WEIGHTED):
        refused = send(anna, *({**line, "question_count": "9", "questions_of": ""}
                               for line in MIXED), aggregate=kind)  # fmt: skip
        (sentence,) = refusals(refused)["aggregate"]
        assert sentence.startswith("f1 is in proportion (higher is better), and overall in percent")
        assert "mean win rate, which takes any" in sentence
    assert not Benchmark.objects.exists()

    assert send(anna, *MIXED, aggregate="mean win rate").status_code == 302
    acc, f1, latency, rate = Metric.objects.order_by("pk")
    make_scores(
        {
            "Fast": {acc: "80", f1: "0.8", latency: "900"},
            "Slow": {acc: "70", f1: "0.7", latency: "12040"},
        }
    )
    board = Leaderboard.objects.get()
    assert board.ranking_metric == rate
    standings = standings_for(board)
    assert [row.llm.name for row in standings.rows] == ["Fast", "Slow"]
    assert not any(cell.is_best for cell in standings.row("slow").cells)
    Leaderboard.objects.update(is_published=True)
    for page in (board.get_absolute_url(), "/benchmarks/medqa/", "/llms/slow/"):
        text = client.get(page).content.decode()
        assert "ms" in text, page
        assert "lower is better" in text, page


def test_a_mean_rank_is_made_the_right_way_round(anna):
    assert send(anna, *MIXED, aggregate="mean rank").status_code == 302
    made = Metric.objects.get(aggregate="mean rank")
    assert (made.unit, made.higher_is_better) == ("points", False)


def test_questions_that_lines_share_count_once_in_the_overall(anna):
    lines = ({"name": "acc", "question_count": "100"}, {"name": "strict", "questions_of": "acc"})
    send(anna, *lines, {"name": "other", "question_count": "50"}, aggregate=WEIGHTED)
    assert Metric.objects.get(key="medqa-overall").question_count == 150


def test_a_metric_without_direction_does_not_rank(anna):
    send(anna, {"name": "length", "higher_is_better": ""}, {"name": "acc"})
    board = Leaderboard.objects.get()
    assert board.ranking_metric.name == "acc"
    assert [column.metric.name for column in board.columns.all()] == ["acc", "length"]


def test_a_metric_without_direction_keeps_its_place_among_the_others(anna):
    neither = {"name": "length", "higher_is_better": ""}
    send(anna, {"name": "acc"}, neither, {"name": "f1"})
    names = [column.metric.name for column in Leaderboard.objects.get().columns.all()]
    assert names == ["acc", "length", "f1"]


def test_columns_on_a_published_leaderboard_stay_hidden_until_told(anna):
    board = make_leaderboard([make_metric("old")])
    send(anna, {"name": "new"}, leaderboard=str(board.pk), title="")
    shown = dict(Column.objects.values_list("metric__name", "shown_by_default"))
    assert shown == {"old": True, "new": False}


@pytest.mark.parametrize(
    "typed", ["1200", "1,200", "1 200", "1.200", "1'200", "１２００", "1\u202f200"]
)
def test_questions_are_understood_as_people_write_them(anna, typed):
    send(anna, {"name": "acc", "question_count": typed})
    assert Metric.objects.get().question_count == 1200


@pytest.mark.parametrize("typed", ["many", "0", "-5", "12,00", "1,2", "1.5", "1,200.5", "1e3"])
def test_what_is_no_number_of_questions_is_refused_whole(anna, typed):
    response = send(anna, {"name": "acc", "question_count": typed})
    assert refusals(response) == {
        (1, "question_count"): [
            f"“{typed}” is not a number of questions. Type a whole number, like 2960."
        ]
    }
    assert not Benchmark.objects.exists()


COUNTED = {"name": "easy", "question_count": "1"}


@pytest.mark.parametrize(
    ("lines", "fields", "where", "sentence"),
    [
        ([COUNTED, {"name": "EASY"}], {}, "lines",
         "Two lines have the same name. Give each metric its own."),
        ([], {}, "lines", "Name at least one metric."),
        ([{"name": "easy"}], {"aggregate": WEIGHTED}, "aggregate",
         "The weighted mean needs the number of questions of easy."),
        ([{"name": "a\u200bb"}], {}, (1, "name"),
         "Character 2 is U+200B (zero width space), which nobody can see. Delete it, or type the "
         "name by hand."),
        ([{"name": "t", "unit": "other"}], {}, (1, "unit_label"),
         "Type the label of the unit, like ms or $."),
        ([COUNTED, {"name": "f1", "questions_of": "hard"}], {}, (2, "questions_of"),
         "No other line with questions of its own has the name “hard”."),
        ([COUNTED, {"name": "f1", "questions_of": "easy", "question_count": "3"}], {},
         (2, "question_count"),
         "Its questions are those of the other line. Empty one of the two."),
        ([COUNTED], {"title": ""}, "title", "Type a title, or choose a leaderboard above."),
        ([COUNTED], {"name": "anesbench"}, "name",
         "“anesbench” looks like “AnesBench”, which exists already. Edit that one, or type a name "
         "that a reader can tell apart."),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_adds_nothing(anna, anesbench, lines, fields, where, sentence):
    response = send(anna, *lines, **fields)
    assert refusals(response)[where] == [sentence]
    assert (Benchmark.objects.count(), Leaderboard.objects.count()) == (2, 1)
    assert response.status_code == 200


def test_more_lines_keep_what_was_typed_and_store_nothing(anna):
    typed = {"name": "latency", "unit": "other", "question_count": "12,00",
             "is_share_of_questions": None}  # fmt: skip
    response = send(anna, typed, aggregate="mean rank", more="1")
    assert len(response.context["lines"].forms) == 7
    assert refusals(response) == {}
    page = page_form(response, "guided")
    assert page.items() >= {
        "aggregate": "mean rank", "line-TOTAL_FORMS": "7", "line-0-name": "latency",
        "line-0-unit": "other", "line-0-question_count": "12,00",
        "line-6-unit": "proportion", "line-6-is_share_of_questions": "on",
    }.items()  # fmt: skip
    assert "line-0-is_share_of_questions" not in page
    assert not Benchmark.objects.exists()


@pytest.mark.parametrize("count", ["98", "9999", "-3", "many"])
def test_the_number_of_lines_has_an_end(anna, count):
    response = send(anna, {"name": "acc"}, more="1", **{"line-TOTAL_FORMS": count})
    assert 5 <= len(response.context["lines"].forms) <= 100


def test_a_share_of_questions_is_a_proportion_or_percent(anna):
    send(anna, {"name": "acc"}, {"name": "time", "unit": "other", "unit_label": "ms"})
    assert list(Metric.objects.values_list("name", "is_share_of_questions")) == [
        ("acc", True), ("time", False),
    ]  # fmt: skip


def test_nothing_ranks_where_no_line_has_a_direction(anna):
    response = send(anna, {"name": "length", "higher_is_better": ""})
    assert refusals(response)["__all__"] == [
        "MedQA length ranks nothing: neither end of it is better. Rank by another metric, or give "
        "it a direction."
    ]
    assert not Benchmark.objects.exists()


def test_a_rank_based_aggregate_takes_no_metric_without_direction(anna):
    response = send(anna, {"name": "a"}, {"name": "length", "higher_is_better": ""},
                    aggregate="mean win rate")  # fmt: skip
    (sentence,) = refusals(response)["aggregate"]
    assert sentence.startswith("No LLM is better in length: it has no direction.")
    assert not Benchmark.objects.exists()


def test_it_takes_names_that_keys_cannot_have(anna):
    send(anna, *({"name": name} for name in ("sys_1", "C", "C++", "准确率")), name="Med_QA")
    keys = ["med-qa-sys-1", "med-qa-c", "med-qa-c-2", "med-qa-metric"]
    assert [each.metric.key for each in Leaderboard.objects.get().columns.all()] == keys


def test_metrics_keep_the_order_of_the_lines(anna):
    send(anna, {"name": "a"}, {"name": "b", "questions_of": "d"}, {"name": "c"}, {"name": "d"})
    assert [column.metric.name for column in Leaderboard.objects.get().columns.all()] == list(
        "abcd"
    )


def test_every_line_says_at_once_what_is_wrong_in_it(anna):
    lines = (
        {"name": "a", "question_count": "12,00"},
        {"name": "b", "questions_of": "nope"},
        {"name": "c", "decimals": "9"},
    )
    response = send(anna, *lines)
    assert list(refusals(response)) == [(1, "question_count"), (2, "questions_of"), (3, "decimals")]


def test_a_form_that_fails_leaves_nothing_that_is_done_at_the_end(anna, monkeypatch):
    """The second column is refused, after the first was written and noted."""
    monkeypatch.setattr(state_log, "LARGEST_COMPARED", 0)
    metric = make_metric("accuracy")
    board = make_leaderboard([metric])
    make_scores({"Alpha": {metric: "0.5"}})
    Column.objects.update(position=LAST - 1)
    monkeypatch.setitem(
        Column._meta.get_field("position").__dict__, "validators", [MaxValueValidator(LAST)]
    )
    lines = ({"name": name, "question_count": "10"} for name in ("easy", "hard"))
    response = send(anna, *lines, leaderboard=str(board.pk), title="")
    assert response.status_code == 200
    assert not Benchmark.objects.filter(name="MedQA").exists()
