"""The seed as an exported site, made once for all tests, and hosts that only send its files."""

import pytest
from django.db import transaction

from tests.conftest import insert_rows
from tests.publishing.exporting import BASE_URL, collected, export, served
from tests.sites import make_once


@pytest.fixture(scope="session")
def exported_seed(tmp_path_factory, seed_rows, django_db_blocker):
    """The folder of the seed's site, with its static files as a site has them. Nobody may change
    it."""

    def make(folder):
        folder.mkdir()
        statics = tmp_path_factory.mktemp("statics")
        with django_db_blocker.unblock(), transaction.atomic(), collected(statics):
            insert_rows(seed_rows)
            export(folder / "site", base_url=BASE_URL)
            export(page=folder / "page.html")
            export(page=folder / "jekyll.html", front_matter=True)
            transaction.set_rollback(True)

    return make_once(tmp_path_factory, "exported-seed", make)


@pytest.fixture(scope="module")
def seed_host(exported_seed, tmp_path_factory):
    """The address of the seed's site below a prefix, as a host of plain files sends it."""
    root = tmp_path_factory.mktemp("host")
    (root / "anesbench.ai").symlink_to(exported_seed / "site")
    with served(root) as address:
        yield f"{address}/anesbench.ai/"
