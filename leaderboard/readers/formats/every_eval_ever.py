"""Records of Every Eval Ever, schema 0.2 and 0.3: what converters from other formats write.

A file is one record, or has one on each line, as this site exports them. Its own records name the
LLM and the metric as they are named here, and the source beside them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.json_values import (
    LEFT_OUT,
    as_count,
    as_day,
    as_mapping,
    as_number,
    as_text,
    find_problem,
    public_name,
    public_text,
    shortened,
)
from leaderboard.readers.files.opening import Content, Document, JsonLines
from leaderboard.readers.merging import join_lines
from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Problem,
    Reading,
    Refused,
    Result,
    draft_llm,
    find_conflicts,
)
from leaderboard.text.sentences import Phrase

from .every_eval_ever_sources import read_source

# What this site calls them, in `additional_details` of its own records.
OWN_LLM, OWN_METRIC = "leaderboard_llm", "leaderboard_metric"
UNITS = {"proportion": "proportion", "percent": "percent", "%": "percent", "points": "points"}
# Properties that tell results of one name apart, the most stable one first.
DISTINGUISHING_PROPERTIES: tuple[Callable[[dict[str, Any]], str], ...] = (
    lambda result: as_text(as_mapping(result.get("metric_config")).get("metric_id")),
    lambda result: as_text(as_mapping(result.get("metric_config")).get("metric_name")),
    lambda result: as_text(as_mapping(result.get("source_data")).get("dataset_name")),
    lambda result: as_text(as_mapping(result.get("metric_config")).get("evaluation_description")),
    lambda result: as_text(result.get("evaluation_result_id")),
)


def detects(content: Content) -> bool:
    """Whether a file is one record; also a list of them, to say how to give it."""
    if isinstance(content, JsonLines):
        return _is_record(content.first)
    if not isinstance(content, Document):
        return False
    data = content.data
    return _is_record(data[0] if isinstance(data, list) and data else data)


def _is_record(data: object) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("evaluation_results"), list)
        and isinstance(data.get("model_info"), dict)
    )


def read(content: Content, context: FileContext) -> Reading:
    """Returns every result of a record, or of all. Raises Refused for a version whose fields are
    not known."""
    if isinstance(content, JsonLines):
        return join_lines(_read_lines(content, context))
    data: Any = content.data if isinstance(content, Document) else None
    if not isinstance(data, dict):
        raise Refused(
            "This is a list of records. Give each record as a file of its own, or on a line of its "
            "own."
        )
    return _read_record(data, context.llm or _llm_name(data))


def _read_lines(content: JsonLines, context: FileContext) -> Iterator[tuple[str, Reading]]:
    """Yields each line with what its record says. Raises Refused, with the line in front."""
    for number, data in content.documents():
        place = Phrase("line %(number)s", number=f"{number:,}")
        try:
            if not _is_record(data):
                raise Refused("This is no record of Every Eval Ever.")
            reading = _read_record(data, _llm_name(data) or context.llm)
        except Refused as reason:
            raise Refused("In %(file)s: %(reason)s", file=place, reason=reason) from None
        yield place, replace(reading, provenance=read_source(data))


def _read_record(data: dict[str, Any], llm: str) -> Reading:
    _check_version(data)
    if not llm:
        raise Refused(
            "The record does not name its LLM (model_info has no id and no name). "
            "Choose the LLM beside the file, or give --llm on the command line."
        )
    named = _llm_name(data)
    named_results = list(_named_results(data))
    problems = [
        unreadable for result in named_results if (unreadable := _problem(*result, llm=llm))
    ]
    unread = {problem.where for problem in problems}
    results = [_result(data, *result, llm) for result in named_results if result[0] not in unread]
    note = Phrase(
        "The record calls its LLM “%(named)s”; its scores are read as those of “%(llm)s”.",
        named=named, llm=llm,
    )  # fmt: skip
    return Reading(
        results=tuple(results),
        problems=(*problems, *find_conflicts(results)),
        notes=(note,) if named and named != llm else (),
        llms={llm: draft_llm(llm) if named != llm else _llm(data, llm)},
        metrics={metric: _metric(result) for _, metric, result in named_results},
        provenance=read_source(data, llm),
    )


def _check_version(data: dict[str, Any]) -> None:
    version = as_text(data.get("schema_version"))
    if not version.removeprefix("v").startswith(("0.2", "0.3")):
        raise Refused(
            "The record's schema_version is %(version)s; 0.2 and 0.3 can be read. "
            "Convert it with the tools of Every Eval Ever.",
            version=shortened(version) or Phrase("missing"),
        )


# The LLM


def _llm_name(data: dict[str, Any]) -> str:
    info = data["model_info"]
    if own := as_text(as_mapping(info.get("additional_details")).get(OWN_LLM)):
        return own
    names = (public_name(as_text(info.get(key))) for key in ("id", "name"))
    return next((name for name in names if name), "")


def _llm(data: dict[str, Any], name: str) -> LLMDraft:
    """Describes the LLM by what the record says, else by what its name says."""
    info, draft = data["model_info"], draft_llm(name)
    details = as_mapping(info.get("additional_details"))
    is_own = OWN_LLM in details
    called = public_name(as_text(info.get("name")))
    return LLMDraft(
        name=(draft.name if is_own else called.split("/")[-1]) or draft.name,
        organization=public_text([as_text(info.get("developer"))], 200) or draft.organization,
        parameters=_parameters(details.get("params_billions")),
        huggingface_id=_hub_id(as_text(details.get("huggingface_id")) if is_own else name),
    )


def _hub_id(text: str) -> str:
    return text if text.count("/") == 1 else ""


def _parameters(value: object) -> Decimal | None:
    """Returns billions, from a number or its text; converters write -1 for unknown."""
    billions = _number(value)
    return billions if billions and billions > 0 else None


def _number(value: object) -> Decimal | None:
    try:
        return as_number(Decimal(value) if isinstance(value, str) else value)
    except ArithmeticError:
        return None


# Results


def _named_results(data: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields (place, name of the metric, result).

    The metric has the name of the evaluation, and where results share it, also what differs.
    """
    results = [as_mapping(result) for result in data["evaluation_results"]]
    marks = _marks(results)
    for place, result in enumerate(results, start=1):
        name = as_text(result.get("evaluation_name"))
        mark = marks[name](result)
        metric = _own_key(result) or (f"{name} / {mark}" if mark else name)
        yield f"evaluation_results › {place} › {name}", metric, result


