"""Results of every known program, with any value in them replaced by what nobody expects.

Each is read or refused with a sentence; nothing else may happen, and nothing private gets through.
"""

import copy
import io
import json
import random
from contextlib import nullcontext
from functools import partial

import pytest

from leaderboard.imports.pending import reading_from_json, reading_to_json
from leaderboard.readers.gathering import Given, read_files
from leaderboard.readers.registry import IMPORT_FORMATS
from leaderboard.readers.results import FileContext, Refused
from leaderboard.text.privacy import private_detail
from tests.readers import (
    test_code_runs,
    test_further_formats,
    test_helm,
    test_inspect_log,
    test_lighteval,
    test_lm_eval_old,
    test_lm_eval_samples,
)
from tests.readers.json_files import sample

# Names of metrics stay as the file has them, and a maintainer sees them before they are created.
ODD = [
    None, True, 0, -1, 10**40, 0.5, float("nan"), float("inf"), "", "x" * 2_000, "-", "1e999",
    "/home/me/secret/run", "hf_abcdefghijklmnopqrstuv", "a|b|c|d|e", "\n\t", [], {}, [[]], [{}],
    {"": None}, {"mean": {"mean": 1}}, [None, "x", 3],
]  # fmt: skip
SECRETS = ("/home/me/secret", "hf_abcdefghijklmnop")


def lines(*samples):
    return "\n".join(map(json.dumps, samples))


MTEB = "acme__tiny/13f00a0e/AFQMC.json"
HUB = "tiny/.eval_results/hle.json"
# {format: ({name: document}, the name of the one that is changed)}
FILES = {
    "lighteval": ({test_lighteval.NAME: test_lighteval.run()}, test_lighteval.NAME),
    "lm-eval": ({"results.json": sample("lm_eval.json")}, "results.json"),
    "lm-eval before 0.4": ({"results.json": test_lm_eval_old.old()}, "results.json"),
    "lm-eval-samples": (
        {"acme__tiny/samples_quiz.jsonl": test_lm_eval_samples.sample(0, acc=1.0, f1=0.5)},
        "acme__tiny/samples_quiz.jsonl",
    ),
    "inspect": ({"log.json": test_inspect_log.log()}, "log.json"),
    "helm": (
        {"stats.json": test_helm.STATS[:4], "run_spec.json": test_helm.SPEC}, "run_spec.json",
    ),
    "helm stats": (
        {"stats.json": test_helm.STATS[:4], "run_spec.json": test_helm.SPEC}, "stats.json",
    ),
    "evalplus": (
        {test_code_runs.PLUS: test_code_runs.evalplus(
            [[test_code_runs.GOOD]], pass_at_k={"base": {"pass@1": 1, "pass@10": 1}})},
        test_code_runs.PLUS,
    ),
    "bigcodebench": ({test_code_runs.BIG: test_code_runs.bigcodebench(["pass"])},
                     test_code_runs.BIG),
    "bigcodebench summary": ({"pass_at_k.json": test_code_runs.SUMMARY}, "pass_at_k.json"),
    "mteb": ({MTEB: test_further_formats.TASK}, MTEB),
    "mteb of an LLM": ({"llm.json": test_further_formats.SEVERAL}, "llm.json"),
    "hugging-face": ({HUB: test_further_formats.RESULTS}, HUB),
    "hugging-face model-index": ({"card.json": test_further_formats.INDEX}, "card.json"),
    "every-eval-ever": ({"record.json": sample("every_eval_ever_0_3.json")}, "record.json"),
}  # fmt: skip


def places(value, path=()):
    """The ways to every value in a document."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def replaced(document, path, value):
    changed = copy.deepcopy({"top": document})
    at = changed
    *way, last = ("top", *path)
    for key in way:
        at = at[key]
    at[last] = value
    return changed["top"]


def read(files):
    given = [
        Given(path, partial(nullcontext, io.BytesIO(json.dumps(document).encode())))
        for path, document in files.items()
    ]
    return read_files(given, FileContext(benchmark="Quiz"))


@pytest.mark.parametrize("name", FILES)
def test_the_file_that_is_changed_is_read_as_it_is(name):
    files, _ = FILES[name]
    assert read(files).format in name
    assert read(files).reading.results


@pytest.mark.parametrize("name", FILES)
def test_whatever_stands_in_a_file_it_is_read_or_refused(name):
    files, changed = FILES[name]
    document, chance = files[changed], random.Random(name)
    results = refusals = 0
    for path in places(document):
        for odd in chance.sample(ODD, 8):
            try:
                file = read(files | {changed: replaced(document, path, odd)})
            except Refused:
                refusals += 1
                continue
            results += 1
            # What waits for confirmation is JSON, and comes back as it was.
            stored = json.loads(json.dumps(reading_to_json(file.reading), default=str))
            assert reading_from_json(stored) == file.reading
            public = json.dumps([stored[part] for part in ("provenance", "files", "llms")])
            assert [secret for secret in SECRETS if secret in public] == [], (path, odd)
            assert not private_detail(file.reading.provenance.settings)
    print(f"{name}: {results} read, {refusals} refused")
    assert results
    assert refusals


def test_every_format_of_json_is_among_them():
    of_json = set(IMPORT_FORMATS) - {"long", "wide", "anesbench", "opencompass"}
    assert {name for name in of_json if name not in FILES} == set()
