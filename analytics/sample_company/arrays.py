"""Names for the arrays that the simulation passes around, and its streams of chance."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Dates = NDArray[np.datetime64]
Words = NDArray[np.object_]

#: A day that never comes (business-day index).
NEVER = 10**6


def stream(seed: int, purpose: str, *more: int) -> np.random.Generator:
    """A generator of its own for every purpose, so that one part's draws never shift another's."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), *more])


def words(values: Sequence[str | None]) -> Words:
    """A list of texts as an array that can be indexed by an array."""
    return np.array(values, dtype=object)
