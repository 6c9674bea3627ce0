"""A folder of files that is replaced as a whole: it is the old one or the new one, never half.

The new tree is made beside the folder, and the two change places in one step of the system. Files
that stay the same are linked into it, so they keep their date; so are those that somebody else put
into the folder. A file in it says which ones are ours.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from leaderboard.operations.private_files import only_one_process

from .exchange import exchange_folders

MANIFEST = "exported-files.json"
NONE_OURS = '{"version": 1, "files": {}}\n'
LISTED = 20  # names in a sentence


class TreeRefused(Exception):
    """A folder cannot be written, with a sentence that says what to do."""


class Done(NamedTuple):
    """What a new tree changed in the folder."""

    written: list[str]
    removed: list[str]
    unchanged: int


class Tree:
    """The next state of a folder, as a context: without `finish` the folder stays as it is."""

    def __init__(self, folder: Path):
        self.folder = folder.resolve()
        self.draft = self.folder.with_name(f".{self.folder.name}.new")
        self.aside = self.folder.with_name(f".{self.folder.name}.old")
        self.old: dict[str, str] = {}  # {file: SHA-256} of the last export
        self.new: dict[str, str] = {}
        self.written: list[str] = []

    def __enter__(self) -> Self:
        """Prepare a draft. Raises TreeRefused for a folder of somebody else, OSError."""
        parent = self.folder.parent
        if not parent.is_dir():
            raise TreeRefused(f"There is no folder {parent}. Make it first.")
        self.lock = only_one_process(parent)
        self.lock.__enter__()
        try:
            self.mend()
            self.old = self.read_manifest()
            remove_draft(self.draft)
            self.draft.mkdir()
            (self.draft / MANIFEST).write_text(NONE_OURS)  # says whose it is, if it is left behind
        except BaseException:
            self.lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            remove_draft(self.draft)
        finally:
            self.lock.__exit__(kind, error, trace)

    def mend(self) -> None:
        """Put back a folder that was moved aside by an export that was then killed."""
        if self.aside.exists() and not self.folder.exists():
            self.aside.rename(self.folder)
        remove_draft(self.aside)

    def read_manifest(self) -> dict[str, str]:
        """{file: SHA-256} of the last export; {} of a new or empty folder.

        Hidden files, such as `.git`, may lie in a folder to which nothing was exported yet.
        """
        if not self.folder.exists():
            return {}
        if not self.folder.is_dir():
            raise TreeRefused(f"{self.folder} is a file. Name a folder.")
        try:
            files: dict[str, str] = json.loads((self.folder / MANIFEST).read_text())["files"]
        except FileNotFoundError:
            if any(not each.name.startswith(".") for each in self.folder.iterdir()):
                raise TreeRefused(
                    f"{self.folder} holds files that export_site has not made, and has no "
                    f"{MANIFEST}. Name an empty folder, or one that it has made."
                ) from None
            return {}
        except (ValueError, KeyError) as error:
            raise TreeRefused(
                f"{self.folder / MANIFEST} cannot be read, so it is not known which files are "
                "ours. Name an empty folder."
            ) from error
        return files

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Put a file into the draft. One that stays the same is the old one, with its date."""
        target, digest = self.draft / name, sha256()
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
        self.new[name] = digest.hexdigest()
        if self.old.get(name) == self.new[name] == hash_of(self.folder / name):
            with suppress(OSError):  # where there are no links, the same bytes lie there anew
                link_over(self.folder / name, target)
            return
        self.written.append(name)

    def finish(self) -> Done:
        """Let the draft take the place of the folder. Raises TreeRefused, OSError."""
        removed = sorted(self.old.keys() - self.new.keys())
        done = Done(self.written, removed, len(self.new) - len(self.written))
        if not self.written and not removed:
            return done
        foreign = list(self.foreign_files())
        if taken := sorted(set(foreign) & self.new.keys()):
            names = ", ".join(taken[:LISTED])
            raise TreeRefused(
                f"In {self.folder} there are files that export_site has not made and would "
                f"replace: {names}. Move them away."
            )
        for name in foreign:
            carry_over(self.folder / name, self.draft / name)
        self.write_manifest()
        self.replace_folder()
        for name in set(self.files_in(self.draft)) - self.old.keys() - set(foreign):
            carry_over(self.draft / name, self.folder / name)  # somebody made it meanwhile
        return done

    def foreign_files(self) -> Iterator[str]:
        """The files in the folder that are not ours."""
        if self.folder.exists():
            yield from (name for name in self.files_in(self.folder) if name not in self.old)

    @staticmethod
    def files_in(folder: Path) -> Iterator[str]:
        """The names of all files and links in a folder but the manifest, and of empty folders."""
        for root, folders, files in os.walk(folder):
            here = Path(root).relative_to(folder)
            links = [name for name in folders if (Path(root) / name).is_symlink()]
            for name in [*files, *links]:
                if (path := (here / name).as_posix()) != MANIFEST:
                    yield path
            if not files and not folders and here.parts:
                yield here.as_posix()

    def write_manifest(self) -> None:
        """Say which files are ours, with their hashes."""
        files = dict(sorted(self.new.items()))
        text = json.dumps({"version": 1, "files": files}, indent=0, ensure_ascii=False)
        (self.draft / MANIFEST).write_text(f"{text}\n")

    def replace_folder(self) -> None:
        """Draft and folder change places in one step; where the system cannot do that, in two,
        and `mend` undoes the first if nothing came after it."""
        if not self.folder.exists():
            self.draft.rename(self.folder)
            return
        if not (self.folder / MANIFEST).exists():  # by which what is left is known as ours
            (self.folder / MANIFEST).write_text(NONE_OURS)
        if not exchange_folders(self.draft, self.folder):
            self.folder.rename(self.aside)
            self.draft.rename(self.folder)
            self.aside.rename(self.draft)


def hash_of(path: Path) -> str:
    """SHA-256 of a file; "" if there is none."""
    try:
        with path.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
            return digest.hexdigest()
    except OSError:
        return ""


def link_over(source: Path, target: Path) -> None:
    """Put another name of a file in the place of one with the same content."""
    spare = target.with_name(f"{target.name}.same")
    os.link(source, spare, follow_symlinks=False)
    spare.replace(target)


def carry_over(source: Path, target: Path) -> None:
    """Give what somebody else put there a place in the other folder too: the file itself, not a
    copy, where the system has links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(os.readlink(source))
    elif source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EXDEV, errno.ENOTSUP, errno.EMLINK):
                raise
            shutil.copy2(source, target)


def remove_draft(draft: Path) -> None:
    """Remove what an export has left behind. Raises TreeRefused for a folder that is no draft."""
    if not draft.exists():
        return
    if not (draft / MANIFEST).exists() and any(draft.iterdir()):
        raise TreeRefused(f"{draft} is in the way. Move it away.")
    for path in sorted(draft.iterdir(), key=lambda path: path.name == MANIFEST):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()  # the manifest last: without it nobody knows whose the rest is
    draft.rmdir()
