"""What helps a maintainer who gets stuck."""

import re
from html import unescape

import pytest
from django.urls import reverse

from leaderboard.models import Organization
from tests.admin.two_maintainers import address
from tests.factories import make_benchmark, make_llm, make_metric


@pytest.mark.parametrize(
    ("kind", "make", "name", "slug"),
    [
        ("llm", make_llm, "ALPHA", ""),
        ("llm", make_llm, "Another", "alpha"),
        ("benchmark", make_benchmark, "alpha", ""),
        ("organization", lambda name: Organization.objects.create(name=name), "Alpha", ""),
    ],
)
def test_what_is_there_already_is_offered(kind, make, name, slug, anna, db):
    there = make("Alpha")
    refused = anna.post(reverse(f"admin:leaderboard_{kind}_add"), {"name": name, "slug": slug})
    page = unescape(refused.content.decode())
    assert f'<a href="{address(there)}">Open “Alpha”, which is there already.</a>' in page


@pytest.mark.parametrize("name", ["Be\0ta", "", "x" * 500])
def test_a_name_that_is_refused_for_itself_offers_nothing(name, anna, db):
    make_llm("Alpha")
    refused = anna.post(reverse("admin:leaderboard_llm_add"), {"name": name})
    assert refused.status_code == 200
    assert "which is there already" not in refused.content.decode()


def test_a_metric_of_another_benchmark_is_no_twin(anna, db):
    one, other = make_benchmark("One"), make_benchmark("Other")
    there = make_metric("one-accuracy", name="accuracy", benchmark=one)
    taken = {"name": "accuracy", "benchmark": one.pk, "unit": "proportion"}
    assert address(there) in anna.post(reverse("admin:leaderboard_metric_add"), taken).text
    elsewhere = anna.post(reverse("admin:leaderboard_metric_add"), taken | {"benchmark": other.pk})
    assert address(there) not in elsewhere.content.decode()


def test_the_plain_form_of_a_benchmark_leads_to_metrics_and_shows_no_empty_table(anna, db):
    plain = anna.get(reverse("admin:leaderboard_benchmark_add"))
    assert reverse("admin:guided-benchmark") in plain.content.decode()
    assert plain.context["inline_admin_formsets"] == []
    bench = make_benchmark("Bench")
    empty = anna.get(address(bench))
    assert empty.context["inline_admin_formsets"] == []
    (link,) = re.findall(r'href="([^"]+)">Add a metric', empty.content.decode())
    assert f'<option value="{bench.pk}" selected' in anna.get(unescape(link)).content.decode()
    make_metric("accuracy", benchmark=bench)
    assert len(anna.get(address(bench)).context["inline_admin_formsets"]) == 1
