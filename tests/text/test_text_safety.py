"""Text stays text: two hundred attacks in every text field of every model, past all validation.

What a page may hold is what the same page holds with a harmless text, and the few elements of
sanitised Markdown: no other element, no other attribute, no link but to http, https and mail.
"""

import ast
import json
import re
import time
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection, models
from django.forms import modelform_factory
from django.urls import reverse
from markdown_it import MarkdownIt

from leaderboard.fields import LabelField, NameField
from leaderboard.imports.pending import reading_to_json
from leaderboard.models import (
    CONTENT,
    LLM,
    Alias,
    Appearance,
    Import,
    Leaderboard,
    Metric,
    Organization,
    Picture,
    SitePage,
    Source,
    Translation,
)
from leaderboard.readers.results import Reading
from leaderboard.text.markdown import TAGS, markdown
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_site_page,
)
from tests.factories import make_score as score_of
from tests.facts import give_value, make_fact, show_facts

pytestmark = pytest.mark.django_db
HARMLESS = "harmless-8472"
# Ours, by families: elements, handlers, addresses, what ends an attribute or an element, what a
# parser repairs in its own way, and Markdown.
BASES = (
    "<script>alert(1)</script>", "<script src=//x.example></script>", "<scr<script>ipt>alert(1)//",
    "<img src=x onerror=alert(1)>", "<img/src/onerror=alert(1)>", "<img src=javascript:alert(1)>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)", "<svg/onload=alert`1`>", "<b onclick=a()>x",
    "<iframe src=javascript:a()>", "<iframe srcdoc='<b>'>", "<object data=data:text/html,x>",
    "<embed src=javascript:a()>", "<base href=//x.example>", "<link rel=stylesheet href=//x>",
    "<meta http-equiv=refresh content=0;//x>", "<style>*{color:red}</style>", "<p style=x:y>",
    "<form action=//x><input name=q>", "<button formaction=//x>x", "<details open ontoggle=a()>",
    "<video><source onerror=a()>", "<math><mi xlink:href=data:x,y>", "<template><b>x",
    "<a href=javascript:alert(1)>x</a>", "<a href='java\tscript:a()'>x", "<a href=vbscript:x>x",
    "<plaintext>", "<xmp><p title='</xmp><b>'>", "<noscript><p title='</noscript><b>'>",
    "<custom-element>", "<!--><b onclick=a()>-->", "<![CDATA[<b onclick=a()>]]>", "<?x <b>?>",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\x01javascript:a()",
    "data:text/html,<b>x</b>", "vbscript:msgbox(1)", "//x.example/x", "https://x.example/\"onload='",
    "\" onmouseover=alert(1) x=\"", "' onfocus=alert(1) x='", "`onfocus=alert(1)`", "{{7*7}}{%x%}",
    "[x](javascript:alert(1))", "![x](javascript:a())", "<javascript:alert(1)>",
)  # fmt: skip
WRAPS = (
    "{}",
    '"></title></textarea></script>{}',
    "[a](https://x.example '{}')",
    "x' -->]]>{}",
)
VECTORS = [wrap.format(base) for wrap in WRAPS for base in BASES]
assert len(set(VECTORS)) == 200
# Several at once, as each run looks at fifty pages; Markdown, below, gets them one by one.
CHUNKS = [" ".join(VECTORS[start::4]) for start in range(4)]
LINKS = {"href", "src", "action", "formaction", "data", "poster", "srcset", "background"}
LINKS |= {"xlink:href", "cite", "longdesc", "manifest", "ping"}
SCHEMES = {"", "http", "https", "mailto"}
IN_MARKDOWN = {(tag, "") for tag in TAGS} | {("a", "href"), ("a", "rel")}
# Of a whole page.
IN_MARKDOWN |= {("h2", ""), ("pre", "tabindex"), ("div", ""), ("div", "class"), ("div", "tabindex")}
# A picture has a hash and a type: no text that anybody types.
MODELS = tuple(model for model in (*CONTENT, Alias, Import) if model is not Picture)


