"""The pages that maintainers write, as visitors see them."""

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from leaderboard.models import ContentRevision, LeaderboardState, SitePage, Translation
from leaderboard.standings.published import forget_content
from tests.factories import make_site_page
from tests.views.site import make_site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    cache.clear()
    forget_content()
    return make_site()


def body(address, status=200):
    response = Client().get(address)
    assert response.status_code == status, address
    return response.content.decode()


def links(address):
    """[(part of the page, address, text)] of the links to pages of the maintainers."""
    html = body(address)
    parts = {"nav": r"<nav.*?</nav>", "footer": r"<footer.*?</footer>"}
    return [
        (part, *link)
        for part, pattern in parts.items()
        for link in re.findall(
            r'<a href="([^"]*/pages/[^"]*)"(?: aria-current="page")?>([^<]*)</a>',
            re.search(pattern, html, re.S)[0],
        )
    ]


def translate(page, **texts):
    for field, text in texts.items():
        Translation.objects.create(sitepage=page, language="zh-hans", field=field, text=text)


def test_a_page_is_shown_with_its_text_as_markdown():
    make_site_page("How to submit", text="# First\n\nSend **a file**.\n\n## Second\n\n- one")
    html = body("/pages/how-to-submit/")
    main = re.search(r'<main id="content">\s*(.*?)\s*</main>', html, re.S)[1]
    assert main == (
        "<h1>How to submit</h1>\n"
        '<div class="text written"><h2>First</h2>\n<p>Send <strong>a file</strong>.</p>\n'
        "<h3>Second</h3>\n<ul>\n<li>one</li>\n</ul>\n</div>"
    )
    name = re.search('property="og:site_name" content="([^"]*)"', html)[1]
    assert f"<title>How to submit – {name}</title>" in html
    assert '<meta name="description" content="First Send a file. Second one">' in html.replace(
        "\n\n", " "
    ).replace("\n", " ")


def test_what_is_wider_than_a_telephone_takes_the_focus_of_the_keyboard():
    make_site_page(text="```\n<pre>\n```\n\n| a |\n|---|\n| `<table>` |")
    html = body("/pages/about/")
    written = re.search(r'<div class="text written">(.*?)</div>\s*</main>', html, re.S)[1]
    assert written == (
        '<pre tabindex="0"><code>&lt;pre&gt;\n</code></pre>\n'
        '<div class="wrap" tabindex="0"><table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n'
        "<tbody>\n<tr>\n<td><code>&lt;table&gt;</code></td>\n</tr>\n</tbody>\n</table></div>\n"
    )


def test_a_page_is_shown_in_both_languages_and_in_english_where_nothing_is_translated():
    page = make_site_page("About", text="Who we are.")
    translate(page, title="关于", text="我们是谁。")
    make_site_page("How to submit", text="Send a file.")
    chinese = body("/zh-hans/pages/about/")
    assert '<html lang="zh-hans">' in chinese
    assert "<h1>关于</h1>" in chinese
    assert "我们是谁。" in chinese
    assert "Who we are." not in chinese
    assert "Who we are." in body("/pages/about/")
    assert "Send a file." in body("/zh-hans/pages/how-to-submit/")
    assert links("/zh-hans/changes/") == [
        ("nav", "/zh-hans/pages/about/", "关于"),
        ("nav", "/zh-hans/pages/how-to-submit/", "How to submit"),
    ]


PUBLIC = [
    "/", "/leaderboard/board/", "/llms/alpha/", "/changes/", "/api/", "/ranks/",
    "/leaderboard/board/compare/", "/leaderboard/board/releases/", "/pages/terms/",
]  # fmt: skip


def test_every_public_page_links_to_the_pages_in_their_places_and_order():
    make_site_page("Terms", place="footer")
    make_site_page("Second", position=2)
    make_site_page("First", position=1)
    make_site_page("Contact", place="footer", position=1)
    make_site_page("Hidden", is_published=False)
    expected = [
        ("nav", "/pages/first/", "First"),
        ("nav", "/pages/second/", "Second"),
        ("footer", "/pages/terms/", "Terms"),
        ("footer", "/pages/contact/", "Contact"),
    ]
    assert {address: links(address) for address in PUBLIC} == dict.fromkeys(PUBLIC, expected)


def test_the_link_of_the_open_page_says_so():
    make_site_page()
    assert '<a href="/pages/about/" aria-current="page">About</a>' in body("/pages/about/")
    assert '<a href="/pages/about/">About</a>' in body("/changes/")


