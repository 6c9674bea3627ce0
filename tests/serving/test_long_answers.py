"""An export too long to be kept is sent as it is made, and is otherwise what a short one is."""

import gzip

import brotli
import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM
from leaderboard.models.revision import publish_change
from leaderboard.serving import answers, copies
from leaderboard.serving.answers import short_or_streamed

ENDINGS = ["csv", "json", "jsonl", "md", "tex"]
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@pytest.fixture
def short_and_long(client, anesbench, monkeypatch):
    """The same export asked for twice: in one piece, and as a stream, of which nothing is kept."""

    def ask(address, **headers):
        whole = client.get(address, headers=headers)
        cache.clear()
        for module in (answers, copies):
            monkeypatch.setattr(module, "MOST_BYTES", 1_000)
        monkeypatch.setattr(answers, "LINES_AT_ONCE", 7)
        return whole, client.get(address, headers=headers)

    return ask


def body_of(response):
    body = b"".join(response) if response.streaming else response.content
    return DECODERS[response.get("Content-Encoding", "")](body)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_a_stream_has_the_bytes_of_the_whole(ending, encoding, short_and_long):
    address = f"/leaderboard/anesbench.{ending}?intervals=all"
    whole, stream = short_and_long(address, accept_encoding=encoding)
    assert (whole.streaming, stream.streaming) == (False, True)
    assert body_of(stream) == body_of(whole)


def test_a_stream_has_the_headers_of_the_whole_but_for_its_length(short_and_long):
    whole, stream = short_and_long("/leaderboard/anesbench.csv", accept_encoding="br")
    assert dict(stream.items()) == {
        name: value for name, value in whole.items() if name != "Content-Length"
    }


def test_who_has_the_stream_is_told_so_until_the_content_changes(short_and_long, client):
    address = "/leaderboard/anesbench.json"
    _, stream = short_and_long(address)
    known = {"if-none-match": stream["ETag"]}
    short = client.get(address, headers=known)
    assert (short.status_code, short.content, short["ETag"]) == (304, b"", stream["ETag"])
    assert short["Access-Control-Allow-Origin"] == "*"
    LLM.objects.filter(slug="gpt-4o").update(license="new")
    publish_change()
    assert client.get(address, headers=known).status_code == 200


def test_a_view_of_its_own_has_an_etag_of_its_own(short_and_long, client):
    _, stream = short_and_long("/leaderboard/anesbench.csv")
    assert client.get("/leaderboard/anesbench.csv?sort=llm")["ETag"] != stream["ETag"]


def test_a_stream_that_compresses_well_is_kept_once_it_is_sent(short_and_long, client, monkeypatch):
    address, headers = "/leaderboard/anesbench.json", {"accept-encoding": "br"}
    whole, stream = short_and_long(address, accept_encoding="br")
    monkeypatch.setattr(copies, "MOST_BYTES", 30_000)  # less than the whole, more than this
    sent = b"".join(stream)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address, headers=headers)
    assert (len(asked), again.content, again["Content-Length"]) == (1, sent, str(len(sent)))
    assert len(body_of(whole)) > 30_000


def test_a_stream_that_stays_too_long_is_not_kept(short_and_long):
    _, stream = short_and_long("/leaderboard/anesbench.json", accept_encoding="br")
    assert len(b"".join(stream)) > 1_000
    assert len(cache.store.entries) == 0


def test_head_makes_no_stream(short_and_long, client):
    _, stream = short_and_long("/leaderboard/anesbench.csv")
    head = client.head("/leaderboard/anesbench.csv")
    assert (head.status_code, b"".join(head)) == (200, b"")
    assert dict(head.items()) == dict(stream.items())


def test_what_is_short_is_no_stream():
    answer = short_or_streamed(["a\n", "ü\n"], "text/plain")
    assert type(answer) is HttpResponse
    assert answer.content == "a\nü\n".encode()


def test_an_export_without_rows_is_whole(client, anesbench):
    LLM.objects.update(is_published=False)
    publish_change()
    assert client.get("/leaderboard/anesbench.json").json()["rows"] == []
    assert client.get("/leaderboard/anesbench.csv").content.count(b"\r\n") == 1
