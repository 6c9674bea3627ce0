"""The content that writers race for, made anew for every round; and what has to hold afterwards."""

from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection
from django.test import Client

from leaderboard.models import (
    CONTENT,
    Alias,
    APIToken,
    Appearance,
    ContentRevision,
    DraftLink,
    Import,
    LeaderboardState,
    Metric,
    Release,
)
from leaderboard.models.invariants import find_violations
from leaderboard.models.locks import content_lock
from leaderboard.models.revision import publish_change
from leaderboard.operations.release_checks import find_damaged_releases
from leaderboard.standings.published import forget_content
from leaderboard.trail.releases import read_state
from leaderboard.trail.state import hash_content
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_site_page,
)
from tests.facts import make_fact, show_facts

TABLES = [
    *(model._meta.db_table for model in (Import, APIToken, Alias, Release, DraftLink)),
    *(model.history.model._meta.db_table for model in (Alias, Release, *CONTENT)),
    *(model._meta.db_table for model in reversed(CONTENT)),
    ContentRevision._meta.db_table,
    LeaderboardState._meta.db_table,
]
PAGES = (
    "/leaderboard/board.csv", "/leaderboard/draft.csv", "/pages/about/", "/zh-hans/pages/about/",
    "/pages/about-us/", "/zh-hans/ranks/",
)  # fmt: skip


def log_in(name):
    """A maintainer's browser. The password takes long to hash, so there is none."""
    user, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    if is_new:
        user.groups.add(Group.objects.get(name="Maintainers"))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


class Site:
    """A published leaderboard, a draft, and aggregates, with what writers change of them."""

    def __init__(self):
        with content_lock():
            clear()
            self.make()
        cache.clear()
        forget_content()

    def make(self):
        bench = make_benchmark("Bench")
        self.first = make_metric("first", benchmark=bench, question_count=100)
        self.second = make_metric("second", benchmark=bench, question_count=100)
        self.third = make_metric("third", benchmark=bench, question_count=100)
        self.spare = make_metric("spare", benchmark=bench, question_count=50)
        weighted = Metric.Aggregate.QUESTION_WEIGHTED
        self.overall = make_aggregate("overall", [self.first], weighted, benchmark=bench)
        self.one = make_aggregate("one", [self.second])
        self.two = make_aggregate("two", [self.second])
        self.board = make_leaderboard([self.first, self.second, self.third, self.overall])
        self.draft = make_leaderboard(
            [self.spare], slug="draft", title="Draft", is_published=False, position=1
        )
        self.alpha = make_llm("Alpha", license="MIT", parameters=7)
        self.beta = make_llm("Beta")
        for llm, metric, value in (
            (self.alpha, self.first, "0.5"),
            (self.alpha, self.second, "0.6"),
            (self.beta, self.first, "0.4"),
        ):
            make_score(llm, metric, value)
        self.appearance = Appearance.objects.create(name="Site")
        self.page = make_site_page()
        self.fact = make_fact("Context length", unit="tokens")
        show_facts(self.board, "license", self.fact)
        publish_change()


def clear():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
        else:
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table}")


def what_is_wrong():
    """Sentences about everything that has to hold after any race, and does not."""
    return [
        *find_violations(),
        *untold_states(),
        *releases_of_no_state(),
        *old_pages(),
    ]


def untold_states():
    """The last record of the history of each row is the row."""
    for model in CONTENT:
        names = [each.attname for each in model._meta.concrete_fields]
        told = {
            record["id"]: record
            for record in model.history.order_by("history_id").values("history_type", *names)
        }
        there = {row["id"]: row for row in model._base_manager.values(*names)}
        for pk in told.keys() | there.keys():
            record, row = told.get(pk, {"history_type": "-"}), there.get(pk)
            is_gone = record.pop("history_type") == "-"
            if (None if is_gone else record) != row:
                yield f"{model.__name__} {pk} is {row}, and its history says {record}"


def releases_of_no_state():
    """What is frozen was shown: the log has its state, with the same inputs, at the same time."""
    for release, damage in find_damaged_releases():
        yield f"{release} is damaged: {damage}"
    for release in Release.objects.all():
        state = LeaderboardState.objects.filter(
            leaderboard=release.leaderboard_id, changed_at=release.as_of
        ).first()
        if state is None or state.sha256 != hash_content(read_state(release)):
            yield f"{release} is of no state that there was"


def old_pages():
    """What was kept of a page is what it would be if it were made now."""
    kept = [read_page(page) for page in PAGES]
    cache.clear()
    forget_content()
    for page, old in zip(PAGES, kept, strict=True):
        if old != read_page(page):
            yield f"{page} was kept as it was before"


def read_page(page):
    response = Client().get(page)
    return response.status_code, response.content
