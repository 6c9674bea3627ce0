"""A site with content in the database of the suite, and one in an SQLite file of its own."""

import shutil

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.utils import ConnectionHandler

from config.settings import database
from tests.conftest import skip_or_fail
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.sites import manage


@pytest.fixture
def content(transactional_db):
    if connection.vendor == "postgresql" and not all(map(shutil.which, ("pg_dump", "psql"))):
        skip_or_fail("PostgreSQL's own tools are not installed")
    User.objects.create_user("maintainer", password="a maintainer's password")
    metric = make_metric()
    make_leaderboard([metric])
    for name, value in (("Alpha", "0.5"), ("Beta", "0.25")):
        make_score(make_llm(name), metric, value)


@pytest.fixture
def backup(content, tmp_path):
    path = tmp_path / "backup"
    call_command("backup", path, verbosity=0)
    return path


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("site") / "data"
    prepared = manage(data_dir, "migrate", "--verbosity", "0")
    assert (prepared.returncode, prepared.stderr) == (0, "")
    return data_dir / "db.sqlite3"


@pytest.fixture
def live(migrated, tmp_path, django_db_blocker):
    """A connection to the database file of a site."""
    shutil.copy(migrated, tmp_path / "db.sqlite3")
    with django_db_blocker.unblock():
        site = ConnectionHandler({"default": database("", tmp_path)})["default"]
        yield site
        site.close()
