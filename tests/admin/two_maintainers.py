"""Two maintainers with one page open, and what they see of each other."""

import re
from html import unescape

from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from leaderboard.models import (
    Alias,
    Organization,
    Source,
)
from tests.factories import (
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_form

WHEN = "20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC"


def maintainer(django_user_model, name):
    user = django_user_model.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client = Client()
    client.force_login(user)
    return client


def staff(django_user_model, *permissions):
    """A browser of somebody with these permissions and no group."""
    user = django_user_model.objects.create_user("staff", is_staff=True)
    for name in permissions:
        user.user_permissions.add(Permission.objects.get(codename=name))
    client = Client()
    client.force_login(user)
    return client


def address(row, view="change"):
    return reverse(f"admin:leaderboard_{row._meta.model_name}_{view}", args=[row.pk])


def form_id(row):
    return f"{row._meta.model_name}_form"


def opened(client, row):
    return page_form(client.get(address(row)), form_id(row))


def save(client, row, changes):
    """Opened, saved and, if the form asks, confirmed at once."""
    response = confirm(client, row, client.post(address(row), opened(client, row) | changes))
    assert response.status_code == 302, told(response)


def confirm(client, row, asked, reason="It was defined wrongly."):
    """Confirms what a form says that it will change; an answer that asks nothing stays."""
    if 'id="check"' not in asked.content.decode():
        return asked
    return client.post(address(row), page_form(asked, "check") | {"public_reason": reason})


def told(response):
    """Every sentence of a refusal, as a reader sees it, with the time of the change as WHEN."""
    lists = re.findall(
        r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', response.content.decode(), re.S
    )
    sentences = [each for found in lists for each in re.findall(r"<li>(.*?)</li>", found, re.S)]
    return [re.sub(WHEN, "WHEN", unescape(each)) for each in sentences]


def sentence(label, became, was, typed=None):
    yours = (
        f"typed {typed}. Save again to overwrite it, or type what is to be stored."
        if typed
        else "left it so. The form has the newer value now."
    )
    return (
        f"{label} was {became} on WHEN by anna while you had this form open; you opened it with "
        f"{was} and {yours}"
    )


def rows_of_every_kind():
    organization = Organization.objects.create(name="Lab", homepage="https://a.example")
    source = Source.objects.create(title="Paper", harness="one")
    metric = make_metric(benchmark=make_benchmark(language="English"), description="First.")
    llm = make_llm(license="Apache-2.0", organization=organization, is_published=False)
    score = make_score(llm, metric, "0.5", note="first", source=source)
    leaderboard = make_leaderboard([metric], introduction="First.", is_published=False)
    return {
        "organization": (organization, "homepage", "Homepage", "https://a.example"),
        "llm": (llm, "license", "License", "Apache-2.0"),
        "benchmark": (metric.benchmark, "language", "Language", "English"),
        "metric": (metric, "description", "Description", "First."),
        "source": (source, "harness", "Harness", "one"),
        "score": (score, "note", "Note", "first"),
        "leaderboard": (leaderboard, "introduction", "Introduction", "First."),
        "alias": (Alias.objects.create(name="first", llm=llm), "name", "Name", "first"),
    }
