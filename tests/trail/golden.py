"""One frozen release of the seed for each version of payloads, which every later software reads.

`python -m tests.trail.golden` freezes the seed with the present PAYLOAD_VERSION. It is run once for
a version: bytes are never migrated, so its file is never made again.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "golden_releases"


def golden_file(version):
    return FOLDER / f"payload_v{version}.json"


def read_golden(version):
    """The fixture with the row of the release."""
    return json.loads(golden_file(version).read_text(encoding="utf-8"))


def golden_versions():
    return sorted(
        int(path.stem.removeprefix("payload_v")) for path in FOLDER.glob("payload_v*.json")
    )


def main():
    from django.core.management import call_command

    from leaderboard.models import Leaderboard, Release
    from leaderboard.trail.releases import freeze
    from leaderboard.trail.state import PAYLOAD_VERSION

    target = golden_file(PAYLOAD_VERSION)
    if target.exists():
        raise SystemExit(f"{target.name} is frozen. Raise PAYLOAD_VERSION for another shape.")
    call_command("migrate", verbosity=0)
    call_command("loaddata", "anesbench", verbosity=0)
    freeze(Leaderboard.objects.get(slug="anesbench"), "2026-11", "The golden release.")
    FOLDER.mkdir(exist_ok=True)
    call_command(
        "dumpdata", Release._meta.label, natural_primary=True, natural_foreign=True, indent=1,
        output=str(target), verbosity=0,
    )  # fmt: skip


if __name__ == "__main__":
    import os
    import tempfile

    import django

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": folder}
        django.setup()
        main()
