import re

from django.conf import settings

from tests.sites import setting_names


def section(heading):
    text = (settings.BASE_DIR / "README.md").read_text()
    return text.partition(f"\n{heading}\n")[2].partition("\n## ")[0]


def test_the_settings_table_names_what_the_settings_file_reads():
    named = re.findall(r"^\| `([A-Z_]+)` \|", section("## Settings"), re.MULTILINE)

    assert named
    assert sorted(named) == sorted(setting_names())


def test_the_security_page_names_tests_that_exist():
    text = (settings.BASE_DIR / "SECURITY.md").read_text()
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", text)
    missing = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (settings.BASE_DIR / path).read_text()
    ]
    assert (len(named) > 50, missing) == (True, [])
    assert len(text.splitlines()) < 200
