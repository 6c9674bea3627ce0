"""The README's picture, and that of links to the site, without its name: `python -m
tests.screenshots ADDRESS` of a site with the seed content."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parents[1] / "static/img"
LARGEST = 130_000  # bytes


def take(address):
    """The leaderboard in its default theme, as large as previews of links want it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1200, "height": 630}, color_scheme="dark")
        page.goto(address)
        keep("leaderboard.png", page.screenshot())
        page.evaluate("scrollTo(0, document.querySelector('.wrap').offsetTop - 24)")
        keep("table.png", page.screenshot())
        browser.close()


def keep(name, picture):
    """Writes a picture, unless it is too large."""
    if len(picture) > LARGEST:
        sys.exit(f"{name} has {len(picture)} bytes, at most {LARGEST} are wanted: it stays.")
    (PICTURES / name).write_bytes(picture)


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/")
