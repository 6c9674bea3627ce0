"""What is said of an import by those who cannot be asked: on the command line, and by a program.

How a table is read, what is chosen for the names of a file, and where it comes from. What is not
said is refused or has a fixed answer. `options` are those of `manage.py import_results`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from leaderboard.models import Import, Metric
from leaderboard.readers.files.dates import DAY_FIRST, MONTH_FIRST
from leaderboard.readers.layouts import LEFT_OUT, ROLES, SHORT_ROLES
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Reading, header_key, short
from leaderboard.text.privacy import private_detail

from .catalogue import Catalogue, load_catalogue
from .choices import TICKED, Choices
from .drafts import llm_drafts, metric_drafts
from .matching import find_targets
from .sources import find_source
from .suggestions import suggest
from .targets import NameStatus, unique_targets
from .writing import ImportRefused

DECIMAL_SIGNS = {"point": ".", "comma": ","}
DAY_ORDERS = {"day-first": DAY_FIRST, "month-first": MONTH_FIRST}
PLUS_MINUS = {
    role.replace(" ", "-"): role for role in ("standard error", "half-width", "leave out")
}
MOST_NAMED = 20  # names in a note


class Misused(Exception):
    """What is said contradicts the file, or names a file that cannot be read."""


def read_said_source(options: dict[str, Any]) -> dict[str, str]:
    """Return what the options say of a new source."""
    return {name: options[f"source_{name}"] for name in ("title", "url", "tier", "evaluator")}


def read_source_choices(options: dict[str, Any]) -> dict[str, Any]:
    """Return the choices of a source and of a reason.

    Raises Misused for ones that are refused, and for a source that is both here and new.
    """
    reason = options["reason"].strip()
    if options["source"] and any(read_said_source(options).values()):
        raise Misused("--source is for one that is here, --source-title and so on for a new one.")
    try:
        source = find_source(options["source"]).pk if options["source"] else None
        Import._meta.get_field("reason").clean(reason, None)
    except ValidationError as error:
        raise Misused(" ".join(error.messages)) from error
    if detail := private_detail(reason):
        raise Misused(f"--reason: “{detail}” names a place on somebody's machine. Leave it out.")
    return {"source": source, "reason": reason}


def read_layout(options: dict[str, Any]) -> dict[str, Any]:
    """Return what the options say of a table. Raises Misused for a role that there is not."""
    roles = {header: LEFT_OUT for header in options["leave_out"] if header}
    for said in options["column"]:
        header, equals, role = said.rpartition("=")
        role = SHORT_ROLES.get(role.strip(), role.strip())
        if not equals or role not in ROLES:
            known = ", ".join((*SHORT_ROLES, *(role for role in ROLES if " " not in role)))
            raise Misused(f"--column {said}: write HEADER=ROLE. The roles are: {known}.")
        roles[header] = role
    plus_minus = PLUS_MINUS.get(options["plus_minus"], "")
    return {
        "roles": roles,
        "facts": options["facts"] != "none",
        "decimal": DECIMAL_SIGNS.get(options["decimal"], ""),
        "dates": DAY_ORDERS.get(options["dates"], ""),
        "plus_minus": SHORT_ROLES.get(plus_minus, plus_minus),
        "llms_in": options["llms_in"],
    }


def add_choices(read: ReadFile, options: dict[str, Any]) -> tuple[ReadFile, Choices]:
    """Return the file and what is chosen for its names.

    The file gets a note of the suggestions that were accepted, and for each unit that is assumed.
    """
    catalogue, reading = load_catalogue(), read.reading
    choices = Choices(
        benchmark=options["benchmark"],
        percent=tuple(find_percent_names(options["percent"], reading, catalogue)),
        allow_partial=options["allow_partial"],
        keep_errors=options["keep_errors"],
        create_organizations=options["create_llms"],
        other_settings=options["other_settings"],
        other_facts=TICKED if options["facts"] == "none" else options["facts"],
    )
    choices = replace(choices, **read_source_choices(options))
    if options["llm"]:
        llms = choose_llm(options["llm"], reading, catalogue, options["create_llms"])
        choices = replace(choices, llms=llms)
    targets = find_targets(reading, choices, catalogue)
    accepted: list[str] = []
    for kind, chosen, named, drafts, create in (
        ("llm", choices.llms, targets.llms, llm_drafts, options["create_llms"]),
        ("metric", choices.metrics, targets.metrics, metric_drafts, options["create_metrics"]),
    ):
        if options["accept_suggestions"]:
            suggested = suggest(kind, targets, reading, catalogue)
            chosen |= suggested
            accepted += describe_accepted(kind, suggested, catalogue)
        unmatched = [
            target.name
            for target in unique_targets(named)
            if target.status is NameStatus.UNMATCHED and target.name not in chosen
        ]
        if create:
            chosen |= drafts(unmatched, reading, catalogue)
        elif "" in options["leave_out"]:
            chosen |= {name: {"to": "leave out"} for name in unmatched}
    notes = (*accepted, *assume_points(choices.metrics))
    return read._replace(reading=replace(reading, notes=reading.notes + notes)), choices


def describe_accepted(
    kind: str, suggested: dict[str, dict[str, Any]], catalogue: Catalogue
) -> Iterator[str]:
    """Yield a note of the names that are taken for another spelling of what is here, if any."""
    of_kind: dict[int, Any] = catalogue.llms if kind == "llm" else catalogue.metrics
    named = [
        f"“{name}” is {of_kind[choice['id']].name if kind == 'llm' else of_kind[choice['id']]}"
        for name, choice in suggested.items()
    ]
    if named:
        more = f", and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        yield f"Suggestions accepted: {', '.join(named[:MOST_NAMED])}{more}."


def assume_points(metrics: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Set the unit of new metrics to points where the file does not say it, and yield a note.

    Nobody can be asked here, and whether a value is a proportion is never guessed.
    """
    for name, choice in metrics.items():
        if choice["to"] == "create" and not choice["unit"]:
            choice["unit"] = Metric.Unit.POINTS.value
            yield (
                f"{name}: the file does not say its unit; it is created in points. "
                "Create it in the admin first if it is a proportion or percent."
            )


