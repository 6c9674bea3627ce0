"""The pages of LLMs, sources and benchmarks, and what ranks mean."""

import re
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import pytest

from leaderboard.models import (
    LLM,
    Appearance,
    Leaderboard,
    Metric,
    Organization,
    Score,
    Source,
)
from leaderboard.standings.loading import standings_for
from tests.factories import (
    give_scores_to_more_llms,
    make_benchmark,
    make_llm,
    make_metric,
    make_score,
)
from tests.views.site import make_site

pytestmark = pytest.mark.django_db


# The page of an LLM


def test_an_llm_has_its_facts_and_unknown_ones_are_shown_as_unknown(client):
    make_llm(
        "Known",
        organization=Organization.objects.create(name="Org", homepage="https://example.org/"),
        parameters=Decimal("30.5"),
        active_parameters=Decimal("3.3"),
        open_weights=True,
        license="MIT",
        domain="medical",
        reasoning=False,
        base_model="Base",
        huggingface_id="org/known",
        released="2025-01-20",
    )
    make_llm("Unknown")
    known, unknown = (client.get(f"/llms/{slug}/") for slug in ("known", "unknown"))
    assert facts(known) == {
        "Organization": '<a href="/organizations/org/">Org</a>',
        "Parameters": "30.5 B",
        "Active parameters": "3.3 B",
        "Open weights": "yes",
        "License": "MIT",
        "Domain": "medical",
        "Reasoning": "no",
        "Released": '<time datetime="2025-01-20">20 Jan 2025</time>',
        "Base model": "Base",
        "Hugging Face": '<a href="https://huggingface.co/org/known" rel="noopener nofollow">'
        "org/known</a>",
    }
    assert facts(unknown) == dict.fromkeys(
        (
            "Organization",
            "Parameters",
            "Open weights",
            "License",
            "Domain",
            "Reasoning",
            "Released",
        ),
        "unknown",
    )


def facts(response):
    """What stands in the list of facts, as HTML."""
    pair = re.compile(r"<dt>\s*(.*?)\s*</dt>\s*<dd>\s*(.*?)\s*</dd>", re.DOTALL)
    _, _, listed = response.content.decode().partition('<dl class="facts wide">')
    return dict(pair.findall(listed.partition("</dl>")[0]))


# Sources, benchmarks, and what ranks mean


def test_the_page_of_an_llm_says_how_sure_each_score_is_and_where_it_comes_from(anesbench, client):
    page = client.get("/llms/deepseek-r1/").content.decode()
    row = re.search(r'<tr id="metric-average">.*?</tr>', page, re.DOTALL).group()
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
    source = Source.objects.get()
    assert [" ".join(re.sub("<[^>]+>", "", cell).split()) for cell in cells] == [
        "Average", "0.85", "0.842 to 0.858", "1 of 51", "1", "–", "AnesBench leaderboard",
    ]  # fmt: skip
    assert f'<td class="source maintainer"><a href="/sources/{source.pk}/">' in row
    for text in ("9 of 9 scores", "<td>9 of 9</td>", "MiliLab", "AnesBench evaluate.py",
                 'href="https://huggingface.co/deepseek-ai/DeepSeek-R1"'):  # fmt: skip
        assert page.count(text) == 1


def test_an_llm_of_few_scores_has_one_coverage_on_its_page(anesbench, client):
    Score.objects.filter(llm__slug="gpt-4o").exclude(metric__key="amcqa-system1").delete()
    page = client.get("/llms/gpt-4o/").content.decode()
    assert {*re.findall(r"\d of \d scores", page)} == {"1 of 9 scores"}
    assert "<td>1 of 9</td>" in page


def test_a_source_lists_what_it_contributed_and_is_shown(anesbench, client):
    source = Source.objects.get()
    page = client.get(f"/sources/{source.pk}/").content.decode()
    assert (page.count('<th scope="row">'), page.count('<td class="reported">')) == (51, 459)
    assert "459 shown scores of 51 LLMs, one in a line." in page
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-overall")
    score.value = Decimal("0.99")
    score.save()
    page = client.get(f"/sources/{source.pk}/").content.decode()
    rows = page.partition("<tbody")[2].rpartition("</tbody>")[0]  # a time of the page may have 0.99
    assert (page.count('<td class="reported">'), rows.count("0.99")) == (458, 0)


def test_a_source_without_published_scores_is_invisible(client):
    make_site()
    source = Source.objects.create(title="Hidden")
    make_score(make_llm("Draft", is_published=False), Metric.objects.first(), "1", source=source)
    assert client.get(f"/sources/{source.pk}/").status_code == 404


