"""English and Chinese: where a page is in which, and that nothing on it stays untranslated."""

import ast
import gettext
import re
import shutil
from html.parser import HTMLParser

import polib
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import translation

from leaderboard.fields import to_number
from leaderboard.languages import in_language
from leaderboard.models import CONTENT, LLM, Alias, Import, Source
from leaderboard.words import NAMES

from .conftest import skip_or_fail
from .factories import make_leaderboard, make_metric, make_scores


@pytest.fixture
def board(db):
    metric = make_metric("overall", question_count=100)
    make_scores({"gpt-4o": {metric: "0.85"}, "o1": {metric: "0.80"}})
    return make_leaderboard([metric])


@pytest.mark.parametrize(
    ("path", "language", "other"),
    [
        ("/", "zh-hans", "/zh-hans/"),
        ("/zh-hans/", "en", "/"),
        ("/llms/x/", "zh-hans", "/zh-hans/llms/x/"),
        ("/zh-hans/llms/x/", "en", "/llms/x/"),
        ("/zh-hans/llms/x/", "zh-hans", "/zh-hans/llms/x/"),
        ("/zh-hansa/", "zh-hans", "/zh-hans/zh-hansa/"),
    ],
)
def test_a_page_has_an_address_in_each_language(path, language, other):
    assert in_language(path, language) == other


def test_the_language_is_that_of_the_address_whatever_the_browser_prefers(board, client):
    wants_chinese = Client(headers={"accept-language": "zh-hans"})
    wants_chinese.cookies["django_language"] = "zh-hans"

    answers = [wants_chinese.get("/"), client.get("/zh-hans/")]

    assert [answer["Content-Language"] for answer in answers] == ["en", "zh-hans"]
    assert [answer.headers.get("Vary") for answer in answers] == ["Accept-Encoding"] * 2


@pytest.mark.django_db
def test_other_languages_and_english_with_a_prefix_are_no_addresses(client):
    statuses = [client.get(f"/{code}/").status_code for code in ("en", "zh", "zh-cn", "de")]
    assert statuses == [404, 404, 404, 404]


@pytest.mark.parametrize(
    "path",
    [
        "leaderboard/board.csv",
        "llms/gpt-4o.yaml",
        "llms/gpt-4o/badge.svg",
        "changes/feed/",
        "robots.txt",
        "sitemap.xml",
    ],
)
def test_files_have_one_address_and_no_language(board, client, path):
    assert client.get(f"/{path}").status_code == 200
    assert client.get(f"/zh-hans/{path}").status_code == 404
    assert "Content-Language" not in client.get(f"/{path}").headers


# The catalogue

CATALOGUE = settings.BASE_DIR / "leaderboard/locale/zh_Hans/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?\w+|href=\"[^\"]*\"")


def translations(entry):
    """Of an entry: the one, or those of the plural."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_has_a_translation_with_the_same_placeholders():
    entries = polib.pofile(CATALOGUE)

    empty = [entry.msgid for entry in entries if not all(translations(entry)) or entry.fuzzy]
    differ = [
        entry.msgid
        for entry in entries
        for text in translations(entry)
        if sorted(PLACEHOLDER.findall(text))
        != sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    ]
    assert len(entries) > 600
    assert (empty, differ) == ([], [])


def test_the_compiled_catalogue_is_the_written_one():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in polib.pofile(CATALOGUE):
        if entry.msgid_plural:
            found = compiled.ngettext(entry.msgid, entry.msgid_plural, 2)
        else:
            found = compiled.gettext(entry.msgid)
        assert [found] == translations(entry)


def test_nothing_is_said_that_the_catalogue_does_not_have(tmp_path, monkeypatch):
    if not shutil.which("xgettext"):
        skip_or_fail("Finding the sentences in the code needs gettext.")
    for folder in ("leaderboard", "templates"):
        ignored = shutil.ignore_patterns("locale", "__pycache__")
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / folder, ignore=ignored)
    monkeypatch.chdir(tmp_path)
    with override_settings(LOCALE_PATHS=[tmp_path / "found"]):
        call_command("makemessages", locale=["zh_Hans"], verbosity=0)

    said = polib.pofile(tmp_path / "found/zh_Hans/LC_MESSAGES/django.po")
    known = {entry.msgid for entry in polib.pofile(CATALOGUE)}
    assert {entry.msgid for entry in said} == known


def test_names_of_fields_and_models_are_in_the_list_of_names():
    """Those that have no name of their own are called as in the code, with spaces."""
    unlisted = [
        str(field.verbose_name)
        for model in [*CONTENT, Alias, Import]
        for field in model._meta.local_fields
        if field.editable
        and field._verbose_name is None
        and field.name != "id"
        and str(field.verbose_name) not in NAMES
    ]
    assert unlisted == []


# Sentences in Python

# Arguments and names under which people read what stands there.
SHOWN = {"help_text", "verbose_name", "verbose_name_plural", "label", "empty_label", "description",
         "violation_error_message", "short_description"}  # fmt: skip
CALLS = {"ValidationError", "add_error", "Http404"}  # and all of messages
# Said on the command line, to operators, or still only in English: imports' own sentences.
ENGLISH = ("management", "importers", "imports.py", "previews.py", "matching.py", "undo.py",
           "migrations", "backups.py", "views.py", "schema.py")  # fmt: skip


def sentences(tree):
    """(line, text) of what is shown to people and is not marked for translation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            shown = [each.value for each in node.keywords if each.arg in SHOWN]
            module = getattr(getattr(node.func, "value", None), "id", "")
            shown += node.args if name in CALLS or module == "messages" else []
            for each in shown:
                yield from literals(each)


