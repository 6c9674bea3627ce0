"""For everyone: automatic rules, then what they cannot see."""

from base64 import b64encode
from itertools import product

import pytest

from tests.browser.reading import COMPARE, follow, log_in
from tests.factories import make_site_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    "/organizations/alibaba-qwen/",
    COMPARE,
    COMPARE + "?llm=gpt-4o&llm=phi-4",
    "/leaderboard/anesbench/releases/",
    "/leaderboard/anesbench/diff/?from=now&to=now",
    "/changes/",
    "/sources/172133683/",
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
    "/admin/leaderboard/leaderboard/1/freeze/",
    "/admin/leaderboard/leaderboard/consistency/",
    "/admin/leaderboard/import/add/",
]


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


WRITTEN = """# First

A **text** with a [link](https://example.org/), `code` and a list:

- one

| a | b |
|---|---|
| 1 | 2 |

> quoted

## Second

```
a long line of code that does not fit on the screen of a telephone, whatever one does
```
"""


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme", "language"), sorted(CORNERS))
def test_written_pages_and_links_to_drafts_are_for_everyone(
    seen_by, live_server, width, scheme, language
):
    make_site_page("About", text=WRITTEN)
    make_site_page("Imprint", text=WRITTEN, place="footer")
    draft = make_site_page("FAQ", text=WRITTEN, is_published=False)
    page = seen_by(width, scheme)
    log_in(page, live_server)
    prefix = "" if language == "en" else f"/{language}"
    share = f"{prefix}/admin/leaderboard/draftlink/share/sitepage/{draft.pk}/"
    page.goto(share)
    follow(page, "#make_link button")
    link = page.locator("input[readonly]").input_value()
    found = {}
    for address in (f"{prefix}/pages/about/", link, share, f"{prefix}/admin/",
                    f"{prefix}/admin/leaderboard/draftlink/"):  # fmt: skip
        page.goto(address)
        found[address] = violations(page), page.evaluate("document.documentElement.scrollWidth")
    assert found == dict.fromkeys(found, ([], width))


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
        follow(page, "[type=submit].default")
        found.append((violations(page), page.evaluate("document.documentElement.scrollWidth")))
    assert page.locator(".import .warning").count() == 1
    follow(page, "[value=confirm]")
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