def find_percent_names(
    given_names: list[str], reading: Reading, catalogue: Catalogue
) -> Iterator[str]:
    """Yield the file's own names of these metrics, which are given by any of their names.

    Raises Misused for a metric that is not in the file.
    """
    file_names = list(dict.fromkeys(result.metric for result in reading.results))
    for given in given_names:
        metric = catalogue.metric(given)
        matches = [
            name
            for name in file_names
            if header_key(name) == header_key(given)
            or (metric and catalogue.metric(name) == metric)
        ]
        if not matches:
            known = short(", ".join(file_names), 200)
            raise Misused(f"--percent {given}: the file has no such metric. It has {known}.")
        yield from matches


def choose_llm(
    name: str, reading: Reading, catalogue: Catalogue, create: bool
) -> dict[str, dict[str, Any]]:
    """Return the choice by which the only LLM of the file is the one that --llm names.

    Raises the refusal of an import if the file holds several, or the name matches nothing.
    """
    names = [result.llm for result in reading.results] + [fact.llm for fact in reading.facts]
    in_file = list(dict.fromkeys(names))
    if len(in_file) > 1:
        raise ImportRefused(
            f"The file holds {len(in_file)} LLMs, and --llm is for a file of one. Leave it out."
        )
    llm_id = catalogue.llm(name)
    if llm_id:
        return {file_name: {"to": "use", "id": llm_id} for file_name in in_file}
    if not create:
        raise ImportRefused(f"There is no LLM “{name}”. Correct the name, or add --create-llms.")
    drafts = llm_drafts(in_file, reading, catalogue)
    return {file_name: draft | {"name": name} for file_name, draft in drafts.items()}
