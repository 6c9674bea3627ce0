"""The page of charts and the charts as files; pictures for sharing; all without script."""

import re
from struct import unpack
from xml.etree import ElementTree

import pytest

from leaderboard.exports.pictures import has_fonts
from leaderboard.models import LLM, Leaderboard
from leaderboard.trail.releases import freeze
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_scores

pytestmark = pytest.mark.django_db
CHARTS = "/leaderboard/anesbench/charts/"
needs_fonts = pytest.mark.skipif(not has_fonts(), reason="needs a font on the machine")
NAME = "{http://www.w3.org/2000/svg}"


def texts(answer):
    """All texts of an SVG."""
    root = ElementTree.fromstring(answer.content)
    return [" ".join("".join(each.itertext()).split()) for each in root.iter(f"{NAME}text")]


def png_size(answer):
    assert answer["Content-Type"] == "image/png"
    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n"
    return unpack(">II", answer.content[16:24])


def test_axes_are_chosen_by_a_form_that_keeps_the_view(anesbench, client):
    page = client.get(CHARTS + "?domain=medical&llm=phi-4&x=amcqa-overall").content.decode()
    form = re.search(r'<form class="axes".*?</form>', page, re.DOTALL)[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form) == [
        ("domain", "medical"), ("llm", "phi-4"),
    ]  # fmt: skip
    assert re.findall(r'value="([^"]+)" selected', form) == ["amcqa-overall", "average", "phi-4"]
    assert re.findall(r'<select name="(\w+)"', form) == ["x", "y", "of"]
    assert '<option value="parameters">Parameters (billions)</option>' in form


def test_every_name_of_the_chart_is_in_its_table(anesbench, client):
    page = client.get(CHARTS).content.decode()
    table = re.search(r'<details class="values">.*?</details>', page, re.DOTALL)[0]
    assert table.count('<th scope="row">') == 50
    assert table.count("<td>yes</td>") == 9


def test_the_usual_charts_are_found_by_search_engines_and_others_point_to_them(anesbench, client):
    own = f'<link rel="canonical" href="http://testserver{CHARTS}">'
    for query, is_found in (
        ("", True),
        ("?x=parameters&y=nope", True),
        ("?x=amcqa-overall", False),
    ):
        page = client.get(CHARTS + query).content.decode()
        assert page.count(own) == 1
        assert ('content="noindex"' not in page) is is_found
    assert client.get("/sitemap.xml").content.decode().count(f"{CHARTS}</loc>") == 2


@pytest.mark.parametrize("name", ["scatter", "intervals", "profile"])
def test_a_chart_as_a_file_says_what_it_is_and_where_it_is_from(name, anesbench, client):
    answer = client.get(f"{CHARTS}{name}.svg?domain=medical&sort=llm")
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    written = texts(answer)
    assert "LeaderBoard - AnesBench" in written
    assert f"http://testserver{CHARTS}?domain=medical" in written
    assert written[-2].startswith("LeaderBoard · ")
    assert b"<a " not in answer.content
    whole = client.get(f"{CHARTS}{name}.svg?domain=medical")
    assert whole.content == answer.content


@needs_fonts
def test_a_chart_is_a_png_that_fits_a_slide(anesbench, client):
    assert png_size(client.get(f"{CHARTS}scatter.png")) == (1440, 1061)
    page = client.get(CHARTS).content.decode()
    assert page.count('charts/scatter.png" aria-label="Average by Parameters: PNG"') == 1


def test_a_machine_without_fonts_offers_svg_alone(anesbench, client, monkeypatch):
    for place in ("views.charts.has_fonts", "exports.pictures.has_fonts"):
        monkeypatch.setattr(f"leaderboard.{place}", lambda *_: False)
    assert "charts/scatter.png" not in client.get(CHARTS).content.decode()
    paths = (f"{CHARTS}scatter.png", "/leaderboard/anesbench/card.png", "/llms/gpt-4o/card.png")
    assert [client.get(path).status_code for path in paths] == [404] * 3
    assert "img/table.png" in client.get("/leaderboard/anesbench/").content.decode()


