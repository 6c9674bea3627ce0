"""Whole exported files, their precision, and how they are answered."""

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.exports.as_csv import csv_text
from leaderboard.exports.as_json import json_value
from leaderboard.exports.as_markdown import write_markdown
from leaderboard.exports.snapshot import Snapshot
from leaderboard.models import LLM, Leaderboard, Score, Source
from leaderboard.pages.selection import Selection
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from tests.exports.taking import ENDINGS, FILTERED, UPDATED, csv_rows, export, make_tiny_leaderboard
from tests.factories import (
    give_scores_to_more_llms,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.page_reader import page_names, page_rows

pytestmark = pytest.mark.django_db


# Whole files


def test_a_csv(client):
    make_tiny_leaderboard()
    assert export(client).content.decode() == (
        "llm,slug,organization,parameters,active_parameters,open_weights,license,domain,reasoning,"
        "released,rank,rank_best,rank_worst,rank_level,a,b,mean,mean_low,mean_high,mean_n\r\n"
        "Alpha,alpha,Maker & Co,30.5,3,true,MIT,general,false,2025-01-20,1,1,1,each,0.8,0.71234567,"
        "0.75617284,0.69104265,0.80806281,\r\n"
        "Beta_2,beta_2,,,,,,,,,,,,,0.5,,,,,\r\n"
    )


def test_a_csv_with_all_intervals_and_one_with_none(client):
    make_tiny_leaderboard()
    every, none = (csv_rows(export(client, intervals=wanted)) for wanted in ("all", "off"))
    assert list(none[0])[10:] == ["rank", "a", "b", "mean"]
    assert list(every[0])[14:] == [
        f"{key}{end}" for key in ("a", "b", "mean") for end in ("", "_low", "_high", "_n")
    ]
    assert list(every[1].values())[10:] == [
        "", "", "", "", "0.5", "0.40383153", "0.59616847", "100", *[""] * 8
    ]  # fmt: skip


def expected_metrics():
    metric = {
        "benchmark": "Be_nch", "language": "English", "unit": "proportion",
        "unit_label": None, "label_in_front": False,
        "minimum": 0, "maximum": 1,
        "higher_is_better": True, "decimals": 2, "question_count": 100, "questions_of": None,
        "is_share_of_questions": True, "aggregate": None, "components": [],
        "ranked_count": 2, "ranges_z": "1.95996398",
    }  # fmt: skip
    return [
        {"key": "a", "name": "first"} | metric,
        {"key": "b", "name": "second"} | metric | {"ranked_count": 1},
        {"key": "mean", "name": "Mean"}
        | metric
        | {"benchmark": None, "language": None, "question_count": None, "aggregate": "mean",
           "components": [{"metric": key, "weight": None} for key in ("a", "b")],
           "ranked_count": 1},
    ]  # fmt: skip


def expected_scores(reported):
    """Those of Alpha."""
    return {
        "a": {"value": "0.8", "text": "0.80", "rank": 1, "rank_range": [1, 1],
              "interval": ["0.71117083", "0.86663307"],
              "standard_error": "0.04"} | reported,
        "b": {"value": "0.71234567", "text": "0.71", "rank": 1, "rank_range": [1, 1],
              "interval": ["0.61707161", "0.79190891"],
              "standard_error": "0.04526691", "digits": 8} | reported,
        "mean": {"value": "0.75617284", "text": "0.76", "rank": 1,
                 "rank_range": [1, 1], "interval": ["0.69104265", "0.80806281"],
                 "standard_error": "0.03020386", "n": None, "source": None,
                 "tier": "independent", "computed": True, "checked": None,
                 "partial": False},
    }  # fmt: skip


def expected_rows():
    source = Source.objects.get().pk
    reported = {"n": 100, "source": source, "tier": "independent", "computed": False,
                "checked": None, "partial": False}  # fmt: skip
    unknown = {"organization": None, "parameters": None, "active_parameters": None,
               "open_weights": None, "license": None, "domain": None, "reasoning": None,
               "released": None}  # fmt: skip
    return [
        {
            "llm": "Alpha",
            "slug": "alpha",
            "organization": "Maker & Co",
            "parameters": "30.5",
            "active_parameters": 3,
            "open_weights": True,
            "license": "MIT",
            "domain": "general",
            "reasoning": False,
            "released": "2025-01-20",
            "rank": 1,
            "rank_range": [1, 1],
            "scores": expected_scores(reported),
        },
        {
            "llm": "Beta_2",
            "slug": "beta_2",
            **unknown,
            "rank": None,
            "rank_range": None,
            "scores": {
                "a": {"value": "0.5", "text": "0.50", "rank": 2, "rank_range": [2, 2],
                      "interval": ["0.40383153", "0.59616847"], "standard_error": "0.05"}
                | reported | {"source": None, "tier": "unknown"},
                "b": None,
                "mean": None,
            },
        },
    ]  # fmt: skip


def test_a_json(client):
    make_tiny_leaderboard()
    document = json.loads(export(client, "json").content, parse_float=str)
    assert document == {
        "version": 2,
        "leaderboard": {
            "slug": "board",
            "title": "Board",
            "address": "http://testserver/leaderboard/board/",
            "updated": "2026-03-01T12:00:00+00:00",
            "revision": "abc",
            "data_licence": None,
            "ranking_metric": "mean",
            "ranks_partial_runs": False,
            "llm_count": 2,
        },
        "view": {
            "address": "http://testserver/leaderboard/board/",
            "sort": "-mean",
            "llm_count": 2,
            "complete": True,
            "confidence": "0.95",
            "ranges": "each",
            "without_interval": 0,
        },
        "metrics": expected_metrics(),
        "rows": expected_rows(),
        "components": {"metrics": [], "scores": {}},
    }  # fmt: skip


def test_a_markdown_table(client):
    make_tiny_leaderboard()
    assert export(client, "md").content.decode() == (
        "| \\# | LLM | Be\\_nch first | Be\\_nch second | Mean |\n"
        "| ---: | :--- | ---: | ---: | ---: |\n"
        "| 1 (1) | Alpha | **0.80** | **0.71** | **0.76 (0.691 to 0.808)†** |\n"
        "| – | Beta\\_2 | 0.50 | – | – |\n"
        "\n"
        "Board, <http://testserver/leaderboard/board/>, 2026-03-01.\n"
        "In brackets behind a rank is its range: "
        "each LLM’s range contains its true rank with at least 95 %.\n"
        "Behind a score is its 95 % interval, as ± where both sides are alike.\n"
        "† is computed from its components.\n"
    )


LATEX = r"""
% Needs \usepackage{booktabs}; names beyond Latin also XeLaTeX or LuaLaTeX.
\begin{table}
\centering\footnotesize\setlength{\tabcolsep}{4pt}
\caption{Board, \texttt{http://testserver/leaderboard/board/?sort=llm\&q=ALPHA\&intervals=all}, 2026-03-01. 1 of 2 LLMs; ranks are those of all. In brackets behind a rank is its range: each LLM’s range contains its true rank with at least 95 \%. Behind a score is its 95 \% interval, as $\pm$ where both sides are alike. \dag{} is computed from its components.}
\begin{tabular}{rlrrr}
\toprule
 &  & \multicolumn{2}{c}{Be\_nch} & \multicolumn{1}{c}{} \\
\cmidrule(lr){3-4}
\# & LLM & first & second & Mean \\
\midrule
1 (1) & Alpha & \textbf{0.80 (0.711 to 0.867)} & \textbf{0.71 (0.617 to 0.792)} & \textbf{0.76 (0.691 to 0.808)\dag{}} \\
\bottomrule
\end{tabular}
\end{table}
"""  # noqa: E501


def test_a_latex_table(client):
    make_tiny_leaderboard()
    response = export(client, "tex", sort="llm", q="ALPHA", intervals="all")
    assert response.content.decode() == LATEX.lstrip()


def test_a_bibliography(client):
    make_tiny_leaderboard()
    assert (
        export(client, "bib", q="alpha").content.decode()
        == """\
@article{x,
  year = {2025}
}

@misc{board-leaderboard,
  title   = {{Board}},
  year    = {2026},
  url     = {http://testserver/leaderboard/board/?q=alpha},
  urldate = {2026-03-01},
  note    = {State of 2026-03-01, revision abc, http://testserver/revision/abc/}
}
"""
    )


def test_a_json_written_in_pieces_is_one_document_as_json_writes_it(anesbench, client):
    """Each score that several LLMs share is written once, and put into their rows."""
    text = export(client, "json", "anesbench").content.decode()
    assert text == json.dumps(json.loads(text), ensure_ascii=False) + "\n"


# The same view in every format


def test_page_csv_and_json_show_the_same_rows(anesbench, client):
    page = client.get("/leaderboard/anesbench/", FILTERED)
    rows = csv_rows(export(client, "csv", "anesbench", **FILTERED))
    document = export(client, "json", "anesbench", **FILTERED).json()
    shown = [(row.slug, row.rank, row.cells) for row in page_rows(page)]
    keys = [metric["key"] for metric in document["metrics"]]
    assert len(shown) == 10
    assert [
        (row["slug"], row["rank"], [f"{Decimal(row[key]):.2f}" for key in keys]) for row in rows
    ] == shown
    assert [
        (row["slug"], str(row["rank"]), [row["scores"][key]["text"] for key in keys])
        for row in document["rows"]
    ] == shown


def test_markdown_and_latex_show_the_rows_of_the_page(anesbench, client):
    names = page_names(client.get("/leaderboard/anesbench/", FILTERED))
    markdown = export(client, "md", "anesbench", **FILTERED).content.decode()
    latex = export(client, "tex", "anesbench", **FILTERED).content.decode()
    assert [line.split(" | ")[1] for line in markdown.splitlines()[2:12]] == names
    assert re.findall(r"^\d+ \(.*?\) & (\S+) &", latex, re.MULTILINE) == names


def test_chosen_columns_and_missing_scores_are_as_on_the_page(client):
    a, b = make_metric("a"), make_metric("b")
    make_scores({"Alpha": {a: "0.5", b: "0.5"}, "Beta": {b: "0.75"}})
    make_leaderboard([a, b])
    rows = csv_rows(export(client, columns="a", sort="a"))
    assert [(row["llm"], row["rank"], row["a"]) for row in rows] == [
        ("Alpha", "2", "0.5"),
        ("Beta", "1", ""),
    ]
    assert "b" not in rows[0]


def test_all_pages_are_exported(client):
    board = make_leaderboard([make_metric()])
    give_scores_to_more_llms(board, 101)
    assert len(page_rows(client.get("/"))) == 100
    assert len(csv_rows(export(client, page=2))) == 101
    assert len(export(client, "json", page=2).json()["rows"]) == 101


def test_a_leaderboard_without_scores_is_an_empty_table(client):
    make_leaderboard([make_metric()])
    assert csv_rows(export(client)) == []
    assert export(client, "json").json()["rows"] == []
    assert [export(client, ending).status_code for ending in ENDINGS] == [200] * 6


# Precision


def test_every_stored_value_comes_back_exactly(anesbench, client):
    stored = {
        (slug, key): value for slug, key, value in Score.objects.values_list(
            "llm__slug", "metric__key", "value"
        )
    }  # fmt: skip
    rows = csv_rows(export(client, "csv", "anesbench"))
    keys = {key for _, key in stored}
    assert {(row["slug"], key): Decimal(row[key]) for row in rows for key in keys} == stored
    document = json.loads(export(client, "json", "anesbench").content, parse_float=Decimal)
    assert {
        (row["slug"], key): row["scores"][key]["value"] for row in document["rows"] for key in keys
    } == stored


@given(st.decimals("-999999.99999999", "999999.99999999", places=8))
def test_no_number_of_fourteen_digits_changes_in_json_or_csv(number):
    written = json.dumps(json_value(number))
    assert json.loads(written, parse_float=Decimal) == number
    assert Decimal(csv_text(number)) == number


def test_negative_numbers_stay_numbers(client):
    metric = make_metric(unit="points", minimum=None, maximum=None)
    make_scores({"Alpha": {metric: "-1.25"}})
    make_leaderboard([metric])
    assert csv_rows(export(client))[0]["accuracy"] == "-1.25"
    assert export(client, "json").json()["rows"][0]["scores"]["accuracy"]["value"] == -1.25


# HTTP


@pytest.mark.parametrize(
    ("ending", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("md", "text/markdown; charset=utf-8"),
        ("tex", "application/x-tex; charset=utf-8"),
        ("bib", "application/x-bibtex; charset=utf-8"),
    ],
)
def test_an_export_is_for_everybody_and_answers_conditions(ending, content_type, client):
    make_tiny_leaderboard()
    address = f"/leaderboard/board.{ending}"
    response = client.get(address)
    assert response.headers["Content-Type"] == content_type
    etag = response.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    head = client.head(address)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == response.headers
    for each in (response, again, head):
        assert each.headers["Access-Control-Allow-Origin"] == "*"
        assert each.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert each.cookies == {}
    for garbage in ("x", '"x"', "*x", "W/"):
        assert client.get(address, headers={"If-None-Match": garbage}).status_code == 200
    assert client.post(address).status_code == 405


def test_a_change_and_another_view_have_another_etag(client):
    make_tiny_leaderboard()
    first = export(client).headers["ETag"]
    assert export(client, utm_source="x", page="2").headers["ETag"] == first
    assert export(client, columns="a").headers["ETag"] != first
    Score.objects.filter(llm__slug="beta_2").first().delete()
    response = client.get("/leaderboard/board.csv", headers={"If-None-Match": first})
    assert (response.status_code, len(csv_rows(response))) == (200, 1)


@pytest.mark.parametrize(
    "path",
    [
        "/leaderboard/board.xlsx",
        "/leaderboard/board.CSV",
        "/leaderboard/board.",
        "/leaderboard/board.csv/",
        "/leaderboard/board.tar.gz",
        "/leaderboard/nothing.csv",
        *(f"/leaderboard/draft.{ending}" for ending in ENDINGS),
    ],
)
def test_what_is_no_export_is_not_found(path, client):
    board = make_tiny_leaderboard()
    make_leaderboard([board.ranking_metric], slug="draft", is_published=False)
    for headers in ({}, {"If-None-Match": "*"}):
        assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("ending", ENDINGS)
def test_drafts_and_refused_values_are_in_no_export(ending, client):
    board = make_tiny_leaderboard()
    alpha = LLM.objects.get(slug="alpha")
    make_score(alpha, board.ranking_metric, "0.98765")
    draft = make_llm("Secret", is_published=False)
    make_score(draft, board.ranking_metric, "0.9")
    text = export(client, ending, intervals="all").content.decode()
    assert ("Secret" in text, "0.98" in text, "0.9876" in text) == (False, False, False)


def test_a_renamed_leaderboard_redirects_its_exports(client):
    board = make_tiny_leaderboard()
    Leaderboard.objects.filter(pk=board.pk).update(slug="renamed")
    response = export(client, "json", q="alpha")
    assert response.headers["Location"] == "/leaderboard/renamed.json?q=alpha"


@pytest.mark.parametrize("count", [1, 3, 51])
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_export_takes_as_many_queries_whatever_its_size(
    ending, count, client, django_assert_num_queries
):
    board = make_leaderboard([make_metric("a"), make_metric("b")])
    give_scores_to_more_llms(board, count)
    with django_assert_num_queries(12 if ending == "jsonl" else 10):
        assert export(client, ending).status_code == 200


def test_a_csv_for_excel_begins_with_the_mark_of_utf_8_and_is_the_same_otherwise(client):
    make_tiny_leaderboard()
    plain, marked = export(client, q="alpha"), export(client, q="alpha", excel="1")
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert marked.headers["ETag"] != plain.headers["ETag"]
    assert export(client, q="alpha", excel="yes").content == plain.content
    assert export(client, "md", excel="1").content == export(client, "md").content


# The page's links


def test_the_page_links_the_present_view_in_every_format(anesbench, client):
    page = client.get("/leaderboard/anesbench/", FILTERED | {"page": "1"}).content.decode()
    query = "?sort=-amcqa-overall&amp;q=qwen&amp;weights=open&amp;min_size=10"
    links = [f"/leaderboard/anesbench.{ending}{query}" for ending in ENDINGS]
    excel = f"{links[0]}&amp;excel=1"
    found = re.findall(r'<a href="([^"]*)" download', page)
    assert found == [links[0], excel, *links[1:]]
    assert re.findall(r'<button [^>]*class="button copy" data-href="([^"]*)"', page) == links[3:]


def test_the_default_view_is_linked_without_a_query_and_a_preview_not_at_all(client, admin_client):
    board = make_tiny_leaderboard()
    assert 'href="/leaderboard/board.csv" download' in client.get("/").content.decode()
    preview = admin_client.get(f"/admin/preview/leaderboard/{board.pk}/").content.decode()
    assert "board.csv" not in preview


def test_a_format_is_a_function_of_the_view_alone():
    board = make_tiny_leaderboard()
    standings = standings_for(board)
    view = build_view(standings, Selection(q="beta", sort="llm"))
    made = Snapshot(
        view, "Board", "board", "", "https://a.example/", "https://a.example/?q=beta", UPDATED, "r"
    )
    assert "".join(write_markdown(made)).splitlines()[2] == "| – | Beta\\_2 | 0.50 | – | – |"
