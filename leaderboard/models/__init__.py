"""The content of the site. Help texts say what maintainers may type; the models enforce it.

May import: fields and text.
Begin reading with llms.py and scores.py; locks.py and invariants.py say what always holds.
"""

from .accounts import FailedLogin, LoginPolicy
from .benchmarks import Benchmark
from .components import Component, with_components
from .facts import Fact, FactColumn, FactValue
from .imports import Alias, Import
from .keys import FIXED_COLUMNS
from .leaderboards import Column, ContentRevision, Leaderboard
from .llms import LLM, Organization
from .metrics import Metric
from .releases import Release
from .scores import Score, Source
from .states import LeaderboardState
from .translations import Translation

CONTENT = (
    Organization, LLM, Benchmark, Metric, Component, Source, Score, Leaderboard, Column,
    Translation, Fact, FactColumn, FactValue,
)  # fmt: skip

__all__ = [
    "CONTENT",
    "FIXED_COLUMNS",
    "LLM",
    "Alias",
    "Benchmark",
    "Column",
    "Component",
    "ContentRevision",
    "Fact",
    "FactColumn",
    "FactValue",
    "FailedLogin",
    "Import",
    "Leaderboard",
    "LeaderboardState",
    "LoginPolicy",
    "Metric",
    "Organization",
    "Release",
    "Score",
    "Source",
    "Translation",
    "with_components",
]
