"""The version of the software stands once, and where it is asked for."""

import sys
import tomllib

import pytest
from django.conf import settings
from django.urls import reverse

import leaderboard
from leaderboard.management.commands.version import schema_state
from tests.sites import manage


def test_the_package_takes_its_version_from_the_code():
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"] == {
        "version": {"attr": "leaderboard.__version__"}
    }


def test_the_command_says_the_versions_and_what_the_database_lacks(tmp_path):
    data = tmp_path / "data"
    lines = manage(data, "version").stdout.splitlines()
    python = ".".join(str(number) for number in sys.version_info[:3])
    assert lines[0] == f"leaderboard {leaderboard.__version__}"
    assert lines[1].startswith("Django 5.2.")
    assert lines[2] == f"Python {python}"
    assert lines[3].startswith("Database sqlite: no migration, ")
    assert lines[3].endswith(" to apply: run manage.py migrate")


@pytest.mark.django_db
def test_a_migrated_database_is_named_by_its_newest_migration():
    folder = settings.BASE_DIR / "leaderboard" / "migrations"
    assert schema_state() == max(path.stem for path in folder.glob("0*.py"))


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_the_foot_of_the_admin_has_it_for_those_who_are_logged_in(prefix, client, admin_user):
    version = ("版本 " if prefix else "Version ") + leaderboard.__version__
    address = prefix + reverse("admin:index")
    assert version not in client.get(address, follow=True).content.decode()
    client.force_login(admin_user)
    assert version in client.get(address).content.decode()
