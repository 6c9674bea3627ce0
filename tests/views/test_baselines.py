"""A human baseline on the seed's leaderboard: every page and file knows that it is unranked."""

import json
import re
from decimal import Decimal

import pytest
from jsonschema import validate

from leaderboard.exports.schema import SCHEMA
from leaderboard.models import LLM, Leaderboard, Metric
from leaderboard.trail.releases import freeze
from tests.exports.sharing import badge_texts
from tests.exports.taking import csv_rows, export
from tests.exports.test_recompute import found
from tests.factories import SEED_METRICS, make_leaderboard, make_llm, make_metric, make_score

PAGE = "/leaderboard/anesbench/"
VALUES = ["0.82", "0.78", "0.74", "0.80", "0.82", "0.79", "0.72", "0.81", "0.81"]


@pytest.fixture
def physicians(anesbench):
    return add_physicians()


def page(client, address=PAGE, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def ids(text):
    return re.findall(r'<tr id="([^"]+)"', text)


def data(client, ending="csv", **query):
    return export(client, ending, "anesbench", **query)


def test_a_human_baseline_above_rank_2_leaves_gpt_4o_at_rank_2(anesbench, client):
    before = {ending: data(client, ending).content.decode() for ending in ("csv", "json")}
    shown = page(client)
    add_physicians()
    text = page(client)

    assert ids(text)[:3] == ["deepseek-r1", "physicians", "gpt-4o"]
    assert [slug for slug in ids(text) if slug != "physicians"] == ids(shown)
    rows = {row: each for row, each in rows_of(text).items() if row != "physicians"}
    assert rows == rows_of(shown)  # byte for byte: ranks, ranges, heat, best, interval marks
    own = rows_of(text)["physicians"]
    assert own.startswith('<tr id="physicians" class="baseline"><td class="rank">')
    assert (
        '<b title="not ranked: human baseline" aria-hidden="true">–</b>'
        '<span class="hidden">not ranked: human baseline</span>'
    ) in own
    assert '<small><span class="tag">human baseline</span> ' in own
    assert not re.search(r'class="[^"]*\b(h\d|best)\b', own)
    assert "Sorted by Average, descending, 51 LLMs." in text
    assert re.search(r"<dt>LLMs</dt>\s*<dd>51</dd>", text)

    old = {row["llm"]: row for row in csv_of(before["csv"])}
    new = {row["llm"]: row for row in csv_rows(data(client))}
    baseline = new.pop("Physicians")
    assert {name: row.pop("kind") for name, row in new.items()} == dict.fromkeys(new, "model")
    assert new == old
    assert (baseline["kind"], baseline["rank"], baseline["rank_best"]) == ("human", "", "")
    assert baseline["average"] != ""

    was, now = (json.loads(each) for each in (before["json"], data(client, "json").content))
    validate(now, SCHEMA)
    assert found(json.dumps(now)) == []
    rows = [row for row in now["rows"] if row["slug"] != "physicians"]
    assert (rows, now["metrics"]) == (was["rows"], was["metrics"])
    (own,) = [row for row in now["rows"] if row["slug"] == "physicians"]
    assert (own["kind"], own["rank"], own["rank_range"]) == ("human", None, None)
    assert {(s["rank"], s["rank_range"]) for s in own["scores"].values()} == {(None, None)}
    assert all(score["interval"] for score in own["scores"].values())
    counts = [(now[part]["llm_count"], now[part]["baseline_count"])
              for part in ("leaderboard", "view")]  # fmt: skip
    assert counts == [(51, 1), (51, 1)]


def add_physicians():
    """Between deepseek-r1 (0.85) and gpt-4o (0.77)."""
    llm = make_llm("Physicians", kind="human")
    for key, value in zip(SEED_METRICS, VALUES, strict=True):
        metric = Metric.objects.get(key=key)
        if not metric.aggregate:
            make_score(llm, metric, value)
    return llm


def rows_of(text):
    return {
        row_id: row for row, row_id in re.findall(r'(<tr id="([^"]+)".*?</tr>)', text, re.DOTALL)
    }


def csv_of(text):
    class Answer:
        content = text.encode()

    return csv_rows(Answer)


def test_texts_to_paste_mark_it(physicians, client):
    markdown = data(client, "md").content.decode()
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert rows[3].startswith("| – | Physicians (human baseline) | ")
    assert rows[4].startswith("| 2 (2–4) | gpt-4o | ")
    assert "A baseline has no rank and moves none." in markdown
    assert "**0.81" not in rows[3]
    latex = data(client, "tex").content.decode()
    assert "-- & Physicians (human baseline) & " in latex


@pytest.mark.parametrize("ending", ["csv", "json", "md", "tex"])
def test_the_switch_takes_baselines_out_of_every_file(ending, physicians, client):
    assert "Physicians" in data(client, ending).content.decode()
    assert "Physicians" not in data(client, ending, baselines="off").content.decode()


def test_a_file_without_its_baselines_is_complete_and_can_be_recomputed(physicians, client):
    now = json.loads(data(client, "json", baselines="off").content)
    validate(now, SCHEMA)
    assert (now["view"]["complete"], "baseline_count" in now["view"]) == (True, False)
    assert now["leaderboard"]["baseline_count"] == 1
    assert found(json.dumps(now)) == []


def test_a_switch_shows_and_hides_baselines_under_one_address(physicians, client):
    text = page(client)
    assert 'href="?baselines=off" data-baselines="off">hidden</a>' in text
    off = page(client, baselines="off")
    assert "physicians" not in ids(off)
    assert ids(off) == [slug for slug in ids(text) if slug != "physicians"]
    assert '<input type="hidden" name="baselines" value="off">' in off
    assert 'href="?" data-baselines="">shown</a>' in off
    assert ids(page(client, baselines="nonsense")) == ids(text)
    mixed = page(client, baselines="off", sort="llm", ranges="all")
    assert "?sort=-llm&amp;ranges=all&amp;baselines=off" in mixed


def test_where_there_is_no_baseline_the_switch_is_no_parameter(anesbench, client):
    text = page(client)
    assert "baselines" not in text
    assert page(client, baselines="off") == text


def test_charts_draw_it_as_a_baseline_between_the_ranked(physicians, client):
    text = page(client, PAGE + "charts/")
    assert "How sure the first 20 are" in text
    assert "A diamond is a baseline, which is not ranked." in text
    names = re.findall(
        r'<text class="lab end"[^>]*>([^<]*)</text>',
        text.partition("How sure")[2].partition("</svg>")[0],
    )
    assert names[:3] == ["deepseek-r1", "human baseline: Physicians", "gpt-4o"]
    assert len(names) == 21
    hidden = page(client, PAGE + "charts/", baselines="off")
    assert "human baseline" not in hidden


def test_its_page_badge_and_comparison_say_that_it_is_not_ranked(physicians, client):
    own = page(client, "/llms/physicians/")
    assert re.search(r"<dt>Kind</dt>\s*<dd>human baseline</dd>", own)
    assert '<td>not ranked<small class="why">human baseline</small>' in own
    assert "Open weights" not in own
    title, text = badge_texts(client, "/llms/physicians/badge.svg")
    assert text == "human baseline · AnesBench 0.81"
    assert title == f"Physicians: {text}"
    compared = page(client, PAGE + "compare/", llm=["gpt-4o", "physicians"])
    assert "not ranked: human baseline" in compared
    assert '<span class="tag">human baseline</span>' in compared


def test_medians_and_best_values_of_another_llms_page_leave_it_out(anesbench, client):
    before = page(client, "/llms/gpt-4o/")
    best = add_physicians()
    best.scores.update(value=Decimal("0.99"))
    assert profile(page(client, "/llms/gpt-4o/")) == profile(before)


def profile(text):
    return re.findall(r"<title>([^<]*median[^<]*)</title>", text)


def test_a_release_freezes_it_unranked_and_reads_it_so_again(physicians, client):
    live = rows_of(page(client))
    freeze(Leaderboard.objects.get(), "2026-11")
    address = PAGE + "releases/2026-11/"
    frozen = rows_of(page(client, address))
    assert [*frozen] == [*live]
    assert frozen["physicians"].count("not ranked: human baseline") == 2
    payload = client.get(PAGE + "releases/2026-11/payload.json")
    state = json.loads(payload.content)
    assert state["inputs"]["llms"]["physicians"]["kind"] == "human"
    assert "kind" not in state["inputs"]["llms"]["gpt-4o"]
    assert found(payload.content) == []


def test_queries_are_as_many_with_baselines_as_without(
    anesbench, client, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(50) as bare:
        page(client)
    add_physicians()
    # Once edited, a leaderboard asks its sources for no date.
    with django_assert_num_queries(len(bare) - 1):
        page(client)


def test_an_ensemble_is_ranked_and_marked(anesbench, client):
    llm = LLM.objects.get(slug="gpt-4o")
    llm.kind = "ensemble"
    llm.save()
    text = page(client)
    own = rows_of(text)["gpt-4o"]
    assert "<b>2</b> <small>2–4</small>" in own
    assert '<span class="tag">ensemble</span>' in own
    assert "several LLMs that answer together; ranked" in text
    assert "data-baselines" not in text


def test_a_baseline_is_offered_a_badge_and_no_model_card(client, db):
    metric = make_metric()
    person = make_llm("Person", kind="human")
    make_leaderboard([metric])
    page = client.get("/llms/person/").content.decode()
    assert ("person.yaml" in page, 'id="badge"' in page) == (False, False)
    make_score(person, metric, "0.9")
    page = client.get("/llms/person/").content.decode()
    assert ("person.yaml" in page, len(re.findall(r"<h2>Badge\s*</h2>", page))) == (False, 1)
    make_llm("Alpha")
    assert "alpha.yaml" in client.get("/llms/alpha/").content.decode()
