"""Nothing that a maintainer types is lost: leaving, the back button, two tabs, a crash, a double
click, a session that ends."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django_otp.plugins.otp_totp.models import TOTPDevice

from leaderboard.models import LLM, Organization
from tests.browser.reading import follow, log_in
from tests.rebranding import LOGO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/leaderboard/organization/add/"
BACK = ".typed-back"


@pytest.fixture
def page(open_page, live_server):
    page = open_page("/admin/", 1280, script=True)
    log_in(page, live_server)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def open_form(page, live_server, address=ADD):
    """Open a form and wait until its place for drafts is found."""
    page.goto(live_server.url + address)
    page.wait_for_selector("form[data-watched]")


def wait_until_kept(page, text):
    """It is kept soon after the last key."""
    page.wait_for_function("text => Object.values(localStorage).join().includes(text)", arg=text)


def type_name(page, name):
    page.fill("[name=name]", name)
    wait_until_kept(page, name)


def test_leaving_a_changed_form_warns_and_saving_it_does_not(page, live_server):
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    open_form(page, live_server)
    page.goto(live_server.url + "/admin/")
    assert asked == []
    open_form(page, live_server)
    type_name(page, "Acme")
    page.goto(live_server.url + "/admin/")
    assert asked == ["beforeunload"]
    open_form(page, live_server)
    page.click("[name=_save]")
    page.wait_for_selector(".messagelist .success")
    assert asked == ["beforeunload"]


def test_a_closed_tab_leaves_what_was_typed_until_it_is_saved(page, live_server):
    open_form(page, live_server)
    type_name(page, "Acme")
    page.close()
    again = page.context.new_page()
    open_form(again, live_server)
    assert again.input_value("[name=name]") == "Acme"
    assert "is back in its boxes" in again.inner_text(BACK)
    again.click("[name=_save]")
    again.wait_for_selector(".messagelist .success")
    assert Organization.objects.filter(name="Acme").count() == 1
    open_form(again, live_server)
    assert (again.input_value("[name=name]"), again.locator(BACK).count()) == ("", 0)


def test_the_back_button_brings_it_back(page, live_server):
    page.goto(live_server.url + "/admin/")
    open_form(page, live_server)
    type_name(page, "Acme")
    page.click("#site-name a")
    page.go_back()
    page.wait_for_selector("form[data-watched]")
    assert page.input_value("[name=name]") == "Acme"


def test_beside_a_picture_texts_are_kept_and_the_picture_is_not(page, live_server, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_bytes(LOGO)
    address = "/admin/leaderboard/appearance/1/change/"
    open_form(page, live_server, address)
    page.set_input_files("[name=logo_dark_file]", logo)
    page.fill("[name=tagline]", "Hearts, measured.")
    wait_until_kept(page, "Hearts, measured.")
    assert "logo" not in page.evaluate("Object.values(localStorage).join()")
    open_form(page, live_server, address)
    assert page.input_value("[name=tagline]") == "Hearts, measured."
    assert page.input_value("[name=logo_dark_file]") == ""


def test_what_was_typed_can_be_thrown_away(page, live_server):
    open_form(page, live_server)
    type_name(page, "Acme")
    open_form(page, live_server)
    page.click(f"{BACK} button")
    page.wait_for_selector(BACK, state="detached")
    assert page.input_value("[name=name]") == ""
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('typed:'))") == []


def test_choices_ticks_scores_and_rows_come_back(page, live_server):
    llm = LLM.objects.get(slug="gpt-4o")
    address = f"/admin/leaderboard/llm/{llm.pk}/change/"
    open_form(page, live_server, address)
    page.fill("[name=score-amcqa-system1]", "0.5")
    page.click("summary:has-text('Facts')")
    page.select_option("[name=open_weights]", "true")
    page.uncheck("[name=is_published]")
    wait_until_kept(page, "is_published")
    page.goto(live_server.url + "/admin/")
    open_form(page, live_server, address)
    assert page.input_value("[name=score-amcqa-system1]") == "0.5"
    assert page.input_value("[name=open_weights]") == "true"
    assert page.is_visible("[name=open_weights]")  # in a fold that was closed
    assert not page.is_checked("[name=is_published]")


def test_two_tabs_keep_each_its_own(page, live_server):
    other = page.context.new_page()
    open_form(page, live_server)
    type_name(page, "First")
    open_form(other, live_server)
    assert other.input_value("[name=name]") == ""
    type_name(other, "Second")
    page.close()
    other.close()
    tabs = [page.context.new_page() for _ in range(2)]
    for tab in tabs:
        open_form(tab, live_server)
    assert [tab.input_value("[name=name]") for tab in tabs] == ["First", "Second"]


def test_a_refused_form_is_there_again_too(page, live_server):
    open_form(page, live_server)
    type_name(page, "OpenAI")  # exists
    page.fill("[name=slug]", "openai")
    page.click("[name=_save]")
    page.wait_for_selector(".errornote")
    page.wait_for_selector("form[data-watched]")
    page.goto(live_server.url + "/admin/")
    open_form(page, live_server)
    assert page.input_value("[name=name]") == "OpenAI"


def test_a_double_click_saves_once(page, live_server):
    open_form(page, live_server)
    type_name(page, "Acme")
    page.dblclick("[name=_save]")
    page.wait_for_selector(".messagelist .success")
    assert Organization.objects.filter(name="Acme").count() == 1


def test_a_session_that_ended_is_renewed_in_place_and_all_is_saved(page, live_server):
    save_too_late(page, live_server)
    log_in_as(page, "chief")
    page.wait_for_selector(".messagelist .success")
    assert Organization.objects.filter(name="Acme").count() == 1


def save_too_late(page, live_server):
    open_form(page, live_server)
    type_name(page, "Acme")
    Session.objects.all().delete()
    page.click("[name=_save]")


def log_in_as(page, name):
    page.fill("[name=username]", name)
    page.fill("[name=password]", "a password of chiefs")
    page.click("[type=submit]")


def test_what_another_typed_is_not_saved_under_ones_name_by_itself(page, live_server):
    User.objects.create_superuser("other", password="a password of chiefs")
    save_too_late(page, live_server)
    log_in_as(page, "other")
    page.wait_for_selector("form.send-at-once")
    page.wait_for_timeout(500)
    assert not Organization.objects.filter(name="Acme").exists()
    page.click("form.send-at-once .default")
    page.wait_for_selector(".messagelist .success")
    assert Organization.history.get(name="Acme").history_user.username == "other"


def test_logging_out_forgets_all(page, live_server):
    open_form(page, live_server)
    type_name(page, "Acme")
    follow(page, "#logout-form button")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('typed:'))") == []


def test_a_code_of_a_second_factor_is_never_kept(page, live_server):
    chief = User.objects.get(username="chief")
    TOTPDevice.objects.create(user=chief, name="phone", confirmed=True)
    page.goto(live_server.url + "/admin/")
    page.fill("[name=code]", "abcd-efgh-ijkl-mnop")
    page.wait_for_timeout(500)
    page.reload()
    assert page.input_value("[name=code]") == ""
    assert "abcd" not in page.evaluate("Object.values(localStorage).join()")
