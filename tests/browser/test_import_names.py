"""The names of a large file, settled in a browser."""

import os

import pytest
from django.contrib.auth.models import Group

from leaderboard.models import Import

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = [f"Qwen3 {size},0.5" for size in ("0.6B", "1.7B", "4B", "8B", "14B", "32B")]
ROWS += ["DeepSeek R1,0.5", "Scaffold + Model X w/ Review Heavy,0.5"]
ROWS += [f"Unheard of {n},0.5" for n in range(992)]


@pytest.fixture
def maintainer(seen_by, django_user_model, client, live_server):
    user = django_user_model.objects.create_user("maintainer", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    page, cookie = seen_by(1280, "dark"), client.cookies["sessionid"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def test_a_thousand_names_are_settled_in_ten_clicks(maintainer, tmp_path):
    page = maintainer
    path = tmp_path / "names.csv"
    path.write_text("LLM,amcqa-overall\n" + "\n".join(ROWS) + "\n")
    page.goto("/admin/leaderboard/import/add/")
    page.locator("#id_file").set_input_files(path)
    page.locator("[type=submit].default").click()
    take(page, "before")
    page.locator("button[name=accept][value=llm]").click()
    page.locator("#sought-names").fill("scaffold")
    page.locator("#sought-names").press("Enter")
    names = page.locator("fieldset.name legend b").all_inner_texts()
    assert names == ["Scaffold + Model X w/ Review Heavy"]
    box = page.locator("fieldset.name input[name$=-parameters]")
    box.fill("7")
    assert page.locator("fieldset.name input[value=create]").is_checked()
    take(page, "typed")
    box.press("Enter")  # decides about no other name
    assert Import.objects.get().choices["llms"].keys() >= {"DeepSeek R1", names[0]}
    assert sum(map(bool, Import.objects.get().choices["llms"].values())) == 8
    page.locator("button[name=without][value=llm]").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    take(page, "after")
    page.locator("[value=confirm]").click()
    assert Import.objects.get().change_count == 8 + 1  # scores, and one new LLM


def take(page, name):
    """A picture, where somebody asks for it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/names-{name}.png")
