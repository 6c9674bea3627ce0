"""All files of a release in one, ready for a repository such as Zenodo.

The same release makes the same bytes, whenever it is asked for: files have the time of freezing,
and hold nothing that stands beside the release, such as the DOI that the repository gives later.
"""

import io
import json
from dataclasses import replace
from datetime import UTC
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zlib import crc32

from leaderboard.models.payloads import deflated
from leaderboard.pages.selection import Selection
from leaderboard.pages.view import View, build_view
from leaderboard.standings.shown import AllShown
from leaderboard.standings.standings import Standings

from .croissant import describe_croissant
from .formats import EXPORT_FORMATS
from .releases import Cited, snapshot_of, write_cff, write_release_bibtex

TABLES = ("csv", "json", "md", "tex")
PAYLOAD = "payload.json"
# Of zlib, for what is not stored compressed. 6 takes twice as long for files that are smaller by a
# fifth, and its best, 9, many times as long.
COMPRESSION = 3

README = """\
# {title}

{description}A frozen state of a leaderboard: {address}

- Frozen on {frozen}; the state since {as_of}
- Licence of the data: {licence}
- Made by version {software} of the software, method {method}, payload version {payload}
- SHA-256 of payload.json: {sha256}

| File | What |
|---|---|
| payload.json | the frozen state: everything that was entered, and everything that was shown |
| standings.csv, standings.json | the table in full precision, every column, with intervals |
| standings.md, standings.tex | the table as text |
| citation.bib, CITATION.cff | how to cite it |
| croissant.json | a description for programs (Croissant 1.0) |

Whether a copy is the same:

    sha256sum payload.json

The payload is canonical JSON (RFC 8785): equal states have equal bytes. Its `inputs` are the scores
as reported, the metrics and the sources; its `outputs` are the values, ranks, rank ranges and
intervals that were shown.
"""


def bundle(
    cited: Cited, standings: Standings, below: AllShown, payload: bytes, stored: bytes | memoryview
) -> bytes:
    """Returns a ZIP of all files of a release, whose payload is stored as these bytes."""
    cited = replace(cited, doi="")
    files = write_files(cited, standings, below, payload)
    when = cited.release.frozen_at.astimezone(UTC).timetuple()[:6]
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, when)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            entry.external_attr = 0o644 << 16
            if name == PAYLOAD:
                add_deflated(archive, entry, content, deflated(stored))
            else:
                archive.writestr(entry, content, compresslevel=COMPRESSION)
    return packed.getvalue()


def add_deflated(archive: ZipFile, entry: ZipInfo, content: bytes, compressed: bytes) -> None:
    """Adds a file whose compressed bytes are there already: of the largest one it takes as long to
    make them as to write all tables. zipfile has no method for it, so this does what its own do."""
    entry.CRC, entry.file_size, entry.compress_size = crc32(content), len(content), len(compressed)
    entry.header_offset = archive.start_dir
    assert archive.fp
    archive.fp.seek(archive.start_dir)
    archive.fp.write(entry.FileHeader() + compressed)
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(entry)
    archive.NameToInfo[entry.filename] = entry


def write_files(
    cited: Cited, standings: Standings, below: AllShown, payload: bytes
) -> dict[str, bytes]:
    """Returns {name: content} of the files, in the order in which the archive has them."""
    view = whole_view(standings)
    snapshot = snapshot_of(cited, view, below)
    data = {
        PAYLOAD: payload,
        **{
            f"standings.{ending}": "".join(EXPORT_FORMATS[ending].write(snapshot)).encode()
            for ending in TABLES
        },
        "citation.bib": write_release_bibtex(cited).encode(),
        "CITATION.cff": write_cff(cited).encode(),
    }
    croissant = describe_croissant(cited, view, data)
    described = json.dumps(croissant, ensure_ascii=False, indent=1) + "\n"
    return {
        "README.md": write_readme(cited).encode(),
        **data,
        "croissant.json": described.encode(),
    }


def whole_view(standings: Standings) -> View:
    """Every column with its intervals."""
    keys = standings.column_keys
    columns = () if keys == standings.default_keys else keys
    return build_view(standings, Selection(columns=columns, intervals="all"))


def write_readme(cited: Cited) -> str:
    """Writes what the archive holds, and how to check it."""
    release, notes = cited.release, cited.release.notes.replace("\r\n", "\n").strip()
    return README.format(
        title=cited.title,
        description=f"{notes}\n\n" if notes else "",
        address=cited.address,
        frozen=f"{release.frozen_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        as_of=f"{release.as_of.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        licence=release.data_licence or "not stated",
        software=release.software_version,
        method=release.method,
        payload=release.payload_version,
        sha256=release.sha256,
    )
