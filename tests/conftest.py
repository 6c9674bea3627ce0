import pytest
from django.core.management import call_command


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages in tests name static files as they are, without a collected manifest."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def anesbench(db):
    """The seed content."""
    call_command("loaddata", "anesbench", verbosity=0)
