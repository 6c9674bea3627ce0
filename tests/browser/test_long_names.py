"""Names without a space, as long as fields take them, widen no page."""

import pytest

from leaderboard.models import LLM, Benchmark, Leaderboard, Metric, Organization, Score, Source
from leaderboard.trail.releases import freeze
from tests.browser.reading import COMPARE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNBROKEN = "W" * 144
# Of a page without its table of many columns, which a wide screen scrolls with the page.
WIDTH = """() => {
  for (const board of document.querySelectorAll(".board")) board.style.overflow = "hidden";
  return document.documentElement.scrollWidth;
}"""


def addresses():
    return [
        "/", "/leaderboard/anesbench/?q=W", f"{COMPARE}?llm=deepseek-r1&llm=gpt-4o",
        f"{COMPARE}?llm=gpt-4o", "/leaderboard/anesbench/charts/", "/leaderboard/anesbench/embed/",
        "/llms/deepseek-r1/", "/benchmarks/anesbench/", Source.objects.get().get_absolute_url(),
        "/ranks/", "/changes/", "/api/", "/leaderboard/anesbench/releases/",
        "/leaderboard/anesbench/releases/2026-11/",
        "/leaderboard/anesbench/diff/?from=2026-11&to=now",
    ]  # fmt: skip


def give_unbroken_names():
    """To everything that a page shows."""
    said = {
        LLM.objects.get(slug="deepseek-r1"): (
            "name", "license", "base_model", "domain", "description",
        ),
        Organization.objects.get(llms__slug="deepseek-r1"): ("name",),
        Benchmark.objects.first(): ("name", "description", "citation"),
        Metric.objects.first(): ("name", "description"),
        Source.objects.get(): ("title", "evaluator", "harness", "settings"),
        Leaderboard.objects.get(): (
            "title", "introduction", "methodology", "citation", "contact",
        ),
        Score.objects.filter(llm__slug="deepseek-r1").first(): ("note",),
    }  # fmt: skip
    for row, names in said.items():
        for name in names:
            longest = row._meta.get_field(name).max_length or 144
            setattr(row, name, UNBROKEN[: min(longest, 144)])
        row._change_reason = UNBROKEN
        row.save()


def test_a_name_without_a_space_widens_no_page(open_page, live_server):
    freeze(Leaderboard.objects.get(), "2026-11", UNBROKEN)
    give_unbroken_names()
    page = open_page("/", 1280, script=True)
    wider = {}
    for address in addresses():
        assert page.goto(live_server.url + address).status == 200, address
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            content = page.evaluate(WIDTH)
            if content != width:
                wider[address, width] = content
    assert wider == {}
