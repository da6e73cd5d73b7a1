"""A log of dated rows, kept as arrays while the simulation runs and made a frame at the end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Log:
    """Rows appended column by column; every append gives all columns, as arrays or one value for all."""

    def __init__(self, *columns: str) -> None:
        self.columns = columns
        self._parts: dict[str, list[NDArray[Any]]] = {column: [] for column in columns}

    def add(self, count: int, **values: Any) -> None:
        """Append `count` rows."""
        if count == 0:
            return
        for column in self.columns:
            value = np.asarray(values[column])
            self._parts[column].append(np.full(count, value) if value.ndim == 0 else value.copy())

    def frame(self) -> pd.DataFrame:
        """All rows, in the order in which they were added."""
        return pd.DataFrame(
            {
                column: np.concatenate(parts) if parts else np.array([])
                for column, parts in self._parts.items()
            }
        )
