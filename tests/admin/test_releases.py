"""Releases in the admin: frozen from a preview, corrected beside, withdrawn, never deleted."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.models import LLM, Leaderboard, Release, Score
from leaderboard.models.revision import current_token
from leaderboard.trail.releases import freeze, read_state
from tests.admin.two_maintainers import address, opened, told
from tests.factories import give_scores_to_more_llms
from tests.page_reader import page_form

BOARD = "leaderboard_leaderboard"


@pytest.fixture
def board(anesbench):
    return Leaderboard.objects.get()


@pytest.fixture
def frozen(board):
    return freeze(board, "2026-01", "The first one.")


def freeze_address(board):
    return reverse("admin:freeze-release", args=[board.pk])


def words(response):
    """The text of the page without markup, between the first and the last of its own."""
    page = re.search(r'<div id="content-main".*?<form', response.content.decode(), re.S).group()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_the_button_stands_on_the_form_of_a_published_leaderboard_only(anna, board):
    button = f'href="{freeze_address(board)}"'
    assert button in anna.get(address(board)).text
    board.is_published = False
    board.save()
    assert button not in anna.get(address(board)).text
    refused = anna.get(freeze_address(board), follow=True)
    assert messages(refused) == ["Publish the leaderboard first: a release is public."]
    assert anna.post(freeze_address(board), {"name": "x", "shown": "y"}).status_code == 302
    assert not Release.objects.exists()


def test_the_preview_says_what_will_be_frozen(anna, board):
    page = anna.get(freeze_address(board))
    form = page_form(page, "freeze_form")
    text = words(page)
    for part in (
        "Leaderboard LeaderBoard - AnesBench As of 20",
        "LLMs 51 Columns 9 Scores 459 Licence of the data None is named",
        f"Method 2026-11 SHA-256 {form['shown']}",
        "The first release This leaderboard has no release yet",
    ):
        assert part in text
    assert re.fullmatch("20[0-9]{2}-[0-9]{2}", form["name"])

    board.data_licence = "CC-BY-4.0"
    board.save()
    assert "Licence of the data CC-BY-4.0 Method" in words(anna.get(freeze_address(board)))


def test_what_was_shown_is_frozen_with_who_and_when(anna, board):
    form = page_form(anna.get(freeze_address(board)), "freeze_form")
    token = current_token()
    done = anna.post(freeze_address(board), form | {"notes": "The first."}, follow=True)
    release = Release.objects.get()
    assert done.redirect_chain[0][0] == address(release)
    assert messages(done) == [f"Frozen: {release}, with the hash {form['shown']}."]
    assert (release.name, release.notes, release.sha256) == (
        form["name"], "The first.", form["shown"],
    )  # fmt: skip
    entry, record = LogEntry.objects.get(), release.history.get()
    assert (entry.user.username, entry.get_change_message()) == ("anna", "Added.")
    assert record.history_user.username == "anna"
    assert current_token() != token


def test_a_name_that_is_taken_gets_a_number_and_cannot_be_used_twice(anna, board):
    first = page_form(anna.get(freeze_address(board)), "freeze_form")
    anna.post(freeze_address(board), first)
    second = page_form(anna.get(freeze_address(board)), "freeze_form")
    assert second["name"] == f"{first['name']}-2"
    refused = anna.post(freeze_address(board), second | {"name": first["name"], "notes": "Typed."})
    assert told(refused) == ["A release of this leaderboard has this name. Type another one."]
    assert page_form(refused, "freeze_form")["notes"] == "Typed."
    for name in ("Nov 2026", "", "x" * 41, "-x"):
        assert len(told(anna.post(freeze_address(board), second | {"name": name}))) == 1
    assert Release.objects.count() == 1


def test_what_changed_between_preview_and_confirmation_is_shown_first(anna, bob, board, frozen):
    form = page_form(anna.get(freeze_address(board)), "freeze_form") | {"notes": "Typed."}
    llm = LLM.objects.get(slug="gpt-4o")
    bob.post(address(llm), opened(bob, llm) | {"name": "GPT of 4o"})

    refused = anna.post(freeze_address(board), form)

    assert messages(refused) == [
        "Nothing is frozen yet: somebody changed the leaderboard after this page was opened. Look "
        "at what would be frozen now, then freeze it."
    ]
    assert "LLMs (1) GPT of 4o, name: gpt-4o → GPT of 4o" in words(refused)
    again = page_form(refused, "freeze_form")
    assert (again["notes"], again["name"]) == ("Typed.", form["name"])
    assert again["shown"] != form["shown"]
    assert Release.objects.count() == 1
    anna.post(freeze_address(board), again)
    assert read_state(Release.objects.first())["inputs"]["llms"]["gpt-4o"]["name"] == "GPT of 4o"


@pytest.mark.parametrize("shown", ["", "0" * 64, "x" * 65])
def test_nothing_is_frozen_that_no_page_has_shown(anna, board, shown):
    page = anna.post(freeze_address(board), {"name": "2026-11", "shown": shown})
    assert page.status_code == 200
    assert not Release.objects.exists()


def test_the_preview_says_in_words_what_changed_since_the_release_before(anna, board, frozen):
    page = anna.get(freeze_address(board))
    assert "What changed since 2026-01 Nothing: the new release would have" in words(page)

    first, second = LLM.objects.filter(slug__in=["gpt-4o", "deepseek-r1"]).order_by("slug")
    first.is_published = False
    first.save()
    score = Score.objects.get(llm=second, metric__key="amcqa-overall")
    score.value, score.decimals = "0.5", 2
    score.save()
    board.introduction = "Another text."
    board.save()

    text = words(anna.get(freeze_address(board)))
    changes = text.partition("What changed since 2026-01 ")[2]
    assert changes.startswith(
        "53 changes LLMs (1) deepseek-r1 left Values (1) gpt-4o, AMCQA overall: 0.78 → 0.77, "
        "computed from its components Texts (1) Text changed: introduction Ranks (50) "
        "gpt-4o 2 → 1: 1 LLM above it left deepseek-v3 3 → 2: 1 LLM above it left "
    )
    assert changes.endswith(" … and 40 more <form")


def test_a_damaged_release_before_it_is_told_and_stops_nobody(anna, board, frozen):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaderboard_release SET payload = %s", [b"no zlib"])
    page = anna.get(freeze_address(board))
    assert "The stored bytes of 2026-01 are damaged, so nothing can be compared." in words(page)
    anna.post(freeze_address(board), page_form(page, "freeze_form"))
    assert Release.objects.count() == 2
    assert anna.get(address(frozen)).status_code == 200


def test_the_preview_asks_as_much_for_many_llms_as_for_few(anna, board, frozen):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert anna.get(freeze_address(board)).status_code == 200
        return len(asked)

    queries()  # the first page of a revision reads the appearance
    few = queries()
    give_scores_to_more_llms(board, 20)
    assert queries() == few


def test_what_stands_beside_is_changed_with_a_trail(anna, frozen):
    form = opened(anna, frozen)
    assert set(form) - {"csrfmiddlewaretoken", "opened"} == {"doi", "erratum", "erratum_url"}
    token = current_token()
    data = form | {"doi": "10.5281/zenodo.1234567", "erratum": "Row 3.", "name": "other",
                   "sha256": "0" * 64, "withdrawn_at_0": "2026-01-01"}  # fmt: skip
    assert anna.post(address(frozen), data).status_code == 302
    stored = Release.objects.get()
    assert (stored.doi, stored.erratum, stored.name) == (data["doi"], "Row 3.", "2026-01")
    assert (stored.sha256, stored.withdrawn_at) == (frozen.sha256, None)
    assert stored.history.first().history_user.username == "anna"
    assert current_token() != token
    history = anna.get(address(frozen, "history"))
    assert "10.5281/zenodo.1234567" in history.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("doi", "https://doi.org/10.1/x"), ("erratum_url", "javascript:alert(1)")],
)
def test_what_stands_beside_is_checked(anna, frozen, field, value):
    refused = anna.post(address(frozen), opened(anna, frozen) | {field: value})
    assert len(told(refused)) == 1
    assert getattr(Release.objects.get(), field) == ""


def test_two_maintainers_do_not_overwrite_each_other_beside_a_release(anna, bob, frozen):
    late = opened(bob, frozen)
    anna.post(address(frozen), opened(anna, frozen) | {"erratum": "By anna."})
    refused = bob.post(address(frozen), late | {"erratum": "By bob."})
    assert "Erratum was changed to “By anna.”" in " ".join(told(refused))
    assert Release.objects.get().erratum == "By anna."


def test_a_release_is_withdrawn_once_with_a_public_reason(anna, bob, frozen):
    page = reverse("admin:withdraw-release", args=[frozen.pk])
    assert page in anna.get(address(frozen)).text
    for reason in ("", " ", "In /home/anna/results.csv"):
        assert len(told(anna.post(page, {"reason": reason}))) == 1
    assert Release.objects.get().withdrawn_at is None

    done = anna.post(page, {"reason": "Scores of another LLM."}, follow=True)
    stored = Release.objects.get()
    assert messages(done) == [f"{frozen} is withdrawn."]
    assert stored.withdrawn_at is not None
    assert stored.withdrawal_reason == "Scores of another LLM."
    assert LogEntry.objects.get().user.username == "anna"
    assert stored.history.first().history_user.username == "anna"
    assert page not in anna.get(address(frozen)).text

    late = bob.post(page, {"reason": "Another reason."}, follow=True)
    assert messages(late) == [f"{frozen} is withdrawn already."]
    assert Release.objects.get().withdrawal_reason == "Scores of another LLM."


def test_a_leaderboard_with_releases_cannot_be_deleted_and_says_what_to_do_instead(
    anna, board, frozen
):
    step = "Releases are cited and stay, and so does their leaderboard. To hide both, untick"
    asked = anna.get(address(board, "delete"))
    assert step in asked.text
    assert f'<a href="{address(frozen)}">' in asked.text
    answer = anna.post(address(board, "delete"), {"post": "yes", "reason": "Out of date."})
    assert answer.status_code in (200, 302)
    chosen = {"action": "delete_selected", "_selected_action": str(board.pk)}
    changelist = reverse(f"admin:{BOARD}_changelist")
    listed = anna.post(changelist, chosen)
    assert step in listed.text
    forced = anna.post(changelist, chosen | {"post": "yes", "reason": "Out of date."})
    assert forced.status_code in (200, 302)
    assert Leaderboard.objects.count() == Release.objects.count() == 1


def test_nothing_in_the_admin_deletes_a_release_or_adds_one_otherwise(anna, admin_client, frozen):
    for client in (anna, admin_client):
        assert client.post(address(frozen, "delete"), {"post": "yes"}).status_code == 403
        assert client.get(reverse("admin:leaderboard_release_add")).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": str(frozen.pk), "post": "yes"}
        client.post(reverse("admin:leaderboard_release_changelist"), chosen)
    assert Release.objects.count() == 1


def test_the_form_of_a_leaderboard_names_its_releases_and_what_publishing_means(
    anna, board, frozen
):
    text = anna.get(address(board)).text
    assert "Its releases are public as long as it is." in text
    listed = re.search(r'href="([^"]*/release/\?leaderboard__id__exact=\d+)"', text)[1]
    assert "1 release\n" in text
    assert "2026-01" in anna.get(listed).text


def test_the_list_reads_no_bytes_and_asks_as_much_for_one_release_as_for_three(anna, board):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            anna.get(reverse("admin:leaderboard_release_changelist"))
        assert not any('"payload"' in each["sql"] for each in asked)
        return len(asked)

    freeze(board, "a")
    one = queries()
    freeze(board, "b")
    freeze(board, "c")
    assert queries() == one


@pytest.mark.parametrize("view", ["freeze-release", "withdraw-release"])
@pytest.mark.parametrize("number", ["77", "x", "9" * 19, "9" * 30])
def test_a_number_of_nothing_is_a_plain_404(anna, anesbench, view, number):
    page = reverse(f"admin:{view}", args=[number])
    assert [anna.get(page).status_code, anna.post(page, {}).status_code] == [404, 404]
