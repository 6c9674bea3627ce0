"""The page's script against the server: the same rows in the same order for the same query."""

import json
import sys
import unicodedata
from decimal import Decimal
from random import Random
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from leaderboard.models import Organization
from leaderboard.pages.selection import Selection
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from leaderboard.text.names import name_key
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_says_to_its_script_what_no_cell_says():
    makers = [Organization.objects.create(name=name, slug=name) for name in ("zeta", "alpha")]
    metric = make_metric("score")
    board = make_leaderboard([metric])
    for name, maker, size, score in (
        ("Straße", makers[0], "1.70", "0.5"),
        ("stern", makers[1], "70", "0.9"),
        ("Other", None, None, "0.1"),
    ):
        llm = make_llm(
            name, is_published=True, organization=maker, domain="medical", open_weights=bool(maker),
            parameters=size and Decimal(size),
        )  # fmt: skip
        make_score(llm, metric, score)
    standings = standings_for(board)

    def script_data(**selection):
        table = StandingsTable(build_view(standings, Selection(**selection)))
        return table.script_data and json.loads(table.script_data)

    by_rank = {
        "sort": "-score",
        "cuts": [],
        "plain": [],
        "names": [2, 0, 1],  # Other, stern, Straße
        "facts": {
            "organization": [None, 0, 1],  # alpha, zeta
            "domain": [0, 0, 0],
            "weights": [0, 1, 1],  # closed, open
            "reasoning": [None, None, None],
        },
        "sizes": [None, 70, 1.7],
        "name": "name",
        "up": ["llm", "organization"],
    }
    assert script_data() == by_rank
    assert script_data(sort="score") == {**by_rank, "base": [2, 1, 0]}
    assert script_data(q="stern") == ""  # some rows are missing


def rows_of_the_server(board, query):
    standings = standings_for(board)
    selection = Selection.from_query(QueryDict(query), standings)
    return [row.llm.slug for row in build_view(standings, selection).rows]


def rows_of_the_script(page, queries):
    """The rows after each query, as if a visitor had gone back to it; nothing is fetched."""
    requests = []
    page.on("request", lambda each: each.url.endswith("/mark.svg") or requests.append(each.url))
    rows = page.evaluate(
        """queries => queries.map((query) => {
            history.replaceState(null, "", "?" + query);
            dispatchEvent(new PopStateEvent("popstate"));
            return [...document.querySelectorAll("#standings tbody tr")].map((row) => row.id);
        })""",
        queries,
    )
    assert requests == []
    return rows


def letters_that_lower_case_does_not_fold():
    """Such as ß, ς and the Cherokee letters: their key is not the lower case of their NFKC."""
    every = map(chr, range(sys.maxunicode + 1))
    return [
        letter
        for letter in every
        if letter.isalpha() and name_key(letter) != unicodedata.normalize("NFKC", letter).lower()
    ]


NAMES = [
    "Straße 1", "STRASSE 2", "GROẞ 3", "İstanbul 4", "Istanbul 5", "ısı 6", "Isı 7", "ΟΔΟΣ 8",
    "οδος 9", "όδός 10", "ＧＰＴ－４ 11", "gpt-4 12", "gpt‑4 13", "Café 14", "CAFÉ 15", "cafe 16",
    "ﬁne 17", "fine 18", "K 19", "Å 20", "ǰ 21", "ΐ 22", "🙂 23", "Ａ 24", "Ḍ̇ 25", "ᾳ 26",
    "東京 27", "⁵ 28", "Ǆ 29", "ŉ 30",
]  # fmt: skip
SEARCHES = [
    "strasse", "STRASSE", "straße", "ẞ", "ss", "i", "ı", "I", "İ", "i̇", "isi", "ısı", "ς", "σ",
    "Σ", "οδοσ", "ΌΔΌΣ", "gpt-4", "ＧＰＴ", "gpt—4", "ｇｐｔ－4", "cafe", "café", "cafe\u0301",
    "\u0301", "FI", "ﬁ", "k", "K", "å",
    "a\u030a", "ǰ", "🙂", "a", "d\u0307\u0323", "d\u0323\u0307", "ᾼ",
    "αι", "東", "5", "ǆ", "dž", "ʼn", "großverlag", "GROSSVERLAG", "unknown", " 1 ", "e  1",
    "gpt\u200b-4", "c\u00adafé", "🙂" * 101, "·", "size", "none such",
]  # fmt: skip


def in_every_form(text):
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    return [text, text.lower(), text.upper(), text.casefold(), *forms]