def test_nothing_is_here_links_to_the_pages_too():
    make_site_page()
    assert '<a href="/pages/about/">About</a>' in body("/nothing/", 404)


def test_without_published_pages_no_byte_is_added():
    def read_again():
        cache.clear()
        forget_content()
        return [body(address) for address in PUBLIC[:-1]]

    before = read_again()
    make_site_page(is_published=False)
    assert read_again() == before


def test_a_draft_is_no_page_and_publishing_shows_it_at_the_next_request():
    page = make_site_page(is_published=False)
    body("/pages/about/", 404)
    page.is_published = True
    page.save()
    assert "<h1>About</h1>" in body("/pages/about/")
    assert links("/") == [("nav", "/pages/about/", "About")]


def test_a_withdrawn_page_is_gone_at_once_with_its_links():
    page = make_site_page()
    assert links("/") == [("nav", "/pages/about/", "About")]
    body("/pages/about/")
    page.is_published = False
    page.save()
    body("/pages/about/", 404)
    body("/zh-hans/pages/about/", 404)
    assert links("/") == []


def test_an_edit_is_on_the_next_request_in_both_languages():
    page = make_site_page(text="Old.")
    translate(page, text="旧。")
    assert "Old." in body("/pages/about/")
    assert "旧。" in body("/zh-hans/pages/about/")
    page.text = "New."
    page.save()
    translation = page.translations.get()
    translation.text = "新。"
    translation.save()
    assert "New." in body("/pages/about/")
    assert "新。" in body("/zh-hans/pages/about/")


def test_an_old_address_leads_to_the_new_one_with_its_query():
    page = make_site_page()
    page.slug = "who-we-are"
    page.save()
    for start in ("", "/zh-hans"):
        response = Client().get(f"{start}/pages/about/?a=b")
        assert (response.status_code, response["Location"]) == (
            301,
            f"{start}/pages/who-we-are/?a=b",
        )


def test_the_address_of_a_draft_leads_nowhere_after_a_rename():
    page = make_site_page(is_published=False)
    page.slug, page.is_published = "who-we-are", True
    page.save()
    body("/pages/about/", 404)


def test_a_page_is_kept_and_sent_again_at_the_price_of_one_query(django_assert_num_queries):
    make_site_page()
    first = Client().get("/pages/about/")
    with django_assert_num_queries(1):
        again = Client().get("/pages/about/?unknown=1")
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])


def test_the_sitemap_names_published_pages_in_each_language():
    make_site_page()
    make_site_page("Hidden", is_published=False)
    found = re.findall(r"<loc>http://[^/]*([^<]*/pages/[^<]*)</loc>", body("/sitemap.xml"))
    assert found == ["/pages/about/", "/zh-hans/pages/about/"]


def test_a_page_is_no_change_of_scores():
    states = LeaderboardState.objects.count()
    token = ContentRevision.objects.get().token
    page = make_site_page()
    page.text = "Another text."
    page.save()
    translate(page, title="关于")
    page.delete()
    assert ContentRevision.objects.get().token != token
    assert LeaderboardState.objects.count() == states
    changes = body("/changes/")
    assert "About" not in changes
    assert "关于" not in changes


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://x.example/a.png)",
        '[a](https://x.example" onclick="alert(1))',
        "# <svg onload=alert(1)>",
    ],
)
def test_nothing_in_the_markdown_of_a_page_runs(text):
    page = make_site_page(text=text)
    translate(page, text=text)
    for address in ("/pages/about/", "/zh-hans/pages/about/"):
        written = re.search(r'<div class="text written">(.*?)</div>', body(address), re.S)[1]
        tags = re.findall(r"<(/?\w+)([^>]*)>", written)
        assert {name.strip("/") for name, _ in tags} <= {"p", "a", "h2"}, written
        attributes = " ".join(attributes for _, attributes in tags)
        assert re.fullmatch(r'(\s*(href="https://x\.example[^"]*"|rel="noopener nofollow"))*\s*',
                            attributes), written  # fmt: skip


def test_a_page_without_a_letter_for_an_address_is_refused_with_a_sentence():
    with pytest.raises(ValidationError) as refused:
        SitePage(title="关于", text="Text.").full_clean()
    assert refused.value.message_dict == {
        "slug": ["Type an address: the title has no Latin letter or digit to make it from."]
    }


def test_the_address_of_a_page_is_made_of_its_title():
    assert reverse("page", args=[make_site_page("How to submit").slug]) == "/pages/how-to-submit/"