@pytest.mark.parametrize(
    "path", ["nope.svg", "scatter.pdf", "ranks.svg", "scatter.svg/", "../charts/scatter.svg"]
)
def test_what_is_no_chart_is_not_found(path, anesbench, client):
    assert client.get(CHARTS + path).status_code == 404


def test_names_are_text_in_files(client):
    name = "<b title='x'>&"
    metric = make_metric("m")
    for number, letter in enumerate("AB", start=1):
        make_score(make_llm(f"{letter} {name}", parameters=number), metric, "0.5")
    make_leaderboard([metric], title=name)
    answer = client.get("/leaderboard/board/charts/scatter.svg")
    assert texts(answer)[1] == name
    assert [t for t in texts(answer) if t.startswith("A ")] == [f"A {name}"]


def test_drafts_are_in_no_picture(anesbench, client):
    paths = [f"{CHARTS}{name}.svg" for name in ("scatter", "intervals", "profile")]
    before = [client.get(path).content for path in (CHARTS, *paths)]
    draft = make_llm("Draft", is_published=False, parameters=5)
    make_score(draft, Leaderboard.objects.get().ranking_metric, "0.99")
    after = [client.get(f"{path}?llm=draft&of=draft").content for path in (CHARTS, *paths)]
    assert after == before
    assert client.get("/llms/draft/card.png").status_code == 404


def test_ranks_over_releases_are_drawn_once_there_are_two(client):
    metric = make_metric("m")
    make_scores({"A": {metric: "0.9"}, "B": {metric: "0.5"}})
    board = make_leaderboard([metric])
    page = "/leaderboard/board/charts/"
    freeze(board, "2025-01")
    assert client.get(f"{page}ranks.svg").status_code == 404
    freeze(board, "2025-02")
    LLM.objects.get(slug="b").scores.update(value="0.95")
    late = make_llm("Late")
    make_score(late, metric, "0.97")
    table = client.get(page).content.decode().partition("Ranks over the releases")[2]
    rows = re.findall(r'<th scope="row">(\w+)</th>\s*((?:<td>[^<]*</td>\s*)+)', table)
    assert [(name, re.findall(r"<td>([^<]*)", cells)) for name, cells in rows] == [
        ("Late", ["–", "–", "1"]), ("B", ["2", "2", "2"]), ("A", ["1", "1", "3"]),
    ]  # fmt: skip
    drawing = client.get(f"{page}ranks.svg")
    assert {"2025-01", "2025-02", "now", "Late"} <= set(texts(drawing))


# Pictures for sharing


@needs_fonts
@pytest.mark.parametrize(
    ("page", "card"),
    [
        ("/leaderboard/anesbench/", "/leaderboard/anesbench/card.png"),
        ("/llms/gpt-4o/", "/llms/gpt-4o/card.png"),
        ("/zh-hans/llms/gpt-4o/", "/zh-hans/llms/gpt-4o/card.png"),
    ],
)
def test_a_shared_page_has_a_picture_made_from_its_data(page, card, anesbench, client):
    text = client.get(page).content.decode()
    assert f'<meta property="og:image" content="http://testserver{card}">' in text
    before = client.get(card)
    assert png_size(before) == (1200, 630)
    metric = Leaderboard.objects.get().ranking_metric
    make_score(make_llm("Newest and best"), metric, "0.99")
    assert client.get(card).content != before.content


@needs_fonts
def test_an_llm_without_a_score_and_a_leaderboard_without_one_have_cards_too(client):
    make_llm("Alone")
    make_leaderboard([make_metric("m")])
    for path in ("/llms/alone/card.png", "/leaderboard/board/card.png"):
        assert png_size(client.get(path)) == (1200, 630)
