"""Which answers the page cache may keep for everyone."""

import pytest
from django.http import HttpResponse

from leaderboard.serving.page_cache import may_be_kept


def with_cookie():
    response = HttpResponse()
    response.set_cookie("choice", "mine")
    return response


@pytest.mark.parametrize(
    ("response", "kept"),
    [
        (HttpResponse(), True),
        (HttpResponse(headers={"Cache-Control": "public, max-age=60"}), True),
        (HttpResponse(headers={"Cache-Control": "no-store"}), False),
        (HttpResponse(headers={"Cache-Control": "private, no-store"}), False),
        (HttpResponse(headers={"Content-Encoding": "br"}), False),
        (HttpResponse(status=404), False),
        (HttpResponse(status=503), False),
        (with_cookie(), False),
    ],
)
def test_only_a_whole_page_for_everyone_may_be_kept(response, kept):
    assert may_be_kept(response) is kept
