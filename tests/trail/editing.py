"""A leaderboard with something of every kind, and every kind of edit of it, in an order in which
each can follow the one before."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import F
from django.test import RequestFactory
from simple_history.models import HistoricalRecords

from leaderboard.imports.choices import Choices
from leaderboard.imports.undo import undo
from leaderboard.models import (
    CONTENT,
    LLM,
    Benchmark,
    Column,
    Component,
    Import,
    Leaderboard,
    LeaderboardState,
    Metric,
    Organization,
    Score,
    Source,
    Translation,
)
from leaderboard.models.locks import content_lock
from leaderboard.models.revision import publish_change
from leaderboard.trail.deletions import list_deletions, restore
from tests.factories import make_aggregate, make_leaderboard, make_llm, make_metric, make_score
from tests.imports.trying import import_, result


def make_site():
    """Three LLMs with scores in two components, their mean and a metric of its own; a draft."""
    with content_lock():  # one edit, and so one state
        User.objects.create(username="maintainer")
        bench = Benchmark.objects.create(name="Bench", language="English")
        parts = [
            make_metric("one", benchmark=bench, question_count=100),
            make_metric("two", benchmark=bench, question_count=50),
        ]
        mean = make_aggregate("mean", parts, benchmark=bench)
        speed = make_metric("speed", unit="points", is_share_of_questions=False)
        make_leaderboard([*parts, mean, speed], ranking_metric=mean, slug="board", title="Board")
        lab, paper = Organization.objects.create(name="Lab"), Source.objects.create(title="Paper")
        for number, name in enumerate(["Alpha", "Beta", "Gamma"]):
            llm = make_llm(
                name, organization=lab, parameters=Decimal(7 + number), open_weights=True
            )
            for metric in (*parts, speed):
                make_score(llm, metric, f"0.{number + 3}", source=paper)
        make_score(make_llm("Hidden", is_published=False), parts[0], "0.99")


def setting(find, **values):
    """An edit that gives these values to the row that `find` returns."""

    def edit():
        row = find()
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    return edit


def board():
    return Leaderboard.objects.get()


def metric(key):
    return lambda: Metric.objects.get(key=key)


def llm(name):
    return lambda: LLM.objects.get(name=name)


def column(key):
    return lambda: Column.objects.get(metric__key=key)


def component(key):
    return lambda: Component.objects.get(metric__key=key)


def score(name="Alpha", key="one"):
    return lambda: Score.objects.get(llm__name=name, metric__key=key)


def delete_llm():
    """As by a form, which gives one date to all that goes."""
    request = RequestFactory().post("/")
    request.user = User.objects.get()
    HistoricalRecords.context.request = request
    try:
        llm("Beta")().delete()
    finally:
        del HistoricalRecords.context.request


def put_back():
    restore(list_deletions(1)[0][0].date, User.objects.get(), "By mistake.")


def set_source():
    other = Source.objects.create(title="Other", tier="vendor")
    setting(score(), source=other)()


def set_organization():
    other = Organization.objects.create(name="Other lab")
    setting(llm("Beta"), organization=other)()


def add_component():
    Component.objects.create(aggregate=metric("mean")(), metric=metric("two")(), position=1)


def share_questions():
    setting(metric("two"), question_count=None, questions_of=metric("one")())()


def move_back(delta):
    """Makes all of the past older: as if nothing had happened since."""
    for model in CONTENT:
        model.history.update(history_date=F("history_date") - delta)
    LeaderboardState.objects.update(changed_at=F("changed_at") - delta)
    publish_change(())


def rank_by_one():
    setting(board, ranking_metric=metric("one")())()


def make_weighted():
    with content_lock():
        for key, weight in (("one", 3), ("two", 1)):
            setting(component(key), weight=Decimal(weight))()
        setting(metric("mean"), aggregate=Metric.Aggregate.QUESTION_WEIGHTED)()


def import_more():
    import_(
        result("Alpha", "one", "0.123"),
        result("Delta", "one", "0.7"),
        choices=Choices(llms={"Delta": {"to": "create", "name": "Delta"}}),
        user=User.objects.get(),
    )


def translate_title():
    Translation.objects.create(leaderboard=board(), language="zh-hans", field="title", text="榜")


EDITS = {
    "value": setting(score(), value=Decimal("0.61"), decimals=2),
    "n": setting(score(), question_count=40),
    "partial runs": setting(board, ranks_partial_runs=True),
    "all of n": setting(score(), question_count=None),
    "error": setting(score("Beta", "speed"), standard_error=Decimal("0.02")),
    "digits": setting(score(), decimals=4),
    "source": set_source,
    "tier": setting(lambda: Source.objects.get(title="Paper"), tier="maintainer"),
    "a new LLM": lambda: make_score(make_llm("Epsilon"), metric("two")(), "0.9"),
    "its name": setting(llm("Epsilon"), name="Zeta", slug="zeta"),
    "fact": setting(llm("Alpha"), license="MIT", released=date(2026, 1, 2)),
    "kind of an LLM": setting(llm("Beta"), kind="human"),
    "another kind": setting(llm("Beta"), kind="random"),
    "a model again": setting(llm("Beta"), kind="model"),
    "family": setting(llm("Beta"), family="B"),
    "note of an LLM": setting(llm("Beta"), note="with tools"),
    "another note": setting(llm("Beta"), note="without tools"),
    "note of a score": setting(score(), note="by its maker"),
    "organization": set_organization,
    "name of an organization": setting(
        lambda: Organization.objects.get(name="Other lab"), name="Third lab"
    ),
    "value of a draft": setting(score("Hidden"), value=Decimal("0.98")),
    "publish": setting(llm("Hidden"), is_published=True),
    "withdraw": setting(llm("Gamma"), is_published=False),
    "value of what is withdrawn": setting(score("Gamma"), value=Decimal("0.01")),
    "publish again": setting(llm("Gamma"), is_published=True),
    "delete an LLM": delete_llm,
    "restore": put_back,
    "delete a score": lambda: score("Beta", "two")().delete(),
    "the score anew": lambda: make_score(llm("Beta")(), metric("two")(), "0.2"),
    "direction": setting(metric("speed"), higher_is_better=False),
    "neither direction": setting(metric("speed"), higher_is_better=None),
    "unit label": setting(metric("speed"), unit="other", unit_label="ms"),
    "range": setting(metric("speed"), minimum=Decimal(0), maximum=Decimal(9)),
    "share of questions": setting(metric("one"), is_share_of_questions=False),
    "questions": setting(metric("two"), question_count=20),
    "the questions of another": share_questions,
    "decimals": setting(metric("one"), decimals=4),
    "name of a metric": setting(metric("one"), name="First"),
    "name of a benchmark": setting(Benchmark.objects.get, name="Exam", slug="exam"),
    "component": lambda: component("two")().delete(),
    "component back": add_component,
    "weights": make_weighted,
    "kind": setting(metric("mean"), aggregate=Metric.Aggregate.MEAN_WIN_RATE),
    "kind back": setting(metric("mean"), aggregate=Metric.Aggregate.MEAN),
    "column": lambda: column("two")().delete(),
    "hidden column": setting(column("speed"), shown_by_default=False),
    "ranking metric": rank_by_one,
    "order": setting(column("one"), position=9),
    "title": setting(board, title="Another board"),
    "translated title": translate_title,
    "import": import_more,
    "undo": lambda: undo(Import.objects.get(), User.objects.get()),
}
