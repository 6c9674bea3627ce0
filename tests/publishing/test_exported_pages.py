"""The exported site in a browser, below a prefix, from a host that only sends files."""

import pytest

from leaderboard.models import LLM, Score
from tests.browser.test_accessibility import violations
from tests.factories import make_board_of_units
from tests.publishing.exporting import collected, export, served

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

KINDS = [
    "", "leaderboard/", "leaderboard/anesbench/", "leaderboard/anesbench/compare/",
    "leaderboard/anesbench/compare/?llm=gpt-4o&llm=phi-4", "leaderboard/anesbench/charts/",
    "leaderboard/anesbench/embed/", "leaderboard/anesbench/releases/", "llms/gpt-4o/",
    "benchmarks/amcqa/", "sources/172133683/", "changes/", "ranks/", "api/",
]  # fmt: skip
IN_CHINESE = [f"zh-hans/{kind}" for kind in KINDS]
WALKS = [
    pytest.param([*KINDS, IN_CHINESE[2]], id="mostly English"),
    pytest.param(IN_CHINESE, id="Chinese", marks=pytest.mark.slow),
]
PAIR = "?llm=gpt-4o&llm=phi-4&llm=biomistral-7b"


class Visitor:
    """A tab of a browser, and all that went wrong in it."""

    def __init__(self, chromium, **options):
        self.context = chromium.new_context(viewport={"width": 1280, "height": 800}, **options)
        self.page, self.troubles = self.context.new_page(), []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("requestfailed", self.miss)
        self.page.on("console", self.hear)
        self.page.on("response", self.look)

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def miss(self, request):
        if request.failure != "net::ERR_ABORTED":  # a page that is left before its icon came
            self.troubles.append(request.url)

    def look(self, response):
        if response.status >= 400:
            self.troubles.append(f"{response.status} {response.url}")


@pytest.fixture
def visit(chromium):
    visitors = []

    def begin(**options):
        visitors.append(Visitor(chromium, **options))
        return visitors[-1]

    yield begin
    for each in visitors:
        each.context.close()


def rows_of(page):
    return page.eval_on_selector_all("#standings tbody tr", "rows => rows.map(row => row.id)")


@pytest.mark.parametrize("kinds", WALKS)
def test_every_kind_of_page_works_with_script_in_both_languages(visit, seed_host, kinds):
    visitor = visit(reduced_motion="reduce")
    for kind in kinds:
        visitor.page.goto(seed_host + kind, wait_until="networkidle")
        assert violations(visitor.page) == [], kind
    assert visitor.troubles == []


def test_every_kind_of_page_works_without_script(visit, seed_host):
    visitor = visit(java_script_enabled=False)
    for kind in [kind for kind in KINDS if "?" not in kind]:
        visitor.page.goto(seed_host + kind)
        offered = "form, button, input, select, a[href^='?']"
        visible = visitor.page.locator(offered).locator("visible=true")
        found = visible.evaluate_all("all => all.map(each => each.outerHTML)")
        assert found == [] or "embed" in kind, kind  # whose links lead to the whole page
    visitor.page.goto(seed_host, wait_until="networkidle")
    assert len(rows_of(visitor.page)) == 51
    assert visitor.troubles == []


def test_sorting_searching_filtering_and_columns_work_and_the_address_keeps_them(visit, seed_host):
    visitor, status = visit(), "#status"
    page = visitor.page
    page.goto(f"{seed_host}leaderboard/anesbench/")
    page.click("[data-column=amcqa-overall] a")
    page.fill("[name=q]", "qwen")
    page.locator("[data-name=weights] summary").click()
    page.locator("[name=weights][value=open]").check()
    page.locator("[data-name=columns] summary").click()
    page.locator("[name=columns][value=anesbench-system1]").uncheck()
    page.wait_for_function("location.search.includes('columns')")
    shown = rows_of(page), page.locator(status).inner_text()
    assert shown[1] == "Sorted by AMCQA overall, descending, 17 of 51 LLMs."
    assert page.locator("th[data-column=anesbench-system1]").is_hidden()
    page.reload()
    page.wait_for_function("document.querySelectorAll('#standings tbody tr').length < 51")
    assert (rows_of(page), page.locator(status).inner_text()) == shown
    page.click("nav a[lang=zh-hans]")
    page.wait_for_function("document.querySelectorAll('#standings tbody tr').length < 51")
    assert rows_of(page) == shown[0]
    assert visitor.troubles == []


def texts_of(page):
    """The rows of a comparison as a reader sees them, with what is marked."""
    return page.eval_on_selector_all(
        "#comparison tr, .notes li",
        """(rows, marks) => rows.map(row => [...(row.cells ?? [row])].map(cell => [
            cell.textContent.replace(/\\s+/g, " ").trim(),
            ...[...cell.querySelectorAll(marks)]
                .map(each => each.getAttribute("class") ?? each.getAttribute("href") ?? "hidden"),
        ]))""",
        ".best, .sure, .word, .who, .tag, .mark, svg, use, [aria-hidden]",
    )


def table_of(client, page, address):
    """The same of what the server makes."""
    page.set_content(client.get(address).content.decode())
    return texts_of(page)


def test_a_comparison_says_what_the_server_says(visit, seed_host, client, anesbench):
    visitor, plain = visit(), visit(java_script_enabled=False)
    for language in ("", "zh-hans/"):
        path = f"{language}leaderboard/anesbench/compare/{PAIR}"
        visitor.page.goto(seed_host + path)
        visitor.page.wait_for_selector("#comparison")
        assert texts_of(visitor.page) == table_of(client, plain.page, f"/{path}")
    visitor.page.goto(f"{seed_host}llms/phi-4/")
    visitor.page.click("text=with its neighbours")
    visitor.page.wait_for_selector("#comparison")
    near = "/leaderboard/anesbench/compare/?llm=phi-4&with=neighbours"
    assert texts_of(visitor.page) == table_of(client, plain.page, near)
    assert visitor.page.locator("[name=llm]:checked").count() == 3
    visitor.page.goto(f"{seed_host}zh-hans/leaderboard/anesbench/compare/{PAIR}")
    visitor.page.click("text=移除 >> nth=0")
    visitor.page.wait_for_function("!location.search.includes('gpt-4o')")
    assert visitor.troubles == []


def test_a_comparison_in_any_unit_and_with_notes_says_what_the_server_says(visit, client, tmp_path):
    visitor, plain = visit(), visit(java_script_enabled=False)
    make_board_of_units()
    LLM.objects.filter(name="Beta").update(note="with <tools>")
    Score.objects.filter(metric__key__in=("cost", "gain")).update(note="by its maker")
    with collected(tmp_path / "statics"):
        export(tmp_path / "site")
    path = "/leaderboard/board/compare/?llm=alpha&llm=beta"
    with served(tmp_path / "site") as host:
        visitor.page.goto(host + path)
        visitor.page.wait_for_selector("#comparison")
        assert texts_of(visitor.page) == table_of(client, plain.page, path)
    assert visitor.troubles == []
