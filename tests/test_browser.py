"""What only a browser can tell: layout, and that nothing needs a script."""

import re
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import combinations, product
from threading import Thread
from time import sleep
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.contrib.auth.models import User
from django.urls import resolve
from pypdf import PdfReader

from leaderboard.models import (
    LLM,
    Benchmark,
    Leaderboard,
    Metric,
    Organization,
    Score,
    Source,
)

from .factories import give_scores_to_more_llms

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def box(page, selector):
    found = page.locator(selector).first.bounding_box()
    return found["x"], found["x"] + found["width"]


COMPARE = "/leaderboard/anesbench/compare/"


ADDRESSES = [
    "/",
    "/llms/llama-4-scout-17b-16e-instruct/",
    "/nowhere/",
    COMPARE,
    COMPARE + "?llm=deepseek-r1&llm=gpt-4o&llm=qwen3-32b&llm=deepseek-r1-distill-llama-70b"
    "&llm=phi-4&llm=llama-4-scout-17b-16e-instruct",
    "/changes/",
    "/api/",
    "/ranks/",
    "/benchmarks/anesbench/",
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


UNBROKEN = "W" * 144
LONG_NAMES = [
    "/",
    "/leaderboard/anesbench/?q=W",
    f"{COMPARE}?llm=deepseek-r1&llm=gpt-4o",
    f"{COMPARE}?llm=gpt-4o",
    "/leaderboard/anesbench/charts/",
    "/leaderboard/anesbench/embed/",
    "/llms/deepseek-r1/",
    "/benchmarks/anesbench/",
    "/sources/1/",
    "/ranks/",
    "/changes/",
    "/api/",
]


def give_unbroken_names():
    """Names without a space, as long as fields take them, for everything that a page shows."""
    said = {
        LLM: ("name", "license", "base_model", "domain", "description"),
        Organization: ("name",),
        Benchmark: ("name", "description", "citation"),
        Metric: ("name", "description"),
        Source: ("title", "evaluator", "harness", "settings"),
        Leaderboard: ("title", "introduction", "methodology", "citation", "contact"),
        Score: ("note",),
    }
    rows = [LLM.objects.get(slug="deepseek-r1"), Benchmark.objects.first(), Metric.objects.first(),
            Source.objects.get(pk=1), Leaderboard.objects.get(), Score.objects.filter(
            llm__slug="deepseek-r1").first()]  # fmt: skip
    rows.append(Organization.objects.get(llms__slug="deepseek-r1"))
    for row in rows:
        for name in said[type(row)]:
            field = row._meta.get_field(name)
            setattr(row, name, UNBROKEN[: min(field.max_length or 144, 144)])
        row._change_reason = UNBROKEN
        row.save()


def test_a_name_without_a_space_widens_no_page(open_page, live_server):
    give_unbroken_names()
    page = open_page("/", 1280, script=True)
    wider = {}
    for address in LONG_NAMES:
        assert page.goto(live_server.url + address).status == 200, address
        for width in (320, 390, 1280):
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
        header.locator("a").click()
        orders.append(
            (header.get_attribute("aria-sort"), page.locator("tbody tr").first.get_attribute("id"))
        )
    assert orders == [("descending", "deepseek-r1"), ("ascending", "gemma-3-1b-it")]


@pytest.mark.slow
def test_without_script_two_ticked_rows_are_compared(open_page):
    page = open_page("/", 1280)
    for name in ("phi-4", "gpt-4o"):
        page.get_by_label(f"Compare {name}", exact=True).check()
    page.get_by_role("button", name="Compare ticked").click()
    assert url_of(page).endswith(f"{COMPARE}?llm=gpt-4o&llm=phi-4")
    assert page.locator("#comparison thead th > a").all_text_contents() == ["gpt-4o", "phi-4"]


@pytest.mark.slow
def test_labels_of_the_drawn_chart_do_not_collide(open_page):
    for width in (360, 1280):
        page = open_page("/leaderboard/anesbench/charts/", width)
        boxes = page.locator("#charts figure:first-of-type .lab").all()
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


# With script: the same view at once, under the same address


def order(page):
    return page.eval_on_selector_all("#standings tbody tr", "rows => rows.map(row => row.id)")


def view_of(page):
    """What a visitor sees of the table: rows, marks, headers, status."""
    return {
        "rows": order(page),
        "steps": page.eval_on_selector_all(
            "#standings tbody tr.step", "rows => rows.map(row => row.id)"
        ),
        "sorted": page.eval_on_selector_all(
            "[aria-sort]", "all => all.map(th => [th.dataset.column, th.ariaSort])"
        ),
        "headers": page.eval_on_selector_all(
            "#standings th[data-column]",
            "all => all.filter(th => !th.hidden)"
            ".map(th => [th.dataset.column, th.firstElementChild.getAttribute('href')])",
        ),
        "status": page.locator("#status").inner_text(),
    }


def url_of(page):
    """The address bar as it is now; Playwright's own page.url lags behind the script."""
    return page.evaluate("location.href")


@pytest.fixture
def same_from_the_server(open_page):
    """What the server makes, without script, of the address that a page has now."""
    plain = open_page("/nowhere/", 1280)

    def view(page):
        plain.goto(url_of(page))
        return view_of(plain)

    return view


@pytest.fixture
def scripted(open_page):
    """The leaderboard with script, and the list of what it asks of the server from now on."""
    page = open_page("/leaderboard/anesbench/", 1280, script=True)
    requests = []
    # A browser looks after its icon at every new address; the page did not ask.
    page.on("request", lambda each: each.url.endswith("/mark.svg") or requests.append(each.url))
    return page, requests


@pytest.mark.slow
def test_every_header_clicked_twice_gives_the_order_of_the_server(scripted, same_from_the_server):
    page, requests = scripted
    for header in page.locator("#standings th[data-column]").all():
        for _ in range(2):
            header.locator("a").click()
            assert requests == []
            assert view_of(page) == same_from_the_server(page)


@pytest.mark.slow
def test_missing_scores_stay_last_in_both_directions_with_script(scripted, same_from_the_server):
    Score.objects.filter(llm__slug="gpt-4o", metric__key="anesbench-system2").get().delete()
    page, _ = scripted
    page.reload()
    header = page.locator('[data-column="anesbench-system2"] a')
    for _ in range(2):
        header.click()
        assert order(page)[-1] == "gpt-4o"
        assert view_of(page) == same_from_the_server(page)


def test_typing_and_ticking_filter_without_a_request(scripted, same_from_the_server):
    page, requests = scripted
    page.locator("[name=q]").press_sequentially("QWEN")
    page.locator("summary", has_text="Weights").click()
    page.locator('[name=weights][value="open"]').check()
    page.locator("[name=min_size]").fill("10")
    assert url_of(page).endswith("?q=QWEN&weights=open&min_size=10")
    page.locator('[data-column="amcqa-overall"] a').click()
    assert url_of(page).endswith("?sort=-amcqa-overall&q=QWEN&weights=open&min_size=10")
    assert requests == []
    assert view_of(page) == same_from_the_server(page)
    assert page.locator("#status").inner_text() == (
        "Sorted by AMCQA overall, descending, 10 of 51 LLMs."
    )


@pytest.mark.slow
def test_those_left_out_as_unknown_are_told_by_the_script_too(scripted, same_from_the_server):
    page, requests = scripted
    page.locator("[name=max_size]").fill("8")
    assert "Left out: 1 whose size is unknown (include)." in page.locator("#status").inner_text()
    assert view_of(page) == same_from_the_server(page)
    page.locator("#status a").click()
    assert url_of(page).endswith("?max_size=8&size=unknown")
    assert (order(page)[0], requests) == ("gpt-4o", [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "field", "typed"),
    [
        ("?sort=bogus", "q", "qwen"),
        ("?sort=llm&sort=-llm&intervals=bogus", "q", "qwen"),
        ("?columns=bogus", "q", "qwen"),
        ("?min_size=1e1", "q", "qwen"),
        ("", "min_size", "7000000000"),
        ("", "q", "q\u00adwen\u200b"),
    ],
)
def test_the_script_reads_an_address_as_the_server_does(
    open_page, same_from_the_server, address, field, typed
):
    page = open_page("/leaderboard/anesbench/" + address, 1280, script=True)
    page.locator(f"[name={field}]").fill(typed)
    page.wait_for_selector("#view:not([aria-busy])")  # what is not on the page is fetched
    assert view_of(page) == same_from_the_server(page)


@pytest.mark.slow
def test_a_row_that_is_filtered_away_stays_ticked_for_the_comparison(scripted):
    page, _ = scripted
    for text, slug in (("qwen", "qwen3-32b"), ("gpt", "gpt-4o")):
        page.locator("[name=q]").fill(text)
        page.locator(f"#{slug} input[name=llm]").check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare/**")
    assert sorted(url_of(page).partition("?")[2].split("&")) == ["llm=gpt-4o", "llm=qwen3-32b"]


@pytest.mark.slow
def test_columns_are_hidden_without_a_request(scripted, same_from_the_server):
    page, requests = scripted
    page.locator("summary", has_text="Columns").click()
    for key in ("anesbench-system1", "anesbench-system1x", "anesbench-system2",
                "anesbench-overall", "amcqa-system1"):  # fmt: skip
        page.locator(f'[name=columns][value="{key}"]').uncheck()
    assert url_of(page).endswith("?columns=amcqa-system1x,amcqa-system2,amcqa-overall,average")
    assert requests == []
    assert view_of(page) == same_from_the_server(page)
    groups = page.locator("#standings .groups > :visible").all_inner_texts()
    assert [text.split() for text in groups] == [[], ["AMCQA", "Chinese"], []]


def test_back_and_forward_walk_through_five_states(scripted):
    page, requests = scripted
    states = [(url_of(page), view_of(page))]
    for step in (
        lambda: page.locator('[data-column="llm"] a').click(),
        lambda: page.locator("[name=q]").press_sequentially("lla"),
        lambda: page.locator('[data-column="average"] a').click(),
        lambda: page.locator("#reset").click(),
    ):
        step()
        states.append((url_of(page), view_of(page)))
    assert len({url for url, _ in states}) == 4  # the reset leads to the first again
    for url, view in states[-2::-1]:
        page.go_back()
        assert (url_of(page), view_of(page)) == (url, view)
    for url, view in states[1:]:
        page.go_forward()
        assert (url_of(page), view_of(page)) == (url, view)
    assert requests == []


@pytest.mark.slow
def test_a_filtered_address_shows_the_same_and_widens_by_asking_the_server(
    open_page, same_from_the_server
):
    page = open_page("/leaderboard/anesbench/?q=gemma", 1280, script=True)
    assert len(order(page)) == 6
    page.locator("[name=q]").fill("gpt")
    page.wait_for_selector("#gpt-4o")
    assert view_of(page) == same_from_the_server(page)


@pytest.mark.slow
def test_a_long_leaderboard_is_fetched_in_place(open_page, anesbench):
    board = Leaderboard.objects.get()
    give_scores_to_more_llms(board, 120)
    page = open_page("/leaderboard/anesbench/", 1280, script=True)
    page.evaluate("window.kept = true")
    page.locator('[data-column="llm"] a').click()
    page.wait_for_selector('[data-column="llm"][aria-sort="ascending"]')
    assert (len(order(page)), page.evaluate("window.kept")) == (100, True)
    page.locator("[rel=next]").click()
    page.wait_for_selector("[rel=prev]")
    assert page.evaluate("window.kept") is True
    assert len(order(page)) == 71


# The content security policy: nothing that a page does is refused by the browser


@pytest.fixture
def watched(chromium, live_server, anesbench):
    """(page, complaints): what the browser refuses or writes into its console, as it happens."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    complaints = []
    context.expose_binding(
        "complain", lambda source, text: complaints.append((url_path(source["page"]), text))
    )
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', event => complain("
        "`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`))"
    )
    context.on("console", lambda said: complaints.extend(complaints_of(said)))
    context.on("weberror", lambda error: complaints.append((error.page.url, str(error.error))))
    page = context.new_page()
    page.goto(live_server.url + "/")
    yield page, complaints
    context.close()


def complaints_of(said):
    """Errors and warnings; a page without an icon of its own makes the browser ask for one."""
    if said.type in ("error", "warning") and not said.location["url"].endswith("/favicon.ico"):
        yield said.text


def url_path(page):
    return urlsplit(page.url).path


def walk(page, start, origin, allowed):
    """Visit the first page of each kind of address that links lead to; the kinds seen."""
    waiting, kinds = [start], {}
    while waiting:
        path = waiting.pop(0)
        kind = resolve(path).view_name
        if kind in kinds or not allowed(kind, path):
            continue
        kinds[kind] = path
        page.goto(origin + path)
        page.mouse.move(200, 200)
        waiting += page.eval_on_selector_all(
            "a[href]:not([hreflang])",  # one language: the other has the same pages
            "(all, origin) => all.filter(a => a.origin === origin && a.pathname.endsWith('/'))"
            ".map(a => a.pathname)",
            origin,
        )
    return kinds


@pytest.mark.slow
def test_no_public_page_is_refused_anything(watched, live_server):
    page, complaints = watched
    kinds = walk(page, "/", live_server.url, lambda kind, path: not path.startswith("/admin/"))
    page.goto(live_server.url + COMPARE + "?llm=gpt-4o&llm=phi-4")
    page.goto(live_server.url + "/leaderboard/anesbench/embed/")
    page.goto(live_server.url + "/llms/gpt-4o/badge.svg")
    page.goto(live_server.url + "/leaderboard/anesbench/?q=llama")
    page.locator("[name=q]").fill("gpt")
    page.locator('[data-column="llm"] a').click()
    page.locator("summary", has_text="Columns").click()
    pages = {"front", "leaderboard", "compare", "llm", "benchmark", "source", "ranks", "changes"}
    assert pages | {"api"} <= kinds.keys()
    assert complaints == []


def test_a_violation_of_the_policy_would_be_seen(watched):
    page, complaints = watched
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')")
    page.wait_for_timeout(100)
    assert "style-src-attr" in str(complaints)


@pytest.mark.slow
def test_no_page_of_the_admin_is_refused_anything(watched, live_server):
    page, complaints = watched
    log_in(page, live_server)
    kinds = walk(page, "/admin/", live_server.url, in_admin)
    names = {"changelist", "add", "change", "history", "delete", "simple_history"}
    of_llms = {f"admin:leaderboard_llm_{name}" for name in names}
    assert of_llms | {"admin:consistency", "admin:guided-benchmark", "preview-llm"} <= kinds.keys()
    assert complaints == []


def in_admin(kind, path):
    return path.startswith("/admin/") and kind not in ("admin:logout", "admin:jsi18n")


@pytest.mark.slow
def test_no_widget_of_the_admin_is_refused_anything(watched, live_server):
    page, complaints = watched
    log_in(page, live_server)
    llm = LLM.objects.get(slug="gpt-4o")
    page.goto(f"{live_server.url}/admin/leaderboard/llm/{llm.pk}/change/")
    page.locator(".select2-selection").first.click()
    page.locator(".select2-search__field").last.fill("a")
    page.wait_for_selector(".select2-results__option")
    page.keyboard.press("Escape")
    page.locator(".datetimeshortcuts a").last.click()
    page.wait_for_selector(".calendarbox:visible")
    page.keyboard.press("Escape")
    with page.expect_popup() as opened:
        page.locator("a.related-widget-wrapper-link.add-related:visible").first.click()
    opened.value.wait_for_load_state()
    opened.value.close()
    page.locator("[name=name]").fill("")
    page.locator("[name=_save]").click()  # an error, marked in the form
    page.goto(f"{live_server.url}/admin/leaderboard/llm/")
    page.locator("#action-toggle").check()
    page.locator("[name=action]").select_option("delete_selected")
    page.locator("[name=index]").click()
    page.goto(f"{live_server.url}/admin/password_change/")
    page.locator("#logout-form button").click()
    assert complaints == []


def log_in(page, live_server):
    User.objects.create_superuser("chief", password="a password of chiefs")
    page.goto(live_server.url + "/admin/")
    page.locator("[name=username]").fill("chief")
    page.locator("[name=password]").fill("a password of chiefs")
    page.locator("[type=submit]").click()
    page.wait_for_selector("#user-tools")


# For everyone: automatic rules, then what they cannot see

# Opposite corners of the cross are slow, the others long.
CORNERS = {(360, "dark", "en"), (1280, "light", "zh-hans")}
CROSS = [
    pytest.param(*each, marks=pytest.mark.slow if each in CORNERS else pytest.mark.long)
    for each in product((360, 1280), ("dark", "light"), ("en", "zh-hans"))
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PUBLIC = [
    "/",
    "/?intervals=all&q=qwen",
    "/leaderboard/anesbench/charts/",
    "/leaderboard/anesbench/embed/",
    "/llms/gpt-4o/",
    "/benchmarks/anesbench/",
    COMPARE,
    COMPARE + "?llm=gpt-4o&llm=phi-4",
    "/changes/",
    "/sources/1/",
    "/ranks/",
    "/api/",
    "/nowhere/",
    "/admin/login/",
]
IN_ADMIN = [
    "/admin/",
    "/admin/leaderboard/llm/",
    "/admin/leaderboard/llm/1/change/",
    "/admin/leaderboard/llm/1/history/",
    "/admin/leaderboard/benchmark/guided/",
    "/admin/leaderboard/leaderboard/consistency/",
    "/admin/leaderboard/import/add/",
]


@pytest.fixture
def seen_by(chromium, live_server, anesbench):
    """A page as somebody sees it: width, theme by preference, no motion."""
    contexts = []

    def open_at(width, scheme, height=800, **more):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            base_url=live_server.url,
            **more,
        )
        contexts.append(context)
        return context.new_page()

    yield open_at
    for context in contexts:
        context.close()


def violations(page):
    """(rule, elements) that axe finds on the page as it is."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        (each["id"], [" ".join(map(str, node["target"])) for node in each["nodes"]][:3])
        for each in found.response["violations"]
    ]


def violations_on(page, addresses):
    found = {}
    for address in addresses:
        page.goto(address)
        if problems := violations(page):
            found[address] = problems
    return found


def test_axe_finds_nothing_on_the_leaderboard(seen_by):
    page = seen_by(1280, "dark")
    assert violations_on(page, ["/"]) == {}
    page.set_viewport_size({"width": 360, "height": 640})
    assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme", "language"), CROSS)
def test_axe_finds_nothing_on_any_kind_of_public_page(seen_by, width, scheme, language):
    prefix = "" if language == "en" else f"/{language}"
    assert violations_on(seen_by(width, scheme), [prefix + each for each in PUBLIC]) == {}


@pytest.mark.parametrize(("width", "scheme", "language"), CROSS)
def test_axe_finds_nothing_in_the_admin(seen_by, live_server, width, scheme, language):
    prefix = "" if language == "en" else f"/{language}"
    page = seen_by(width, scheme)
    log_in(page, live_server)
    assert violations_on(page, [prefix + each for each in IN_ADMIN]) == {}


# A name that matches nothing, a value out of range, a partial run, an aggregate that will disagree.
MIXED = """llm,metric,value,n
gpt-4o,anesbench-overall,0.95,4343
gpt-4o,amcqa-overall,0.7,10
qwen-nobody-knows,anesbench-overall,0.5,
phi-4,anesbench-overall,87.3,
phi-4,anesbench-unheard,0.5,
"""


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme", "language"), sorted(CORNERS))
def test_the_pages_of_an_import_are_for_everyone(
    seen_by, live_server, tmp_path, width, scheme, language
):
    page = seen_by(width, scheme)
    log_in(page, live_server)
    prefix = "" if language == "en" else f"/{language}"
    found = []
    for name, content in (("mixed", MIXED), ("good", MIXED[:53])):
        path = tmp_path / f"{name}.csv"
        path.write_text(content)
        page.goto(f"{prefix}/admin/leaderboard/import/add/")
        page.locator("#id_file").set_input_files(path)
        page.locator("[type=submit].default").click()
        found.append((violations(page), page.evaluate("document.documentElement.scrollWidth")))
    assert page.locator(".import .warning").count() == 1
    page.locator("[value=confirm]").click()
    found.append((violations(page), page.evaluate("document.documentElement.scrollWidth")))
    assert found == [([], width)] * 3


LUMINANCES = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const row = document.querySelector("#standings tbody tr");
  const found = {};
  for (let stop = 0; stop < 10; stop += 1) for (const kind of ["", "best", "main"]) {
    const html = `<td class="h${stop} ${kind}">0.5<small>±0.01</small></td>`;
    row.insertAdjacentHTML("beforeend", html);
    const cell = row.lastElementChild;
    const ground = luminance(getComputedStyle(cell).backgroundColor);
    for (const element of [cell, cell.firstElementChild]) {
      const ink = luminance(getComputedStyle(element).color);
      const [low, high] = [ground, ink].sort((a, b) => a - b);
      found[`h${stop} ${kind} ${element.tagName}`] = (high + 0.05) / (low + 0.05);
    }
    cell.remove();
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_figures_can_be_read_at_every_stop_of_the_heat(seen_by, scheme):
    page = seen_by(1280, scheme)
    page.goto("/")
    contrasts = page.evaluate(LUMINANCES)
    assert len(contrasts) == 60
    assert {stop: ratio for stop, ratio in contrasts.items() if ratio < 4.5} == {}


OBSCURED = """() => {
  const found = [];
  const focusable = "a[href], button, input, summary, [tabindex='0']";
  for (const element of document.querySelectorAll(focusable)) {
    if (!element.checkVisibility() || !element.getClientRects().length) continue;
    element.focus();
    if (document.activeElement !== element) continue;
    const { x, y, width, height } = element.getClientRects()[0];
    // Of what is taller than the window, the part that is in it.
    const inside = (at, size, most) => (Math.max(at, 0) + Math.min(at + size, most)) / 2;
    const [left, down] = [inside(x, width, innerWidth), inside(y, height, innerHeight)];
    const top = document.elementFromPoint(left, down);
    const html = [element, top].map((each) => each?.outerHTML.slice(0, 90));
    if (!element.contains(top)) found.push(html);
  }
  return found;
}"""


@pytest.mark.parametrize(("width", "query"), [(1280, ""), (1000, ""), (360, "?intervals=all")])
def test_nothing_that_has_the_focus_is_hidden(seen_by, width, query):
    page = seen_by(width, "dark", 640)
    page.goto("/" + query)
    assert page.evaluate(OBSCURED) == []


SMALL = """(least) => {
  const found = [];
  const controls = "header :is(a, button), .tools :is(summary, input, .button)";
  for (const element of document.querySelectorAll(`${controls}, #standings :is(a, input)`)) {
    const { width, height } = element.getBoundingClientRect();
    if (!element.checkVisibility() || width === 0) continue;
    if (height < least || width < 24) found.push([width, height, element.outerHTML.slice(0, 90)]);
  }
  return found;
}"""


@pytest.mark.parametrize(("width", "least"), [(1280, 24), (360, 44)])
def test_targets_are_large_enough_for_a_pointer_and_for_a_thumb(seen_by, width, least):
    page = seen_by(width, "light")
    page.goto("/")
    assert page.evaluate(SMALL, least) == []


def test_the_theme_is_remembered_and_holds_in_the_admin(seen_by):
    page = seen_by(1280, "dark")
    page.goto("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light").click()
    light = page.evaluate(ground)
    page.reload()
    assert (page.evaluate(ground), light == dark) == (light, False)
    assert page.get_by_role("button", name="Light").get_attribute("aria-pressed") == "true"
    page.goto("/admin/login/")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_without_script_there_is_no_switch_of_the_theme(seen_by):
    page = seen_by(1280, "dark", java_script_enabled=False)
    page.goto("/")
    assert page.get_by_role("group", name="Theme").is_visible() is False


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
def test_charts_come_when_they_are_asked_for(seen_by):
    page = seen_by(1280, "dark", 4000)
    page.goto("/")
    assert page.locator("#charts figure").count() == 0
    page.get_by_role("link", name="Charts").click()
    page.wait_for_selector("#charts figure")
    assert page.url.endswith("/")


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


# What says something, the way to have it, and a rule that takes it away.
SIGNS = {
    "focus": ("[data-column=average] a", "focus", ":focus-visible { outline: none !important }"),
    "ticked box": (
        "#gpt-4o .rank",
        "tick",
        "#gpt-4o :checked { appearance: none !important; visibility: hidden }",
    ),
    "empty box": ("#gpt-4o .rank", None, "#gpt-4o [type=checkbox] { visibility: hidden }"),
    "best": ("#deepseek-r1 .best.main", None, ".best::before { visibility: hidden }"),
    "interval": ("#gpt-4o .main svg", None, ".main svg path { visibility: hidden }"),
    "sort arrow": ("thead [aria-sort]", None, "[aria-sort] a::after { visibility: hidden }"),
    "theme": (".themes", None, ".themes [aria-pressed=true] { outline: none !important }"),
}
# The strongest contrast between two pictures of one place.
CONTRAST = """async (pictures) => {
  const [first, second] = await Promise.all(pictures.map(async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const ink = canvas.getContext("2d");
    ink.drawImage(image, 0, 0);
    return ink.getImageData(0, 0, image.width, image.height).data;
  }));
  const linear = (part) =>
    part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = (data, at) =>
    0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]);
  let most = 1;
  for (let at = 0; at < first.length; at += 4) {
    const [low, high] = [luminance(first, at), luminance(second, at)].sort((a, b) => a - b);
    most = Math.max(most, (high + 0.05) / (low + 0.05));
  }
  return most;
}"""


def picture(page, selector):
    """Of an element with what is drawn around it."""
    around = page.locator(selector).first.bounding_box()
    clip = {
        "x": around["x"] - 6, "y": around["y"] - 6,
        "width": around["width"] + 20, "height": around["height"] + 12,
    }  # fmt: skip
    return b64encode(page.screenshot(clip=clip)).decode()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("sign", SIGNS)
def test_what_says_something_stays_visible_in_forced_colours(seen_by, sign, scheme):
    selector, deed, without = SIGNS[sign]
    page = seen_by(1280, scheme, 1400, forced_colors="active", bypass_csp=True)
    page.goto("/")
    if deed == "focus":
        page.locator("[data-column=amcqa-overall] a").focus()
        page.keyboard.press("Tab")
    elif deed == "tick":
        page.locator("#gpt-4o [type=checkbox]").check()
        page.mouse.move(0, 0)
    seen = picture(page, selector)
    page.add_style_tag(content=without)
    assert page.evaluate(CONTRAST, [seen, picture(page, selector)]) >= 3  # WCAG 1.4.11


def test_in_forced_colours_a_ticked_box_is_no_empty_one(seen_by):
    page = seen_by(1280, "dark", 1400, forced_colors="active", bypass_csp=True)
    page.goto("/")
    empty = picture(page, "#gpt-4o .rank")
    tick = page.locator("#gpt-4o [type=checkbox]")
    tick.check()
    page.mouse.move(0, 0)
    ours = "box => getComputedStyle(box, '::before').content"
    assert tick.evaluate(ours) == "none"  # the browser's own box is there, and one is enough
    assert page.evaluate(CONTRAST, [empty, picture(page, "#gpt-4o .rank")]) >= 3


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
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/llms/**")
    page.go_back()
    page.wait_for_url("**organization=meta**")
    assert page.locator(".rank :checked").count() == 0
