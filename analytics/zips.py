"""Opening a zip that somebody sent. A leaf: imports nothing of ours but the missing values."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import BinaryIO

from analytics.problems import BadInput

#: A zip's list of its entries is read whole when it is opened; one of 10,000 entries takes 1 to 3 MB.
MAX_LIST = 8 * 1024**2


def open_zip(file: Path | BinaryIO, label: str) -> zipfile.ZipFile:
    """A zip for reading.

    Raises BadInput for one whose list of entries is so long that reading it would exhaust the memory, and
    what `zipfile` raises for one that is damaged.
    """
    if isinstance(file, Path):
        with file.open("rb") as opened:
            _check(opened, label)
    else:
        _check(file, label)
    return zipfile.ZipFile(file)


def _check(file: BinaryIO, label: str) -> None:
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # what ZipFile itself goes by
    file.seek(0)
    if end and end[zipfile._ECD_SIZE] > MAX_LIST:  # type: ignore[attr-defined]
        raise BadInput(
            "too many entries in the zip",
            where=label,
            expected=f"a list of entries of at most {MAX_LIST // 1024**2} MB",
            got=f"{end[zipfile._ECD_SIZE] / 1024**2:,.0f} MB",  # type: ignore[attr-defined]
            to_do="Pack only the files of the export.",
        )
