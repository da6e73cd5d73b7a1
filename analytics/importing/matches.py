"""Rows of a list without ids that may be a deal which is known: a person says which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analytics.importing.choices import Choices
from analytics.importing.reading import silent, staged
from analytics.intake.matching import COLUMNS
from analytics.problems import BadInput
from analytics.store.database import Store


def waiting_rows(store: Store, paths: Sequence[Path], choices: Choices) -> pd.DataFrame:
    """The rows that wait, as if nothing were decided yet: analytics.intake.matching.COLUMNS.

    Empty where deals have an id, or where the files cannot be read yet: other points are open then.
    """
    none = pd.DataFrame(columns=list(COLUMNS))
    if "deal_id" in choices.columns or "name" not in choices.columns:
        return none
    unsaid = replace(choices, stages={}, matches={}, rates={})
    try:
        with staged(store, paths, unsaid, silent) as staging:
            found = none if staging.matches is None else staging.matches
    except BadInput:
        return none
    return found[found["state"] == "waiting"].reset_index(drop=True)
