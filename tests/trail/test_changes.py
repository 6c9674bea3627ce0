"""What visitors can read of the history, and what they cannot."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from leaderboard.models import LLM, Metric, Score
from leaderboard.models.locks import content_lock
from leaderboard.standings.published import Content
from leaderboard.trail import corrections as changes
from leaderboard.trail.entries import load_trail
from leaderboard.views import canonical
from tests.factories import make_aggregate, make_leaderboard, make_llm, make_metric, make_score
from tests.page_reader import page_form

ATOM = "{http://www.w3.org/2005/Atom}"


def correct(score, value, reason=None):
    score.value, score.decimals = Decimal(value), None
    score._change_reason = reason
    score.save()


def all_entries():
    trail = load_trail()
    return trail.entries(trail.tokens)


def titles():
    return [entry.title for entry in all_entries()]


def lines(entry):
    return [str(line) for part in entry.parts for line in part.lines]


def corrections_of(llm):
    return changes.find_corrections(llm, Content("")).describe()


def described(change):
    return (change.metric, change.old, change.new, change.reason)


@pytest.fixture
def board(db):
    metric = make_metric()
    return make_leaderboard([metric])


@pytest.fixture
def metric(board):
    return board.ranking_metric


def test_the_seed_is_one_entry(anesbench):
    (entry,) = all_entries()
    assert entry.title == "LeaderBoard - AnesBench published: 51 LLMs, 459 scores"
    assert (lines(entry), entry.reasons) == ([], ["Loaded from fixture anesbench"])


def test_an_llm_that_enters_brings_metric_value_and_link_of_its_scores(board, metric, client):
    metric.unit = "percent"
    metric.save()
    make_score(make_llm("First"), metric, "81.25", decimals=2)
    entry = all_entries()[0]
    assert (
        entry.title == "New LLM First, 1 new score, 1 rank range changed".partition(", 1 rank")[0]
    )
    assert lines(entry) == ["First, accuracy: no score → 81.25%"]
    link = '<a href="/llms/first/#metric-accuracy">First</a>, accuracy: <b>no score → 81.25%</b>'
    assert link in client.get("/changes/").content.decode()


def test_a_correction_has_date_old_new_and_reason(metric):
    score = make_score(make_llm(), metric, "0.5")
    correct(score, "0.625", "Recounted.")
    newest = all_entries()[0]
    assert newest.title == "1 correction of Alpha"
    assert lines(newest) == ["Alpha, accuracy: 0.50 → 0.625"]
    assert newest.reasons == ["Recounted."]
    (correction,) = corrections_of(score.llm)
    assert correction.date == newest.date
    assert described(correction) == ("accuracy", "0.50", "0.625", "Recounted.")


def test_a_score_withdrawn_and_entered_anew_are_two_corrections(metric):
    score = make_score(make_llm(), metric, "0.5")
    score._change_reason = "Withdrawn."
    score.delete()
    make_score(score.llm, metric, "0.4")
    assert [described(each) for each in corrections_of(score.llm)] == [
        ("accuracy", None, "0.40", ""),
        ("accuracy", "0.50", None, "Withdrawn."),
    ]


def test_a_note_is_no_correction_but_told(metric):
    score = make_score(make_llm(), metric, "0.5")
    score.note = "See table 2."
    score.save()
    assert corrections_of(score.llm) == []
    newest = all_entries()[0]
    assert newest.title == "Notes on Alpha changed"
    assert lines(newest) == ["Alpha, accuracy, note: – → See table 2."]
    score.llm.note = "With tools."
    score.llm.save()
    newest = all_entries()[0]
    assert newest.title == "Notes on Alpha changed"
    assert lines(newest) == ["Alpha, Note: – → With tools."]


def test_what_happened_to_a_draft_is_never_told(metric):
    draft = make_llm(is_published=False)
    score = make_score(draft, metric, "0.5")
    correct(score, "0.6", "Secret.")
    assert titles() == ["Board published: 0 LLMs, 0 scores"]
    draft.is_published = True
    draft.save()
    newest = all_entries()[0]
    assert (newest.title, newest.reasons) == ("New LLM Alpha, 1 new score", [])
    assert corrections_of(draft) == []
    correct(score, "0.7", "Public.")
    assert [described(each) for each in corrections_of(draft)] == [
        ("accuracy", "0.60", "0.70", "Public.")
    ]


def test_what_happened_while_an_llm_was_unpublished_again_is_not_told(metric):
    score = make_score(make_llm(), metric, "0.5")
    for published, value in ((False, "0.1"), (True, "0.7")):
        score.llm.is_published = published
        score.llm.save()
        correct(score, value, f"Reason {value}.")
    assert [each.reason for each in corrections_of(score.llm)] == ["Reason 0.7."]


def test_what_happened_on_a_draft_of_a_leaderboard_is_not_told(db):
    metric = make_metric()
    board = make_leaderboard([metric], is_published=False)
    score = make_score(make_llm(), metric, "0.5")
    correct(score, "0.6", "Secret.")
    board.is_published = True
    board.save()
    assert titles()[-1] == "Board published: 1 LLM, 1 score"
    correct(score, "0.7", "Public.")
    assert [each.reason for each in corrections_of(score.llm)] == ["Public."]


def test_a_control_character_does_not_stop_the_feed(client, metric):
    correct(make_score(make_llm(), metric, "0.5"), "0.6", "bad \x1b[31m \x08 char")
    ElementTree.fromstring(client.get("/changes/feed/").content)


def test_an_entry_shows_its_first_changes_folds_more_and_counts_the_rest(anesbench, client):
    with content_lock():
        for score in Score.objects.exclude(metric__aggregate="mean")[:60]:
            correct(score, "0.111")
    part = all_entries()[0].parts[0]
    more = part.line_count - 10  # the aggregates that they refute are gone too
    assert (more >= 50, len(part.first_lines), len(part.folded_lines)) == (True, 10, 40)
    page = client.get("/changes/").content.decode()
    entry = page[page.index("<article") : page.index("</article>")]
    assert f"<summary>{more} more</summary>" in entry
    assert f"<li>and {more - 40} more</li>" in entry


def test_an_unpublished_llm_leaves_its_entries_and_one_that_says_that_it_went(metric, client):
    llm = make_llm()
    correct(make_score(llm, metric, "0.5"), "0.6", "Recounted.")
    before = [(entry.title, lines(entry)) for entry in all_entries()]
    assert b'href="/llms/alpha/' in client.get("/changes/").content
    llm.is_published = False
    llm.save()
    assert [(entry.title, lines(entry)) for entry in all_entries()[1:]] == before
    assert titles()[0] == "Alpha withdrawn"
    page = client.get("/changes/").content
    assert b"/llms/alpha/" not in page
    assert b"0.50 \xe2\x86\x92 0.60" in page


def test_a_metric_on_no_published_leaderboard_is_not_told(metric):
    make_score(make_llm(), make_metric("hidden"), "0.5")
    assert titles() == ["Board published: 0 LLMs, 0 scores"]


def test_a_value_that_its_components_contradict_is_not_told_either(db):
    parts = [make_metric("a"), make_metric("b")]
    mean = make_aggregate("mean", parts)
    make_leaderboard([*parts, mean])
    llm = make_llm()
    for each in parts:
        make_score(llm, each, "0.5")
    score = make_score(llm, mean, "0.5")
    correct(score, "0.99", "Typing error.")
    correct(score, "0.5", "Mended.")
    assert [(each.old, each.new) for each in corrections_of(llm)] == [
        (changes.REFUSED, "0.50"),
        ("0.50", changes.REFUSED),
    ]


def test_one_form_is_one_entry(client, django_user_model, anesbench):
    user = django_user_model.objects.create_user("somebody-secret", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    keys = list(Metric.objects.values_list("key", flat=True))
    boxes = {f"score-{key}": "0.5" for key in keys}
    add = reverse("admin:leaderboard_llm_add")
    client.post(add, page_form(client.get(add), "llm_form") | {"name": "New", **boxes})
    assert titles()[0].startswith("New LLM New, 9 new scores")
    llm = LLM.objects.get(name="New")
    form = reverse("admin:leaderboard_llm_change", args=[llm.pk])
    boxes = {f"score-{key}": "0.6" for key in keys}
    client.post(form, page_form(client.get(form), "llm_form") | boxes | {"reason": "All anew."})
    entry = all_entries()[0]
    assert entry.title.startswith("9 corrections of New")
    assert len(lines(entry)) == 9
    assert {line.rpartition(": ")[2] for line in lines(entry)} == {"0.50 → 0.60"}
    assert entry.reasons == ["All anew."]
    for address in ("/changes/", "/changes/feed/", "/llms/new/"):
        assert "somebody-secret" not in client.get(address).content.decode()


def test_the_page_is_paged_and_newest_first(
    client, metric, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(canonical, "ENTRIES", 5)
    score = make_score(make_llm(), metric, "0.5")
    for number in range(6):
        correct(score, f"0.{number + 10}", f"Reason {number}.")
    pages = [client.get("/changes/", {"page": number}).content.decode() for number in (1, 2, 99)]
    assert [page.count('class="entry"') for page in pages] == [5, 3, 3]
    assert pages[0].index("Reason 5.") < pages[0].index("Reason 4.")
    with django_assert_max_num_queries(13):
        client.get("/changes/")


def test_reasons_are_escaped(client, metric):
    correct(make_score(make_llm(), metric, "0.5"), "0.6", "<img src=x onerror=alert(1)>")
    for address, count in (("/changes/", 1), ("/llms/alpha/", 2)):  # in the history there too
        page = client.get(address).content.decode()
        assert page.count("&lt;img src=x onerror=alert(1)&gt;") == count
        assert "<img src=x" not in page


def test_the_llm_page_shows_its_corrections(client, metric):
    score = make_score(make_llm(), metric, "0.5")
    assert (
        "No published score of this LLM has been changed."
        in client.get("/llms/alpha/").content.decode()
    )
    correct(score, "0.6", "Recounted.")
    page = client.get("/llms/alpha/").content.decode()
    assert "<b>0.50 → 0.60</b> <q>Recounted.</q>" in page


def test_the_feed_is_valid_atom_and_carries_the_reason(client, metric):
    correct(make_score(make_llm("A & B <c>"), metric, "0.5"), "0.6", "Recounted.")
    response = client.get("/changes/feed/")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    required = ("id", "title", "updated", "author")  # RFC 4287, section 4.1.1
    assert [feed.find(ATOM + name) is not None for name in required] == [True] * 4
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Leaderboard"  # of a site without a name
    assert feed.find(f"{ATOM}link[@rel='self']").get("href").endswith("/changes/feed/")
    entries = feed.findall(ATOM + "entry")
    for entry in entries:
        assert [entry.find(ATOM + name) is not None for name in ("id", "title", "updated", "link")]
    assert len({entry.find(ATOM + "id").text for entry in entries}) == len(entries) == 3
    assert entries[0].find(ATOM + "title").text == "1 correction of A & B <c>"
    assert entries[0].find(ATOM + "summary").text == (
        "Board: 1 value changed\nA &amp; B &lt;c&gt;, accuracy: 0.50 → 0.60\nRecounted."
    )
    dates = [entry.find(ATOM + "updated").text for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert feed.find(ATOM + "updated").text == dates[0]


def test_a_feed_without_entries_is_still_a_feed(client, db):
    feed = ElementTree.fromstring(client.get("/changes/feed/").content)
    assert feed.findall(ATOM + "entry") == []
    assert "Nothing has been published yet." in client.get("/changes/").content.decode()


def test_a_change_after_the_seed_stands_above_it(anesbench):
    correct(Score.objects.get(llm__slug="gpt-4o", metric__key="average"), "0.78", "Recounted.")
    assert titles() == [
        "1 correction of gpt-4o",
        "LeaderBoard - AnesBench published: 51 LLMs, 459 scores",
    ]
