"""What only a browser can tell of a page's layout, mostly without a script."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import combinations
from threading import Thread
from time import sleep
from urllib.request import urlopen

import pytest
from pypdf import PdfReader

from tests.browser.reading import COMPARE, follow, url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def box(page, selector):
    found = page.locator(selector).first.bounding_box()
    return found["x"], found["x"] + found["width"]


ADDRESSES = [
    "/",
    "/llms/llama-4-scout-17b-16e-instruct/",
    "/nowhere/",
    COMPARE,
    COMPARE + "?llm=deepseek-r1&llm=gpt-4o&llm=qwen3-32b&llm=deepseek-r1-distill-llama-70b"
    "&llm=phi-4&llm=llama-4-scout-17b-16e-instruct",
    "/leaderboard/anesbench/releases/",
    "/leaderboard/anesbench/diff/?from=now&to=now",
    "/changes/",
    "/api/",
    "/ranks/",
    "/benchmarks/anesbench/",
    "/organizations/alibaba-qwen/",
]


WIDTHS = [320, 360, 768, 1280, 2560]


def test_a_page_is_never_wider_than_the_screen(open_page, live_server):
    page = open_page("/", 1280, script=True)
    wider = {}
    for address in ADDRESSES:
        page.goto(live_server.url + address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            content = page.evaluate("document.documentElement.scrollWidth")
            if content != width:
                wider[address, width] = content
    assert wider == {}


def test_a_phone_shows_rank_name_and_average_without_scrolling_sideways(open_page):
    page = open_page("/", 360)
    row = "#llama-4-scout-17b-16e-instruct"
    for cell in (f"{row} .rank", f"{row} th", f"{row} .main"):
        left, right = box(page, cell)
        assert left >= 0
        assert right <= 360
    assert box(page, f"{row} th")[1] <= box(page, f"{row} .main")[0]


@pytest.mark.slow
def test_a_phone_shows_the_first_rows_on_the_first_screen(open_page):
    page = open_page("/", 360)
    assert page.locator("#deepseek-r1").bounding_box()["y"] < 700


def test_without_script_a_header_sorts_in_both_directions(open_page):
    page = open_page("/", 1280)
    header = page.locator('[data-column="anesbench-system2"]')
    orders = []
    for _ in range(2):
        follow(page, header.locator("a"))
        orders.append(
            (header.get_attribute("aria-sort"), page.locator("tbody tr").first.get_attribute("id"))
        )
    assert orders == [("descending", "deepseek-r1"), ("ascending", "gemma-3-1b-it")]


@pytest.mark.slow
def test_without_script_two_ticked_rows_are_compared(open_page):
    page = open_page("/", 1280)
    for name in ("phi-4", "gpt-4o"):
        page.get_by_label(f"Compare {name}", exact=True).check()
    follow(page, page.get_by_role("button", name="Compare", exact=True))
    assert url_of(page).endswith(f"{COMPARE}?llm=gpt-4o&llm=phi-4")
    assert page.locator("#comparison thead th > a").all_text_contents() == ["gpt-4o", "phi-4"]


@pytest.mark.slow
def test_labels_of_the_drawn_chart_do_not_collide(open_page):
    for width in (360, 1280):
        page = open_page("/leaderboard/anesbench/charts/", width)
        size = "small" if width < 900 else "large"
        boxes = page.locator(f".scatter > .{size} .lab").all()
        boxes = [  # without the halo around the letters
            label.evaluate("t => (({x, y, width, height}) => ({x, y, width, height}))(t.getBBox())")
            for label in boxes
        ]
        assert len(boxes) >= 9
        for a, b in combinations(boxes, 2):
            assert (
                a["x"] + a["width"] <= b["x"]
                or b["x"] + b["width"] <= a["x"]
                or a["y"] + a["height"] <= b["y"] + 3  # the air above letters is in the box
                or b["y"] + b["height"] <= a["y"] + 3
            )


@pytest.mark.slow
def test_the_header_stays_in_sight_on_a_wide_screen(open_page):
    page = open_page("/", 1280, script=True)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 1500)")
    assert page.locator("#standings thead").bounding_box()["y"] == 0


def test_a_public_page_sets_no_cookie_and_asks_no_other_host(open_page, live_server):
    page = open_page("/nowhere/", 1280, script=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url + "/")
    assert page.context.cookies() == []
    assert [url for url in asked if not url.startswith(live_server.url)] == []


@pytest.mark.slow
def test_a_phone_has_three_rows_on_its_first_screen(seen_by):
    page = seen_by(360, "dark", 640)
    page.goto("/")
    third = page.locator("#deepseek-v3").bounding_box()
    assert third["y"] < 640


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_is_loaded_and_scrolled(seen_by, width):
    page = seen_by(width, "dark")
    page.add_init_script(
        "window.moved = []; new PerformanceObserver((list) => moved.push(...list.getEntries()"
        ".map(each => [each.value, ...each.sources.map(one => one.node?.outerHTML?.slice(0, 80))])"
        ")).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto("/")
    for _ in range(8):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(60)
    page.wait_for_timeout(500)
    assert page.evaluate("moved") == []


@pytest.mark.slow
def test_one_drawing_of_two_is_for_the_screen(seen_by):
    for width, shown, hidden in ((1280, ".large", ".small"), (360, ".small", ".large")):
        page = seen_by(width, "dark")
        page.goto("/leaderboard/anesbench/charts/")
        assert page.locator(f".scatter > {shown}").is_visible()
        assert not page.locator(f".scatter > {hidden}").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_paper_is_black_on_white_and_holds_every_llm(seen_by):
    page = seen_by(1047, "dark", 718)  # A4 landscape without its margins
    page.goto("/")
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == 1047
    rows = page.eval_on_selector_all(
        "#standings tbody tr",
        "rows => rows.map(row => [...row.children].every(cell => cell.getBoundingClientRect().width"
        " > 20 && cell.getBoundingClientRect().right <= 1047))",
    )
    assert rows == [True] * 51
    assert page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,"
        " getComputedStyle(document.querySelector('#standings thead')).display]"
    ) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)", "table-header-group"]
    assert "/leaderboard/anesbench/, " in page.locator(".print").inner_text()
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert 2 <= len(sheets) <= 5
    # A name may be broken over lines; one after the other, as some begin with another.
    text = "".join("".join(sheet.extract_text().split()) for sheet in sheets)
    names = page.locator("#standings tbody th a").all_text_contents()
    missing, at = [], 0
    for name in names:
        found = text.find("".join(name.split()), at)
        missing += [name] if found < 0 else []
        at = max(at, found + len(name))
    assert missing == []
    assert len(names) == 51


class Slowly(BaseHTTPRequestHandler):
    """A site whose pages arrive in pieces, as through a bad network."""

    origin = ""

    def do_GET(self):
        with urlopen(self.origin + self.path) as answer:
            content, kind = answer.read(), answer.headers["Content-Type"]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        for piece in re.split(rb"(?=<details|<h1|<tr id=.q)", content):
            self.wfile.write(piece)
            sleep(0.04 if kind.startswith("text/html") else 0)

    def log_message(self, *args):
        pass


@pytest.fixture
def slow_site(live_server):
    handler = type("SlowSite", (Slowly,), {"origin": live_server.url})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("query", ["", "?min_size=7", "?columns=average&intervals=all"])
@pytest.mark.parametrize("width", [768, 1280])
def test_nothing_moves_while_a_page_arrives_in_pieces(seen_by, slow_site, width, query):
    page = seen_by(width, "dark")
    page.add_init_script(
        "window.moved = []; new PerformanceObserver((list) => moved.push(...list.getEntries()"
        ".map(each => each.value))).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(f"{slow_site}/{query}")
    page.wait_for_timeout(300)
    assert page.evaluate("moved") == []


MENUS_OUTSIDE = """() => {
  const fold = document.querySelector(".fold");
  if (innerWidth <= 700) fold.open = true;
  return [...document.querySelectorAll("details.menu")].filter((menu) => {
    menu.open = true;
    const { left, right } = menu.lastElementChild.getBoundingClientRect();
    menu.open = false;
    return left < -0.5 || right > innerWidth + 0.5;
  }).map((menu) => menu.innerText);
}"""


@pytest.mark.parametrize("width", [360, 768, 1024, 1280, 1440])
@pytest.mark.parametrize("query", ["", "?min_size=10&organization=meta"])
def test_every_menu_opens_within_the_screen(open_page, width, query):
    page = open_page(f"/{query}", width)
    assert page.evaluate(MENUS_OUTSIDE) == []


def test_the_other_language_is_in_sight_on_a_phone(open_page):
    page = open_page("/", 360)
    left, right = box(page, ".bar nav a[lang]")
    assert (left > 0, right <= 360) == (True, True)


def test_a_visitor_who_comes_back_finds_no_box_ticked_that_was_not_chosen(open_page):
    page = open_page("/", 1280, script=True)
    for number in (0, 1):
        page.locator(".rank input").nth(number).check()
    page.locator('input[name="organization"][value="meta"]').evaluate("box => box.click()")
    follow(page, "tbody th a")
    page.go_back()
    page.wait_for_url("**organization=meta**")
    assert page.locator(".rank :checked").count() == 0
