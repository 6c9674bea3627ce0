"""What became public and what was corrected: the history as visitors may see it.

One entry is one form, one import or one load: what is written together has one date. Drafts are
left out, also the time before a draft was published, and nobody's name is in it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from simple_history.models import HistoricalRecords

from .models import LLM, Metric, Score
from .numbers import decimal_places, format_number
from .records import LLMRecord, Records, ScoreRecord, load_metrics
from .standings import Origin, bottom_up, shown_values

SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A correction: one published score, before and after. None is no score."""

    date: datetime
    llm: str
    slug: str
    metric: str
    key: str
    old: str | None
    new: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened at once."""

    date: datetime
    new_llms: tuple[tuple[str, str], ...]  # (name, slug)
    new_scores: int
    scored_llms: tuple[tuple[str, str], ...]  # those with new scores
    corrections: tuple[ScoreChange, ...]

    @property
    def title(self) -> str:
        """“New LLM gpt-4o, 9 new scores”, “1 correction of gpt-4o”"""
        parts = [
            counted("new LLM", self.new_llms, "New LLM") if self.new_llms else "",
            plural(self.new_scores, "new score") if self.new_scores else "",
        ]
        if self.new_scores and not self.new_llms:
            parts[1] += f" of {named(self.scored_llms)}"
        if self.corrections:
            corrected = tuple(dict.fromkeys((each.llm, each.slug) for each in self.corrections))
            parts.append(f"{plural(len(self.corrections), 'correction')} of {named(corrected)}")
        return ", ".join(part for part in parts if part)

    @property
    def anchor(self) -> str:
        return self.date.strftime("t%Y%m%d%H%M%S%f")

    @property
    def first_new_llms(self) -> tuple[tuple[str, str], ...]:
        return self.new_llms[:SHOWN_NAMES]

    @property
    def more_new_llms(self) -> int:
        return max(0, len(self.new_llms) - SHOWN_NAMES)


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def named(llms: tuple[tuple[str, str], ...]) -> str:
    return llms[0][0] if len(llms) == 1 else plural(len(llms), "LLM")


def counted(noun: str, llms: tuple[tuple[str, str], ...], alone: str) -> str:
    return f"{alone} {llms[0][0]}" if len(llms) == 1 else plural(len(llms), noun)


def one_date_per_request(history_instance, **kwargs) -> None:
    """All that one form writes gets one date, which makes it one entry."""
    request = getattr(HistoricalRecords.context, "request", None)
    if request is not None:
        history_instance.history_date = request.__dict__.setdefault("change_date", timezone.now())


def dates() -> QuerySet:
    """The dates of the public entries, newest first."""
    scored = public_scores().order_by().values_list("history_date", flat=True)
    published = publications().order_by().values_list("history_date", flat=True)
    return scored.union(published).order_by("-history_date")


def entries(of_dates: Iterable[datetime]) -> list[Entry]:
    """The entries of these dates, newest first."""
    wanted = sorted(set(of_dates), reverse=True)
    llms: dict[datetime, list[tuple[str, str]]] = defaultdict(list)
    for record in publications().filter(history_date__in=wanted).order_by("name_key"):
        llms[record.history_date].append((record.name, record.slug))
    scores: dict[datetime, list] = defaultdict(list)
    for record in public_scores().filter(history_date__in=wanted):
        scores[record.history_date].append(record)
    return [make_entry(date, tuple(llms[date]), scores[date]) for date in wanted]


def make_entry(date: datetime, new_llms: tuple[tuple[str, str], ...], records: list) -> Entry:
    added = [each for each in records if each.before_type is None]
    scored = sorted({(each.llm.name, each.llm.slug) for each in added})
    return Entry(
        date=date,
        new_llms=new_llms,
        new_scores=len(added),
        scored_llms=tuple(scored),
        corrections=tuple(as_change(each) for each in records if each not in added),
    )


def corrections_of(llm: LLM) -> list[ScoreChange]:
    """Every change of a published score of one LLM, newest first; a first score is none."""
    records = public_scores().filter(llm_id=llm.pk).exclude(before_type=None)
    return [as_change(record) for record in records]


def publications() -> QuerySet:
    """The moment each published LLM first became public."""
    history = LLM.history.model.objects
    earlier = history.filter(
        id=OuterRef("id"), is_published=True, history_id__lt=OuterRef("history_id")
    )
    return history.filter(
        ~Exists(earlier), is_published=True, id__in=LLM.objects.published().values("pk")
    )


def public_scores() -> QuerySet:
    """History of scores that visitors could see change, newest first.

    `before` is the last value before and `before_type` what the record before did, None if there
    was none. Records that did not change the value are left out, and so is what happened before
    the LLM was published.
    """
    history = Score.history.model.objects
    earlier = history.filter(
        llm_id=OuterRef("llm_id"),
        metric_id=OuterRef("metric_id"),
        history_id__lt=OuterRef("history_id"),
    ).order_by("-history_id")
    since = LLM.history.model.objects.filter(id=OuterRef("llm_id"), is_published=True)
    return (
        history.filter(
            llm_id__in=LLM.objects.published().values("pk"),
            metric_id__in=Metric.objects.published().values("pk"),
        )
        .annotate(
            before=Subquery(earlier.exclude(history_type="-").values("value")[:1]),
            before_type=Subquery(earlier.values("history_type")[:1]),
            published_since=Subquery(since.order_by("history_id").values("history_date")[:1]),
        )
        .filter(history_date__gte=F("published_since"))
        .exclude(Q(history_type="~") & Q(value=F("before")))
        .select_related("llm", "metric__benchmark")
        .order_by("-history_date", "-history_id")
    )


def as_change(record) -> ScoreChange:
    was_there = record.before is not None and record.before_type != "-"
    removed = record.history_type == "-"
    return ScoreChange(
        date=record.history_date,
        llm=record.llm.name,
        slug=record.llm.slug,
        metric=str(record.metric),
        key=record.metric.key,
        old=public_value(record, record.before, before=True) if was_there else None,
        new=None if removed else public_value(record, record.value, before=False),
        reason=record.history_change_reason or "",
    )


REFUSED = "a value that did not fit its components"


def public_value(record, value: Decimal, *, before: bool) -> str:
    """The value in words. One that its components contradicted was never public and is not now."""
    if record.metric.aggregate and was_refused(record, before=before):
        return REFUSED
    return format_number(value, max(record.metric.decimals, decimal_places(value)))


def was_refused(record, *, before: bool) -> bool:
    """Did the site show a computed value in its place then?"""
    # What one form writes has one date and is one state, whatever the order of its rows.
    when = {"history_date__lt" if before else "history_date__lte": record.history_date}
    earlier = Score.history.filter(llm_id=record.llm_id, **when)
    scores: dict[int, ScoreRecord] = {}
    for past in earlier.order_by("history_id"):
        if past.history_type == "-":
            scores.pop(past.metric_id, None)
        else:
            scores[past.metric_id] = ScoreRecord(
                past.llm_id, past.metric_id, past.value, past.decimals, None, None, None, None
            )
    metrics = load_metrics()
    llm = LLMRecord(record.llm_id, "", "", None, None, None, None, None, None, "", None)
    records = Records((), None, frozenset(), metrics, (llm,), {llm.id: scores})
    shown = shown_values(llm, bottom_up(metrics), records, []).get(record.metric_id)
    return record.metric_id in scores and shown is not None and shown.origin is Origin.COMPUTED
