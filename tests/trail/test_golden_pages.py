"""What releases of older software show: no later rule, template or migration moves it."""

import pytest
from django.core.management import call_command

from leaderboard.models import LLM, Score
from leaderboard.models.revision import publish_change
from leaderboard.standings import cells, ranking

from .golden import golden_file, golden_versions
from .golden_pages import golden_csv, golden_page, page_lines

RELEASE = "/leaderboard/anesbench/releases/2026-11"
VERSIONS = golden_versions()


@pytest.fixture(params=VERSIONS)
def version(request, anesbench):
    call_command("loaddata", str(golden_file(request.param)), verbosity=0)
    return request.param


def shown(client):
    """What the golden files hold: the table of the page, and the CSV with every interval."""
    publish_change(())
    csv = client.get(f"{RELEASE}.csv?intervals=all").content.decode()
    return page_lines(client.get(f"{RELEASE}/")), csv


def stored(version):
    return (
        golden_page(version).read_text(encoding="utf-8"),
        golden_csv(version).read_bytes().decode(),
    )


def test_a_golden_release_shows_what_it_showed_at_first(version, client):
    assert shown(client) == stored(version)


def test_neither_other_content_nor_other_rules_move_it(version, client, monkeypatch):
    Score.objects.all().delete()
    LLM.objects.first().delete()

    def other_rule(*args, **kwargs):
        raise AssertionError("A release is not computed.")

    monkeypatch.setattr(ranking, "competition_ranks", other_rule)
    monkeypatch.setattr(cells, "column_ranges", other_rule)
    monkeypatch.setattr("leaderboard.standings.loading.build_standings", other_rule)
    assert shown(client) == stored(version)
