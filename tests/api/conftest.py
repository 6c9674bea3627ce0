"""Fixtures that the tests of this room share."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from leaderboard.models import APIToken

IMPORTS = "/api/v1/imports"


@pytest.fixture(autouse=True)
def unhurried():
    """Nobody has asked yet in this minute."""
    cache.clear()


@pytest.fixture
def chief(db):
    return User.objects.create_superuser("chief", password="a password of chiefs")


@pytest.fixture
def issue(chief):
    """Make a token, and return the header that shows it."""

    def make(scope="propose", user=None, days=90, **fields):
        token = APIToken(name="nightly", scope=scope, **fields).issue(user or chief, days)
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def hand_in(client):
    """POST a file with options, as curl -F would."""

    def post(headers, content, name="results.csv", **options):
        data = {"file": SimpleUploadedFile(name, content.encode()), **options}
        return client.post(IMPORTS, data, headers=headers)

    return post
