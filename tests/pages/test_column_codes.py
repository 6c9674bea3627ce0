"""Which columns an address shows: readable while it is short, and never too long."""

import re
from random import Random
from urllib.parse import urlencode

import pytest

from leaderboard.pages.column_codes import column_code, read_column_keys, write_columns
from tests.factories import make_leaderboard, make_metric, make_scores

EVERY = ("a", "b", "c", "d")
LONG = tuple(letter * 90 for letter in EVERY)
MANY = tuple(f"a-benchmark-with-a-name-{number:03}-accuracy" for number in range(500))
LONGEST_ADDRESS = 2_000
LONGEST_REQUEST = 8_190  # that gunicorn reads


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (("a",), "a"),
        (("b", "d"), "b,d"),
        (EVERY, "a,b,c,d"),
        ((), ""),
        (LONG[:2], ",".join(LONG[:2])),
        (LONG[:3], f"-{LONG[3]}"),
        (LONG, "-"),
    ],
)
def test_an_address_names_what_is_shown_or_what_is_left_out(shown, text):
    every = LONG if set(shown) & set(LONG) else EVERY
    assert write_columns(shown, every) == text
    assert read_column_keys([text], every) == shown


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["d,a,unknown"], ("a", "d")),
        (["b", "a"], ("a", "b")),
        (["-unknown"], EVERY),
        (["a,-a"], EVERY),  # what is named is shown
        ([f".{column_code('a')}{column_code('d')}"], ("a", "d")),
        ([f".{column_code('a')}xy"], ("a",)),
    ],
)
def test_whatever_an_address_says_is_read_in_the_order_of_the_columns(texts, shown):
    assert read_column_keys(texts, EVERY) == shown


@pytest.mark.parametrize("count", [1, 20, 250, 251, 480, 499, 500])
def test_of_500_columns_any_choice_is_short_and_read_again(count):
    shown = tuple(sorted(Random(count).sample(MANY, count)))
    text = write_columns(shown, MANY)
    assert len(text) <= 251 * 5 + 2
    assert read_column_keys([text], MANY) == shown


@pytest.fixture
def many_columns(db):
    """A leaderboard of 500 columns with long names."""
    metrics = [make_metric(key, unit="points") for key in MANY]
    make_scores({"Alpha": {metrics[0]: 1}, "Beta": {metrics[0]: 2}})
    make_leaderboard(metrics, metrics[0])


def test_whatever_the_page_of_500_columns_can_ask_for_is_answered(many_columns, client):
    page = client.get(
        "/?" + urlencode({"columns": write_columns(MANY[::2], MANY)})
    ).content.decode()
    links = re.findall(r'href="([^"]*)"', page)
    assert any("columns=." in link for link in links)
    assert max(map(len, links)) < LONGEST_ADDRESS
    sent = "&".join(f"c=.{column_code(key)}" for key in MANY)  # every box is ticked
    assert all(f'name="c" value=".{column_code(key)}"' in page for key in MANY)
    assert len(sent) + 500 < LONGEST_REQUEST  # the other filters come with it
    assert client.get(f"/?{sent}").content.decode().count(" checked>") == 500
