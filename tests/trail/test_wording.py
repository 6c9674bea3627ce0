"""What a difference of two states is about, in words."""

from leaderboard.models import Leaderboard, LeaderboardState, Score
from leaderboard.trail.between import describe_between
from leaderboard.trail.causes import Group
from leaderboard.trail.effects import Effect, Seen
from leaderboard.trail.entry_lines import line_of
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.state import load_state
from leaderboard.trail.wording import CAUSES, HEADINGS
from tests.exports.taking import UPDATED
from tests.factories import make_benchmark, make_leaderboard, make_llm, make_metric, make_score
from tests.trail.editing import EDITS, make_site


def test_every_group_has_words():
    assert HEADINGS.keys() == set(Group)
    assert CAUSES.keys() == set(Group)


def test_equal_states_have_nothing_to_say_and_an_edit_has(db):
    metric = make_metric("first", benchmark=make_benchmark("Bench"), name="First")
    board = make_leaderboard([metric])
    score = make_score(make_llm("Alpha"), metric, "0.5")
    make_score(make_llm("Beta"), metric, "0.6")
    before = load_state(board, UPDATED)
    assert describe_between(before, before) == ([], True)
    Score.objects.filter(pk=score.pk).update(value="0.7", decimals=1)
    after = load_state(Leaderboard.objects.get(), UPDATED)
    found, _has_causes = describe_between(before, after)
    assert [(section.heading, section.first) for section in found] == [
        ("Values", ("Alpha, Bench First: 0.50 → 0.70",)),
        ("Ranks", ("Alpha 2 → 1: values", "Beta 1 → 2: values")),
    ]


def test_preview_entry_and_comparison_count_and_word_every_edit_alike(db):
    make_site()
    for kind, edit in EDITS.items():
        if kind in ("import", "undo"):  # are previewed in their own way
            edit()
        else:
            compare_words(kind, edit)


def compare_words(kind, edit):
    """What the preview of an edit, its entry and the page that compares states say."""
    fill_differences()
    board = Leaderboard.objects.get()
    before = Seen(board.title, 9, load_state(board, UPDATED))
    last = LeaderboardState.objects.latest("pk").pk
    edit()
    board.refresh_from_db()
    preview = Effect(before, Seen(board.title, 9, load_state(board, UPDATED)))
    fill_differences()
    rows = LeaderboardState.objects.filter(pk__gt=last)
    stored = [row.difference for row in rows if row.difference]
    if not preview.difference:
        assert stored == [], kind
        return
    found, _has_causes = describe_between(before.state, preview.new.state)
    lines = {line for section in found for line in section.first if section.name != "ranks"}
    counts = {name: sum(each.get(name, 0) for each in stored) for name in ("moved", "values")}
    moved = {"moved": len(preview.difference.moves), "values": preview.difference.values}
    assert counts == moved, kind
    if len(stored) == 1:
        (entry,) = stored
        assert entry.get("ranges", 0) == preview.difference.ranges, kind
        told = {str(line_of(part)) for part in entry["changes"]}
        # An LLM of another address is followed.
        assert told == lines or kind == "its name", kind
        causes = [move.get("causes") for move in entry.get("moves", ())]
        assert causes == [[*map(str, move.causes)] for move in preview.difference.moves], kind
