"""Every measurement, one after the other: `python -m tests.performance`, about twelve minutes.

Needs nginx, a chromium and npm; do nothing else on the machine meanwhile.
"""

import subprocess
import sys

PARTS = (
    "pages", "as_of", "many_llms", "compare", "clicks", "rank_ranges", "imports",
    "import_stages", "logins", "slow_connections", "export",
)  # fmt: skip

for part in PARTS:
    print(f"\n== {part}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.performance.{part}"], check=True)
