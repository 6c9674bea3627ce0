"""Several files read as one, with one preview: files chosen together, folders, and zips.

Each result names its file (`where`, and `file` for its source). A score that two files give twice
and differently is a problem that names both places.
"""

import hashlib
import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import BinaryIO, NamedTuple

from leaderboard.text.privacy import private_detail
from leaderboard.text.sentences import Phrase

from .files import zips
from .files.json_documents import MAX_BYTES
from .files.opening import find_packed_files, safe_name, sha256_of
from .merging import FileReading, merge
from .registry import NO_CONTEXT, SEVERAL, ReadFile, read_again, read_file
from .results import FileContext, LeftOut, Reading, Refused, header_key, short

MAX_FILES = 1_000  # that are read as one
# Only such files are looked at in folders and zips; a file that is chosen by its name always is.
ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".xlsx", ".eval", ".yaml", ".yml")
HIDDEN = (".", "__MACOSX")
# What makes up the folder of a HELM run: the second is read with the first, the others are not.
STATS, RUN_SPEC = "stats.json", "run_spec.json"


class Given(NamedTuple):
    """A file as it was given: where it is, and how to open it."""

    path: str  # behind the folders it is in, with “/”; never opened as a path
    open: Callable[[], AbstractContextManager[BinaryIO]]
    is_chosen: bool = True  # by its own name, not found in a folder or zip

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


def read_files(
    given: Sequence[Given], context: FileContext = NO_CONTEXT, format: str = "", name: str = ""
) -> ReadFile:
    """Reads one file as it is, and any more, or those of a zip, as one with a source for each.

    `name` is that of all together, such as their folder's.

    What is no result file is left out with a note. Raises Refused for a file that cannot be read,
    and where nothing is left.
    """
    with ExitStack() as opened:
        files = list(unpack(given, opened))
        if len(given) == len(files) == 1 and files[0].is_chosen:
            with files[0].open() as file:
                path = context.path or files[0].path
                return read_file(file, files[0].name, replace(context, path=path), format)
        read = Gathering(context, format).read(given, files)
        return read._replace(name=safe_name(name)) if name else read


def unpack(given: Sequence[Given], opened: ExitStack) -> Iterator[Given]:
    """Yields each file, and in the place of a zip the files in it. Raises Refused for a bomb."""
    for file in given:
        with ExitStack() as own, naming(safe_name(file.name) if len(given) > 1 else ""):
            archive = find_packed_files(own.enter_context(file.open()))
            if archive is None:
                yield file
                continue
            own.enter_context(archive)
            parts = [part for part in archive.infolist() if is_file_to_read(part.filename)]
            zips.check_parts(parts)
            opened.push(own.pop_all())
        inside = file.path if len(given) > 1 else ""
        for part in parts:
            path = posixpath.join(inside, zips.shown_path(part.filename))
            yield Given(path, partial(zips.open_part, archive, part), is_chosen=False)


@contextmanager
def naming(place: str) -> Iterator[None]:
    """Puts the file in front of a refusal, where there are several."""
    try:
        yield
    except LeftOut:
        raise
    except Refused as reason:
        if not place:
            raise
        raise Refused("In %(file)s: %(reason)s", file=place, reason=reason) from None


def is_hidden(part: str) -> bool:
    """Whether a folder or file is none of results; those of the Hugging Face Hub have a point."""
    return part.startswith(HIDDEN) and part.strip(".") != "" and part != ".eval_results"


def is_file_to_read(path: str) -> bool:
    """Whether a file in a folder or zip is looked at, by its name.

    Raises Refused for a zip in it.
    """
    parts = path.replace("\\", "/").split("/")
    if any(is_hidden(part) for part in parts):
        return False
    if parts[-1].lower().endswith(".zip"):
        raise Refused(
            "The zip %(file)s is within a zip or folder. Unpack it, and import what is inside.",
            file=short(zips.shown_path(path)),
        )
    return parts[-1].lower().endswith(ENDINGS)


