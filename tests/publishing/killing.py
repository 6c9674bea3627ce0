"""Kills an export at moments from its first step to its last, and says which tree each has left."""

import json
import os
import signal
import sys
from pathlib import Path

from leaderboard.publishing.tree import Tree

OLD = {f"{number}/index.html": b"old" for number in range(12)} | {"same.html": b"same"}
NEW = {f"{number}/index.html": b"new" for number in range(3, 15)} | {"same.html": b"same"}
FOREIGN = {"CNAME": b"example.org"}
STEPS = ("open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.scandir")
MOMENTS = 24


def put(folder, files):
    with Tree(folder) as tree:
        for name, content in files.items():
            tree.write(name, [content])
        tree.finish()


def run(folder, last):
    """Export in a process of its own, which is killed before that step; returns its steps."""
    reading, writing = os.pipe()
    if pid := os.fork():
        os.close(writing)
        os.waitpid(pid, 0)
        with os.fdopen(reading) as pipe:
            return int(pipe.read() or 0)
    count = 0

    def watch(event, _arguments):
        nonlocal count
        count += event in STEPS
        if event in STEPS and count == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    put(folder, NEW)
    os.write(writing, str(count).encode())
    os._exit(0)


def tree_of(folder):
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "exported-files.json"
    }
    return {"old": OLD | FOREIGN, "new": NEW | FOREIGN}, files


def name_tree(folder):
    trees, files = tree_of(folder)
    return next((name for name, tree in trees.items() if tree == files), f"neither: {files}")


def prepare(folder):
    put(folder, OLD)
    (folder / "CNAME").write_bytes(FOREIGN["CNAME"])


def main(root):
    prepare(root / "whole")
    steps = run(root / "whole", 0)
    found = []
    for moment in range(MOMENTS):
        folder = root / f"site{moment}"
        prepare(folder)
        run(folder, 1 + moment * (steps - 1) // (MOMENTS - 1))
        found.append(name_tree(folder))
        put(folder, NEW)  # the next run mends what the killed one has left
        assert name_tree(folder) == "new"
        assert not (root / f".site{moment}.new").exists()
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
