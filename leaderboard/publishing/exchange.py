"""Two folders change places in one step of the system."""

import ctypes
import os
from pathlib import Path

AT_FDCWD = -100  # of Linux: paths begin at the folder of the process
EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def exchange_folders(first: Path, second: Path) -> bool:
    """Whether the two have changed places; if not, nothing has happened.

    By renameat2 of Linux, or renamex_np of macOS; not every kind of disk can do it.
    """
    library = ctypes.CDLL(None)
    names = os.fsencode(first), os.fsencode(second)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], EXCHANGE) == 0)
    if hasattr(library, "renamex_np"):
        return bool(library.renamex_np(*names, EXCHANGE) == 0)
    return False