class Gathering:
    """Files that are being read as one."""

    def __init__(self, context: FileContext, format: str) -> None:
        self.context, self.format = replace(context, is_one_of_several=True), format
        self.readings: list[FileReading] = []
        self.left_out: dict[str, LeftOut] = {}  # by the file as messages show it
        self.llms: dict[str, set[str]] = defaultdict(set)  # that the files of a folder name

    def read(self, given: Sequence[Given], files: list[Given]) -> ReadFile:
        """Returns all files as one. Raises Refused if one cannot be read, or nothing was found."""
        if len(files) > MAX_FILES:
            raise Refused(
                "These are %(count)s files; %(most)s are read at once. Import fewer of them.",
                count=f"{len(files):,}", most=f"{MAX_FILES:,}",
            )  # fmt: skip
        files = sorted(files, key=lambda file: file.path)  # results_… before its samples_…
        specs = {file.folder: file for file in files if file.name == RUN_SPEC}
        runs = specs.keys() & {file.folder for file in files if file.name == STATS}
        shown = show_paths(files)
        for file, place in zip(files, shown, strict=True):
            if file.folder not in runs or file.name == STATS:
                self.read_one(file, place, specs.get(file.folder))
        if not self.readings:
            raise explain_nothing(self.left_out)
        self.check_roles()
        return self.as_one(given)

    def check_roles(self) -> None:
        """Raises Refused for a column that is spoken of, and that none of the tables has."""
        layouts = [file.reading.layout for file in self.readings if file.reading.layout]
        headers = [column.header for layout in layouts for column in layout.columns]
        known = {header_key(header) or header for header in headers}
        for name in self.context.roles:
            if name.rstrip(" ±") == name and (header_key(name) or name) not in known:
                raise Refused(
                    "None of the files has a column “%(name)s”. The headers are: %(headers)s.",
                    name=short(name), headers=short(", ".join(dict.fromkeys(headers)), 200),
                )  # fmt: skip

    def read_one(self, file: Given, place: str, run_spec: Given | None) -> None:
        """Reads a file, or notes why it is left out."""
        llms = self.llms[file.folder]
        context = replace(
            self.context,
            path=file.path,
            run_spec=read_bytes(run_spec) if run_spec and file.name == STATS else b"",
            llm_nearby=next(iter(llms)) if len(llms) == 1 else "",
        )
        try:
            with naming(place), file.open() as content:
                read = read_file(content, file.name, context, self.format)
        except LeftOut as reason:
            self.left_out[place] = reason
            return
        llms.update(result.llm for result in read.reading.results)
        self.readings.append(FileReading(place, read.name, read.sha256, read.format, read.reading))

    def as_one(self, given: Sequence[Given]) -> ReadFile:
        """Returns what was read, under the name and hash of what was given."""
        formats = {file.format for file in self.readings}
        reading = merge(self.readings)
        notes = [note_left_out(self.left_out)] if self.left_out else []
        names = [safe_name(file.name) for file in given]
        if len(given) == 1:
            with given[0].open() as file:
                sha256 = sha256_of(file)
        else:
            sha256 = hash_of([file.sha256 for file in self.readings])
        return ReadFile(
            short(", ".join(names), 200),
            sha256,
            formats.pop() if len(formats) == 1 else SEVERAL,
            replace(reading, notes=(*notes, *reading.notes)),
        )


def read_parts_again(reading: Reading, said: Mapping[int, FileContext]) -> Reading:
    """Returns what several files say if those of these numbers are read as the maintainer says.

    Their sources stay. Raises Refused, with the file in front, if one cannot be read so.
    """
    parts: list[FileReading] = list(reading.parts)
    about_all = reading.notes[: len(reading.notes) - len(merge(parts).notes)]  # what is left out
    for number, context in said.items():
        part = parts[number]
        with naming(part.place):
            parts[number] = part._replace(reading=read_again(part.reading, part.format, context))
    merged = merge(parts)
    return replace(
        merged,
        provenance=reading.provenance,
        files=reading.files,
        notes=(*about_all, *merged.notes),
    )


def hash_of(hashes: list[str]) -> str:
    """Returns a hash of files by theirs, whatever their order."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def read_bytes(file: Given) -> bytes:
    """Reads one byte more than is allowed, so that the parser refuses a longer file."""
    with file.open() as content:
        content.seek(0)  # an upload stays open, and its kind was looked at
        return content.read(MAX_BYTES + 1)


def show_paths(files: list[Given]) -> list[str]:
    """Returns for each file what messages show: its place in the folder or zip.

    A file that was chosen by its name has its name, or what tells it apart. Uploads of one name,
    which come without their folders, are numbered.
    """
    bare = [file.path.lstrip("/") for file in files]
    common = posixpath.commonpath(map(posixpath.dirname, bare)) if len(bare) > 1 else ""
    names = Counter(file.name for file in files)
    shown = []
    seen: Counter[str] = Counter()
    for file, path in zip(files, bare, strict=True):
        rest = path.removeprefix(common).lstrip("/")
        if file.is_chosen and names[file.name] == 1:
            rest = file.name
        place = "/".join(safe_name(part) for part in rest.split("/"))[-150:]
        place = safe_name(path) if private_detail(place) else place
        seen[place] += 1
        shown.append(f"{place} ({seen[place]})" if seen[place] > 1 else place)
    return shown


def explain_nothing(left_out: dict[str, LeftOut]) -> Refused:
    """Builds the refusal where no file has anything to import; it names the first reason."""
    if not left_out:
        return Refused(
            "There is no file to import in it: files that end in %(endings)s are looked at.",
            endings=", ".join(ENDINGS),
        )
    place, reason = next(iter(left_out.items()))
    if len(left_out) == 1:
        return Refused("In %(file)s: %(reason)s", file=place, reason=reason)
    return Refused(
        "None of the %(count)s files can be imported. The first, %(file)s: %(reason)s",
        count=f"{len(left_out):,}", file=place, reason=reason,
    )  # fmt: skip


def note_left_out(left_out: dict[str, LeftOut]) -> str:
    """Says which files are left out, and why the first is."""
    reason = next(iter(left_out.values()))
    names = short(", ".join(left_out), 300)
    said = Phrase(reason.template, **reason.varying)
    if len(left_out) == 1:
        return Phrase("Left out: %(names)s. %(reason)s", names=names, reason=said)
    return Phrase(
        "Left out are %(count)s files: %(names)s. The first, as: %(reason)s",
        count=f"{len(left_out):,}", names=names, reason=said,
    )  # fmt: skip
