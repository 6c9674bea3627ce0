import re

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import override_settings

from leaderboard.serving.static_files import LeanStaticFiles, drop_comments

FILES = sorted(
    path for folder in ("css", "js") for path in (settings.BASE_DIR / "static" / folder).iterdir()
)


@pytest.mark.parametrize(
    ("ending", "text", "sent"),
    [
        (".css", "/* Why. */\n:root {\n  --a: 1;  /* this\n  too */\n}\n", ":root{--a: 1;}"),
        (
            ".js",
            '// Why.\n\nlet a = "//b";\n  // Here too.\n  a += 1;\n',
            'let a = "//b";\na += 1;',
        ),
    ],
)
def test_comments_and_indentation_are_not_sent(ending, text, sent):
    assert drop_comments(text, ending) == sent


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_text_of_ours_could_lose_a_space(path):
    lines = path.read_text().splitlines()
    assert [line for line in lines if line.count("`") % 2] == []  # a text that goes over a line
    if path.suffix == ".css":
        texts = [text for line in lines for text in re.findall(r'"([^"]*)"', line)]
        assert [text for text in texts if set(text) & set("{};")] == []


def test_only_our_own_files_are_changed(tmp_path):
    text = b"/* Whose. */\na { b: c }"
    with override_settings(STATIC_ROOT=tmp_path):
        storage = LeanStaticFiles()
        for name in ("css/ours.css", "admin/css/theirs.css"):
            storage.save(name, ContentFile(text))
    assert (tmp_path / "css/ours.css").read_bytes() == b"a{b: c}"
    assert (tmp_path / "admin/css/theirs.css").read_bytes() == text


def test_a_site_has_every_file_under_its_hashed_name(tmp_path):
    with override_settings(STATIC_ROOT=tmp_path):
        storage = LeanStaticFiles()
        for path in FILES:
            storage.save(f"{path.parent.name}/{path.name}", ContentFile(path.read_bytes()))
        paths = {f"{path.parent.name}/{path.name}": (storage, None) for path in FILES}
        plain = {name: (LeanStaticFiles(), name) for name in paths}
        done = [(name, hashed) for name, hashed, _ in storage.post_process(plain)]
    for path in FILES:
        name = f"{path.parent.name}/{path.name}"
        hashed = next(each for original, each in done if original == name)
        sent = drop_comments(path.read_text(), path.suffix)
        assert (tmp_path / hashed).read_text() == sent