@pytest.mark.slow
def test_the_script_finds_what_the_server_finds_in_any_spelling(open_page, live_server):
    letters = letters_that_lower_case_does_not_fold()
    assert {"ß", "ς", "ᾳ", "Ꭰ"} <= set(letters)
    names = NAMES + ["".join(letters[start : start + 8]) for start in range(0, len(letters), 8)]
    metric = make_metric("letters")
    board = make_leaderboard([metric], slug="letters", title="Letters")
    maker = Organization.objects.create(name="Großverlag")
    for number, name in enumerate(names):
        llm = make_llm(
            name,
            slug=f"llm-{number}",
            is_published=True,
            organization=maker if number % 7 == 0 else None,
        )
        make_score(llm, metric, number % 5)
    searches = SEARCHES + [form for name in names for form in in_every_form(name[:8])]
    searches += [form for letter in letters for form in {letter, letter.upper(), letter.lower()}]
    queries = [urlencode({"q": search}) for search in dict.fromkeys(searches)]
    page = open_page("/leaderboard/letters/", 1280, script=True)
    page.goto(live_server.url + "/leaderboard/letters/")
    found = dict(zip(queries, rows_of_the_script(page, queries), strict=True))
    expected = {query: rows_of_the_server(board, query) for query in queries}
    assert found == expected
    assert len({tuple(rows) for rows in found.values()}) > len(NAMES)  # they tell rows apart


def make_generated_board(random):
    """60 LLMs of random facts and scores: ties, gaps, negative and unknown values."""
    metrics = [
        make_metric("first"),
        make_metric("second", higher_is_better=False, minimum=None, maximum=None, decimals=2),
        make_metric("third"),
    ]
    board = make_leaderboard(metrics, ranking_metric=metrics[0], slug="drawn", title="Drawn")
    makers = [
        Organization.objects.create(name=name, slug=f"maker-{number}")
        for number, name in enumerate(
            ("öko AI", "Zeta", "alpha", "Über", "Straßen-KI", "ΣΊΣΥΦΟΣ", "字 lab", "Beta")
        )
    ]
    for number in range(60):
        llm = make_llm(
            f"{random.choice('aAbBßÄzΣς字')}{random.choice(['', ' ', '-'])}{number}",
            is_published=True,
            slug=f"drawn-{number}",
            organization=random.choice([*makers, None]),
            domain=random.choice(["general", "medical", ""]),
            open_weights=random.choice([True, False, None]),
            reasoning=random.choice([True, False, None]),
            parameters=random.choice([None, *map(Decimal, ("0.5", "7", "7.25", "70", "671"))]),
        )
        make_score(llm, metrics[0], random.choice(["0.1", "0.25", "0.5", "0.75", "1"]))
        for metric, values in ((metrics[1], ["-1.5", "0", "12.25"]), (metrics[2], ["0", "0.3"])):
            if random.random() < 0.8:
                make_score(llm, metric, random.choice(values))
    return board


def drawn_query(random):
    """Any of the parameters, some of them wrong."""
    orders = ["first", "second", "third", "llm", "organization", "parameters", "bogus"]
    found = [("sort", random.choice(["", "-"]) + random.choice(orders))]
    choices = {
        "q": ["a", "SS", "ß", "1", "σ", "ssen", "-"],
        "organization": ["maker-0", "maker-4", "maker-5", "unknown", "bogus"],
        "domain": ["general", "medical", "unknown"],
        "weights": ["open", "closed", "unknown"],
        "reasoning": ["yes", "no", "unknown"],
        "min_size": ["7", "7.2", "-1", "1e1", "7,0", "\u00a07"],
        "max_size": ["7.25", "100", "+70", " 7 "],
        "size": ["unknown", "bogus"],
        "columns": ["third", "second,first", "bogus"],
    }
    for name, values in choices.items():
        if random.random() < 0.3:
            many = 2 if name in ("organization", "domain", "weights", "reasoning") else 1
            found += [(name, value) for value in random.sample(values, many)]
    return urlencode(found)


@pytest.mark.slow
def test_the_script_filters_and_sorts_a_generated_leaderboard_as_the_server_does(
    open_page, live_server
):
    random = Random(13)
    board = make_generated_board(random)
    queries = list(dict.fromkeys(drawn_query(random) for _ in range(150)))
    page = open_page("/leaderboard/drawn/", 1280, script=True)
    found = dict(zip(queries, rows_of_the_script(page, queries), strict=True))
    assert found == {query: rows_of_the_server(board, query) for query in queries}
    assert len({tuple(rows) for rows in found.values()}) > 50  # most are not empty or alike
