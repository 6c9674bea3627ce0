"""The exported site as files: what is there, what its links lead to, what an edit changes."""

import errno
import json
import re
import shutil
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import CommandError

from leaderboard.exports.pictures import has_fonts
from leaderboard.models import LLM, Leaderboard, Score
from leaderboard.publishing import export as export_module
from leaderboard.publishing.tree import MANIFEST, Tree
from leaderboard.trail.releases import freeze
from leaderboard.views import canonical
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_site_page
from tests.publishing.exporting import BASE_URL, collected, export, files_in

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<[a-z]+\b[^>]* (?:href|src|action|data-href)="([^"]*)"')
LLMS = 51
FIXTURE = json.loads(Path("fixtures/anesbench.json").read_text())
MAKERS = [row["fields"]["slug"] for row in FIXTURE if row["model"] == "leaderboard.organization"]
# With the score, its LLM, its rank among the others, the change, or the date of the state.
IN_BOTH = [
    "changes/index.html", "index.html", "leaderboard/anesbench/compare/comparison.json",
    "leaderboard/anesbench/embed/index.html", "leaderboard/anesbench/index.html",
    "leaderboard/index.html", "llms/biomistral-7b/index.html", "llms/qwen3-1-7b/index.html",
    "sources/172133683/index.html",
]  # fmt: skip
ENDINGS = ("svg", "png") if has_fonts() else ("svg",)
# Only the date: that of the seed until this first edit.
IN_BOTH += ["leaderboard/anesbench/charts/index.html"]
IN_BOTH += ["leaderboard/anesbench/card.png"] if has_fonts() else []
IN_BOTH += [f"leaderboard/anesbench/charts/{name}.{ending}"
            for name in ("scatter", "intervals", "profile") for ending in ENDINGS]  # fmt: skip
