"""DuckDB takes every path for a pattern. A leaf: imports nothing of ours."""

from __future__ import annotations

import re
from pathlib import Path

GLOB_SIGNS = re.compile(r"[*?[]")


def exactly(path: Path) -> str:
    """A pattern that means this one file, whatever its name: each of the signs stands for itself."""
    return GLOB_SIGNS.sub(lambda sign: f"[{sign[0]}]", str(path))
