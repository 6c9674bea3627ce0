"""The table in a frame, on a page that listens as the API page says."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOST = """<!doctype html><title>Host</title>
<iframe src="/leaderboard/anesbench/embed/?q=qwen&theme=light" width="800" height="300"></iframe>
<script>{script}</script>"""
HIDDEN = (
    "document.querySelector('.wrap').scrollHeight - document.querySelector('.wrap').clientHeight"
)


def test_a_frame_has_its_theme_and_becomes_as_high_as_its_rows(seen_by):
    page = seen_by(900, "dark")
    page.goto("/api/")
    body = HOST.format(script=page.locator("#frame pre").inner_text())
    page.route("**/host", lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto("/host")
    page.wait_for_function("document.querySelector('iframe').height > 600")
    frame = page.frames[1]
    frame.wait_for_function(f"{HIDDEN} === 0")
    assert frame.evaluate("document.scrollingElement.scrollHeight - innerHeight") == 0
    assert frame.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
