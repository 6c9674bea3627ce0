"""A maintainer's first day, as the README tells it: how many actions each task takes.

An action is a click, a text typed into a box, or a choice. None leaves the admin.
"""

import pytest

from leaderboard.models import LLM, Leaderboard
from tests.browser.reading import follow, log_in
from tests.factories import SEED_METRICS, make_llm, make_score

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MIXED = (
    {"name": "acc", "unit": "percent", "question_count": "1200"},
    {"name": "F1"},
    {"name": "latency", "unit": "other", "unit_label": "ms", "higher_is_better": "False"},
)

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" fill="#c00"/></svg>'


class Maintainer:
    """Does one thing after another on a page, and counts."""

    def __init__(self, page):
        self.page, self.actions, self.visited = page, 0, set()
        page.on("framenavigated", lambda frame: self.visited.add(frame.url))

    def click(self, target):
        self.actions += 1
        follow(self.page, target)

    def unfold(self, target):
        self.actions += 1
        self.page.click(target)

    def type(self, name, text):
        self.actions += 1
        self.page.fill(f"[name='{name}']", text)

    def choose(self, name, value):
        self.actions += 1
        self.page.select_option(f"[name='{name}']", value)

    def give_file(self, name, path):
        self.actions += 1
        self.page.set_input_files(f"[name='{name}']", path)

    def tick(self, target):
        self.actions += 1
        self.page.check(target)


@pytest.fixture
def maintainer(open_page, live_server):
    page = open_page("/admin/", 1280, script=True)
    log_in(page, live_server)
    maintainer = Maintainer(page)
    yield maintainer
    assert [url for url in maintainer.visited if "/admin/" not in url] == []


def saved(maintainer):
    return maintainer.page.locator(".messagelist .success").count() == 1


def test_an_llm_with_nine_scores_takes_at_most_14_actions(maintainer):
    maintainer.click("text=Add an LLM")
    maintainer.type("name", "Newcomer-1")
    for key in SEED_METRICS:
        maintainer.type(f"score-{key}", "0.5")
    maintainer.click("[name=_save]")
    assert saved(maintainer)
    assert LLM.objects.get(name="Newcomer-1").scores.count() == 9
    assert maintainer.actions <= 14


def test_three_mixed_metrics_with_leaderboard_llms_and_publication_take_at_most_60(maintainer):
    maintainer.click("text=Add a benchmark")
    maintainer.type("name", "MedQA")
    maintainer.type("title", "Medicine")
    for number, metric in enumerate(MIXED):
        for name, value in metric.items():
            box = f"line-{number}-{name}"
            is_choice = maintainer.page.locator(f"[name={box}]").evaluate("box => box.tagName")
            (maintainer.choose if is_choice == "SELECT" else maintainer.type)(box, value)
    maintainer.click("text=Add all this")
    board = Leaderboard.objects.get(title="Medicine")
    keys = [column.metric.key for column in board.columns.all()]
    add = "#nav-sidebar .model-llm .addlink"
    for number in range(6):
        maintainer.click(add if number == 0 else "text=Save and add another")
        maintainer.type("name", f"Candidate {number}")
        if not maintainer.page.is_visible(f"[name=score-{keys[0]}]"):
            maintainer.unfold("summary:has-text('Medicine')")
        for key in keys:
            maintainer.type(f"score-{key}", "0.5")
    maintainer.click("[name=_save]")
    maintainer.click("#nav-sidebar .model-leaderboard th a")
    maintainer.click("#result_list a:has-text('Medicine')")
    maintainer.tick("[name=is_published]")
    maintainer.click("[name=_save]")
    if maintainer.page.locator("#check").count():
        maintainer.click("#check .default")
    board.refresh_from_db()
    assert board.is_published
    assert (
        LLM.objects.filter(name__startswith="Candidate", scores__metric__key=keys[0]).count() == 6
    )
    assert maintainer.actions <= 60


def test_merging_two_llms_takes_at_most_6_actions(maintainer):
    twin = make_llm("GPT-4o (again)")
    make_score(twin, Leaderboard.objects.get().ranking_metric, "0.5")
    kept = LLM.objects.get(slug="gpt-4o")
    maintainer.click("text=Correct a score")
    maintainer.page.goto(f"{maintainer.page.url.split('?')[0]}{kept.pk}/change/")
    maintainer.actions += 1  # in the list
    maintainer.click(".object-tools >> text=Merge")
    maintainer.click("text=GPT-4o (again)")
    maintainer.click("#merge .default")
    maintainer.click("#check .default")
    assert saved(maintainer)
    assert not LLM.objects.filter(pk=twin.pk).exists()
    assert maintainer.actions <= 6


def test_branding_the_site_takes_at_most_8_actions(maintainer, tmp_path, client):
    logo = tmp_path / "logo.svg"
    logo.write_text(LOGO)
    maintainer.click('a:text-is("Appearance")')
    maintainer.type("name", "CardioBench")
    maintainer.type("tagline", "Hearts, measured.")
    maintainer.give_file("logo_dark_file", logo)
    maintainer.type("accent_dark", "#ff8a80")
    maintainer.click("[name=_save]")
    assert saved(maintainer)
    assert "CardioBench" in client.get("/").content.decode()
    assert maintainer.actions <= 8


def test_a_page_takes_at_most_6_actions(maintainer, client):
    maintainer.click("text=Write a page")
    maintainer.type("title", "How to submit")
    maintainer.type("text", "Send us **your** results.")
    maintainer.tick("[name=is_published]")
    maintainer.click("[name=_save]")
    assert saved(maintainer)
    assert "<strong>your</strong>" in client.get("/pages/how-to-submit/").content.decode()
    assert maintainer.actions <= 6