SHOW_IT = [
    *IN_BOTH, *(f"zh-hans/{name}" for name in IN_BOTH), "changes/feed.xml", "sitemap.xml",
    *(f"leaderboard/anesbench.{ending}" for ending in ("bib", "csv", "json", "jsonl", "md", "tex")),
    "leaderboard/anesbench-excel-1.csv", "llms/biomistral-7b.yaml", "llms/biomistral-7b.jsonl",
    "llms/biomistral-7b/eval_results.yaml",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(exported_seed):
    return exported_seed / "site"


def target_of(site, name, link):
    """The file that a host of plain files sends for a link on a page; None for another site."""
    address = urljoin(f"{BASE_URL}{name}", link.replace("&amp;", "&"))
    if not address.startswith(BASE_URL):
        return None if urlsplit(address).netloc != urlsplit(BASE_URL).netloc else address
    path = urlsplit(address).path.removeprefix(urlsplit(BASE_URL).path)
    return path + "index.html" if not path or path.endswith("/") else path


def pages_of(site):
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def test_every_public_page_and_file_is_there_in_both_languages(site):
    names = files_in(site).keys()
    rows = json.loads((site / "leaderboard/anesbench.json").read_text())
    llms = [row["slug"] for row in rows["rows"]]
    assert len(llms) == LLMS
    of_llms = [f"llms/{slug}/index.html" for slug in llms]
    own = ("", "compare/", "charts/", "embed/", "releases/")
    drawn = ("scatter", "intervals", "profile")
    endings = ("svg", "png") if has_fonts() else ("svg",)
    pages = [
        *of_llms, *(f"organizations/{slug}/index.html" for slug in MAKERS),
        *(f"leaderboard/anesbench/{page}index.html" for page in own),
        "leaderboard/index.html", "index.html", "benchmarks/anesbench/index.html",
        "benchmarks/amcqa/index.html", "sources/172133683/index.html", "changes/index.html",
        "ranks/index.html", "api/index.html",
        *(f"leaderboard/anesbench/charts/{name}.{ending}" for name in drawn for ending in endings),
        *(["leaderboard/anesbench/card.png"] if has_fonts() else []),
    ]  # fmt: skip
    data = "leaderboard/anesbench/compare/comparison.json"
    endings = ("csv", "json", "jsonl", "md", "tex", "bib")
    files = [f"leaderboard/anesbench.{ending}" for ending in endings]
    files += ["leaderboard/anesbench-excel-1.csv"]
    files += [f"llms/{slug}{end}" for slug in llms for end in (".yaml", ".jsonl")]
    files += [f"llms/{slug}/eval_results.yaml" for slug in llms]
    files += [f"llms/{slug}/badge-leaderboard-anesbench.svg" for slug in llms]
    files += ["sitemap.xml", "robots.txt", "changes/feed.xml", "404.html", ".nojekyll", MANIFEST]
    expected = {*pages, *(f"zh-hans/{page}" for page in pages), *files, data, f"zh-hans/{data}"}
    statics = {name for name in names if name.startswith("static/")}
    assert names - statics == expected
    assert all(re.search(r"\.[0-9a-f]{12}\.(css|js|svg|png)$", name) for name in statics)


def test_every_link_leads_to_a_file_and_none_begins_at_the_root(site):
    names, dead, from_root = files_in(site).keys(), [], []
    for name in pages_of(site):
        page, based = (site / name).read_text(), name
        for link in LINK.findall(page):
            target = target_of(site, based, link)
            if f'<base href="{link}"' in page:
                based = target
            if target is not None and target not in names:
                dead.append((name, link))
            if link.startswith("/") and name != "404.html":
                from_root.append((name, link))
    assert (dead, from_root) == ([], [])
    assert 'href="/anesbench.ai/">' in (site / "404.html").read_text()  # at any address


def test_whole_addresses_are_those_of_the_published_site(site):
    names = files_in(site).keys()
    for name in names - {name for name in names if name.startswith("static/")}:
        if name.endswith(".png"):
            continue
        text = (site / name).read_bytes().decode()
        for address in re.findall(r"https://org\.github\.io[^\s\"'<>)\]},&]*", text):
            assert target_of(site, "", address) in names, (name, address)
        assert "localhost" not in text
        assert "testserver" not in text
    page = (site / "zh-hans/llms/phi-4/index.html").read_text()
    picture = "zh-hans/leaderboard/anesbench/card.png" if has_fonts() else "static/img/table."
    assert f'<meta property="og:image" content="{BASE_URL}{picture}' in page
    assert f'href="{BASE_URL}zh-hans/ranks/"' in (site / "ranks/index.html").read_text()


def test_nothing_that_needs_a_server_is_offered(site):
    offered = "\n".join((site / name).read_text() for name in pages_of(site))
    for words in ("/admin/", 'name="at"', 'data-intervals="', "ranges=", "/revision/"):
        assert words not in offered
    page = (site / "leaderboard/anesbench/index.html").read_text()
    assert re.findall(r'href="(\?[^"]+)"', page) == []  # of views, which a script makes
    assert page.count("<tr id=") == LLMS


def test_the_same_content_gives_the_same_tree_and_a_score_changes_the_files_that_show_it(
    site, anesbench, tmp_path
):
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    before = files_in(copy)
    with collected(tmp_path / "statics"):
        assert export(copy, base_url=BASE_URL).startswith(f"{copy}: 0 files written, 0 removed")
        score = Score.objects.get(llm__slug="biomistral-7b", metric__key="amcqa-system2")
        score.value, score.change_reason = score.value + score.value / 28, "Wrong file"
        score.save()
        said = export(copy, base_url=BASE_URL)
    after = files_in(copy)
    changed = {name for name in after if after[name] != before.get(name)}
    assert before.keys() == after.keys()
    assert f": {len(SHOW_IT)} files written, 0 removed" in said
    assert sorted(changed - {MANIFEST}) == sorted(SHOW_IT)


def test_a_dead_link_stops_the_export_and_is_named(db, tmp_path):
    make_board("Alpha")
    make_site_page("About", text="[gone](/llms/no-such/) and [by hand](/admin/)")
    with pytest.raises(CommandError) as error:
        export(tmp_path / "site", base_url=BASE_URL)
    assert str(error.value).splitlines()[1:] == [
        "  /admin/  in pages/about/index.html",
        "  /llms/no-such/  in pages/about/index.html",
        "  /admin/  in zh-hans/pages/about/index.html",
    ]
    assert not (tmp_path / "site").exists()


def test_a_full_disk_leaves_the_old_tree(tmp_path, monkeypatch):
    alpha = make_board("Alpha")
    export(tmp_path / "site")
    before = files_in(tmp_path / "site")
    write, alpha.name = Tree.write, "Alpha 2"
    alpha.save()

    def fill(tree, name, pieces):
        if len(tree.new) == 9:
            raise OSError(errno.ENOSPC, "No space left on device", str(tree.draft / name))
        write(tree, name, pieces)

    monkeypatch.setattr(Tree, "write", fill)
    with pytest.raises(CommandError, match=r"No space left on device.*site is what it was"):
        export(tmp_path / "site")
    assert files_in(tmp_path / "site") == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_edit_meanwhile_stops_the_export(tmp_path, monkeypatch):
    make_board("Alpha")
    tokens = iter([export_module.current_token(), "another"])
    monkeypatch.setattr(export_module, "current_token", lambda: next(tokens))
    with pytest.raises(CommandError, match="The content was changed meanwhile"):
        export(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def make_board(*names, slug="board", **fields):
    """A leaderboard of LLMs of these names, best first; returns the last of them."""
    metric = make_metric(f"metric-{slug}")
    for place, name in enumerate(names):
        llm = LLM.objects.filter(name=name).first() or make_llm(name, **fields)
        make_score(llm, metric, f"0.{900 - place}")
    make_leaderboard([metric], title=slug.title(), slug=slug)
    return llm


def test_one_of_two_leaderboards_is_exported_with_what_it_leads_to(tmp_path):
    make_board("Alpha", "Beta")
    make_board("Beta", "Gamma", slug="other")
    export(tmp_path / "site", leaderboard="other")
    pages = pages_of(tmp_path / "site")
    assert "leaderboard/other/index.html" in pages
    assert not any(name.startswith("leaderboard/board") for name in pages)
    front = (tmp_path / "site" / "index.html").read_text()
    assert 'href="leaderboard/other/"' in front
    assert "leaderboard/board" not in (tmp_path / "site" / "sitemap.xml").read_text()
    with pytest.raises(CommandError, match=r"no published leaderboard nowhere\. There is: board"):
        export(tmp_path / "site", leaderboard="nowhere")


def test_a_long_table_is_whole_on_its_page(tmp_path):
    make_board(*(f"Model {number}" for number in range(101)))
    human = make_llm("Human", kind=LLM.Kind.HUMAN)
    make_score(human, human.scores.model.objects.first().metric, "0.8505")
    export(tmp_path / "site")
    page = (tmp_path / "site/leaderboard/board/index.html").read_text()
    assert page.count("<tr id=") == 102
    assert "data-rows='" in page  # the script arranges all of them
    assert 'rel="next"' not in page


def test_a_long_list_of_releases_has_a_file_for_each_of_its_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(canonical, "RELEASES", 1)
    make_board("Alpha")
    for name in ("v1", "v2"):
        freeze(Leaderboard.objects.get(), name)
    export(tmp_path / "site")
    folder = tmp_path / "site/leaderboard/board/releases"
    assert 'leaderboard/board/releases/page-2/">Older</a>' in (folder / "index.html").read_text()
    second = (folder / "page-2/index.html").read_text()
    assert (">v1</a>" in second, ">v2</a>" in second) == (True, False)


def test_an_address_of_the_past_leads_on(tmp_path):
    alpha = make_board("Beta", "Alpha")
    make_site_page("About", text="[An old friend](/llms/alpha/)")
    alpha.slug = "alpha-2"
    alpha.save()
    export(tmp_path / "site", base_url=BASE_URL)
    page = (tmp_path / "site/llms/alpha/index.html").read_text()
    assert '<meta http-equiv="refresh" content="0; url=../../llms/alpha-2/">' in page
    assert (tmp_path / "site/llms/alpha-2/index.html").exists()


@pytest.mark.parametrize(
    "arguments",
    [{}, {"page": "page.html", "folder": "site"}, {"folder": "site", "front_matter": True}],
)
def test_what_to_write_has_to_be_said_once(tmp_path, arguments):
    with pytest.raises(CommandError, match="Name a folder, or --page FILE"):
        export(**{name: v if v is True else tmp_path / v for name, v in arguments.items()})
