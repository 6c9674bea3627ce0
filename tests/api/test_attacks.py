"""What attackers send to the imports: each gets a status and a sentence, and nothing is stored."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leaderboard.api import access
from leaderboard.models import Import, Score
from leaderboard.readers.files import opening
from tests.api.conftest import IMPORTS
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.readers.table_files import zipped
from tests.readers.test_hostile_tables import HOSTILE

INVALID = ("infinity", "out of range")  # tables with a value that cannot be stored: they wait
WORKBOOKS = ("a cell at the far end", "a billion laughs", "nested deep", "many parts", "no XML")
FILES = {
    "nothing": b"",
    "NaN": b'{"results": {"a": {"acc": NaN}}}',
    "1e999": b'{"llm": "Alpha", "Accuracy": 1e999999999999}',
    "deep": b"[" * 100_000,
    "20,000 digits": b"[" + b"7" * 20_000 + b"]",
    "the same key twice": b'{"a": 1, "a": 2}',
    "half of a character": b'["\\ud800"]',
    "no UTF-8": b'{"a": "\xff\xfe\xfa"}',
    "a list": b"[1]",
    "NUL": b"llm,Accuracy\nAl\0pha,0.7\n",
    "infinity": b"llm,Accuracy\nAlpha,1e999\n",
    "out of range": b"llm,Accuracy\nAlpha,7000\n",
    "a long line": b"llm,Accuracy\n" + b"x" * 2_000_000,
    "many columns": b"llm" + b",a" * 20_000 + b"\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "an empty zip": zipped({}),
    "a way out": zipped({"../../etc/passwd.json": "[1]"}),
    **{name: HOSTILE[name][0] for name in WORKBOOKS},
}


@pytest.fixture
def score(db):
    score = make_score(make_llm("Alpha"), make_metric("Accuracy"), "0.50")
    make_leaderboard([score.metric])
    return score


def told(response, *statuses):
    """The sentence of a refusal; nothing may be stored with it."""
    assert response.status_code in statuses, (response.status_code, response.content[:300])
    assert not Import.objects.exists()
    assert [str(value) for value in Score.objects.values_list("value", flat=True)] == ["0.50000000"]
    detail = response.json()["detail"]
    assert detail.endswith(".")
    assert "Traceback" not in detail
    return detail


def test_hostile_files_are_refused_with_a_sentence(client, issue, score, monkeypatch):
    monkeypatch.setattr(access, "MOST_REQUESTS", 1_000)
    headers, waiting = issue("publish"), []
    for name, content in FILES.items():
        content = content() if callable(content) else content
        ending = "csv" if content.startswith(b"llm") else "xlsx" if name in WORKBOOKS else "json"
        file = SimpleUploadedFile(f"a.{ending}", content)
        response = client.post(IMPORTS, {"file": file}, headers=headers)
        if response.status_code == 201:
            waiting.append((name, response.json()["state"]))
            Import.objects.all().delete()
        else:
            told(response, 422)
    assert waiting == [(name, "pending") for name in INVALID]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"reason": "\0"}, "control character"),
        ({"llm": "x" * 201}, "llm"),
        ({"leave_out": ["x\0"] * 3}, "no column"),
        ({"format": "../../etc/passwd"}, "format"),
        ({"create_llms": "perhaps"}, "create_llms"),
    ],
)
def test_hostile_parameters_are_refused_with_a_sentence(
    client, issue, score, hand_in, options, sentence
):
    content = "llm,Accuracy\nAlpha,0.7\n"
    assert sentence in told(hand_in(issue("publish"), content, **options), 422)


def test_a_body_that_is_no_form_is_refused_with_a_sentence(client, issue, score):
    headers = issue("publish")
    for kind, body in (
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nno header"),
        ("multipart/form-data; boundary=" + "x" * 500, b""),
        ("application/json", json.dumps({"file": "a"}).encode()),
        ("text/csv", b"llm,Accuracy\nAlpha,0.7\n"),
    ):
        told(client.post(IMPORTS, body, content_type=kind, headers=headers), 422)
    long = {"reason": "x" * 3_000_000}
    assert "shorter" in told(client.post(IMPORTS, long, headers=headers), 413)
    many = {f"x{number}": "1" for number in range(1_500)}
    told(client.post(IMPORTS, many, headers=headers), 422)


def test_a_file_above_the_limit_is_refused_with_a_sentence(hand_in, issue, score, monkeypatch):
    monkeypatch.setattr(opening, "MAX_BYTES", 100)
    detail = told(hand_in(issue("publish"), "llm,Accuracy\n" + "Alpha,0.7\n" * 50), 422)
    assert "Import a part of it" in detail


def test_beyond_the_limit_a_good_file_is_not_stored_either(hand_in, issue, score, monkeypatch):
    monkeypatch.setattr(access, "MOST_REQUESTS", 0)
    assert "Wait a minute" in told(hand_in(issue("publish"), "llm,Accuracy\nAlpha,0.7\n"), 429)
