"""A folder is the old tree or the new one, and holds what somebody else put there."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from leaderboard.publishing import tree as tree_module
from leaderboard.publishing.tree import MANIFEST, Done, Tree, TreeRefused


def put(folder, files):
    with Tree(folder) as tree:
        for name, content in files.items():
            tree.write(name, [content])
        return tree.finish()


def contents(folder):
    """{name: bytes} of all but the manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_files_change_stay_and_go(tmp_path):
    site = tmp_path / "site"
    first = {"index.html": b"1", "a/index.html": b"same", "b/index.html": b"old"}
    assert put(site, first) == Done(["index.html", "a/index.html", "b/index.html"], [], 0)
    before = (site / "a/index.html").stat()
    second = {"index.html": b"2", "a/index.html": b"same", "c.csv": b"new"}
    assert put(site, second) == Done(["index.html", "c.csv"], ["b/index.html"], 1)
    assert contents(site) == second
    assert (site / "a/index.html").stat()[:9] == before[:9]  # the same file, not a copy
    assert os.listdir(tmp_path) == ["site"]


def test_the_same_files_leave_the_folder_untouched(tmp_path):
    site = tmp_path / "site"
    put(site, {"index.html": b"1"})
    before = site.stat()
    assert put(site, {"index.html": b"1"}) == Done([], [], 1)
    assert (site.stat().st_ino, site.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_somebody_edited_is_written_again(tmp_path):
    site = tmp_path / "site"
    put(site, {"index.html": b"1"})
    (site / "index.html").write_bytes(b"by hand")
    assert put(site, {"index.html": b"1"}).written == ["index.html"]
    assert contents(site) == {"index.html": b"1"}


def test_files_of_others_are_never_touched(tmp_path):
    site = tmp_path / "site"
    put(site, {"index.html": b"1", "a/index.html": b"1"})
    (site / "CNAME").write_text("example.org")
    (site / "a" / "notes.txt").write_text("mine")
    (site / ".git" / "objects").mkdir(parents=True)
    (site / ".git" / "config").write_text("[core]")
    (site / "link").symlink_to("CNAME")
    before = {name: (site / name).lstat()[:9] for name in ("CNAME", "a/notes.txt", ".git/config")}
    put(site, {"index.html": b"2"})
    assert contents(site) == {
        "index.html": b"2", "CNAME": b"example.org", "a/notes.txt": b"mine",
        ".git/config": b"[core]", "link": b"example.org",
    }  # fmt: skip
    assert {name: (site / name).lstat()[:9] for name in before} == before
    assert (site / "link").is_symlink()
    assert (site / ".git" / "objects").is_dir()


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        ({"photo.jpg": b"?"}, "holds files that export_site has not made"),
        ({MANIFEST: b"{"}, "cannot be read, so it is not known which files are ours"),
    ],
)
def test_a_folder_of_somebody_else_is_refused(tmp_path, there, sentence):
    for name, content in there.items():
        (tmp_path / "site" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "site" / name).write_bytes(content)
    with pytest.raises(TreeRefused, match=sentence):
        put(tmp_path / "site", {"index.html": b"1"})
    assert {path.name: path.read_bytes() for path in (tmp_path / "site").iterdir()} == there
    assert os.listdir(tmp_path) == ["site"]


def test_a_folder_with_nothing_but_hidden_files_is_taken(tmp_path):
    (tmp_path / "site" / ".git").mkdir(parents=True)
    put(tmp_path / "site", {"index.html": b"1"})
    assert (tmp_path / "site" / ".git").is_dir()


def test_a_file_of_somebody_else_is_not_replaced(tmp_path):
    site = tmp_path / "site"
    put(site, {"index.html": b"1"})
    (site / "about.html").write_bytes(b"mine")
    with pytest.raises(TreeRefused, match=r"would replace: about\.html\. Move them away"):
        put(site, {"index.html": b"2", "about.html": b"ours"})
    assert contents(site) == {"index.html": b"1", "about.html": b"mine"}


def test_a_place_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / ".site.new").mkdir()
    (tmp_path / ".site.new" / "mine").write_text("")
    for folder, sentence in [
        (tmp_path / "no" / "site", "There is no folder"),
        (tmp_path / "file", "is a file"),
        (tmp_path / "site", "is in the way"),
    ]:
        with pytest.raises(TreeRefused, match=sentence):
            put(folder, {"index.html": b"1"})


def test_without_an_exchange_by_the_system_the_folder_is_replaced_in_two_steps(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(tree_module, "exchange_folders", lambda first, second: False)
    site = tmp_path / "site"
    put(site, {"index.html": b"1"})
    (site / "CNAME").write_text("example.org")
    put(site, {"index.html": b"2"})
    assert contents(site) == {"index.html": b"2", "CNAME": b"example.org"}
    site.rename(tmp_path / ".site.old")  # killed between the two
    put(site, {"index.html": b"2"})
    assert contents(site) == {"index.html": b"2", "CNAME": b"example.org"}
    assert os.listdir(tmp_path) == ["site"]


def test_an_error_leaves_the_old_tree(tmp_path):
    site = tmp_path / "site"
    put(site, {"index.html": b"1"})
    with pytest.raises(OSError, match="No space"), Tree(site) as tree:  # noqa: PT012
        tree.write("index.html", [b"2"])
        raise OSError(28, "No space left on device")
    assert contents(site) == {"index.html": b"1"}
    assert os.listdir(tmp_path) == ["site"]


def test_killed_at_any_moment_it_leaves_one_tree_whole(tmp_path):
    """Each moment is between two steps of the system: opening, linking, moving, removing."""
    command = [sys.executable, "-m", "tests.publishing.killing", str(tmp_path)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert len(found) >= 20
    assert set(found) == {"old", "new"}
    assert found == sorted(found, reverse=True)  # first the old one at each moment, then the new