def test_a_benchmark_says_what_it_measures_and_who_leads(anesbench, client):
    page = client.get("/benchmarks/anesbench/").content.decode()
    assert re.findall(
        r'<tr id="metric-([^"]+)"><th scope="row">([^<]+)</th><td>([\d,]+)', page
    ) == [
        ("anesbench-system1", "system1", "2,960"),
        ("anesbench-system1x", "system1.x", "1,028"),
        ("anesbench-system2", "system2", "355"),
        ("anesbench-overall", "overall", "4,343"),
    ]
    leading = re.findall(r'<th scope="row"><a href="/llms/([^/]+)/">.*?<td>(\d+)</td>', page)
    assert leading[:3] == [("deepseek-r1", "1"), ("gpt-4o", "2"), ("qwen3-235b-a22b", "3")]
    assert len(leading) == 51
    assert "2504.02404" in page


def test_the_llms_of_a_benchmark_and_of_a_source_are_in_pages_of_a_hundred(client):
    board = make_site()
    metric, source = board.ranking_metric, Source.objects.create(title="Many")
    metric.benchmark = make_benchmark("Bench")
    metric.save()
    give_scores_to_more_llms(board, 120)
    Score.objects.update(source=source)
    for address, count in (("/benchmarks/bench/", 121), (f"/sources/{source.pk}/", 121)):
        first, second, beyond = (client.get(f"{address}?page={n}").content for n in (1, 2, 9))
        assert first == client.get(address).content
        assert beyond == second
        assert [page.count(b'<th scope="row"><a href="/llms/') for page in (first, second)] == [
            100, count - 100
        ]  # fmt: skip
        assert b"Page 2 of 2" in second


def test_a_benchmark_lists_who_has_no_rank_too(client):
    board = make_site()
    metric = board.ranking_metric
    metric.benchmark, metric.question_count = make_benchmark("Bench"), 100
    metric.save()
    make_score(make_llm("Person", kind="human"), metric, "0.9")
    make_score(make_llm("Part"), metric, "0.8", question_count=3)
    page = client.get("/benchmarks/bench/").content.decode()
    rows = re.findall(r'<th scope="row"><a href="/llms/([^/]+)/">.*?<td>(.*?)</td>', page)
    assert rows == [("person", "human baseline"), ("alpha", "1"), ("part", "not ranked")]


def test_a_benchmark_on_no_published_leaderboard_is_invisible(client, db):
    make_metric("hidden", benchmark=make_benchmark("Hidden"))
    assert client.get("/benchmarks/hidden/").status_code == 404


def test_what_rank_ranges_mean_is_explained_and_linked_from_the_table(anesbench, client):
    assert client.get("/").content.decode().count('href="/ranks/"') == 1
    page = client.get("/ranks/").content.decode()
    for assumption in ("random sample", "share no question", "The rounding of both scores"):
        assert page.count(assumption) == 1


def test_what_rank_ranges_mean_has_an_example_of_the_site(anesbench, client):
    page = client.get("/ranks/").content.decode()
    example = page.partition('<div class="example"')[2].partition("</table>")[0]
    words = " ".join(re.sub("<[^>]+>", " ", example).split())
    ranges = {row.llm.slug: row.rank_range for row in standings_for(Leaderboard.objects.get()).rows}
    best, worst = ranges["gpt-4o"]
    assert f"gpt-4o has rank 2 by Average on “LeaderBoard - AnesBench”. {best}–{worst}:" in words
    worse, others = 51 - worst, worst - best
    assert best == 2
    said = (
        f"1 LLM tests significantly better, {worse} worse, and {others} cannot be told apart "
        f"from it. So its best rank is {best} and its worst {worst} of 51"
    )
    assert said in words
    assert example.count('<tr class="chosen-row">') == 1


def test_without_ranges_there_is_no_example(client):
    make_site()
    assert 'id="example"' not in client.get("/ranks/").content.decode()


# Reports


def reports(client):
    page = client.get("/llms/alpha/").content.decode()
    return [unescape(link) for link in re.findall(r'<a class="report" href="([^"]*)"', page)]


def test_a_wrong_number_is_reported_beside_it_with_page_and_cell(client):
    make_site()
    assert reports(client) == []
    appearance = Appearance.objects.create(name="Site", contact="a+b@example.org")
    (mail,) = reports(client)
    assert mail.startswith("mailto:a+b@example.org?subject=Alpha%2C%20accuracy%3A%200.50&body=")
    assert "http://testserver/llms/alpha/#metric-accuracy says 0.50." in unquote(mail)
    appearance.contact = "https://example.org/issues/new?labels=data"
    appearance.save()
    (web,) = reports(client)
    assert web.startswith("https://example.org/issues/new?labels=data&title=Alpha%2C%20accuracy")


def test_the_note_and_day_of_a_score_are_on_the_page_of_its_llm(client):
    make_site()
    Score.objects.get().delete()
    make_score(LLM.objects.get(), Metric.objects.get(), "0.5", note="Two <runs>.",
               measured_on="2026-03-01")  # fmt: skip
    page = client.get("/llms/alpha/").content.decode()
    assert "<small>1 Mar 2026</small> <small>Two &lt;runs&gt;.</small>" in page