class Reader(HTMLParser):
    """The elements of a page with their attributes, its links and its data blocks."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.links, self.scripts, self.blocks = set(), [], [], []

    def handle_starttag(self, tag, attributes):
        self.parts |= {(tag, ""), *((tag, name) for name, _ in attributes)}
        named = dict(attributes)
        self.links += [named[name] or "" for name in LINKS & named.keys()]
        if tag == "script":
            self.scripts.append(named)
            self.blocks.append("")
        if tag == "meta" and "http-equiv" in named:
            self.links.append("meta:")

    def handle_data(self, data):
        if self.blocks and self.lasttag == "script":
            self.blocks[-1] += data


def scheme(link):
    """As a browser reads it: without blanks in front, and no line break or tab anywhere."""
    text = re.sub(r"[\t\r\n]", "", link).lstrip("".join(map(chr, range(33)))).lower()
    found = re.match(r"([a-z][a-z0-9+.-]*):", text)
    return found[1] if found else ""


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


def wrong_in_html(text, allowed):
    """What a page has beyond what it may have."""
    page = read(text)
    found = {f"{tag} {name}".strip() for tag, name in page.parts - allowed}
    found |= {name for _, name in page.parts if name.startswith("on") or name == "style"}
    found |= {
        link for link in page.links if scheme(link) not in SCHEMES or "x.example" in host(link)
    }
    for script, block in zip(page.scripts, page.blocks, strict=True):
        if script.get("type") == "application/ld+json":
            json.loads(block)
        elif not script.get("src", "").startswith("/") or block.strip():
            found.add(f"script {script}")
    return sorted(found)


def host(link):
    """Of a link that leaves the site without saying how."""
    return link if link.strip().startswith(("//", "\\\\", "/\\")) else ""


def parts_of(kind, text):
    """What is compared between an answer with a harmless and one with a hostile text."""
    if kind == "html":
        return read(text).parts
    if kind == "md":
        return read(MarkdownIt("commonmark").enable("table").render(text)).parts
    root = ElementTree.fromstring(text.encode())
    return {
        (each.tag, name)
        for each in root.iter()
        for name in ("", *each.attrib)
    }  # fmt: skip


def wrong_in(kind, text, allowed):
    if kind == "html":
        return wrong_in_html(text, allowed | IN_MARKDOWN)
    found = [f"{tag} {name}" for tag, name in parts_of(kind, text) - allowed]
    if kind == "xml":
        root = ElementTree.fromstring(text.encode())
        links = [
            value for each in root.iter() for name, value in each.attrib.items() if "href" in name
        ]
        found += [link for link in links if scheme(link) not in SCHEMES]
        # A summary of Atom is HTML.
        html = [each.text or "" for each in root.iter("{http://www.w3.org/2005/Atom}summary")]
        found += [f"{part} in a summary" for each in html for part in read(each).parts]
    return found


# A site with one of everything


@pytest.fixture
def site(admin_client):
    part = make_metric("part", benchmark=make_benchmark(), question_count=100)
    make_aggregate("whole", [part], benchmark=part.benchmark)
    source = Source.objects.create(title="Source", url="https://example.org/")
    board = make_leaderboard([part, Metric.objects.get(key="whole")], ranking_metric=part)
    Translation.objects.create(
        leaderboard=board, language="zh-hans", field="introduction", text="Text"
    )
    for number, name in enumerate(("Alpha", "Beta")):
        llm = make_llm(name)
        score = score_of(llm, part, f"0.{5 + number}", source=source, note="Note")
        score.value = "0.75"
        score._change_reason = "Reason"
        score.save()
    show_facts(board, "license", fact := make_fact("Fact", "text"))
    give_value(LLM.objects.get(name="Alpha"), fact, "Value", source="https://example.org/")
    LLM.objects.update(organization=Organization.objects.create(name="Maker"))
    Alias.objects.create(name="Other", llm=llm)
    make_site_page("Page", text="Text")
    Appearance.objects.create(name="Site", announcement="Text", footer_text="Text")
    Import.objects.create(file_name="a.csv", format="wide", reading=reading_to_json(Reading()))
    return admin_client


def text_fields(model):
    """All but addresses, choices and what names a text: a page cannot be found by, or mean,
    anything else."""
    names_a_text = ("language", "field") if model.__name__.endswith("Translation") else ()
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.SlugField)
        and not field.choices
        and field.name not in ("format", "history_type", *names_a_text)
    ]


def fill(text):
    """Every text field of one row of each model, and of all of its history."""
    for model in MODELS:
        first = model._default_manager.order_by("pk").first().pk
        update(model._default_manager.filter(pk=first), text)
        if hasattr(model, "history"):
            update(model.history.all(), text)


def update(rows, text):
    texts = {field.name: as_stored(field, text) for field in text_fields(rows.model)}
    if "unit_label" in texts:
        texts["unit"] = Metric.Unit.OTHER  # which alone has a label
    rows.update(**texts)


def as_stored(field, text):
    """All of the text where the database enforces no length; what nobody can see is refused by
    the field of a name even here."""
    if isinstance(field, NameField | LabelField):
        text = "".join(each for each in text if each.isprintable())
    return text[: field.max_length if connection.vendor == "postgresql" else None]


def addresses():
    """{address: kind of answer}"""
    board, llm = Leaderboard.objects.get().get_absolute_url(), LLM.objects.order_by("pk")[0]
    html = [
        *("/", f"{board}embed/", f"{board}compare/?llm=alpha&llm=beta", llm.get_absolute_url()),
        *(
            "/zh-hans/",
            "/benchmarks/bench/",
            "/pages/page/",
            Source.objects.get().get_absolute_url(),
            Organization.objects.get().get_absolute_url(),
        ),
        *(
            "/changes/",
            "/api/",
            "/ranks/",
            "/nowhere/",
            "/?q=zz%22%3E%3Cscript%3E&sort=%22onload%3D",
        ),
        *("/admin/", reverse("admin:consistency"), reverse("preview-llm", args=[llm.pk])),
        reverse("preview-leaderboard", args=[Leaderboard.objects.get().pk]),
        reverse("preview-page", args=[SitePage.objects.get().pk]),
    ]
    found = dict.fromkeys(html, "html") | dict.fromkeys(admin_addresses(), "html")
    xml = ("/changes/feed/", "/sitemap.xml", f"{llm.get_absolute_url()}badge.svg")
    return found | dict.fromkeys(xml, "xml") | {f"{board.rstrip('/')}.md": "md"}


def admin_addresses():
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").first()
        if model.__name__ in ("Component", "Column", "Translation", "FactColumn", "FactValue"):
            continue  # edited on the forms of the rows that they belong to
        if model.__name__ != "Appearance":  # whose list leads to its form
            yield reverse(f"{name}_changelist")
        for page in ("change", "history", "delete"):
            if (model.__name__, page) not in CLOSED:
                yield reverse(f"{name}_{page}", args=[row.pk])


CLOSED = {("Score", "delete"), ("Appearance", "delete"), ("Import", "delete")}
HARMLESS_PAGES = {}  # filled once: {address: the page with a harmless text}


def harmless_pages(client):
    if not HARMLESS_PAGES:
        fill(HARMLESS)
        HARMLESS_PAGES.update(pages(client))
    return HARMLESS_PAGES


def pages(client):
    found = {}
    for address in addresses():
        answer = client.get(address)
        assert (address, answer.status_code) == (address, 404 if address == "/nowhere/" else 200)
        found[address] = answer.content.decode()
    return found


def wrong_on_any_page(client, text):
    kinds, harmless = addresses(), harmless_pages(client)
    fill(text)
    wrong = {
        each: wrong_in(kinds[each], page, parts_of(kinds[each], harmless[each]))
        for each, page in pages(client).items()
    }
    return {address: found for address, found in wrong.items() if found}


def test_attacks_in_every_text_reach_no_page(site):
    assert wrong_on_any_page(site, CHUNKS[0]) == {}


@pytest.mark.long
@pytest.mark.parametrize("number", range(1, 4))
def test_the_other_attacks_do_not_either(number, site):
    assert wrong_on_any_page(site, CHUNKS[number]) == {}


HOSTILE = "<img src=x onerror=alert(1)>\"'&lt;b&gt;{{7*7}}%(x)s%n{0}"


def test_what_the_admin_says_after_each_step_is_text(admin_client):
    """Messages, popups, confirmations and suggestions repeat what was typed."""
    base, data = "/admin/leaderboard/organization/", {"name": HOSTILE, "homepage": ""}
    said = [admin_client.post(f"{base}add/", data, follow=True)]
    pk = Organization.objects.get().pk
    opened = admin_client.get(f"{base}{pk}/change/")
    said.append(admin_client.post(f"{base}{pk}/change/", typed(opened), follow=True))
    popup = {**data, "name": f"{HOSTILE} 2", "_popup": "1"}
    said.append(admin_client.post(f"{base}add/?_popup=1", popup))
    chosen = {"action": "delete_selected", "_selected_action": [pk]}
    said += [
        admin_client.post(base, chosen),
        admin_client.get(base, {"q": HOSTILE}),
        admin_client.get(f"{base}{pk}/delete/"),
        admin_client.get(f"{base}{pk}/history/"),
        admin_client.get(f"/admin/?next={HOSTILE}"),
        admin_client.post(f"{base}{pk}/delete/", typed(admin_client.get(f"{base}{pk}/delete/")),
                          follow=True),
    ]  # fmt: skip
    assert [each.status_code for each in said] == [200] * len(said)
    texts = [each.content.decode() for each in said]
    handlers = {name for text in texts for _, name in read(text).parts if name.startswith("on")}
    assert (handlers, [text for text in texts if "<img src=x" in text]) == (set(), [])
    assert sum("onerror" in text for text in texts) >= 7  # shown, as text
    assert "49%" not in "".join(texts)


def typed(page):
    """What the form of a page holds, as a browser would send it."""
    fields = re.findall(r'<input type="(?:hidden|text|url)" name="([^"]+)" value="([^"]*)"',
                        page.content.decode())  # fmt: skip
    return {name: unescape(value) for name, value in fields} | {"post": "yes"}


def test_every_page_shows_what_was_filled_in(site):
    """Else the tests above would look at pages without the attacks."""
    without = {address for address, page in harmless_pages(site).items() if HARMLESS not in page}
    assert without - {"/nowhere/"} == {"/sitemap.xml"}


def test_the_reader_sees_each_attack_where_it_is_not_escaped():
    """The bases that are HTML by themselves; the others need a place to end or a link."""
    html = [base for base in BASES if base.startswith("<") and not base.startswith(("<!", "<?"))]
    blind = [base for base in html if not wrong_in_html(base, IN_MARKDOWN)]
    assert blind == []
    links = [
        f'<a href="{base}">' for base in BASES if base.lower().startswith(("ja", "\x01j", "da"))
    ]
    assert [link for link in links if not wrong_in_html(link, IN_MARKDOWN)] == []


UNSAFE = re.compile(
    r"\b(eval|exec|compile|__import__)$|^(pickle|marshal|shelve|os\.(system|popen|exec\w*))\b"
    r"|yaml\.load|hashlib\.(md5|sha1)|Template$|urlopen|build_opener$|^(requests|httpx|socket\.create_con)"
)


def test_no_text_becomes_code_and_no_old_digest_is_used():
    """Nor does the site ask any other: what it calls by name is all in its own files."""
    found = {}
    for path in sorted((settings.BASE_DIR / "leaderboard").rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if is_call(node)]
        names = {ast.unparse(call.func) for call in calls}
        shell = any(word.arg == "shell" for call in calls for word in call.keywords)
        if wrong := {name for name in names if UNSAFE.search(name)} | (
            {"shell"} if shell else set()
        ):
            found[path.name] = wrong
    # Regular expressions of ours are compiled, and quickstart becomes gunicorn. The command that
    # hands files in at another site asks the address that its user typed; the site itself never.
    assert found.pop("remote.py") == {"build_opener"}
    ours = {"re.compile", "os.execv", "os.execve", "os.execvp", "os.execvpe"}
    assert {name: wrong - ours for name, wrong in found.items() if wrong - ours} == {}


def is_call(node):
    return isinstance(node, ast.Call)


def test_the_scripts_take_no_message_and_make_no_code():
    scripts = [*(settings.BASE_DIR / "static" / "js").glob("*.js")]
    unsafe = (
        r"\beval\b|new Function|postMessage|[\"']message[\"']|__proto__|document\.write"
        r"|setTimeout\([\"']"
    )
    found = {path.name: re.findall(unsafe, path.read_text()) for path in scripts}
    assert {"admin.js", "leaderboard.js", "page.js", "typing.js"} <= found.keys()
    # A frame tells its height to the page around it, and listens to nobody.
    assert {name: texts for name, texts in found.items() if texts} == {"embed.js": ["postMessage"]}


# Markdown


def test_markdown_keeps_few_elements_and_no_other_link():
    wrong = {text: wrong_in_html(markdown(text), IN_MARKDOWN) for text in VECTORS}
    assert {text: found for text, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("scheme", "is_link"),
    [
        *((scheme, True) for scheme in ("http:", "https:", "HTTPS:", "mailto:")),
        *((scheme, False) for scheme in ("javascript:", "data:", "vbscript:", "file:", "ftp:")),
        *((scheme, False) for scheme in ("blob:", "tel:", "sms:", "ws:", "intent:", "about:")),
    ],
)
def test_a_link_leads_to_web_or_mail(scheme, is_link):
    html = markdown(f"[x]({scheme}//example.org)")
    assert ("href" in html) is is_link
    assert html.count('rel="noopener nofollow"') == html.count("<a ")


BIG = {
    "1 MB of words": "word " * 200_000,
    "1 MB of links": "[x](https://example.org/page/of/some/length) " * 23_000,
    "1 MB of HTML": "<img src=x onerror=y>" * 47_000,
    "10,000 brackets": "[" * 10_000,
    "10,000 links in links": "[" * 10_000 + "](https://example.org)" * 10_000,
    "10,000 quotes": "> " * 10_000 + "x",
    "10,000 lists": "\n".join(" " * number + "- x" for number in range(1_000)),
    "10,000 stars": "*a **b " * 10_000,
    "10,000 backticks": "".join("`" * (number % 50) + "x" for number in range(10_000)),
    "a table of 1,000 columns": "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|b" * 1_000,
}


@pytest.mark.parametrize("name", BIG)
def test_markdown_of_any_size_is_sanitised_and_no_endless_page(name):
    for text in (BIG[name], BIG[name][:20_000]):
        html = markdown(text)
        assert wrong_in_html(html, IN_MARKDOWN) == []
        assert len(html) <= 25 * len(text) + 100


FORM_TAKES = 50_000
SLOW = {
    "stars": "*",
    "stars and words": "*a **b ",
    "underscores": "_a*",
    "brackets": "[",
    "links that never end": "[a](",
    "pictures that never end": "![a](b",
    "references that never end": "[a\n",
    "addresses that never end": "<http://a",
    "comments that never end": "<!--",
    "backticks": "".join("`" * number + "x" for number in range(1, 310)),
    "ampersands": "&",
    "lines in a deep quote": "> " * 2_000 + "\n" + "a\n" * 23_000,
    "items": "- a\n",
    "rows": "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|b\n" * 15_000,
    "one reference ten thousand times": "[a]: " + "b" * 20_000 + "\n\n" + "[a]" * 9_900,
}


def filled(name):
    return (SLOW[name] * (FORM_TAKES // len(SLOW[name]) + 1))[:FORM_TAKES]


@pytest.mark.parametrize("name", SLOW)
def test_the_slowest_text_that_a_form_takes_is_no_large_page(name):
    assert len(markdown(filled(name))) < 15 * FORM_TAKES


@pytest.mark.long  # a clock tells little on a machine that does other things too
@pytest.mark.parametrize("name", SLOW)
def test_the_slowest_text_that_a_form_takes_is_a_page_within_a_second(name):
    begin = time.process_time()
    markdown(filled(name))
    assert time.process_time() - begin < 1


def test_a_form_takes_no_longer_text():
    form = modelform_factory(Leaderboard, fields=["methodology"])
    too_long = form({"methodology": "a" * (FORM_TAKES + 1)})
    assert too_long.errors == {
        "methodology": ["Ensure this value has at most 50000 characters (it has 50001)."]
    }


def test_references_and_pictures_of_markdown_are_plain_text_and_links():
    assert markdown("[a]: https://example.org/\n\n[a]") == (
        "<p>[a]: https://example.org/</p>\n<p>[a]</p>\n"
    )
    link = '<a href="https://example.org/x" rel="noopener nofollow">x</a>'
    assert markdown("![x](https://example.org/x)") == f"<p>!{link}</p>\n"


def test_a_text_longer_than_any_form_takes_is_shown_as_it_is():
    assert markdown("*a* " * 12_500).startswith("<p><em>a</em> ")
    assert markdown("*a<b>* " * 12_500).startswith("*a&lt;b&gt;* ")


def test_an_address_that_came_past_every_check_is_no_link():
    llm = make_llm("Alpha", homepage="https://example.org/")
    shown = []
    for address in ("javascript:alert(1)", "data:x,y", "//x.example", "HTTPS://example.org/"):
        LLM.objects.update(homepage=address)
        llm.refresh_from_db()
        shown.append(llm.homepage)
    assert shown == ["", "", "", "HTTPS://example.org/"]
