"""Parts of a zip that are packed with Zstandard (method 93), as Inspect packs its logs.

zipfile reads them from Python 3.14 on, but unpacks whatever a chunk holds at once: four bytes can
be 128 kB. Here a read unpacks no more than it was asked for.
"""

import io
import struct
import sys
import zipfile
import zlib
from importlib import import_module
from typing import Any

zstd: Any
try:
    zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
except ImportError:  # an installation from before it was needed: such a file is refused
    zstd = None

ZSTANDARD = 93
LOCAL_HEADER = struct.Struct("<26xHH")  # up to the lengths of the name and the extra field
# Bytes that the decoder may look back on, as a power of 2: 32 MB. Level 19 needs 8, and the
# standard asks decoders for 8.
LARGEST_WINDOW = 25
CHUNK = 1 << 16
ERRORS = (zstd.ZstdError,) if zstd else ()


def can_read() -> bool:
    """Whether this installation has the decoder."""
    return zstd is not None


class ZstdPart(io.RawIOBase):
    """A part of a zip, unpacked as it is read. Raises BadZipFile or ZstdError for a damaged one."""

    def __init__(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        file: Any = archive.fp
        self.file, self.part = file, part
        self.file.seek(part.header_offset)
        name, extra = LOCAL_HEADER.unpack(self.file.read(LOCAL_HEADER.size))
        self.start = part.header_offset + LOCAL_HEADER.size + name + extra
        self.rewind()

    def rewind(self) -> None:
        """Begins anew."""
        self.packed_at = self.start
        self.place = self.crc = 0
        self.decoder = self.make_decoder()

    def make_decoder(self) -> Any:
        """A decoder of one frame."""
        return zstd.ZstdDecompressor(
            options={zstd.DecompressionParameter.window_log_max: LARGEST_WINDOW}
        )

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place, from the start if it lies behind."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.part.file_size}[whence]
        if base + offset < self.place:
            self.rewind()
        while self.place < base + offset and self.read(min(CHUNK, base + offset - self.place)):
            pass
        return self.place

    def readinto(self, buffer: Any) -> int:
        chunk = self.unpack(min(len(buffer), self.part.file_size - self.place))
        buffer[: len(chunk)] = chunk
        self.place += len(chunk)
        self.crc = zlib.crc32(chunk, self.crc)
        if self.place == self.part.file_size and self.crc != self.part.CRC:
            raise zipfile.BadZipFile("Bad CRC-32")
        return len(chunk)

    def unpack(self, most: int) -> bytes:
        """Returns at least one byte, if any is asked for. Raises BadZipFile where none is left."""
        while most:
            if self.decoder.eof:  # the frame is done; another may follow
                self.packed_at -= len(self.decoder.unused_data)
                self.decoder = self.make_decoder()
            is_hungry = self.decoder.needs_input
            packed = self.read_packed() if is_hungry else b""
            if chunk := self.decoder.decompress(packed, most):
                return bytes(chunk)
            if is_hungry and not packed:
                raise zipfile.BadZipFile("The part is shorter than its directory says")
        return b""

    def read_packed(self) -> bytes:
        """Reads on in the zip, no further than the part goes."""
        end = self.start + self.part.compress_size
        self.file.seek(self.packed_at)
        packed = bytes(self.file.read(max(0, min(CHUNK, end - self.packed_at))))
        self.packed_at += len(packed)
        return packed
