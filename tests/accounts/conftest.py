"""Fixtures that the tests of this room share."""

import pytest

from tests.accounts.logging_in import PASSWORD, CountingHasher


@pytest.fixture
def hasher(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed = 0
    return CountingHasher


@pytest.fixture
def admin(django_user_model, hasher):
    user = django_user_model.objects.create_superuser("admin", password=PASSWORD)
    hasher.hashed = 0
    return user


@pytest.fixture
def inside(client, admin):
    client.force_login(admin)
    return client
