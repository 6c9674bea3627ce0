"""The licence of the data stands wherever they are taken away, and nowhere if it is not stated."""

import json
import re

import pytest

from leaderboard.models import Leaderboard
from tests.exports.taking import ENDINGS, export, make_tiny_leaderboard

pytestmark = pytest.mark.django_db
BOARD = "/leaderboard/board/"


def licensed(licence):
    make_tiny_leaderboard()
    board = Leaderboard.objects.get()
    board.data_licence = licence
    board.save()


def dataset(client):
    page = client.get(BOARD).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0.html"),
        ("CC0-1.0 OR MIT", None),
        ("LicenseRef-ours", None),
        ("", None),
    ],
)
def test_the_page_and_its_data_for_search_engines_link_a_licence_that_is_one(
    licence, address, client
):
    licensed(licence)
    page = client.get(BOARD).content.decode()
    section = re.search(r'<section class="text" id="licence">.*?</section>', page, re.DOTALL)
    assert (section is not None) == bool(licence)
    assert section is None or licence in section[0]
    assert dataset(client).get("license") == address
    assert (f'<a href="{address}">{licence}</a>' in page) == bool(address)


def test_files_state_it(client):
    licensed("CC-BY-4.0")
    sentence = "The data are under the licence CC-BY-4.0."
    files = {ending: export(client, ending).content.decode() for ending in ENDINGS}
    assert json.loads(files["json"])["leaderboard"]["data_licence"] == "CC-BY-4.0"
    assert files["md"].splitlines()[6] == sentence
    assert sentence in files["tex"]
    assert [ending for ending in ENDINGS if "CC-BY" not in files[ending]] == ["csv", "bib"]


def test_without_one_no_file_says_anything_of_it(client):
    licensed("")
    files = {ending: export(client, ending).content.decode() for ending in ENDINGS}
    assert json.loads(files["json"])["leaderboard"]["data_licence"] is None
    assert not any("under the licence" in text for text in files.values())
