"""Large files in a browser: their names settled, and their preview within the screen."""

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from leaderboard.models import LLM, Import, Score
from tests.browser.reading import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CASES = Path(__file__).parents[3] / "shared" / "cases"
ROWS = [f"Qwen3 {size},0.5,1200" for size in ("0.6B", "1.7B", "4B", "8B", "14B", "32B")]
ROWS += ["DeepSeek R1,0.5,1300", "Scaffold + Model X w/ Review Heavy,>0.5,1100"]
ROWS += [f"Unheard of {n},{'>0.4' if n % 100 == 7 else 0.4},1000" for n in range(992)]
LONG = f"acme/{'Very-Long-Name' * 8}"
PROBLEMS = f"""LLM,{LONG},amcqa-overall,organization,released,Cost
gpt-4o,0.5,>0.9,OpenAI,summer,$5
phi-4,0.5,0.875,Microsoft,spring,0.3 €
{LONG},0.25,NaN,{LONG},autumn,$3
qwen3-8b,0.5
"""


@pytest.fixture
def maintainer(seen_by, django_user_model, client, live_server):
    """What opens a page of this width, logged in."""
    user = django_user_model.objects.create_user("maintainer", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    cookie = client.cookies["sessionid"]

    def open_at(width):
        page = seen_by(width, "dark")
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        return page

    return open_at


class Clicks:
    """Presses buttons of a page, and counts."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, selector):
        self.count += 1
        follow(self.page, selector)

    def enter(self, selector, text):
        """The Enter key counts as a click."""
        self.count += 1
        self.page.locator(selector).fill(text)
        with self.page.expect_navigation():
            self.page.locator(selector).press("Enter")


def choose_files(page, *files):
    page.goto("/admin/leaderboard/import/add/")
    page.locator("#id_file").set_input_files(files)


def summary(page):
    return page.locator(".tally li").all_inner_texts()


@pytest.mark.slow
def test_a_thousand_names_are_settled_in_ten_clicks(maintainer, tmp_path):
    """From the upload to the import that is stored: names, a column, and cells to leave out."""
    page = maintainer(1280)
    path = tmp_path / "names.csv"
    path.write_text("LLM,amcqa overall,Elo\n" + "\n".join(ROWS) + "\n")
    choose_files(page, path)
    clicks = Clicks(page)
    clicks.press("[type=submit].default")
    take(page, "before")
    assert summary(page)[3:5] == ["1,001 to decide", "11 not read"]
    clicks.press("[name=leave-out-cause]")
    clicks.press("[name=accept][value=llm]")
    clicks.enter("#sought-names", "scaffold")
    names = page.locator("#llms ~ fieldset.name legend b").all_inner_texts()
    assert names == ["Scaffold + Model X w/ Review Heavy"]
    box = "fieldset.name input[name^=llm][name$=-parameters]"
    page.locator(box).fill("7")
    assert page.locator("fieldset.name input[name^=llm][value=create]").is_checked()
    take(page, "typed")
    clicks.enter(box, "7")  # decides about no other name
    assert sum(map(bool, Import.objects.get().choices["llms"].values())) == 8
    clicks.press("[name=without][value=llm]")
    clicks.press("[name=without][value=metric]")
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    take(page, "after")
    assert summary(page)[:5] == [
        "0 new", "7 changed", "0 unchanged", "0 to decide", "0 not read",
    ]  # fmt: skip
    clicks.press("[value=confirm]")
    assert Import.objects.get().state == "done"
    assert Score.objects.filter(metric__key="amcqa-overall", value="0.5").count() >= 7
    assert not LLM.objects.filter(name__startswith="Unheard").exists()
    assert clicks.count == 8


def test_choices_are_kept_by_the_site_and_unsent_ones_are_asked_about(maintainer, tmp_path):
    page, asked = maintainer(1280), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    path = tmp_path / "names.csv"
    path.write_text("LLM,amcqa-overall\ngpt-4o,0.5\nUnheard of,0.5\n")
    choose_files(page, path)
    follow(page, "[type=submit].default")
    page.select_option("[name=other_llms]", "leave out")
    follow(page, ".for-all [value=choose]")
    assert (page.locator(".typed-back").count(), asked) == (0, [])
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    page.fill("[name=source_title]", "Another")
    with page.expect_event("dialog"):
        page.locator("[value=confirm]").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    assert Import.objects.get().state == "pending"


OUTSIDE = """() => [...document.querySelectorAll(".import *")].filter((each) => {
  const { left, right, width } = each.getBoundingClientRect();
  return width && (left < -0.5 || right > innerWidth + 0.5);
}).map((each) => `${each.tagName} ${each.className} ${each.id} ${each.innerText?.slice(0, 40)}`)"""


MIDDLE = [pytest.param(width, marks=pytest.mark.slow) for width in (768, 1024)]


@pytest.mark.parametrize("width", [360, *MIDDLE, 1280])
def test_nothing_of_a_preview_is_off_the_screen(maintainer, tmp_path, width):
    page = maintainer(width)
    path = tmp_path / f"{'a-file-of-a-long-name' * 4}.csv"
    path.write_text(PROBLEMS)
    choose_files(page, path)
    follow(page, "[type=submit].default")
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
    take(page, f"problems-{width}")
    assert summary(page)[4:7] == ["2 not read", "1 without a number", "1 left out"]
    assert page.evaluate(OUTSIDE) == []
    remark = page.locator(".remark").first
    assert "is not a " in remark.inner_text()
    value = remark.locator("xpath=preceding-sibling::td[1]")
    gap = remark.bounding_box()["x"] - value.bounding_box()["x"] - value.bounding_box()["width"]
    below = remark.bounding_box()["y"] - value.bounding_box()["y"]
    assert (abs(gap) < 1 and below < 1) or 0 < below < 30  # beside it, or on the next line


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.skipif(not CASES.is_dir(), reason="the sample files are not here")
def test_no_preview_of_a_sample_is_wider_than_the_screen(maintainer, width):
    page, wider = maintainer(width), {}
    for path in sorted(CASES.glob("*.[ctxj]*")):
        choose_files(page, path)
        follow(page, "[type=submit].default")
        if outside := page.evaluate(OUTSIDE):
            wider[path.name] = outside[:3]
    assert wider == {}


def take(page, name):
    """A picture, where somebody asks for it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/names-{name}.png", full_page="problems" in name)
