"""The sites that are asked: the seed, and 300 LLMs with everything that the seed has none of."""

import logging
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

HOST = "leaderboard.example.org"
FIRST_DAY = datetime(2025, 3, 1, 12, tzinfo=UTC)
CORRECTIONS = 30  # more than one page of changes


class Clock:
    """The time of the whole process, which only moves when it is told to."""

    now = FIRST_DAY

    @classmethod
    def next_day(cls) -> None:
        cls.now += timedelta(days=1)


def start(folder: str) -> None:
    """A site of its own with the seed, at an https address, at a time that stands still."""
    for name in ("DATABASE_URL", "CACHE_URL", "DEBUG", "SECRET_KEY", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)
    os.environ |= {"DATA_DIR": folder, "SITE_URL": f"https://{HOST}"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    from django.core.management import call_command
    from django.utils import timezone

    timezone.now = lambda: Clock.now
    logging.disable()
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("loaddata", "anesbench", verbosity=0)


def model(name: str):
    from django.apps import apps

    return apps.get_model("leaderboard", name)


def fix_revision() -> None:
    """Its name is random otherwise."""
    revision = {"token": "0123456789abcdef", "changed_at": Clock.now}
    model("ContentRevision").objects.update_or_create(pk=1, defaults=revision)
    for state in model("LeaderboardState").objects.all():
        state.token, state.changed_at = f"{state.pk:016}", Clock.now
        state.save()


def add_content() -> None:
    """300 LLMs on the seed's leaderboard, and what the seed has none of."""
    from tests.performance.content import grow_to

    Clock.next_day()
    grow_to(300)
    metrics = add_benchmark()
    add_leaderboards(metrics)
    Clock.next_day()
    llms = [*model("LLM").objects.published().order_by("pk")[:60], *add_llms()]
    add_scores(metrics, llms)
    correct_scores(metrics)
    Clock.next_day()
    unfit_scores()
    rename()


def add_benchmark() -> list:
    """Metrics in percent, in points with a reported error, and one where less is better."""
    bench = model("Benchmark").objects.create(
        name="Bench <2> & Co", slug="bench", version="2.1", homepage="https://example.org/bench"
    )
    make = model("Metric").objects.create
    return [
        make(benchmark=bench, name="F1", key="f1", unit="percent", description="*Mean* of `F1`."),
        make(benchmark=bench, name="Elo", key="elo", unit="points", is_share_of_questions=False),
        make(benchmark=bench, name="Latency", key="latency", unit="points", higher_is_better=False),
        make(benchmark=bench, name="Accuracy", key="accuracy", question_count=250, decimals=3),
    ]


def add_leaderboards(metrics: list) -> None:
    """One with a hidden column, one without any score, and a draft."""
    unused = model("Metric").objects.create(name="Unused", key="unused")
    for slug, columns, is_published in (
        ("second", metrics, True),
        ("empty", [unused], True),
        ("draft", metrics[:1], False),
    ):
        board = model("Leaderboard").objects.create(
            title=f"LeaderBoard - {slug} & <more>",
            slug=slug,
            position=5,
            introduction=f"The **{slug}** one: [link](https://example.org/), `code`.",
            methodology="1. Ask\n2. Count\n\n> quoted",
            contact="somebody@example.org",
            citation="@misc{x, title = {A {T}itle}, author = {Doe, Jane and Roe, R.}}",
            is_published=is_published,
            ranking_metric=columns[0],
        )
        for position, metric in enumerate(columns):
            board.columns.create(metric=metric, position=position, shown_by_default=position != 2)


def add_llms() -> list:
    """With every fact, with characters that formats have to escape, and a draft."""
    make = model("LLM").objects.create
    facts = {
        "organization": model("Organization").objects.get(slug="openai"),
        "parameters": Decimal("671.5"),
        "active_parameters": Decimal("37.25"),
        "open_weights": True,
        "license": "Apache-2.0",
        "domain": "medical",
        "reasoning": True,
        "base_model": "Base 1",
        "huggingface_id": "example/everything-1",
        "homepage": "https://example.org/everything",
        "released": FIRST_DAY.date(),
        "description": "It *knows* a lot.\n\n- one\n- two",
    }
    return [
        make(name="Everything 1", **facts),
        make(name='=1+1 <b>"A&B"</b> 50% {x}_y #1', slug="odd"),
        make(name="智谱 Straße " + "long " * 15, slug="long"),
        make(name="Hidden draft", is_published=False),
        make(name="Without scores"),
    ]


def add_scores(metrics: list, llms: list) -> None:
    """From a source of each tier in turn; with ties, partial runs and missing scores."""
    source = model("Source")
    sources = [
        source.objects.create(
            title=f"Source {tier} <{number}>",
            tier=tier,
            kind=source.Kind.values[number % len(source.Kind)],
            url=f"https://example.org/{tier}",
            evaluator="Somebody",
            harness="harness",
            harness_version="1.2",
            settings="5 shots\ntemperature 0",
            date=FIRST_DAY.date(),
        )
        for number, tier in enumerate(source.Tier.values)
    ]
    for number, (llm, (column, metric)) in enumerate(product(llms[:-1], enumerate(metrics))):
        if number % 11 == 5:
            continue  # a missing score
        value = Decimal(number * 37 % 90 + 5)
        model("Score").objects.create(
            llm=llm,
            metric=metric,
            value=value / 100 if column == 3 else value,
            source=sources[number % len(sources)],
            standard_error=Decimal("1.25") if column == 1 else None,
            question_count=100 if column == 3 and number % 3 else None,
            measured_on=FIRST_DAY.date() if number % 2 else None,
            note="Without <images>" if number % 7 == 0 else "",
        )


def correct_scores(metrics: list) -> None:
    """A score a day, with a reason and without; the last one is taken back."""
    scores = list(metrics[0].scores.order_by("pk")[: CORRECTIONS + 1])
    for number, score in enumerate(scores[:-1]):
        Clock.next_day()
        score.value += 1
        score._change_reason = f"Typed <wrongly>, {number}" if number % 2 else ""
        score.save()
    scores[-1].delete()


def unfit_scores() -> None:
    """On the seed's board: an aggregate that its parts contradict, a missing part, a draft."""
    llms = model("LLM").objects.published().order_by("pk")
    wrong = llms[3].scores.get(metric__key="amcqa-overall")
    wrong.value = Decimal("0.99")
    wrong.save()
    llms[7].scores.get(metric__key="anesbench-system2").delete()
    draft = llms[9]
    draft.is_published = False
    draft.save()


def rename() -> None:
    """Addresses that were others once."""
    for name, old in (("LLM", "odd"), ("Benchmark", "bench"), ("Leaderboard", "empty")):
        found = model(name).objects.get(slug=old)
        found.slug = f"{old}-renamed"
        found.save()
