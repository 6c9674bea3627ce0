"""An LLM that was merged with another and is put back has its names again.

A merge gives the aliases of the LLM that goes to the one that stays, and its name as one more.
"""

from datetime import datetime
from typing import Any

from leaderboard.models import LLM, Alias


def return_names(llm: LLM, gone_at: datetime, user: Any, reason: str) -> None:
    """Gives an LLM that was gone since then, and is back, the aliases that the other one got and
    nobody changed later; within the content lock."""
    for alias in find_moved(llm):
        alias.llm = llm
        sign(alias, user, reason).save()
    for alias in Alias.objects.filter(key=llm.name_key, llm__isnull=False).exclude(llm=llm):
        if alias.history.filter(history_type="+", history_date__gte=gone_at).exists():
            sign(alias, user, reason).delete()


def find_moved(llm: LLM) -> list[Alias]:
    """Returns the aliases that another LLM has by their last change, and this one had before."""
    once = Alias.history.filter(llm_id=llm.pk).values("id")
    moved = []
    for alias in Alias.objects.filter(pk__in=once, llm__isnull=False).exclude(llm=llm):
        records = alias.history.order_by("-history_id").values_list("llm_id", flat=True)[:2]
        if list(records) == [alias.llm_id, llm.pk]:
            moved.append(alias)
    return moved


def sign(alias: Alias, user: Any, reason: str) -> Alias:
    """Says in the history who changes an alias, and why."""
    alias._history_user = user  # type: ignore[attr-defined]  # both are read by simple_history
    alias._change_reason = reason or None  # type: ignore[attr-defined]
    return alias
