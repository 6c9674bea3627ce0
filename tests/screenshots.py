"""The README's picture: `python -m tests.screenshots ADDRESS` of a site with the seed content."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parents[1] / "static/img/leaderboard.png"
LARGEST = 120_000  # bytes: it is the picture of links to the site, too


def take(address):
    """The leaderboard in the dark theme, as large as previews of links want it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1200, "height": 630}, color_scheme="dark")
        page.goto(address)
        picture = page.screenshot()
        browser.close()
    if len(picture) > LARGEST:
        sys.exit(f"The picture has {len(picture)} bytes, at most {LARGEST} are wanted: it stays.")
    PICTURE.write_bytes(picture)


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/")
