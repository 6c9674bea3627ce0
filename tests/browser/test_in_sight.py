"""Rank, name, ranking value and header stay on the screen, however the table is scrolled."""

import pytest

from leaderboard.models import LLM, Score
from tests.factories import make_leaderboard, make_metric

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (320, 360, 768, 1280, 1920)
PLACES = ((0, 0), (0, 0.4), (0.5, 0.2), (1, 0.7))  # shares of the way to the right and down

# Scrolls to a place; then what of the first whole row under the header is outside or covered.
LOOK = """async ([right, down]) => {
  const board = document.querySelector(".board");
  const table = document.getElementById("standings");
  const box = getComputedStyle(board).overflowX === "visible" ? document.documentElement : board;
  box.style.scrollBehavior = "auto";
  if (box === board) board.scrollIntoView({ behavior: "instant", block: "start" });
  const top = box === board ? 0 : board.getBoundingClientRect().top + scrollY;
  box.scrollTo(right * (box.scrollWidth - box.clientWidth),
               top + down * (table.offsetHeight - innerHeight));
  await new Promise(requestAnimationFrame);
  const bottom = document.querySelector("#standings thead").getBoundingClientRect().bottom;
  const row = [...table.tBodies[0].rows].find((tr) => tr.getBoundingClientRect().top >= bottom - 1);
  const parts = { rank: row.querySelector(".rank b"), name: row.querySelector("th a"),
                  value: row.querySelector(".main"), header: document.querySelector("th.main a"),
                  "header of names": document.querySelector(".name a") };
  const hidden = (part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return true;
    const cell = part.closest("th, td");
    return [left + 2, right - 2].some((x) =>
      !cell.contains(document.elementFromPoint(x, (top + bottom) / 2)));
  };
  return Object.keys(parts).filter((name) => hidden(parts[name]));
}"""


# Names that go beyond their cell, or that another LLM has too: nothing of a name is cut.
CUT = """() => {
  const names = [...document.querySelectorAll("#standings tbody th a")];
  return names.filter((name) => {
    const { left, right } = name.closest("th").getBoundingClientRect();
    const text = document.createRange();
    text.selectNodeContents(name);
    const inside = [...text.getClientRects()].every((line) =>
      line.left >= left - 1 && line.right <= right + 1);
    const { overflow } = getComputedStyle(name);
    return !inside || overflow !== "visible" || name.scrollWidth > name.offsetWidth + 1 ||
      names.some((other) => other !== name && other.innerText === name.innerText);
  }).map((name) => name.innerText);
}"""


def make_wide_board():
    """“wide”: 40 LLMs with long names and 120 metrics, ranked by one in their midst."""
    metrics = [make_metric(f"group-{n // 20}-task-{n % 20:02}", unit="points") for n in range(120)]
    names = [f"model-{n:02}-instruct-2025-very-long-variant-{n % 2}-effort" for n in range(40)]
    llms = [LLM(name=name, is_published=True) for name in names]
    for llm in llms:
        llm.derive()
    LLM.objects.bulk_create(llms)
    Score.objects.bulk_create(
        Score(llm=llm, metric=metric, value=(n * m) % 97, decimals=2)
        for n, llm in enumerate(llms, 1)
        for m, metric in enumerate(metrics, 1)
        if (n + m) % 7 or m == 60
    )
    return make_leaderboard(metrics, metrics[59], slug="wide", title="Wide", position=9)


def test_rank_name_ranking_value_and_header_are_in_sight_and_uncovered(open_page, live_server):
    make_wide_board()
    page = open_page("/nowhere/", 1280, script=True)
    hidden = {}
    for address in (
        "/leaderboard/anesbench/",
        "/leaderboard/wide/",
        "/leaderboard/wide/?sort=-group-4-task-07",
    ):
        page.goto(live_server.url + address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for place in PLACES:
                if parts := page.evaluate(LOOK, place):
                    hidden[address, width, place] = parts
            if cut := page.evaluate(CUT):
                hidden[address, width, "names"] = cut
    assert hidden == {}
