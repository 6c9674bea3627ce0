"""Kinds of LLMs: which of them compete, and the words for each. Pure: no Django, no database.

Humans and random answers are what LLMs are measured against: baselines. They stand in the table at
the place of their value and take part in nothing that compares LLMs: no rank, no rank range, no
best value, no heat, no median, no win rate, no N. Ensembles and systems answer as an LLM does, so
they compete and are marked.
"""

from .sentences import noop

MODEL = "model"
# {kind: what marks it in English}; pages translate it.
MARKS = {
    "human": noop("human baseline"),
    "random": noop("random baseline"),
    "ensemble": noop("ensemble"),
    "system": noop("system"),
}
KINDS = (MODEL, *MARKS)
BASELINES = frozenset(("human", "random"))
