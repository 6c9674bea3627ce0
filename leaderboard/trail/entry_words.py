"""The title of an entry in words: “1 correction of gpt-4o, 3 ranks moved”."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from leaderboard.text.words import listed

from .stored import Stored


def title_words(stored: Stored) -> str:
    """The title of a leaderboard at that time in the reader's language, else in English."""
    titles: dict[str, str] = stored["title"]
    language = get_language() or settings.LANGUAGE_CODE
    return titles.get(language) or titles[""]


def begin_large(words: str, parts: list[Stored]) -> str:
    """Words with a capital letter at the beginning, unless they begin with a name."""
    changes = [part for stored in parts for part in stored.get("changes", ())]
    names = {str(part[name]) for part in changes for name in ("llm", "name", "old")}
    names |= {title_words(stored) for stored in parts}
    begins_with_name = any(words.startswith(name) for name in names if name)
    return words if begins_with_name else words[:1].upper() + words[1:]


def describe_entry(parts: list[Stored]) -> str:
    """What an edit changed, on all of its leaderboards together."""
    said = [describe_whole(stored) for stored in parts if stored["kind"] != "changed"]
    changed = [stored for stored in parts if stored["kind"] == "changed"]
    said += [words for words in describe_changes(changed) if words]
    moved = sum(stored.get("moved", 0) for stored in changed)
    if moved:
        said.append(count_words("ranks", moved))
    elif not said:
        said.append(describe_moved(changed[0]))
    return begin_large(listed(said), parts)


def describe_whole(stored: Stored) -> str:
    """What is told of a whole leaderboard."""
    templates = {
        "published": _("%(title)s published: %(counts)s"),
        "begun": _("The log of %(title)s begins: %(counts)s"),
        "withdrawn": _("%(title)s withdrawn"),
        "counted": _("%(title)s changed: %(counts)s"),
    }
    counts = [
        count_words(name, stored.get(name, 0))
        for name in ("llms", "scores")
        if stored.get(name) or stored["kind"] != "counted"
    ]
    said = {"title": title_words(stored), "counts": listed(counts) or _("texts or definitions")}
    return templates[stored["kind"]] % said


def count_words(name: str, count: int) -> str:
    """Counts things: “51 LLMs”."""
    words = {
        "llms": ngettext("%(count)s LLM", "%(count)s LLMs", count),
        "scores": ngettext("%(count)s score", "%(count)s scores", count),
        "values": ngettext("%(count)s value changed", "%(count)s values changed", count),
        "ranks": ngettext("%(count)s rank moved", "%(count)s ranks moved", count),
        "ranges": ngettext("%(count)s rank range changed", "%(count)s rank ranges changed", count),
    }
    return words[name] % {"count": f"{count:,}"}


def describe_moved(stored: Stored) -> str:
    """How many shown values, ranks and rank ranges are others; "" if none."""
    counts = {"values": "values", "moved": "ranks", "ranges": "ranges"}
    return listed(
        count_words(word, stored[name]) for name, word in counts.items() if stored.get(name)
    )


def describe_changes(parts: list[Stored]) -> Iterator[str]:
    """Yields the groups of changes in words; one that several leaderboards show counts once."""
    unique = {
        (part["group"], part["slug"], part["metric"], part["field"], str(part["old"])): part
        for stored in parts
        for part in stored.get("changes", ())
    }
    changes = list(unique.values())
    for select, say in (
        (is_new, say_new),
        (is_withdrawn, lambda found: say_llms(_("%(llms)s withdrawn"), found)),
        (is_renamed, say_renamed),
        (is_fact, lambda found: say_llms(_("facts of %(llms)s changed"), found)),
        (is_kind, lambda found: say_llms(_("kind of %(llms)s changed"), found)),
        (is_note, lambda found: say_llms(_("notes on %(llms)s changed"), found)),
    ):
        found = [part for part in changes if select(part)]
        yield say(found) if found else ""
    yield from describe_scores(changes)
    yield from describe_definitions(changes)


def is_new(part: Stored) -> bool:
    """Whether an LLM entered."""
    return bool(part["field"] == "llm" and part["old"] is None)


def is_withdrawn(part: Stored) -> bool:
    """Whether an LLM left."""
    return bool(part["field"] == "llm" and part["new"] is None)


