"""The pages of LLMs, sources and benchmarks, and what ranks mean."""

import re
from decimal import Decimal

import pytest

from leaderboard.models import LLM, Metric, Organization, Score, Source
from tests.factories import (
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
        "Organization": '<a href="https://example.org/" rel="noopener nofollow">Org</a>',
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
    for text in ("range 1</small>", "of 9 scores", "MiliLab", "AnesBench evaluate.py",
                 'href="https://huggingface.co/deepseek-ai/DeepSeek-R1"'):  # fmt: skip
        assert page.count(text) == 1


def test_a_source_lists_what_it_contributed_and_is_shown(anesbench, client):
    source = Source.objects.get()
    page = client.get(f"/sources/{source.pk}/").content.decode()
    assert (page.count('scope="rowgroup"'), page.count('<td class="reported">')) == (51, 459)
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
    assert len(leading) == 10
    assert "2504.02404" in page


def test_a_benchmark_on_no_published_leaderboard_is_invisible(client, db):
    make_metric("hidden", benchmark=make_benchmark("Hidden"))
    assert client.get("/benchmarks/hidden/").status_code == 404


def test_what_rank_ranges_mean_is_explained_and_linked_from_the_table(anesbench, client):
    assert client.get("/").content.decode().count('href="/ranks/"') == 1
    page = client.get("/ranks/").content.decode()
    for assumption in ("random sample", "share no question", "The rounding of both scores"):
        assert page.count(assumption) == 1


def test_the_note_and_day_of_a_score_are_on_the_page_of_its_llm(client):
    make_site()
    Score.objects.get().delete()
    make_score(LLM.objects.get(), Metric.objects.get(), "0.5", note="Two <runs>.",
               measured_on="2026-03-01")  # fmt: skip
    page = client.get("/llms/alpha/").content.decode()
    assert "<small>1 Mar 2026</small> <small>Two &lt;runs&gt;.</small>" in page
