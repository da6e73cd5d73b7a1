"""What was learned from the same landmarks before is taken, not learned again.

Landmarks of past quarters change only when late rows come. So in a week's refresh nearly everything that is
fitted on them is what was fitted last week. It is found by what it was learned from: the landmarks' content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd

_Made = TypeVar("_Made")
#: How deals ended after their landmark's quarters, and their names: nothing here is fitted on them.
_NOT_FITTED_ON = ["name", "closed_on", "closed_won", "final_amount_company"]


class Keep(Protocol):
    """Takes or makes what depends on landmarks, on `given` (by its repr), the code, and nothing else."""

    def __call__(
        self, what: str, rows: Sequence[pd.DataFrame], given: object, make: Callable[[], _Made]
    ) -> _Made:
        """What `make` makes, which must not use the columns _NOT_FITTED_ON of `rows`."""


def make_anew(what: str, rows: Sequence[pd.DataFrame], given: object, make: Callable[[], _Made]) -> _Made:
    """Keeps nothing."""
    return make()


def digest_of(rows: pd.DataFrame) -> str:
    """Tells landmarks apart by every value that may be fitted on, in their order."""
    found = hashlib.blake2b(digest_size=20)
    for name in rows.columns.difference(_NOT_FITTED_ON, sort=False):
        column = rows[name]
        found.update(f"{name} {column.dtype};".encode())
        found.update(np.ascontiguousarray(_as_numbers(column)).view(np.uint8).data)
    return found.hexdigest()


def _as_numbers(column: pd.Series) -> np.ndarray[Any, Any]:
    if column.dtype.kind in "fiubmM":
        return column.to_numpy()
    return pd.util.hash_pandas_object(column, index=False, categorize=True).to_numpy()
