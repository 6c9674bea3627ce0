"""Fixtures that the tests of this room share."""

import pytest

from leaderboard.models.locks import content_lock
from tests.admin.two_maintainers import maintainer
from tests.trail.editing import make_site


@pytest.fixture
def anna(django_user_model, db):
    return maintainer(django_user_model, "anna")


@pytest.fixture
def bob(django_user_model, db):
    return maintainer(django_user_model, "bob")


@pytest.fixture
def site(db):
    """A published leaderboard with something of every kind."""
    with content_lock():
        make_site()
