"""English and Chinese: where a page is in which, and that nothing on it stays untranslated."""

import ast
import gettext
import json
import re
import shutil
from copy import deepcopy
from html.parser import HTMLParser

import polib
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import translation

from leaderboard.fields import to_number
from leaderboard.imports.pending import reading_from_json, reading_to_json
from leaderboard.imports.preview import State
from leaderboard.models import CONTENT, LLM, Alias, Import, Score, Source, Translation
from leaderboard.readers.files.cells import Cell
from leaderboard.readers.results import Problem, Reading
from leaderboard.text.languages import in_language
from leaderboard.text.sentences import Phrase
from leaderboard.text.words import NAMES, place, say

from .conftest import skip_or_fail
from .factories import make_leaderboard, make_metric, make_scores


@pytest.fixture
def board(db):
    metric = make_metric("overall", question_count=100)
    make_scores({"gpt-4o": {metric: "0.85"}, "o1": {metric: "0.80"}})
    return make_leaderboard([metric])


@pytest.fixture
def board_100(db):
    metric = make_metric(question_count=100)
    make_scores({"Alpha": {metric: "0.5"}, "Beta": {metric: "0.75"}})
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
CALLS = {
    "ValidationError",
    "add_error",
    "Http404",
    "ImportRefused",
    "Problem",
    "problem",
}  # and messages
# Said on the command line, to operators, or to programs.
ENGLISH = ("api", "management", "migrations", "operations", "said.py", "schema.py")


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


MARKED = {"Sentence", "Refused", "Phrase", "noop", "gettext", "gettext_noop", "_"}


def formatted(tree):
    """Lines on which a template is put together, or stands within an f-string, so that makemessages
    cannot find it."""
    hidden = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for each in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            text = node.args[0]
            is_literal = isinstance(text, ast.Constant)
            if name in MARKED and (
                isinstance(text, ast.JoinedStr | ast.BinOp) or (is_literal and id(node) in hidden)
            ):
                yield node.lineno


