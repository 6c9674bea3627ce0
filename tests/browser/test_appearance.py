"""Themes, and the accent and logos of a site of somebody else, as a browser shows them."""

from io import BytesIO

import pytest

from tests.browser.reading import COMPARE
from tests.browser.test_accessibility import LUMINANCES, violations_on
from tests.rebranding import LOGO, rebrand

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("address", ["/", "/changes/", "/nowhere/", "/admin/login/"])
@pytest.mark.parametrize("has_script", [True, False])
def test_everybody_sees_the_dark_page_until_they_choose(seen_by, address, has_script):
    for scheme in ("light", "dark"):
        page = seen_by(1280, scheme, has_chosen=False, java_script_enabled=has_script)
        page.goto(address)
        red = page.evaluate(GROUND).removeprefix("rgb(").split(",")[0]
        assert int(red) < 30
        pressed = page.locator(".themes [aria-pressed=true]").all()
        assert [each.get_attribute("data-mode") for each in pressed] == ["dark"] * has_script


RED = {"accent_light": "#c8102e", "accent_dark": ""}


@pytest.mark.parametrize(
    ("width", "scheme"), [pytest.param(360, "dark", marks=pytest.mark.slow), (1280, "light")]
)
def test_axe_finds_nothing_on_a_site_with_a_red_accent_and_a_logo(
    seen_by, admin_client, width, scheme
):
    assert rebrand(admin_client, **RED).status_code == 302
    pages = ["/", "/llms/gpt-4o/", COMPARE + "?llm=gpt-4o&llm=phi-4", "/changes/", "/nowhere/"]
    assert violations_on(seen_by(width, scheme), pages) == {}


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_figures_can_be_read_at_every_stop_of_the_heat_of_another_accent(
    seen_by, admin_client, scheme
):
    rebrand(admin_client, **RED)
    page = seen_by(1280, scheme)
    page.goto("/")
    contrasts = page.evaluate(LUMINANCES)
    assert len(contrasts) == 60
    assert {stop: ratio for stop, ratio in contrasts.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_of_two_logos_the_one_for_the_ground_is_seen(seen_by, admin_client, scheme):
    light = BytesIO(LOGO.replace(b"#e5484d", b"#111111"))
    light.name = "light.svg"
    rebrand(admin_client, **RED, logo_light_file=light)
    page = seen_by(1280, scheme)
    page.goto("/")
    other = "light" if scheme == "dark" else "dark"
    assert page.locator(f".on-{scheme}").is_visible() is True
    assert page.locator(f".on-{other}").is_visible() is False
    page.locator(f".themes [data-mode={other}]").click()
    assert page.locator(f".on-{other}").is_visible() is True
    assert page.evaluate("document.querySelector('.on-dark').naturalWidth") > 0
