import pytest

from leaderboard.templatetags.leaderboard import before, known, mail_or_web
from leaderboard.text.markdown import markdown, summary


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("**bold** *it* `x`", "<p><strong>bold</strong> <em>it</em> <code>x</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("a & b", "<p>a &amp; b</p>"),
        ("# Title", "<h3>Title</h3>"),
        (
            "[x](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener nofollow">x</a></p>',
        ),
        (
            "[x](mailto:a@example.org)",
            '<p><a href="mailto:a@example.org" rel="noopener nofollow">x</a></p>',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](JAVASCRIPT:alert(1))", "<p>[x](JAVASCRIPT:alert(1))</p>"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>"),
        ("<img src=x onerror=y>", "<p>&lt;img src=x onerror=y&gt;</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        (
            "![x](https://example.org/x.png)",
            '<p>!<a href="https://example.org/x.png" rel="noopener nofollow">x</a></p>',
        ),
    ],
)
def test_markdown_is_rendered_with_a_few_safe_elements(text, html):
    assert markdown(text).strip() == html


@pytest.mark.parametrize("text", ["[" * 10_000, "*a " * 5_000, "> " * 5_000, "x" * 20_000])
def test_markdown_that_is_made_to_be_slow_is_rendered_all_the_same(text):
    assert len(markdown(text)) < 200_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**A** [link](https://example.org) & more", "A link & more"),
        ("1 < 2", "1 < 2"),
        (None, ""),
    ],
)
def test_a_summary_has_the_words_without_marks(text, words):
    assert summary(text) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "yes"), (False, "no"), (None, "unknown"), ("", "unknown"), ("MIT", "MIT")],
)
def test_unknown_is_shown_as_unknown(value, shown):
    assert known(value) == shown


def test_a_contact_is_a_link_to_mail_or_web():
    assert mail_or_web("a@example.org") == "mailto:a@example.org"
    assert mail_or_web("https://example.org/issues") == "https://example.org/issues"


@pytest.mark.parametrize(
    ("title", "short", "rest"),
    [("LeaderBoard - AnesBench", "AnesBench", "LeaderBoard"), ("A - B - C", "C", "A - B")],
)
def test_a_title_before_its_short_form(title, short, rest):
    assert before(title, short) == rest
