"""Snippets are copied by a button that only a page with script offers."""

import pytest

from leaderboard.models import Leaderboard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_snippet_is_copied_and_said_to_be_and_without_script_no_button_is_offered(open_page):
    page = open_page("/", 1280)
    assert page.locator("#cite pre").is_visible()
    assert page.locator("[data-copied]:visible").count() == 0
    page = open_page("/", 1280, script=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    said = page.locator("#cite output")
    assert said.text_content() == ""
    page.get_by_role("button", name="Copy BibTeX", exact=True).click()
    page.locator("#cite output:has-text('Copied')").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == Leaderboard.objects.get().citation
    page.context.clear_permissions()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy HTML of the frame", exact=True).click()
    page.wait_for_function("getSelection().toString().startsWith('<iframe')")
