"""At which level an answer counts: its text's, a person's, or that of a copy."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from analytics.store.database import Store

#: A text that stood in another account's deal first counts as one that could be pasted into any deal.
COPIED_LEVEL = 1
_VERSION = ["import_id", "seq"]


def standings(store: Store, as_of_end: datetime, deal_id: str | None = None) -> pd.DataFrame:
    """The versions of answers that count otherwise than their text shows (`queries/answer_standings.sql`)."""
    return store.query("answer_standings", as_of_end=as_of_end, deal_id=deal_id)


def counted(rows: pd.DataFrame, otherwise: pd.DataFrame) -> pd.DataFrame:
    """Versions of answers with what counts: a person's level before the text's, and a copied text as surface.

    `rows`: import_id, seq, `level` (0-4) as the text shows it; `otherwise`: rows of `standings`. Added:
    `scored_level` (the text's), `level` (what counts), `counts` ('', 'overruled' or 'copied') and the columns
    of `standings`. Rows keep their order and index.
    """
    joined = rows.merge(otherwise, on=_VERSION, how="left").set_index(rows.index)
    overruled = joined["overruled_level"].notna()
    copied = joined["copy_of"].notna() & ~overruled & (joined["level"] > COPIED_LEVEL)
    level = joined["level"].where(~copied, COPIED_LEVEL).where(~overruled, joined["overruled_level"])
    why = pd.Series("", index=rows.index, dtype=object).where(~copied, "copied")
    return joined.assign(
        scored_level=joined["level"],
        level=level.astype(rows["level"].dtype),
        counts=why.where(~overruled, "overruled"),
    )
