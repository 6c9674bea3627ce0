"""The history of an LLM's scores on its page."""

import re
from decimal import Decimal

import pytest

from leaderboard.models.locks import content_lock
from tests.trail.editing import llm, make_site, metric, score, setting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    with content_lock():
        make_site()


def correct(value, reason, **where):
    row = score(**where)()
    row.value, row._change_reason = Decimal(value), reason
    row.save()


def section(client, address="/llms/alpha/"):
    """The headings and table rows of the section, as texts; None without it."""
    page = client.get(address).content.decode()
    found = re.search(r'<section class="pics" id="history".*?</section>', page, re.DOTALL)
    if found is None:
        return None
    parts = re.findall(r"<h3>(.*?)</h3>|<tr>(.*?)</tr>", found.group(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", heading or row).split()) for heading, row in parts]


def test_a_chart_and_a_table_per_metric_that_had_another_value(client):
    assert section(client) is None
    correct("0.61", "Recounted <b>twice</b>.")
    one, mean = section(client)[:4], section(client)[4:]
    assert one[0] == "Bench one"
    assert [re.sub(r"\d+ \w+ \d{4}", "DAY", row) for row in one[1:]] == [
        "From Score Reason",
        "DAY 0.61 Recounted &lt;b&gt;twice&lt;/b&gt;.",
        "DAY 0.30 –",
    ]
    assert mean[0] == "Bench mean"
    assert section(client, "/llms/beta/") is None


def test_it_tells_nothing_of_a_metric_that_is_shown_no_more(client):
    correct("0.5", "Again.", key="speed")
    assert "speed" in section(client)
    metric("speed")().columns.all().delete()
    assert section(client) is None


def test_what_happened_while_the_llm_was_a_draft_is_told_as_nothing_shown(client):
    setting(llm("Alpha"), is_published=False)()
    correct("0.99", "A secret.")
    correct("0.61", "Another secret.")
    setting(llm("Alpha"), is_published=True)()
    told = " ".join(section(client))
    assert "0.99" not in told
    assert "secret" not in told
    assert "0.61" in told


def test_it_is_in_chinese_too(client):
    correct("0.61", "Recounted.")
    assert section(client, "/zh-hans/llms/alpha/")[1] == "自 得分 原因"