def _own_key(result: dict[str, Any]) -> str:
    """Returns the key that the metric has here, if this site wrote the record."""
    details = as_mapping(as_mapping(result.get("metric_config")).get("additional_details"))
    return as_text(details.get(OWN_METRIC))


def _marks(results: list[dict[str, Any]]) -> dict[str, Callable[[dict[str, Any]], str]]:
    """Returns by name the first property in which all results of that name differ."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for result in results:
        by_name.setdefault(as_text(result.get("evaluation_name")), []).append(result)
    return {name: _mark(shared) for name, shared in by_name.items()}


def _mark(shared: list[dict[str, Any]]) -> Callable[[dict[str, Any]], str]:
    if len(shared) > 1:
        for mark in DISTINGUISHING_PROPERTIES:
            if max(Counter(map(mark, shared)).values()) == 1:
                return mark
    return lambda result: ""


def _score(result: dict[str, Any]) -> object:
    return as_mapping(result.get("score_details")).get("score")


def _problem(where: str, metric: str, result: dict[str, Any], llm: str) -> Problem | None:
    config, score = as_mapping(result.get("metric_config")), as_number(_score(result))
    if config.get("has_unknown_level") is True and score == -1:
        reason = Phrase("-1 stands for an unknown level")
        remedy = Phrase(LEFT_OUT)
        return Problem(where, "-1", reason, remedy, llm, metric, is_missing=True)
    return find_problem(_score(result), where, llm, metric)


def _result(
    data: dict[str, Any], where: str, metric: str, result: dict[str, Any], llm: str
) -> Result:
    uncertainty = as_mapping(as_mapping(result.get("score_details")).get("uncertainty"))
    asked = as_count(uncertainty.get("num_samples"))
    error = as_number(as_mapping(uncertainty.get("standard_error")).get("value"))
    return Result(
        where=where,
        llm=llm,
        metric=metric,
        value=as_number(_score(result)),
        question_count=asked,
        expected_count=_dataset_size(result) if asked else None,
        # 0 comes from a sample in which nothing varied; that does not make the score certain.
        standard_error=error if error and error > 0 else None,
        unit=_unit(result),
        measured_on=as_day(result.get("evaluation_timestamp"))
        or as_day(data.get("evaluation_timestamp")),
    )


def _dataset_size(result: dict[str, Any]) -> int | None:
    source = as_mapping(result.get("source_data"))
    details = as_mapping(source.get("additional_details"))
    return as_count(source.get("samples_number")) or as_count(
        _number(details.get("samples_number"))
    )


def _unit(result: dict[str, Any]) -> str:
    """Returns the unit if it is one with a range of its own, or points; else ""."""
    return UNITS.get(_unit_text(result).casefold(), "")


def _unit_text(result: dict[str, Any]) -> str:
    return as_text(as_mapping(result.get("metric_config")).get("metric_unit"))


def _metric(result: dict[str, Any]) -> MetricDraft:
    config = as_mapping(result.get("metric_config"))
    evaluation = as_text(result.get("evaluation_name"))
    dataset = as_text(as_mapping(result.get("source_data")).get("dataset_name")) or evaluation
    name = _metric_name(config, evaluation)
    unit = _unit(result)
    label = "" if unit else _unit_text(result)
    return MetricDraft(
        name=name if dataset == evaluation else f"{evaluation} / {name}",
        benchmark=dataset,
        unit="other" if label else unit,
        unit_label=label,
        minimum=as_number(config.get("min_score")),
        maximum=as_number(config.get("max_score")),
        higher_is_better=config.get("lower_is_better") is not True,
        question_count=_dataset_size(result),
        description=as_text(config.get("evaluation_description")),
    )


def _metric_name(config: dict[str, Any], evaluation: str) -> str:
    """Returns what the record calls the metric.

    An older record says “Accuracy on IFEval”, of which “Accuracy” is used.
    """
    described = as_text(config.get("evaluation_description")).removesuffix(f" on {evaluation}")
    named = (as_text(config.get(key)) for key in ("metric_name", "metric_id", "metric_kind"))
    return next((name for name in (*named, described) if 0 < len(name) <= 100), "score")
