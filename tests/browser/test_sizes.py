"""Wide, long and many leaderboards at every width: for everyone, by keyboard, on paper, in forced
colours; and names that differ read differently."""

import pytest

from leaderboard.models import LLM, Score
from tests.browser.reading import COMPARE
from tests.browser.test_accessibility import OBSCURED, violations
from tests.browser.test_in_sight import make_wide_board
from tests.browser.test_long_names import WIDTH
from tests.factories import make_leaderboard, make_metric
from tests.views.boards import make_boards

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LARGE = 4_000


def make_large_board():
    """“large”: 4,000 LLMs with three metrics each."""
    metrics = [make_metric(f"large-{n}", question_count=500) for n in range(3)]
    llms = [LLM(name=f"llm-{n:04}", is_published=True, parameters=n + 1) for n in range(LARGE)]
    for llm in llms:
        llm.derive()
    LLM.objects.bulk_create(llms)
    Score.objects.bulk_create(
        Score(llm=llm, metric=metric, value=(n * (m + 7) % 500) / 500, decimals=3)
        for n, llm in enumerate(llms)
        for m, metric in enumerate(metrics)
    )
    return make_leaderboard(metrics, metrics[0], slug="large", title="Large", position=10)


PAGES = {
    "wide": ["/leaderboard/wide/", "/leaderboard/wide/?sort=-group-4-task-07&q=model"],
    "large": ["/leaderboard/large/", "/leaderboard/large/?page=3&min_size=7"],
    "boards": ["/", "/leaderboard/board-0/"],
}


def make_site(kind):
    """The seed beside a wide board, a large one, or eight others."""
    {"wide": make_wide_board, "large": make_large_board, "boards": lambda: make_boards(8)}[kind]()


# What print does without: a rule below each row but the last; nothing that is cut.
WITHOUT_RULE = """() => [...document.querySelectorAll("#standings tbody tr:not(:last-child)")]
  .filter((row) => [...row.cells].some((cell) =>
    getComputedStyle(cell).borderBottomWidth === "0px")).length"""


# A header that is halfway below a column that stays is a small target until it is scrolled.
PARTLY_COVERED = {"target-size"}
PAGE_COLOURS = {"color-contrast"}  # axe takes the page's for those that the system forces


def violations_but(page, rules):
    return [each for each in violations(page) if each[0] not in rules]


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
@pytest.mark.parametrize("kind", PAGES)
def test_leaderboards_of_any_size_are_for_everyone_at_every_width(seen_by, anesbench, kind, width):
    make_site(kind)
    page = seen_by(width, "dark" if width % 3 else "light")
    found = {}
    for address in PAGES[kind]:
        page.goto(address)
        page.emulate_media(media="screen", forced_colors="none")
        found[address, "axe"] = violations_but(page, PARTLY_COVERED)
        if kind != "wide" and width > 320:  # there a header may get the focus below what stays
            found[address, "behind something"] = page.evaluate(OBSCURED)
        page.emulate_media(forced_colors="active")
        found[address, "forced colours"] = violations_but(page, PARTLY_COVERED | PAGE_COLOURS)
        page.emulate_media(media="print", forced_colors="none")
        found[address, "rows without a rule"] = page.evaluate(WITHOUT_RULE) or []
        page.emulate_media(media="screen")
        found[address, "wider"] = [each for each in [page.evaluate(WIDTH)] if each != width]
    assert {at: what for at, what in found.items() if what} == {}


# Links to different LLMs or benchmarks whose text is the same, as far as it is in sight.
READ_SAME = """() => {
  const inSight = (link) => {
    let clip = link;
    while (clip && !/hidden|clip/.test(getComputedStyle(clip).overflow)) clip = clip.parentElement;
    if (!clip) return link.innerText ?? link.textContent;
    const frame = clip.getBoundingClientRect();
    const letters = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let text = "";
    for (let node = letters.nextNode(); node; node = letters.nextNode())
      for (let at = 0; at < node.length; at += 1) {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        const inside = left >= frame.left - 1 && right <= frame.right + 1 &&
          top >= frame.top - 1 && bottom <= frame.bottom + 1;
        if (inside) text += node.data[at];
      }
    return text;
  };
  const leads = {};
  for (const link of document.querySelectorAll("main a")) {
    if (!/^\\/(llms|benchmarks)\\/[^/]+\\/$/.test(link.getAttribute("href"))) continue;
    const text = inSight(link).replace(/\\s+/g, " ").trim();
    if (link.checkVisibility() && text) (leads[text] ??= new Set()).add(link.getAttribute("href"));
  }
  return Object.keys(leads).filter((text) => leads[text].size > 1);
}"""


def test_no_two_names_on_any_page_read_the_same(open_page, live_server):
    make_wide_board()
    page = open_page("/", 1280, script=True)
    llm = LLM.objects.filter(name__startswith="model-").first().slug
    pages = [
        "/leaderboard/anesbench/", "/leaderboard/wide/", f"/llms/{llm}/", "/llms/qwen3-32b/",
        "/benchmarks/anesbench/", "/changes/", "/ranks/", "/leaderboard/anesbench/charts/",
        "/sources/172133683/", f"{COMPARE}?llm=gpt-4o&llm=qwen3-32b", COMPARE,
        "/leaderboard/wide/compare/",
    ]  # fmt: skip
    same = {}
    for address in pages:
        assert page.goto(live_server.url + address).status == 200, address
        for width in (360, 1280):
            for density in ("comfortable", "compact"):
                page.set_viewport_size({"width": width, "height": 800})
                page.evaluate(f"document.documentElement.dataset.dense = '{density}'")
                if found := page.evaluate(READ_SAME):
                    same[address, width, density] = found
    assert same == {}


# {name of a control: its place on the page}
CONTROLS = """() => {
  const places = {};
  const controls = ["header :is(a, button)", ".views a", ".tools :is(summary, input)",
                    ".sort :is(a, select, input)"];
  for (const each of document.querySelectorAll(controls)) {
    if (!each.checkVisibility()) continue;
    const { x, y } = each.getBoundingClientRect();
    const name = each.ariaLabel ?? each.labels?.[0]?.innerText ?? each.textContent;
    places[name.replace(/\\d/g, "").trim() || each.outerHTML] = [x, y + scrollY].map(Math.round);
  }
  return places;
}"""
NARROW = """() => {
  const change = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));
  const search = document.querySelector("[name=q]");
  search.value = "qwen";
  change(search);
  document.querySelector("[name=weights][value=open]").click();
  document.querySelector("#standings [data-column=amcqa-overall] a").click();
  document.querySelector("#standings [name=llm]").click();
  scrollTo(0, 0);
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_every_control_has_a_name_and_a_place_that_does_not_move(open_page, width):
    page = open_page("/", width, script=True)
    before = page.evaluate(CONTROLS)
    assert len(before) >= 12
    assert [name for name in before if "<" in name] == []
    page.evaluate(NARROW)
    assert page.locator("#chips a").count() == 2
    after = page.evaluate(CONTROLS)
    assert {
        name.replace("ascending", "descending"): place for name, place in after.items()
    } == before
