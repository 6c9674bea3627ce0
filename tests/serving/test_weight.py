"""What a visitor's first view of the leaderboard weighs, as a browser is sent it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache

from leaderboard.models import Leaderboard, LeaderboardState
from leaderboard.serving.static_files import drop_comments
from leaderboard.standings.published import forget_content
from leaderboard.trail.releases import freeze

PAGE = "/leaderboard/anesbench/"
MOST = 20_000  # issue 19 allows as much for what its parts need


def files_of(page):
    return re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)


def weight(data):
    return len(brotli.compress(data, quality=11))  # as style sheets and scripts are stored


def test_a_leaderboard_needs_one_style_sheet_and_two_scripts(anesbench, client):
    files = files_of(client.get(PAGE).content.decode())
    assert files == ["js/page.js", "css/site.css", "js/leaderboard.js"]


@pytest.mark.parametrize("has_release", [False, True])
def test_the_first_view_is_light(has_release, anesbench, client):
    if has_release:
        freeze(Leaderboard.objects.get(), "2026-11")
    # The page writes this time twice; how well its digits compress would move the weight.
    LeaderboardState.objects.update(changed_at=datetime(2025, 6, 30, 12, 34, 56, 789012, UTC))
    forget_content()
    cache.clear()
    page = client.get(PAGE).content.decode()
    assert ("/leaderboard/anesbench/releases/2026-11.bib" in page) is has_release
    sent = client.get(PAGE, headers={"accept-encoding": "br"})
    assert sent["Content-Encoding"] == "br"
    files = [
        drop_comments(Path(finders.find(name)).read_text(), Path(name).suffix).encode()
        for name in files_of(page)
    ]
    assert len(sent.content) + sum(map(weight, files)) <= MOST
