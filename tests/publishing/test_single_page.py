"""One leaderboard as one file."""

import re

import pytest

from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.publishing.exporting import export

pytestmark = pytest.mark.django_db
NUMBERS = 51 * 9
# As the theme of a Jekyll site has it: what would spoil the page if it reached it.
LAYOUT = (
    "<!doctype html><html lang=en><title>Site</title><style>html{{font-size:16px}}"
    "table{{display:block}}td{{border:3px solid red}}a{{color:red}}</style><body>{}</body></html>"
)


def test_it_asks_for_nothing_and_is_small(exported_seed):
    page = (exported_seed / "page.html").read_text()
    assert len(page.encode()) < 120_000
    assert re.findall(r'<(?:link|script|img)\b[^>]* (?:src|href)="(?!data:|#)[^"]*"', page) == []
    assert re.findall(r'<a [^>]*href="(?!#|mailto:|https?:|\?")[^"]*"', page) == []
    assert "localhost" not in page
    assert len(re.findall(r"<tr id=", page)) == 51
    assert len(re.findall(r"<td class=\"[^\"]*\"[^>]*>0\.\d\d", page)) == NUMBERS


def test_with_an_address_its_links_lead_to_the_site(anesbench, tmp_path):
    export(page=tmp_path / "page.html", base_url="https://org.github.io/x/")
    page = (tmp_path / "page.html").read_text()
    assert '<a href="https://org.github.io/x/llms/gpt-4o/">' in page
    assert 'href="https://org.github.io/x/leaderboard/anesbench.csv" download' in page
    assert re.findall(r' href="(?![#?]|https?://|data:|mailto:)[^"]*"', page) == []


def test_front_matter_is_that_of_the_page_that_it_replaces(exported_seed):
    page = (exported_seed / "jekyll.html").read_text()
    assert page.startswith(
        "---\nlayout: splash\ntitle: Leaderboard\npermalink: /leaderboard/\n"
        "classes:\n    - landing\n    - dark-theme\n---\n{% raw %}\n"
    )
    assert page.endswith("{% endraw %}\n")
    assert "<html" not in page


def test_no_text_runs_as_a_program_of_jekyll(tmp_path):
    metric = make_metric()
    make_score(make_llm("{% endraw %}{{ site.github }}"), metric, "0.5")
    make_leaderboard([metric])
    export(page=tmp_path / "page.html", front_matter=True)
    page = (tmp_path / "page.html").read_text()
    assert page.count("{%") == 2  # around the page
    assert "&#123;% endraw %}{{ site.github }}" in page


@pytest.mark.browser
@pytest.mark.parametrize("name", ["page.html", "jekyll.html"])
def test_it_sorts_and_searches_from_a_disk(exported_seed, chromium, tmp_path, name):
    text = (exported_seed / name).read_text()
    if name == "jekyll.html":
        content = text.split("---\n", 2)[2]
        text = LAYOUT.format(re.sub(r"{% \w+ %}", "", content))
    (tmp_path / name).write_text(text)
    asked, troubles = [], []
    with chromium.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto((tmp_path / name).as_uri())
        page.click("[data-column=amcqa-system2] a")
        assert page.locator("#status").inner_text().startswith("Sorted by AMCQA system2, desc")
        page.fill("[name=q]", "huatuo")
        assert page.locator("#standings tbody tr").count() == 4
        cell = page.locator("#standings tbody td.main").first
        assert cell.evaluate("cell => getComputedStyle(cell).borderTopColor") != "rgb(255, 0, 0)"
        page.emulate_media(media="print")
        assert page.locator(".tools").is_hidden()
    assert (asked, troubles) == ([(tmp_path / name).as_uri()], [])
