"""Sites of many leaderboards: each of another kind, some LLMs on some of them, and drafts."""

from decimal import Decimal

from leaderboard.models import Score
from leaderboard.models.locks import content_lock
from tests.factories import make_benchmark, make_leaderboard, make_llm, make_metric

NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")


def make_boards(count):
    """That many leaderboards in one edit, and one more that is a draft.

    Every fourth is ranked by a price, every fifth ranks partial runs, every seventh has no score.
    “Person” is a baseline, “Secret” a draft that leads everywhere.
    """
    with content_lock():
        llms = [make_llm(name) for name in NAMES]
        person = make_llm("Person", kind="human")
        secret = make_llm("Secret", is_published=False)
        for number in range(count):
            metrics = make_metrics(number)
            make_leaderboard(
                metrics, ranking_metric=metrics[0], slug=f"board-{number}",
                title=f"LLMs - Board {number}", position=number,
                introduction=f"About **{number}**.", ranks_partial_runs=number % 5 == 4,
            )  # fmt: skip
            if number % 7 != 6:
                give_scores(number, metrics, [*llms[number % 4 :], person, secret])
        make_leaderboard(metrics, title="Hidden draft", slug="hidden", is_published=False)


def make_metrics(number):
    """The metric that ranks, and two more."""
    bench = make_benchmark(f"Bench {number}")
    if number % 4 == 3:
        kind = {"unit": "other", "unit_label": "$", "higher_is_better": False,
                "is_share_of_questions": False}  # fmt: skip
    else:
        kind = {"question_count": 100}
    first = make_metric(f"b{number}-first", name="first", benchmark=bench, decimals=2, **kind)
    others = [make_metric(f"b{number}-{name}", name=name, benchmark=bench)
              for name in ("second", "third")]  # fmt: skip
    return [first, *others]


def give_scores(number, metrics, llms):
    """Equal values for the first two; a partial run for the third; no value of the first metric for
    the last LLM but the baseline and the draft."""
    rows = []
    for place, llm in enumerate(llms):
        value = Decimal("0.95") if llm.name == "Secret" else Decimal(9 - max(place, 1)) / 10
        partial = {"question_count": 7} if place == 2 and metrics[0].question_count else {}
        if place != len(llms) - 3:
            rows.append(Score(llm=llm, metric=metrics[0], value=value, decimals=2, **partial))
        rows.append(Score(llm=llm, metric=metrics[1], value=value, decimals=2))
    Score.objects.bulk_create(rows)
