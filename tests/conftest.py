import os
import pickle
import shutil

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache, memcache_key_warnings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import settings as hypothesis_settings

from leaderboard.models import CONTENT, ContentRevision, LeaderboardState, Release
from leaderboard.serving.copies import end_pause
from leaderboard.serving.memory import BoundedMemory
from leaderboard.standings.published import forget_content
from tests.sites import make_once, manage

# A slow machine is no counter-example.
hypothesis_settings.register_profile("leaderboard", deadline=None)
hypothesis_settings.load_profile("leaderboard")

# History and revision belong to the content: the seed in a test is what loaddata leaves behind.
TABLES = (
    *CONTENT,
    *(model.history.model for model in CONTENT),
    ContentRevision,
    LeaderboardState,
    Release,
    Release.history.model,
)


def skip_or_fail(reason):
    """For a test whose means may be absent; where REQUIRE_EVERYTHING is set, they may not."""
    if os.environ.get("REQUIRE_EVERYTHING"):
        pytest.fail(reason)
    pytest.skip(reason)


def shared_sample(name):
    """The path of a sample beside this repository. A clone need not have any, so the test is
    skipped without it, even where REQUIRE_EVERYTHING is set."""
    path = settings.BASE_DIR.parent / "shared" / name
    if not path.exists():
        pytest.skip(f"The sample {name} is not in ../shared, beside this repository.")
    return path


# Files with few tests that take long: a process that came to one of them last would be waited for.
LONGEST_FILES = [
    "admin/test_doors.py",
    "browser/test_layout.py",
    "browser/test_accessibility.py",
    "operations/test_backups.py",
    "operations/test_restores.py",
    "imports/test_import_safety.py",
    "imports/test_import_results.py",
    "test_deployment.py",
    "test_quickstart.py",
    "test_nginx.py",
    "views/test_public_addresses.py",
    "views/test_public_at_scale.py",
    "operations/test_private_files.py",
    "accounts/test_permissions.py",
    "admin/test_lookups.py",
    "text/test_text_safety.py",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Among several processes, begin with the longest files. On PostgreSQL leave out what makes a
    site of its own in an SQLite file, which is the same there."""
    if connection.vendor == "postgresql":
        config.hook.pytest_deselected(items=[each for each in items if on_a_file(each)])
        items[:] = [each for each in items if not on_a_file(each)]
    if config.getoption("dist", "no") == "no" and "PYTEST_XDIST_WORKER" not in os.environ:
        return
    ranks = {name: rank for rank, name in enumerate(LONGEST_FILES)}
    folder = settings.BASE_DIR / "tests"
    items.sort(key=lambda item: ranks.get(str(item.path.relative_to(folder)), len(ranks)))


def on_a_file(item):
    return "migrated_file" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Tests of hashing choose a hasher; others need not wait for one that is slow on purpose."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def plain_static_files(tmp_path_factory):
    """Pages in tests name static files as they are; nothing has been collected in a fresh clone,
    and what was collected elsewhere is none of a test's business."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        STORAGES=settings.STORAGES | {"staticfiles": storage},
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def keys_for_every_cache():
    """The site's own cache takes any key. Django's for Redis warns of a key that memcached would
    not take, in a line that is not JSON and shows it: so no test may use one."""

    def make_key(self, key, version=None):
        made = BaseCache.make_key(self, key, version)
        for warning in memcache_key_warnings(made):
            pytest.fail(warning)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BoundedMemory, "make_key", make_key)
        yield


@pytest.fixture(autouse=True)
def nothing_is_kept():
    """A test's content is rolled back, and so is what its process keeps of it."""
    cache.clear()
    forget_content()
    end_pause()


def rows_made_by(make):
    """{insert: rows} of the content that make() writes, which is rolled back: to be stored again,
    at a tenth of the time."""
    rows = {}
    with transaction.atomic(), connection.cursor() as cursor:
        make()
        for model in TABLES:
            columns = [field.column for field in model._meta.concrete_fields]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table}")
            marks = ", ".join(["%s"] * len(columns))
            insert = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"
            rows[insert] = cursor.fetchall()
        transaction.set_rollback(True)
    return rows


def insert_rows(rows):
    with connection.cursor() as cursor:
        for insert, values in rows.items():
            cursor.executemany(insert, values)


def move_sequences_past(rows):
    """The rows keep their ids, which nothing else may get. No rollback resets a sequence."""
    with transaction.atomic(), connection.cursor() as cursor:
        insert_rows(rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), TABLES):
            cursor.execute(statement)
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def seed_rows(tmp_path_factory, django_db_setup, django_db_blocker):
    """All rows of the seed content. Loading takes seconds, so it is done once and rolled back."""

    def save(folder):
        folder.mkdir()
        rows = rows_made_by(lambda: call_command("loaddata", "anesbench", verbosity=0))
        (folder / "rows").write_bytes(pickle.dumps(rows))

    with django_db_blocker.unblock():
        rows = pickle.loads((make_once(tmp_path_factory, "seed", save) / "rows").read_bytes())
        move_sequences_past(rows)
    return rows


@pytest.fixture
def anesbench(seed_rows, db):
    """The seed content, as loaddata stores it."""
    insert_rows(seed_rows)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """An SQLite file that `manage.py migrate` has made, to be copied."""

    def migrate(folder):
        done = manage(folder, "migrate", "--verbosity", "0")
        assert (done.returncode, done.stderr) == (0, "")

    return make_once(tmp_path_factory, "migrated", migrate) / "db.sqlite3"


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium; Playwright's own download is never needed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        skip_or_fail("There is no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for an async caller.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server, anesbench):
    """A page of the site at a width, without script unless asked for."""
    contexts = []

    def open_at(address, width, *, script=False):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    yield open_at
    for context in contexts:
        context.close()
