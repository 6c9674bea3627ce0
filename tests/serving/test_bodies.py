"""A body that is too large is refused before any of it is read or written."""

import os
import re

import pytest
from django.conf import settings

from leaderboard.serving.bodies import LARGEST, LARGEST_BELOW, MB, largest_body
from leaderboard.serving.headers import HEADERS

LOGIN = "/admin/login/"
IMPORT = "/admin/leaderboard/import/add/"


class Endless:
    """The body of a visitor who sends for ever; it counts what is read."""

    def __init__(self):
        self.taken = 0

    def read(self, size=64 * 1024):
        self.taken += size
        return b"a" * size

    def readline(self, size=64 * 1024):
        return self.read(size)


def post(client, address, **headers):
    """(response, bytes that were read)."""
    body = Endless()
    extra = {"wsgi.input": body, "CONTENT_TYPE": "application/x-www-form-urlencoded"} | headers
    return client.generic("POST", address, **extra), body.taken


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/leaderboard/anesbench/", 1),
        (LOGIN, 3),
        (f"/zh-hans{LOGIN}", 3),
        (IMPORT, 60),
        (f"/zh-hans{IMPORT}", 60),
        ("/fr/admin/login/", 1),
        ("/api/v1/imports", 60),
        ("/api/v1/llms", 1),
    ],
)
def test_one_byte_more_than_an_address_takes_is_refused_unread(address, most, client):
    response, taken = post(client, address, CONTENT_LENGTH=str(most * MB + 1))
    assert (response.status_code, taken) == (413, 0)
    assert largest_body(address) == most * MB


@pytest.mark.django_db
def test_a_body_without_its_length_is_refused_unread(client):
    response, taken = post(client, LOGIN, HTTP_TRANSFER_ENCODING="chunked")
    assert (response.status_code, taken) == (411, 0)
    assert "Send it with its length" in response.text


@pytest.mark.django_db
def test_the_refusal_is_a_page_in_the_language_of_the_address(client):
    english, _ = post(client, LOGIN, CONTENT_LENGTH=str(4 * MB))
    chinese, _ = post(client, f"/zh-hans{LOGIN}", CONTENT_LENGTH=str(4 * MB))
    assert "<h1>This is too large</h1>" in english.text
    assert "<h1>内容过大</h1>" in chinese.text
    assert chinese["Content-Language"] == "zh-hans"
    assert {name: english[name] for name in ("Cache-Control", *HEADERS)} == HEADERS | {
        "Cache-Control": "no-store"
    }


@pytest.mark.django_db
def test_nothing_of_a_large_upload_lands_in_the_temporary_folder(client, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    os.utime(tmp_path, (0, 0))
    with (tmp_path.parent / "large").open("w+b") as file:
        file.truncate(4 * MB)
        response = client.post(LOGIN, {"file": file})
    # A file that was there for a moment leaves the time of its folder changed.
    assert (response.status_code, tmp_path.stat().st_mtime) == (413, 0)


def upload(client, address):
    """(response, bytes that were read) of a form with more in it than one without a file has."""
    form = "multipart/form-data; boundary=line"
    return post(client, address, CONTENT_LENGTH=str(3 * MB + 1), CONTENT_TYPE=form)


@pytest.mark.django_db
def test_a_large_file_for_the_api_is_unread_without_a_token(client):
    response, taken = upload(client, "/api/v1/imports")
    assert (response.status_code, taken) == (401, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("session", [None, "", "0123456789abcdefghijklmnopqrstuv", "x" * 9_000])
def test_a_large_file_for_an_import_is_unread_until_somebody_is_logged_in(session, client):
    if session is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    for address in (IMPORT, f"/zh-hans{IMPORT}"):
        response, taken = upload(client, address)
        login = address.replace(IMPORT, LOGIN)
        assert (response.status_code, response["Location"]) == (302, f"{login}?next={address}")
        assert taken == 0


@pytest.mark.django_db
def test_a_session_of_nobody_takes_no_large_file_either(client):
    session = client.session
    session["something"] = "else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    response, taken = upload(client, IMPORT)
    assert (response.status_code, taken) == (302, 0)


@pytest.mark.django_db
def test_who_is_logged_in_sends_a_large_file(admin_client):
    response, taken = upload(admin_client, IMPORT)
    assert (response.status_code, taken > 0) == (400, True)  # it was no form


def test_nginx_takes_as_much_as_the_site():
    nginx = (settings.BASE_DIR / "config" / "nginx.conf").read_text()
    sizes = [int(size) * MB for size in re.findall(r"client_max_body_size (\d+)m", nginx)]
    assert sizes == [LARGEST, *(most for _, most in LARGEST_BELOW)]
