"""Milliseconds that a reader waits: `python -m tests.performance.clicks [--sizes 51 1000 10000]`.

A click on a header, on which the pointer rested, until the new order is painted, and the way to the
page until its table is painted in its order and answers clicks: of this site, and of the page it
replaces with its script (sortable-tablesort, fetched from npm into a temporary folder). Both behind
the shipped nginx, over https, in the same Chromium, one round after the other.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from .compare import HOST, PAGE, fronts, prepare
from .goals import at_most

ROUNDS = 5
REST = 400  # milliseconds that a pointer is on a header before it clicks
SCRIPT = "sortable-tablesort"
SIZE = {"width": 1280, "height": 900}
# Frames as they come, not sixty in a second: the wait for the next one would be most of the time.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-frame-rate-limit", "--disable-gpu-vsync"]
FLAGS += ["--ignore-certificate-errors", f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
GOALS = {"click": {51: 1.0, 1_000: 0.35, 10_000: 0.06}, "ready": {51: 1.3, 1_000: 0.4, 10_000: 0.1}}

# A frame after something is true, and a turn of the loop after that, it has been painted.
WAIT = """
window.painted = (is_true) => new Promise((done) => {
  const look = () => requestAnimationFrame(() => {
    if (!is_true()) return look();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(null);
  });
  look();
});
"""
CLICK = """async () => {
  const order = () => [...document.querySelectorAll("tbody tr")].slice(0, 20)
    .map((row) => row.textContent).join();
  const before = order();
  const header = [...document.querySelectorAll("thead tr:last-child th")].at(-2);
  const start = performance.now();
  (header.querySelector("a") ?? header).click();
  return await painted(() => order() !== before) - start;
}"""
READY = """async () => await painted(() => {
  const values = [...document.querySelectorAll("tbody tr")].slice(0, 50)
    .map((row) => parseFloat(row.lastElementChild.textContent));
  return document.readyState === "complete" &&
    values.length && values.every((value, index) => !index || value <= values[index - 1]);
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[51, 1_000, 10_000])
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=FLAGS,
            ignore_default_args=["--mute-audio"],
        )
        for size in options.sizes:
            with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
                os.chmod(folder, 0o755)  # nginx's workers read the static files in it
                report(size, measure(browser, serve(Path(folder), running, size)))
        browser.close()


def serve(folder: Path, running: ExitStack, size: int) -> dict[str, str]:
    """The addresses of both pages."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(folder)}
    import django

    django.setup()  # what is used of the tests imports models
    environment = prepare(folder, size, script=f"/seed/{SCRIPT}.js")
    fetch_script(folder)
    file, site = fronts(running, environment, folder)
    return {
        "seed": f"https://{HOST}:{file.port}{file.path}",
        "site": f"https://{HOST}:{site.port}{PAGE}",
    }


def fetch_script(folder: Path) -> None:
    pack = ["npm", "pack", SCRIPT, "--silent"]
    name = subprocess.run(pack, cwd=folder, check=True, capture_output=True, text=True).stdout
    subprocess.run(["tar", "xzf", name.strip()], cwd=folder, check=True)
    shutil.copy(folder / "package/dist/sortable.min.js", folder / f"seed/{SCRIPT}.js")


def measure(browser, addresses: dict[str, str]) -> dict[str, list[float]]:
    """Of each page, what each round took; the first one warms up."""
    found: dict[str, list[float]] = {}
    for number in range(ROUNDS + 1):
        for name, address in addresses.items():
            ready, click = visit(browser, address)
            if number:
                found.setdefault(f"{name} ready", []).append(ready)
                found.setdefault(f"{name} click", []).append(click)
    return found


def visit(browser, address: str) -> tuple[float, float]:
    """A first visit, without anything in the browser's cache."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(WAIT)
    page.goto(address, wait_until="commit")
    ready = page.evaluate(READY)
    page.locator("thead tr:last-child th").nth(-2).hover()
    page.wait_for_timeout(REST)
    click = page.evaluate(CLICK)
    context.close()
    return ready, click


def report(size: int, found: dict[str, list[float]]) -> None:
    print(f"\n{size:,} LLMs, milliseconds, median of {ROUNDS} rounds (least to most)")
    for name, times in found.items():
        print(f"{name:12}{median(times):9.1f} ({min(times):.1f} to {max(times):.1f})")
    for what in ("ready", "click"):
        ratios = [a / b for a, b in zip(found[f"site {what}"], found[f"seed {what}"], strict=True)]
        goal = GOALS[what].get(size)
        text = f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        verdict = at_most(goal, median(ratios)) if goal else ""
        print(f"{what}, site / seed: {text} {verdict}", flush=True)


if __name__ == "__main__":
    main()
