"""The value that stands for an LLM in a metric, how it came about and how far it is trusted."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from leaderboard.models import Source

from .records import ScoreRecord
from .uncertainty import Uncertainty

# From the most to the least trusted.
TRUST = (
    Source.Tier.INDEPENDENT,
    Source.Tier.MAINTAINER,
    Source.Tier.VENDOR,
    Source.Tier.UNKNOWN,
)
DISTRUST: dict[str, int] = {tier: place for place, tier in enumerate(TRUST)}


class Origin(StrEnum):
    """How a shown value came about."""

    REPORTED = "reported"  # for an aggregate: and it agrees with its components
    COMPUTED = "computed"  # from the components, because none is reported or it disagrees
    UNCHECKED = "unchecked"  # a reported aggregate with a component missing


class Shown(NamedTuple):
    """The value that stands for an LLM in a metric."""

    value: Decimal
    tolerance: Decimal
    origin: Origin
    tier: str
    source_id: int | None
    is_complete: bool  # as far as known, of all questions of the metric
    is_partial: bool  # of fewer questions than the metric has, or made from such a value
    uncertainty: Uncertainty


AllScores = Mapping[int, dict[int, ScoreRecord]]  # by LLM, then metric
AllShown = dict[int, dict[int, Shown]]


def least_trusted(tiers: Iterable[str]) -> str:
    """The tier furthest down in TRUST."""
    return max(tiers, key=DISTRUST.__getitem__)
