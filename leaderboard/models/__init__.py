"""The content of the site. Help texts say what maintainers may type; the models enforce it.

May import: fields and text.
Begin reading with llms.py and scores.py; locks.py and invariants.py say what always holds.
"""

from .accounts import FailedLogin, LoginPolicy
from .api_tokens import APIToken
from .appearance import Appearance, Picture
from .benchmarks import Benchmark
from .components import Component, with_components
from .draft_links import DraftLink
from .facts import Fact, FactColumn, FactValue
from .imports import Alias, Import
from .keys import FIXED_COLUMNS
from .leaderboards import Column, ContentRevision, Leaderboard
from .llms import LLM, Organization
from .metrics import Metric
from .releases import Release
from .scores import Score, Source
from .site_pages import SitePage
from .states import LeaderboardState
from .translations import Translation

CONTENT = (
    Organization, LLM, Benchmark, Metric, Component, Source, Score, Leaderboard, Column, SitePage,
    Picture, Appearance, Translation, Fact, FactColumn, FactValue,
)  # fmt: skip
# Of these the states of leaderboards are made.
OF_STATES = tuple(model for model in CONTENT if model not in (SitePage, Picture, Appearance))

__all__ = [
    "CONTENT",
    "FIXED_COLUMNS",
    "LLM",
    "OF_STATES",
    "APIToken",
    "Alias",
    "Appearance",
    "Benchmark",
    "Column",
    "Component",
    "ContentRevision",
    "DraftLink",
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
    "Picture",
    "Release",
    "Score",
    "SitePage",
    "Source",
    "Translation",
    "with_components",
]
