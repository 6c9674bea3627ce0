"""What tests ask of a page in a browser."""

from django.contrib.auth.models import User

COMPARE = "/leaderboard/anesbench/compare/"


def url_of(page):
    """The address bar as it is now; Playwright's own page.url lags behind the script."""
    return page.evaluate("location.href")


def log_in(page, live_server):
    User.objects.create_superuser("chief", password="a password of chiefs")
    page.goto(live_server.url + "/admin/")
    page.locator("[name=username]").fill("chief")
    page.locator("[name=password]").fill("a password of chiefs")
    page.locator("[type=submit]").click()
    page.wait_for_selector("#user-tools")