def literals(node):
    """Words in a literal, also in those of a dictionary, a list or an f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        if " " in text.strip():
            yield node.lineno, text
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from literals(value)
    elif isinstance(node, ast.List | ast.Tuple):
        for value in node.elts:
            yield from literals(value)


def test_what_python_shows_to_people_is_marked_for_translation():
    found = [
        (str(path.relative_to(settings.BASE_DIR)), *sentence)
        for path in sorted((settings.BASE_DIR / "leaderboard").rglob("*.py"))
        if not any(part in ENGLISH for part in path.relative_to(settings.BASE_DIR).parts)
        for sentence in sentences(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_unmarked_sentences_are_found_in_all_their_forms():
    tree = ast.parse("""
ValidationError({"name": f"{name} is not here"})
CharField(help_text="Type a name.")
messages.success(request, _("It is done."))
CharField(help_text=_("Marked is fine."))
""")
    assert [text for _, text in sentences(tree)] == [" is not here", "Type a name."]


# Whole pages

# What stays as it is: names, licences, programs, references to literature.
PUBLIC = [
    "/",
    "/?q=gpt&weights=closed&min_size=3&intervals=all",
    "/leaderboard/anesbench/compare/?llm=gpt-4o&llm=qwen3-4b&llm=nobody",
    "/leaderboard/anesbench/compare/",
    "/leaderboard/anesbench/charts/",
    "/leaderboard/anesbench/embed/",
    "/llms/gpt-4o/",
    "/benchmarks/anesbench/",
    "/sources/{source}/",
    "/ranks/",
    "/changes/",
    "/api/",
    "/nothing/",
]
ADMIN = [
    "/admin/",
    "/admin/login/",
    "/admin/password_change/",
    "/admin/second-factor/",
    *(f"/admin/leaderboard/{name}/" for name in ("organization", "llm", "benchmark", "metric",
      "source", "score", "leaderboard", "alias", "import")),
    *(f"/admin/leaderboard/{name}/add/" for name in ("organization", "llm", "benchmark", "metric",
      "source", "score", "leaderboard", "alias", "import")),
    "/admin/leaderboard/benchmark/guided/",
    "/admin/leaderboard/leaderboard/consistency/",
    "/admin/leaderboard/llm/{llm}/change/",
    "/admin/leaderboard/llm/{llm}/history/",
    "/admin/leaderboard/llm/{llm}/delete/",
    "/admin/preview/llm/{llm}/",
]  # fmt: skip
SAME = re.compile(
    "(?:AnesBench|AMCQA) (?:system|overall)|AnesBench leaderboard|AnesBench evaluate|"
    "AnesBench paper, table|Every Eval Ever|"
    "Loaded from fixture anesbench|Hugging Face|JSON Schema|E. B. Wilson.*?1927|"
    "A. Agresti, B. A. Coull.*?1998|Shanghai AI Laboratory|Saama AI Labs"
)
ENGLISH_WORDS = re.compile(r"[A-Za-z][a-z'’-]+(?:[ ,;:]+[A-Za-z][a-z'’-]*){2,}")


class Reader(HTMLParser):
    """What people see or hear of a page, without code and what they typed."""

    SILENT = ("script", "style", "code", "pre", "textarea")
    SAID = ("aria-label", "placeholder", "title")

    def __init__(self):
        super().__init__()
        self.silent, self.texts = [], []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag in self.SILENT:
            self.silent.append(tag)
        self.texts += [named[name] for name in self.SAID if named.get(name)]
        if tag == "input" and named.get("type") == "submit":
            self.texts.append(named.get("value", ""))

    def handle_endtag(self, tag):
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data):
        if not self.silent:
            self.texts.append(" ".join(data.split()))


def english_in(response):
    reader = Reader()
    reader.feed(response.content.decode())
    return {words for text in reader.texts for words in ENGLISH_WORDS.findall(SAME.sub("", text))}


@pytest.fixture
def addresses(anesbench):
    source, llm = Source.objects.first(), LLM.objects.get(slug="gpt-4o")
    return lambda paths: [path.format(source=source.pk, llm=llm.pk) for path in paths]


def test_no_public_page_in_chinese_has_english_sentences(addresses, client):
    pages = {path: client.get(f"/zh-hans{path}") for path in addresses(PUBLIC)}

    assert [page.status_code for page in pages.values()] == [200] * 12 + [404]
    assert {path: english_in(page) for path, page in pages.items() if english_in(page)} == {}
    assert all('<html lang="zh-hans">' in page.content.decode() for page in pages.values())


def test_no_page_of_the_admin_in_chinese_has_english_sentences(addresses, admin_client):
    pages = {path: admin_client.get(f"/zh-hans{path}", follow=True) for path in addresses(ADMIN)}

    assert {page.status_code for page in pages.values()} == {200}
    assert {path: english_in(page) for path, page in pages.items() if english_in(page)} == {}


# Content, links and the switch


def test_texts_in_chinese_are_shown_on_chinese_pages_and_english_ones_where_there_are_none(
    board, client
):
    board.introduction, board.introduction_zh, board.title_zh = "Hello", "你好", "榜 - 甲"
    board.methodology = "Only English"
    board.save()

    english, chinese = (client.get(f"{path}").content.decode() for path in ("/", "/zh-hans/"))

    assert ("Hello" in english, "你好" in english, "<title>Board<" in english) == (
        True,
        False,
        True,
    )
    assert ("Hello" in chinese, "你好" in chinese) == (False, True)
    assert "<title>榜 - 甲<" in chinese
    assert "Only English" in chinese


def links(page, pattern):
    return re.findall(pattern, page.content.decode())


def test_each_page_names_itself_in_all_languages(board, client):
    addresses = {
        "en": "http://testserver/llms/gpt-4o/",
        "zh-hans": "http://testserver/zh-hans/llms/gpt-4o/",
        "x-default": "http://testserver/llms/gpt-4o/",
    }
    for language, prefix in (("en", ""), ("zh-hans", "/zh-hans")):
        page = client.get(f"{prefix}/llms/gpt-4o/")
        assert dict(links(page, r'hreflang="([\w-]+)" href="(http[^"]+)"')) == addresses
        assert links(page, r'rel="canonical" href="([^"]+)"') == [addresses[language]]


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/", "/zh-hans/leaderboard/board/"),
        ("/leaderboard/board/?sort=llm&junk=1", "/zh-hans/leaderboard/board/?sort=llm"),
        ("/zh-hans/leaderboard/board/?q=gpt", "/leaderboard/board/?q=gpt"),
        (
            "/leaderboard/board/compare/?llm=o1&llm=gpt-4o",
            "/zh-hans/leaderboard/board/compare/?llm=o1&amp;llm=gpt-4o",
        ),
        ("/zh-hans/llms/o1/", "/llms/o1/"),
        ("/zh-hans/changes/", "/changes/"),
    ],
)
def test_the_switch_of_language_keeps_the_view(board, client, path, other):
    assert links(client.get(path), r'<a href="([^"]+)" lang="[\w-]+" hreflang') == [other]


def test_the_switch_in_the_admin_leads_to_the_same_page(board, admin_client):
    page = admin_client.get("/zh-hans/admin/leaderboard/llm/?q=gpt")
    assert links(page, r'<a href="([^"]+)" lang="en"') == ["/admin/leaderboard/llm/?q=gpt"]


def test_a_refusal_of_a_module_without_django_is_said_in_chinese():
    with pytest.raises(ValidationError) as refused:
        to_number("0,87")
    with translation.override("zh-hans"):
        said = refused.value.messages
    assert said == ["“0,87” 在此不是数字：请使用小数点，例如 0.87。"]


def test_badges_and_files_of_chinese_pages_are_the_english_ones(board, client):
    page = client.get("/zh-hans/llms/gpt-4o/").content.decode()
    leaderboard = client.get("/zh-hans/").content.decode()

    assert "](http://testserver/llms/gpt-4o/)" in page
    assert '"contentUrl":"http://testserver/leaderboard/board.csv"' in leaderboard
