import re
import runpy

import yaml
from django.conf import settings

import leaderboard
from leaderboard.accounts import sessions as access
from leaderboard.accounts import throttle
from leaderboard.readers.files import json_documents, json_lines, tables, zips
from leaderboard.readers.files.xlsx_gate import MAX_ENTRIES, MAX_UNZIPPED_BYTES
from leaderboard.readers.gathering import MAX_FILES
from leaderboard.serving import middleware as http
from leaderboard.text.markdown import LONGEST
from tests.sites import setting_names


def section(heading):
    text = (settings.BASE_DIR / "README.md").read_text()
    return text.partition(f"\n{heading}\n")[2].partition("\n## ")[0]


def test_the_settings_table_names_what_the_settings_file_reads():
    named = re.findall(r"^\| `([A-Z_]+)` \|", section("## Settings"), re.MULTILINE)

    assert named
    assert sorted(named) == sorted(setting_names())


def test_the_map_of_rooms_names_files_that_exist():
    root = settings.BASE_DIR
    rows = [line.split("|")[2:4] for line in section("## Where to change what").splitlines()[7:]]
    missing = []
    for room, begin in rows:
        rooms = re.findall(r"`([\w./]+/[\w.]*)`", room)
        missing += [name for name in rooms if not (root / name).exists()]
        for name in re.findall(r"`([\w./]+(?:\.\w+|/))`", begin):
            places = [
                root,
                *(root / each for each in rooms),
                *((root / each).parent for each in rooms),
            ]
            if not any((place / name).exists() for place in places):
                missing.append(name)
    assert (len(rows) > 15, missing) == (True, [])


def test_the_newest_release_in_the_change_log_is_the_version_of_the_code():
    text = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    assert (
        re.search(r"^## (\d\S+) - \d{4}-\d\d-\d\d$", text, re.MULTILINE)[1]
        == leaderboard.__version__
    )


def test_ci_runs_what_is_run_before_each_commit():
    configured = yaml.safe_load((settings.BASE_DIR / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in configured["repos"] for hook in repo["hooks"]]
    lines = (settings.BASE_DIR / ".ci/run").read_text().splitlines()
    # Translations are held by a file of tests, and CI runs all tests.
    checks = [hook["entry"] for hook in hooks if " pytest " not in hook["entry"]]
    assert (len(checks), [check for check in checks if check not in lines]) == (4, [])


def security():
    return (settings.BASE_DIR / "SECURITY.md").read_text()


def test_the_security_page_names_tests_that_exist():
    named = set(re.findall(r"`(\w+)::(\w+)`", security())) - {("module", "name")}
    files = {path.stem: path for path in (settings.BASE_DIR / "tests").rglob("test_*.py")}
    missing = [
        f"{module}::{name}"
        for module, name in named
        if f"def test_{name}(" not in files[f"test_{module}"].read_text()
    ]
    assert (len(named) > 100, missing) == (True, [])


# How many of level 1 and 2 each section of ASVS 5.0.0 has; within a section they come before those
# of level 3, so that they count from 1.
ASVS = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}


def test_the_security_page_has_every_requirement_once():
    wanted = {
        f"{chapter}.{section}.{number}"
        for chapter, sections in ASVS.items()
        for section, count in sections.items()
        for number in range(1, count + 1)
    }
    found = [number for line in security().splitlines() for number in numbers_of(line)]
    assert (len(wanted), sorted(wanted ^ set(found))) == (253, [])
    assert sorted(each for each in set(found) if found.count(each) > 1) == []


def numbers_of(line):
    """Of a row of a table, or of a line of what is not applicable; 4.4.1–4 are four."""
    cell = re.match(r"\| ([\d., –]+) \||Not applicable: (.*)", line)
    for section, first, last in re.findall(
        r"\b(\d+\.\d+)\.(\d+)(?:–(\d+))?", cell[1] or cell[2] if cell else ""
    ):
        for number in range(int(first), int(last or first) + 1):
            yield f"{section}.{number}"


def test_each_requirement_has_a_test_or_the_reason_why_it_is_open():
    rows = [line for line in security().splitlines() if re.match(r"\| \d", line)]
    bare = [row for row in rows if "::" not in row and "| Open: " not in row]
    both = [row for row in rows if "::" in row and "| Open: " in row]
    assert (len(rows) > 100, bare, both) == (True, [], [])


def test_the_limits_of_the_security_page_are_those_of_the_code():
    text = " ".join(security().split())
    for sentence in (
        f"{http.MOST_PARAMETERS:,} parameters",
        f"texts by {LONGEST:,} characters",
        f"{tables.MAX_BYTES // 10**6} MB for CSV and XLSX",
        f"({MAX_UNZIPPED_BYTES // 10**6} MB unzipped, {MAX_ENTRIES} entries)",
        f"{json_documents.MAX_BYTES // 10**6} MB for JSON",
        f"{tables.MAX_CELLS:,} cells and {json_documents.MAX_PARTS:,} parts",
        f"{json_lines.MAX_BYTES // 10**6} MB for JSON lines",
        f"({json_lines.MAX_LINE // 10**6} MB each, {json_lines.MAX_PARTS:,} parts in all)",
        f"by {zips.MAX_ENTRIES:,} entries, {zips.MAX_UNZIPPED_BYTES // 10**6} MB unzipped, "
        f"{zips.MAX_RATIO} times a part's zipped size and {MAX_FILES:,} files that are read",
        f"{throttle.MOST_FAILURES} failures an hour",
        f"after {settings.SESSION_COOKIE_AGE // 3600} idle hours and after "
        f"{access.LONGEST_SESSION // 3600} at most",
        f"after {runpy.run_path(str(settings.BASE_DIR / 'config/gunicorn.py'))['timeout']} s",
    ):
        assert sentence in text
