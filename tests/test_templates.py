"""Templates read like the page: one element a line. What {% joined %} makes of them."""

import pytest
from django.conf import settings
from django.template import Context, Template

TEMPLATES = settings.BASE_DIR / "templates"
LONGEST = 140  # characters of a line


def test_no_line_of_a_template_is_long():
    files = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    assert files
    long = [
        f"{path.relative_to(TEMPLATES)}:{number}: {len(line)}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<b>\n  a\n</b>\n<i>b</i>", "<b>a</b><i>b</i>"),
        ('a\n{{ " " }}\nb c', "a b c"),
        ("{% if yes %}\n  a\n{% else %}\n  b\n{% endif %}\n, c", "a, c"),
        ("{% for each in three %}\n  {{ each }},\n{% endfor %}", "1,2,3,"),
        ('<a\n  href="{{ yes }}"\n  lang="en"\n>\n  a\n</a>', '<a href="True" lang="en">a</a>'),
        ("<b>\n  <a\n    href='x'\n  >y</a>\n</b>", "<b><a href='x'>y</a></b>"),
        ("<input\n  {% if yes %}checked{% endif %}\n>\nb", "<input checked>b"),
        ('<path d="\n  M0 0\n  H1\n"/>\nb', '<path d="M0 0H1"/>b'),
        ('"a"\n"b"', '"a""b"'),
    ],
)
def test_joined_lines_leave_only_the_white_space_that_is_meant(source, html):
    template = Template("{% load leaderboard %}{% joined %}\n" + source + "\n{% endjoined %}")
    assert template.render(Context({"yes": True, "three": [1, 2, 3]})) == html
