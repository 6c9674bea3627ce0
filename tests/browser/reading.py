"""What tests ask of a page in a browser."""

from django.contrib.auth.models import User

COMPARE = "/leaderboard/anesbench/compare/"


def url_of(page):
    """The address bar as it is now; Playwright's own page.url lags behind the script."""
    return page.evaluate("location.href")


def follow(page, target):
    """Click what leads to another page, or to the same one anew, and wait until it is there whole.

    A click alone waits until the answer begins: what is counted then may be half a page.
    """
    with page.expect_navigation():
        (page.locator(target).first if isinstance(target, str) else target).click()


def log_in(page, live_server):
    User.objects.create_superuser("chief", password="a password of chiefs")
    page.goto(live_server.url + "/admin/")
    page.locator("[name=username]").fill("chief")
    page.locator("[name=password]").fill("a password of chiefs")
    page.locator("[type=submit]").click()
    page.wait_for_selector("#user-tools")
