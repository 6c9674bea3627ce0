"""Files a second of an exported site, and its memory: `python -m tests.performance.export`.

Of LLMs with nine scores and three corrections each. The files a second of CPU are those of all
processes of the export; the memory is their highest proportional share, looked at now and then.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from .many_llms import fill
from .pages import start

PAUSE = 0.5  # seconds between two looks at the memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        for size in options.sizes:
            fill(size)
            measure(size, Path(folder) / f"site-{size}")


def measure(size: int, site: Path) -> None:
    """Export in a process of its own, and say what that took."""
    begun, most = time.monotonic(), 0.0
    command = [sys.executable, "manage.py", "export_site", str(site)]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while (ended := os.wait4(run.pid, os.WNOHANG))[0] == 0:
        most = max(most, sum(map(share_of, family_of(run.pid))))
        time.sleep(PAUSE)
    run.returncode = os.waitstatus_to_exitcode(ended[1])
    if run.returncode:
        raise SystemExit(f"The export ended with {run.returncode}.")
    seconds, cpu = time.monotonic() - begun, ended[2].ru_utime + ended[2].ru_stime
    files = [path.suffix for path in site.rglob("*") if path.is_file()]
    pages = files.count(".html")
    print(
        f"{size:,} LLMs: {len(files):,} files, {pages:,} of them pages; {len(files) / seconds:.0f} "
        f"files and {pages / seconds:.0f} pages a second, {len(files) / cpu:.0f} files and "
        f"{pages / cpu:.0f} pages a second of CPU; {most:.0f} MB",
        flush=True,
    )


def family_of(process: int) -> list[int]:
    """A process and those that it has started."""
    found = [process]
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += family_of(int(child))
    return found


def share_of(process: int) -> float:
    """The megabytes of a process, of shared ones its share; 0 for one that is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
