"""The headers of the table: benchmarks over their metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from leaderboard.standings.records import MetricRecord
from leaderboard.text.shown import unit_sign
from leaderboard.text.words import word


@dataclass(frozen=True, slots=True)
class Fold:
    """The link of a group that leaves its aggregate alone, or brings the rest back."""

    keep: str  # the aggregate's key
    address: str
    is_open: bool  # is more than the aggregate shown?


@dataclass(frozen=True, slots=True)
class HeaderGroup:
    """A benchmark above its metrics."""

    name: str
    slug: str
    language: str
    span: int
    is_ranking: bool = False  # of the ranking metric alone
    address: str | None = None  # of its page; "" if there is none any more, None: the usual one
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a column, a link to the order that it stands for."""

    key: str
    label: str
    href: str
    aria_sort: str  # "" unless the table is sorted by this column
    note: str
    starts_group: bool
    is_ranking: bool = False
    is_by: bool = False  # sorts the table, and is not the ranking column
    is_overall: bool = False
    is_lower_better: bool = False
    benchmark: str = ""  # that the label does without, below the name of the benchmark
    fact_classes: str = ""  # of a column of facts

    @property
    def html(self) -> SafeString:
        """The header as a cell of the table."""
        names = {
            "name": self.key == "llm",
            "edge": self.starts_group,
            "sum": self.is_overall,
            "main": self.is_ranking,
            "by": self.is_by,
            "low": self.is_lower_better,  # a sign with words, by the style sheet
        }
        named = " ".join(name for name, applies in names.items() if applies)
        classes = " ".join(filter(None, [self.fact_classes, named]))
        # By hand as the rows are: 20 headers take 0.05 ms, 0.38 ms by format_html, of 5 in all.
        marks = f' class="{classes}"' if classes else ""
        if self.aria_sort:
            marks += f' aria-sort="{self.aria_sort}"'
        note = f"<small>{escape(self.note)}</small>" if self.note else ""
        if self.is_lower_better:
            words = escape(_("lower is better"))
            marks += f' title="{words}"'
            note = f'<span class="hidden">, {words}</span>{note}'
        benchmark = f' data-of="{escape(self.benchmark)}"' if self.benchmark else ""
        return mark_safe(
            f'<th scope="col" data-column="{self.key}"{marks}>'
            f'<a href="{escape(self.href)}"{benchmark}>{escape(self.label)}{note}</a></th>'
        )


def group_starts(
    columns: Sequence[MetricRecord], ranking: MetricRecord | None = None
) -> list[bool]:
    """True where a column begins another group of headers than the one before it: another
    benchmark, or the ranking metric, or what follows that."""
    groups = [(metric.benchmark_slug or "", metric == ranking) for metric in columns]
    return [group != previous for group, previous in zip(groups, [None, *groups], strict=False)]


def metric_note(metric: MetricRecord) -> str:
    """What stands under the name of a metric: its question count, else its kind of aggregate, and
    its unit."""
    count = metric.question_count
    note = f"n {count:,}" if count else word(metric.aggregate)
    return " · ".join(filter(None, [note, unit_sign(metric)]))
