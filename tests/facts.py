"""Columns of facts for tests: defined facts, their values, and columns that show them."""

from leaderboard.models import Fact, FactColumn, FactValue
from leaderboard.models.locks import content_lock


def make_fact(name, kind="number", **fields):
    fact = Fact(name=name, kind=kind, **fields)
    fact.full_clean()
    fact.save()
    return fact


def give_value(llm, fact, value, **about):
    row = FactValue(llm=llm, fact=fact, value=str(value), **about)
    row.full_clean()
    row.save()
    return row


def show_facts(leaderboard, *facts, **fields):
    """Gives a leaderboard columns of facts: keys of fields of LLMs, or defined facts."""
    with content_lock():
        for position, fact in enumerate(facts):
            chosen = {"fact": fact} if isinstance(fact, Fact) else {"field": fact}
            column = FactColumn(leaderboard=leaderboard, position=position, **chosen, **fields)
            column.full_clean()
            column.save()
