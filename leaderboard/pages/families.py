"""Families of LLMs: variants that differ in effort, quantization, scaffold or prompt.

A family is the name that its variants share. Folding a table keeps the best of each family; ranks
stay those of the whole table. A baseline is nobody's variant: it is neither folded nor the best.
"""

from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.translation import ngettext

from leaderboard.standings.records import LLMRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings
from leaderboard.text.names import name_key


def family_of(llm: LLMRecord) -> str:
    """Returns the family within which an LLM is folded; "" for none."""
    return "" if llm.is_baseline else llm.family


def count_variants(standings: Standings) -> Counter[str]:
    """Returns {family: number of its variants} of a leaderboard."""
    counts: Counter[str] = standings.compute_once(
        "variants",
        lambda: Counter(family for row in standings.rows if (family := family_of(row.llm))),
    )
    return counts


def has_variants(standings: Standings) -> bool:
    """Whether a family has several variants on a leaderboard, so that it can be folded."""
    return max(count_variants(standings).values(), default=0) > 1


def fold_families(rows: Iterable[Standing], standings: Standings) -> tuple[Standing, ...]:
    """Returns the rows, in their order, with only the best of each family that is among them."""
    shown = list(rows)
    here = {row.llm.id for row in shown}
    best: dict[str, int] = {}
    for row in standings.rows:  # in order of rank
        if row.llm.id in here and (family := family_of(row.llm)):
            best.setdefault(family, row.llm.id)
    return tuple(row for row in shown if row.llm.id == best.get(family_of(row.llm), row.llm.id))


def name_html(llm: LLMRecord) -> str:
    """Writes the name of an LLM; of a variant what differs from its family is marked."""
    rest = llm.name.removeprefix(llm.family) if llm.family else ""
    if not rest or rest == llm.name:
        return escape(llm.name)
    return f'{escape(llm.family)}<span class="variant">{escape(rest)}</span>'


def variants_address(llm: LLMRecord, standings: Standings) -> dict[str, str | None]:
    """Returns what to change of a folded view to see all variants of a family: a search for it, if
    every name has it, else the order by name, in which they are neighbours."""
    key = name_key(llm.family)
    variants = [row.llm for row in standings.rows if family_of(row.llm) == llm.family]
    if all(key in name_key(variant.name) for variant in variants):
        return {"families": None, "q": llm.family}
    return {"families": None, "sort": "llm"}


def variants_html(row: Standing, standings: Standings, selection: Any) -> str:
    """Writes “3 variants” as a link, behind the name of the best of a folded family."""
    count = count_variants(standings)[family_of(row.llm)] if selection.families else 0
    if count < 2:
        return ""
    address = selection.url(**variants_address(row.llm, standings))
    words = ngettext("%(count)s variant", "%(count)s variants", count) % {"count": count}
    return f' <a class="variants" href="{escape(address)}">{escape(words)}</a>'