def is_renamed(part: Stored) -> bool:
    """Whether an LLM has another name."""
    return bool(part["group"] == "llms" and part["field"] == "name")


def is_fact(part: Stored) -> bool:
    """Whether another fact of an LLM changed."""
    return bool(part["group"] == "llms" and part["field"] not in ("llm", "name", "note"))


def is_kind(part: Stored) -> bool:
    """Whether an LLM is of another kind, so that it may compete or not."""
    return bool(part["group"] == "kinds")


def is_note(part: Stored) -> bool:
    """Whether a note for readers changed, of an LLM or of a score; it moves nothing."""
    return bool(part["group"] in ("llms", "details") and part["field"] == "note")


def say_new(found: list[Stored]) -> str:
    """New LLMs with their scores."""
    if len(found) == 1:
        llms = _("New LLM %(name)s") % {"name": found[0]["llm"]}
    else:
        llms = _("%(count)s new LLMs") % {"count": f"{len(found):,}"}
    count = sum(part["scores"] for part in found)
    scores = ngettext("%(count)s new score", "%(count)s new scores", count)
    return listed([llms, scores % {"count": f"{count:,}"}] if count else [llms])


def say_renamed(found: list[Stored]) -> str:
    """One new name with the old one; counts several."""
    if len(found) == 1:
        return str(_("%(old)s renamed to %(new)s") % found[0])
    return _("%(count)s LLMs renamed") % {"count": f"{len(found):,}"}


def say_llms(template: str, found: list[Stored]) -> str:
    """Puts the LLMs that these changes are about into a sentence."""
    return str(template % {"llms": name_llms(found)})


def name_llms(found: Iterable[Stored]) -> str:
    """Names one LLM; counts several."""
    llms: dict[str, str] = {part["slug"]: part["llm"] for part in found}
    if len(llms) == 1:
        return next(iter(llms.values()))
    return _("%(count)s LLMs") % {"count": f"{len(llms):,}"}


def describe_scores(changes: list[Stored]) -> Iterator[str]:
    """New and corrected scores, their details and their sources, in words."""
    values = [part for part in changes if part["group"] == "values"]
    # That an aggregate is computed now, or not any more, follows from something else in the entry.
    entered = [part for part in values if "computed" not in part]
    new = [part for part in entered if part["old"] is None]
    corrected = [part for part in entered if part["old"] is not None]
    if new:
        words = ngettext(
            "%(count)s new score of %(llms)s", "%(count)s new scores of %(llms)s", len(new)
        )
        yield words % {"count": f"{len(new):,}", "llms": name_llms(new)}
    if corrected:
        words = ngettext(
            "%(count)s correction of %(llms)s",
            "%(count)s corrections of %(llms)s",
            len(corrected),
        )
        yield words % {"count": f"{len(corrected):,}", "llms": name_llms(corrected)}
    if values and not entered and len(values) == len(changes):
        yield _("origin of aggregates of %(llms)s changed") % {"llms": name_llms(values)}
    details = [part for part in changes if part["group"] == "details" and not is_note(part)]
    if details:
        yield _("details of scores of %(llms)s changed") % {"llms": name_llms(details)}
    sources = [part for part in changes if part["group"] == "sources"]
    if sources:
        of_scores = [part for part in sources if part["llm"]]
        yield (
            _("sources of %(llms)s changed") % {"llms": name_llms(of_scores)}
            if of_scores
            else _("sources described anew")
        )


def describe_definitions(changes: list[Stored]) -> Iterator[str]:
    """Metrics defined anew, columns, texts and the method, in words."""
    metrics = {
        part["metric"]: part["name"]
        for part in changes
        if part["group"] in ("definitions", "components")
    }
    if metrics:
        yield (
            _("%(metric)s defined anew") % {"metric": next(iter(metrics.values()))}
            if len(metrics) == 1
            else _("%(count)s metrics defined anew") % {"count": len(metrics)}
        )
    groups = {part["group"] for part in changes}
    words = {
        "columns": _("columns or ranking changed"),
        "texts": _("texts changed"),
        "method": _("method changed"),
    }
    yield from (said for group, said in words.items() if group in groups)
