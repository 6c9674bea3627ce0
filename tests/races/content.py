"""The content that writers race for, put back for every round; and what has to hold afterwards."""

from contextlib import contextmanager
from copy import deepcopy
from functools import cache as once

from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
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
from leaderboard.models.revision import current_token, publish_change
from leaderboard.operations.release_checks import find_damaged_releases
from leaderboard.standings.published import forget_content, last_known_content
from leaderboard.trail import filling, past
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

# Asked once: each look at `.history` makes a class of managers.
HISTORY = {model: model.history.model for model in (Alias, Release, *CONTENT)}
# What writers write.
TABLES = (
    Import, APIToken, Alias, Release, DraftLink, *HISTORY.values(), *reversed(CONTENT),
    ContentRevision, LeaderboardState,
)  # fmt: skip
# What their browsers keep: messages that no page has shown.
OF_BROWSERS = (Session,)
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
            self.make()

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


class Saved:
    """The rows of tables as they are now, to be put back at a tenth of what making them takes; and
    the public pages that they make."""

    def __init__(self, tables=TABLES):
        self.rows = {table._meta.db_table: read_rows(table) for table in tables}
        self.token, self.pages = current_token(), read_pages()

    def put_back(self):
        """Ids and revision are the same again, but what a process keeps of a page goes: it may be
        that of another round."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table in self.rows:
                cursor.execute(f"DELETE FROM {table}")
            for insert, rows in self.rows.values():
                if rows:
                    cursor.executemany(insert, rows)
        forget_pages()


def read_rows(model):
    """(the statement that inserts them, all rows of a table)"""
    table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        marks = ", ".join(["%s"] * len(columns))
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", cursor.fetchall()


@once
def first_site():
    return Site(), Saved()


def make_site():
    """The first of a process is made as maintainers would; the others are copies of its rows."""
    site, saved = first_site()
    saved.put_back()
    return deepcopy(site)


def what_is_wrong(before=None):
    """Sentences about everything that has to hold after any race, and does not.

    `before`: what was saved before the race."""
    return [
        *find_violations(),
        *untold_states(),
        *releases_of_no_state(),
        *old_pages(before),
    ]


def untold_states():
    """The last record of the history of each row is the row."""
    for model, history in HISTORY.items():
        told_of = {each.column for each in history._meta.concrete_fields}
        columns = [each.column for each in model._meta.concrete_fields]
        names = [column for column in columns if column in told_of]  # no payload of a release
        told = dict_by_id(history, [*names, "history_type"], "ORDER BY history_id")
        there = dict_by_id(model, names)
        for pk in told.keys() | there.keys():
            *record, kind = told.get(pk, [None, "-"])
            row = there.get(pk)
            if (None if kind == "-" else tuple(record)) != row:
                yield f"{model.__name__} {pk} is {row}, and its history says {record}"


def dict_by_id(model, names, order=""):
    """{id: these columns}; of several rows with one id the last one counts."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {', '.join(names)} FROM {model._meta.db_table} {order}")
        return {row[0]: row[1:] for row in cursor.fetchall()}


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


def old_pages(before):
    """What was kept of a page is what it would be if it were made now; and so are the pages from
    before the race, unless somebody has published since."""
    kept = []
    if before and before.token == current_token():
        kept.append(before.pages)
    if keeps_pages():  # else they would be made now, twice
        kept.append(read_pages())
    if not kept:
        return
    forget_pages()
    now = read_pages()
    for old in kept:
        yield from (f"{page} was kept as it was before" for page in PAGES if old[page] != now[page])


def keeps_pages():
    """Whether a visitor would be shown something that this process has kept. Content of another
    revision is not shown."""
    content = last_known_content()
    pages = [key for key in cache.store.entries if "api-token" not in key]
    return bool(pages) or (content is not None and content.token == current_token())


@contextmanager
def past_read_once():
    """The states of before a race are the same in every round; finding what an edit changed begins
    with them, and half of its time is reading one."""
    known = set(LeaderboardState.objects.values_list("leaderboard_id", "changed_at"))
    kept = {}

    def load_state_at(*moment):
        if moment not in known:
            return past.load_state_at(*moment)
        if moment not in kept:
            kept[moment] = past.load_state_at(*moment)
        return kept[moment]

    filling.load_state_at = load_state_at
    try:
        yield
    finally:
        filling.load_state_at = past.load_state_at


def forget_pages():
    cache.clear()
    forget_content()


def read_pages():
    return {page: read_page(page) for page in PAGES}


def read_page(page):
    response = Client().get(page)
    return response.status_code, response.content
