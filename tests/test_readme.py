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
