"""Fixtures that the tests of this room share."""

import pytest

from tests.admin.two_maintainers import maintainer


@pytest.fixture
def anna(django_user_model, db):
    return maintainer(django_user_model, "anna")


@pytest.fixture
def bob(django_user_model, db):
    return maintainer(django_user_model, "bob")
