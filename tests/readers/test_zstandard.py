"""Logs of Inspect whose parts are packed with Zstandard, read within the limits of other zips."""

import io
import json
import random
import struct
import sys
import tracemalloc
import zipfile
import zlib

import pytest

from leaderboard.readers.files import zips, zstd_parts
from leaderboard.readers.files.zstd_parts import ZSTANDARD, zstd
from leaderboard.readers.results import Refused
from tests.readers.json_files import read, read_refusal
from tests.readers.test_inspect_log import log, packed

DAMAGED = "This zip or XLSX file is damaged or was cut off."


def zip_of(parts):
    """A zip whose parts are given as (packed bytes, unpacked size, CRC)."""
    body, directory = b"", b""
    for name, (content, size, crc) in parts.items():
        sizes = struct.pack("<3L2H", crc, len(content), size, len(name), 0)
        head = struct.pack("<3H2H", 20, 0, ZSTANDARD, 0, 33) + sizes
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head
        directory += struct.pack("<3H2L", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\x03\x04" + head + name.encode() + content
    end = struct.pack("<4H2LH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def zstandard(**parts):
    """A zip with these texts, each packed with Zstandard."""
    return zip_of(
        {name: (zstd.compress(data), len(data), zlib.crc32(data)) for name, data in parts.items()}
    )


def header(data):
    return zstandard(**{"header.json": data})


def part_of(content, name="header.json"):
    archive = zips.open_zip(io.BytesIO(content))
    zips.check_parts([archive.getinfo(name)])
    return zips.open_part(archive, archive.getinfo(name))


def test_a_log_packed_with_zstandard_says_what_the_plain_one_says():
    plain = packed({"header.json": json.dumps(log())})
    assert read(header(json.dumps(log()).encode())) == read(plain)


def test_a_zip_as_the_library_writes_it_is_read():
    written = io.BytesIO()
    module = zipfile if sys.version_info >= (3, 14) else __import__(
        "backports.zstd.zipfile", fromlist=["zipfile"]
    )  # fmt: skip
    with module.ZipFile(written, "w", module.ZIP_ZSTANDARD) as archive:
        archive.writestr("samples/1_epoch_1.json", "{}")
        archive.writestr("header.json", json.dumps(log()))
    assert len(read(written.getvalue()).results) == 1


def test_a_part_can_be_read_from_any_place_and_in_several_frames():
    data = random.Random(1).randbytes(300_000)
    frames = zstd.compress(data[:100_000]) + zstd.compress(data[100_000:])
    part = part_of(zip_of({"header.json": (frames, len(data), zlib.crc32(data))}))
    assert part.read() == data
    assert (part.seek(250_000), part.read(10)) == (250_000, data[250_000:250_010])
    assert (part.seek(5), part.read(10)) == (5, data[5:15])
    assert (part.seek(-4, io.SEEK_END), part.read()) == (299_996, data[-4:])


def frame(data):
    return zstd.compress(data)


TEXT = json.dumps(log()).encode()
ZEROS = bytes(50_000_000)


@pytest.mark.parametrize(
    "part",
    [
        (frame(TEXT)[:-20], len(TEXT), zlib.crc32(TEXT)),  # cut off
        (frame(TEXT), len(TEXT) + 9, zlib.crc32(TEXT)),  # shorter than it says
        (frame(TEXT), len(TEXT), 1),  # another checksum
        (b"not packed at all", 100, 1),
        (b"", 100, 1),
        (frame(TEXT)[:40] + b"\0" * 40 + frame(TEXT)[80:], len(TEXT), zlib.crc32(TEXT)),
    ],
)
def test_a_damaged_part_is_refused(part):
    assert read_refusal(zip_of({"header.json": part})).startswith(DAMAGED)


def test_a_part_that_says_it_is_too_large_is_refused_unread():
    bomb = zip_of({"header.json": (frame(ZEROS), len(ZEROS), 1)})
    assert read_refusal(bomb).startswith("Unzipped this file has 50.0 MB; read are")


def test_a_part_that_is_larger_than_it_says_fills_no_memory():
    content = zip_of({"header.json": (frame(ZEROS), 1_000, zlib.crc32(ZEROS[:1_000]))})
    tracemalloc.start()
    assert len(part_of(content).read()) == 1_000
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


def test_a_window_that_would_fill_the_memory_is_refused():
    options = {zstd.CompressionParameter.window_log: zstd_parts.LARGEST_WINDOW + 1}
    packer = zstd.ZstdCompressor(options=options)
    data = TEXT + b" " * 70_000_000
    content = packer.compress(data[:100]) + packer.compress(data[100:]) + packer.flush()
    part = part_of(zip_of({"header.json": (content + bytes(10**6), len(data), zlib.crc32(data))}))
    with pytest.raises(Refused, match=DAMAGED):
        part.read(10)


def test_without_the_decoder_the_log_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(zips, "KNOWN_PACKING", {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
    assert "Convert it with “inspect log convert --to json”" in read_refusal(header(TEXT))
