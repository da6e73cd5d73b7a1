"""Rows of a list without ids that may be a deal which is known: a person says which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analytics.importing.as_mapping import mapping_from
from analytics.importing.choices import Choices
from analytics.importing.reading import company_or_default
from analytics.intake import stage_files
from analytics.intake.matching import COLUMNS
from analytics.problems import BadInput
from analytics.sheets import known_of
from analytics.store.database import Store


def waiting_rows(store: Store, paths: Sequence[Path], choices: Choices) -> pd.DataFrame:
    """The rows that wait, as if nothing were decided yet: analytics.intake.matching.COLUMNS.

    Empty where deals have an id, or where the files cannot be read yet: other points are open then.
    """
    none = pd.DataFrame(columns=list(COLUMNS))
    if "deal_id" in choices.columns or "name" not in choices.columns:
        return none
    try:
        staging = stage_files(
            paths,
            mapping=replace(mapping_from(choices), stages={}, matches={}),
            as_of=choices.as_of,
            time_zone=company_or_default(store).calendar.time_zone,
            known=known_of(store),
            told={label: kind or "skip" for label, kind in choices.kinds.items()},
        )
    except BadInput:
        return none
    staging.con.close()
    found = none if staging.matches is None else staging.matches
    return found[found["state"] == "waiting"].reset_index(drop=True)