def test_templates_are_literals():
    found = [
        (path.name, line)
        for path in sorted((settings.BASE_DIR / "leaderboard").rglob("*.py"))
        for line in formatted(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []
    assert list(formatted(ast.parse('Refused(f"No {name}.")'))) == [1]
    assert list(formatted(ast.parse("f\"{name}: {_('None.')}\""))) == [1]


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
    "/organizations/openai/",
    "/leaderboard/anesbench/releases/",
    "/leaderboard/anesbench/diff/?from=now&to=x",
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
    "R. G. Newcombe.*?1998|G. Y. Zou, A. Donner.*?2008|Z. Šidák.*?1967|"
    "Shanghai AI Laboratory|Saama AI Labs"
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

    assert [page.status_code for page in pages.values()] == [200] * 15 + [404]
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
    board.introduction, board.methodology = "Hello", "Only English"
    board.save()
    for field, text in (("introduction", "你好"), ("title", "榜 - 甲")):
        Translation.objects.create(leaderboard=board, language="zh-hans", field=field, text=text)

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


# Imports


FILES = {
    "problems.csv": """llm,accuracy,average
Alpha,"0,9",0.5
Alpha,0.75,0.6
Beta,NaN,half
,0.5,
Gamma,87 %,"1,234,567"
""",
    "long.csv": """model,metric,value,n,standard_error,date,source_url,note,seed
Alpha,accuracy,0.875,40,,,,,1
Alpha,accuracy,0.75,,,,,,2
Beta,accuracy,0.5,many,-1,today,nowhere,,3
Nobody,unknown,2000000,,,,,,
Beta,,0.5,,,,,,
""",
    "facts.csv": """llm,accuracy,parameters,reasoning,organization,rank
Alpha,0.875,many,perhaps,ACME,1
alpha,0.875,7,yes,ACME,1
Beta,-3,1,yes,,2
""",
    "latin.csv": b"llm,accuracy\nAlpha,0.875\n" + "é,0.5\n".encode("latin-1"),
    "run.json": """{"results": {"quiz": {"acc,none": NaN, "f1,none": 1e9, "em,none": "x"},
 "part": {"acc,none": 0.5}}, "configs": {}, "group_subtasks": {"quiz": ["part"]},
 "config": {"limit": 5, "model_args": "peft=a"}, "model_name": "acme/Rocket-7B"}""",
    "record.json": """{"schema_version": "0.2.1", "model_info": {"id": "acme/Rocket"},
 "evaluation_results": [{"evaluation_name": "quiz", "metric_config": {"has_unknown_level": true},
 "score_details": {"score": -1}}]}""",
}


def upload(client, content, name="scores.csv", **more):
    data = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile(name, data)
    address = "/zh-hans/admin/leaderboard/import/add/"
    return client.post(address, {"file": file} | more, follow=True)


def act(client, page, **data):
    return client.post(page.request["PATH_INFO"], data, follow=True)


CREATED = {
    "do": "choose",
    "other_llms": "create",
    "other_metrics": "create",
    "percent": ["accuracy"],
}


@pytest.mark.parametrize("name", FILES)
def test_no_page_of_an_import_in_chinese_has_english_sentences(board_100, admin_client, name):
    asked = {"llm": "Alpha"} if name.endswith("json") else {}

    seen = upload(admin_client, FILES[name], name, **asked)
    chosen = act(admin_client, seen, **CREATED)
    refused = act(admin_client, chosen, do="confirm", digest=chosen.context["preview"].digest)
    late = act(admin_client, chosen, do="confirm", digest="", since="2000-01-01T00:00:00+00:00")

    pages = [seen, chosen, refused, late]
    assert [page.context["imported"].state for page in pages[:2]] == ["pending"] * 2
    assert [english_in(page) for page in pages] == [set()] * 4


def test_remarks_on_an_import_are_in_the_language_of_the_page(board_100, admin_client):
    page = upload(admin_client, FILES["problems.csv"])
    english = admin_client.get(page.request["PATH_INFO"].removeprefix("/zh-hans"))

    said = [(line.where, line.reason) for line in page.context["preview"].blocking]
    assert said[0] == (
        "line 2, column accuracy",
        "“0,9” 在此不是数字。请使用小数点，例如 0.9。",
    )
    assert '<td class="where">第 2 行，accuracy 列</td>' in page.content.decode()
    assert english.context["preview"].blocking[0].reason == (
        "“0,9” is not a number here. Use a point for the decimals, like 0.9."
    )


def test_a_partial_run_and_an_import_that_cannot_be_undone_are_explained_in_chinese(
    board_100, admin_client
):
    head = "model,metric,value,n\n"
    partial = upload(admin_client, f"{head}Alpha,accuracy,0.875,40\nBeta,accuracy,0.5,100\n")
    digest = partial.context["preview"].digest
    stored = act(admin_client, partial, do="confirm", digest=digest)
    Score.objects.filter(llm__name="Beta").update(value="0.25")
    refused = act(admin_client, stored, do="undo")

    assert [line.reason for line in partial.context["preview"].of(State.PARTIAL)] == [
        "100 道题中只有 40 道。若要导入，请允许不完整的运行。"
    ]
    assert [english_in(page) for page in (partial, stored, refused)] == [set()] * 3
    first, second = (str(each) for each in refused.context["messages"])
    assert first == "没有撤销任何内容。"
    assert second.startswith("Beta 在 accuracy 中自 ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n", "文件是空的：其中没有表格。请重新导出。"),
        (
            b"%PDF-1.7",
            "这不是表格或结果文件，而是：PDF 文档。请将表格导出为 CSV 或 XLSX，再导入。",
        ),
        (
            b"a,b\n1,2\n",
            "没有一列是 LLM 的名称。请将该列的表头命名为“llm”，"
            "或说明 LLM 是左右排列的；表头有：a, b。",
        ),
        (
            b'{"a": 1]',
            "这不是正确的 JSON，第 1 行第 8 列：此处应为逗号“,”。请重新导出文件，或在该处修正。",
        ),
        (
            b'{"a": 1}',
            "文件类型为：JSON 文档，但其内容不是可以导入的格式。它有以下键：a。可识别的有："
            "lighteval 结果；lm-evaluation-harness 结果；lm-evaluation-harness 样本；Inspect 日志；"
            "HELM 运行；EvalPlus 结果；BigCodeBench 结果；Every Eval Ever 记录；"
            "AnesBench result.json；MTEB 任务结果；Hugging Face .eval_results 或 model-index；"
            "OpenCompass 汇总；长表：每行一项得分；宽表：每行一个 LLM。"
            "其他内容可以用长表提供：带有 llm、benchmark、metric 和 value 列的 CSV。",
        ),
        (b"PK\x03\x04", "这个 zip 或 XLSX 文件已损坏或不完整。请重新导出或下载。"),
    ],
)
def test_a_file_is_refused_in_chinese(db, admin_client, content, said):
    page = upload(admin_client, content)
    assert page.context["form"].errors["file"] == [said]
    assert english_in(page) == set()


def test_both_halves_of_what_is_said_of_a_number_are_in_the_catalogue():
    with translation.override("zh-hans"):
        for text in ("0,9", "1,2,3", "9 %%", "nan", "½", "x", "1e15", "3B"):
            found = Cell("line 2", text, False).number(".", "Alpha", "accuracy")
            assert not re.search("[a-z]{4}", say(found.reason) + say(found.remedy))


def test_phrases_survive_storing_and_copying():
    inner = Phrase("line %(number)s", number=3)
    outer = Phrase("%(first)s and %(second)s", first=inner, second="50 %")
    reading = Reading(problems=(Problem(outer, "x", inner, "plain"),), notes=(outer,))

    back = reading_from_json(json.loads(json.dumps(reading_to_json(reading))))

    assert back == reading
    assert outer == "line 3 and 50 %"
    with translation.override("zh-hans"):
        said = [say(each) for each in (back.notes[0], deepcopy(outer), back.problems[0].remedy)]
    assert said == ["第 3 行、50 %", "第 3 行、50 %", "plain"]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("line 7", "第 7 行"),
        ("row 7", "第 7 行"),
        ("line 7, column a, b", "第 7 行，a, b 列"),
        ("cell AB7, column a", "单元格 AB7，a 列"),
        ("results › sciq › acc,none", "results › sciq › acc,none"),
    ],
)
def test_a_place_in_a_table_is_named_in_chinese(where, said):
    assert place(where) == where
    with translation.override("zh-hans"):
        assert place(where) == said


def test_badges_and_files_of_chinese_pages_are_the_english_ones(board, client):
    page = client.get("/zh-hans/llms/gpt-4o/").content.decode()
    leaderboard = client.get("/zh-hans/").content.decode()

    assert "](http://testserver/llms/gpt-4o/)" in page
    assert '"contentUrl":"http://testserver/leaderboard/board.csv"' in leaderboard
