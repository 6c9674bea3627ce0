"""Two writers at once, in every pair: nothing breaks a rule, fails, or is saved and lost.

A small set always runs; `-m long` runs all pairs, RACE_ROUNDS rounds each (50 if it is not set),
from round RACE_START. Most of a round is waiting: `-n 8 --dist load` does more at once.
"""

import os
from itertools import combinations_with_replacement

import pytest

from . import writers
from .content import OF_BROWSERS, TABLES, Saved, make_site, past_read_once, what_is_wrong
from .racing import ROUNDS, Told, open_threads, race

ALL_PAIRS = list(combinations_with_replacement(writers.WRITERS, 2))
FEW_PAIRS = [
    (writers.EditLLM, writers.NarrowRange),
    (writers.AddLLM, writers.ConfirmImport),
    (writers.ForgetQuestions, writers.AddComponent),
    (writers.RemoveColumn, writers.RankByThird),
    (writers.ConfirmedRedefinition, writers.EditLLM),
    (writers.ConfirmedRedefinition, writers.AddComponent),
    (writers.UndoImport, writers.DeleteSelected),
    (writers.LoadData, writers.ChangeUnit),
    (writers.Publish, writers.SaveUnchecked),
    (writers.Freeze, writers.EditLLM),
    (writers.Freeze, writers.Freeze),
    (writers.EditAppearance, writers.EditAppearance),
    (writers.EditAppearance, writers.EditLLM),
    (writers.MergeLLMs, writers.EditLLM),
    (writers.MergeLLMs, writers.DeleteSelected),
    (writers.HideSelected, writers.MergeLLMs),
    (writers.DeleteFact, writers.MergeLLMs),
    (writers.AddFactValue, writers.DeleteFact),
    (writers.EditPage, writers.EditPage),
    (writers.EditPage, writers.LoadData),
    (writers.AddFactValue, writers.ChangeKind),
    (writers.EditFacts, writers.MergeLLMs),
    (writers.PutBack, writers.AddLLM),
    (writers.HandIn, writers.NarrowRange),
    (writers.Decide, writers.PutAway),
    (writers.Decide, writers.ConfirmImport),
    (writers.WithdrawRelease, writers.DescribeRelease),
]


def run_rounds(pair, clients, folder, rounds, start=0):
    """Both are prepared once, and each round begins with the rows as they were then. The moments
    at which the two meet are others in each round, and begin with others in each pair."""
    site = make_site()
    first, second = (kind(site, client, folder) for kind, client in zip(pair, clients, strict=True))
    before = Saved(TABLES + OF_BROWSERS)
    with past_read_once(), open_threads() as threads:
        for number in range(start, start + rounds):
            before.put_back()
            moments = ROUNDS[number % len(ROUNDS)]
            told = race([first.write, second.write], moments, threads=threads)
            check(told, (first, second), before, f"round {number}")


def check(told, pair, before, when):
    assert [each for each in told if not isinstance(each, Told)] == [], when
    assert [each for each in told if each.status >= 500] == [], when
    lost = [
        writer.name
        for writer, each in zip(pair, told, strict=True)
        if each.is_saved and not writer.is_kept()
    ]
    assert lost == [], when
    assert what_is_wrong(before) == [], when


def names(pair):
    return " | ".join(kind.name for kind in pair)


@pytest.mark.parametrize("pair", FEW_PAIRS, ids=names)
def test_two_writers_at_once_break_nothing(pair, clients, tmp_path):
    run_rounds(pair, clients, tmp_path, rounds=1, start=FEW_PAIRS.index(pair))


@pytest.mark.long
@pytest.mark.parametrize("kind", writers.WRITERS, ids=lambda kind: kind.name)
def test_every_writer_alone_is_told_that_it_saved(kind, clients, tmp_path):
    """Else the races would be of writers who are always refused."""
    writer = kind(make_site(), clients[0], tmp_path)
    told = writer.write()
    assert told.is_saved, told
    assert writer.is_kept()
    assert what_is_wrong() == []


@pytest.mark.long
@pytest.mark.parametrize("pair", ALL_PAIRS, ids=names)
def test_every_pair_of_writers_breaks_nothing(pair, clients, tmp_path):
    rounds = int(os.environ.get("RACE_ROUNDS", "50"))
    start = int(os.environ.get("RACE_START", "0")) + ALL_PAIRS.index(pair)
    run_rounds(pair, clients, tmp_path, rounds, start)
