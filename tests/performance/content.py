"""Content of any size for measurements, always the same: the seed, and LLMs like those in it."""

from decimal import Decimal
from random import Random

from leaderboard.models import LLM, Column, Leaderboard, Organization, Score
from leaderboard.models.revision import publish_change

BATCH = 5_000
ORGANIZATIONS = 40
PARTS = ("system1", "system1x", "system2")
# Of the questions of AnesBench and AMCQA, as in the seed.
WEIGHTS = {"anesbench": (2_960, 1_028, 355), "amcqa": (2_784, 534, 211)}


def grow_to(count: int) -> None:
    """Add LLMs with all scores until so many are on the seed's leaderboard."""
    have = LLM.objects.published().count()
    if have >= count:
        return
    makers = organizations()
    random = Random(have)
    llms = [make_llm(number, random, makers) for number in range(have, count)]
    LLM.objects.bulk_create(llms, batch_size=BATCH)
    metrics = dict(
        Column.objects.filter(leaderboard=seed()).values_list("metric__key", "metric_id")
    )
    rows = (
        Score(llm=llm, metric_id=metrics[key], value=value, decimals=2)
        for llm in llms
        for key, value in scores(random).items()
    )
    Score.objects.bulk_create(rows, batch_size=BATCH)
    publish_change()


def seed() -> Leaderboard:
    return Leaderboard.objects.get(slug="anesbench")


def organizations() -> list[Organization]:
    names = [f"Lab {number}" for number in range(ORGANIZATIONS)]
    return [Organization.objects.get_or_create(name=name)[0] for name in names]


def make_llm(number: int, random: Random, makers: list[Organization]) -> LLM:
    llm = LLM(
        name=f"Model-{number:05} {random.choice(['chat', 'base', 'instruct'])}",
        organization=random.choice(makers),
        parameters=Decimal(random.choice([1, 3, 7, 8, 14, 32, 70, 405])),
        open_weights=random.choice([True, False, None]),
        reasoning=random.random() < 0.3,
        is_published=True,
    )
    llm.derive()
    return llm


def scores(random: Random) -> dict[str, Decimal]:
    """Two decimals each; aggregates that agree with their components."""
    values, overalls = {}, []
    for benchmark, weights in WEIGHTS.items():
        parts = [round(Decimal(random.betavariate(6, 4)), 2) for _ in PARTS]
        values |= {f"{benchmark}-{part}": value for part, value in zip(PARTS, parts, strict=True)}
        mean = sum(map(Decimal.__mul__, parts, map(Decimal, weights))) / sum(weights)
        overalls.append(round(mean, 2))
        values[f"{benchmark}-overall"] = overalls[-1]
    values["average"] = round(sum(overalls) / 2, 2)
    return values
