"""Deals that are no longer in the CRM: a full read is a complete list, so what it lacks is gone."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pandas as pd

from analytics.store.staging import Staging
from analytics.sync.core import Run

#: The cursor that says when the last full read began: what it rejects is all that is wrong since.
FULL = "full"
#: As in landing: more missing than this share of at least so many deals is taken for lost access.
_LARGE_DROP, _LARGE_DROP_FROM = 0.5, 5


def missing_deals(run: Run, name: str, known: pd.DataFrame, here: set[str]) -> list[str]:
    """The deals of the store that a full read of the CRM `name` did not see.

    `known`: rows of the query `deals_of_source` that are not gone. Where so many are missing that access was
    lost, most likely, there are none, and the run says so.
    """
    missing = known[~known["deal_id"].isin(list(here))]
    open_ones = known[~known["is_closed"]]
    for what, every in (("open deals", open_ones), ("deals", known)):
        unseen = int(every["deal_id"].isin(missing["deal_id"]).sum())
        if len(every) >= _LARGE_DROP_FROM and unseen > _LARGE_DROP * len(every):
            run.note(
                f"{unseen:,} of the {len(every):,} {what} cannot be seen in {name} any more. That looks like"
                " lost access (the user's role, sharing, the app's scopes), so none was marked as gone."
            )
            return []
    return missing["deal_id"].tolist()


def gone_rows(staging: Staging, deals: pd.DataFrame, gone: dict[str, datetime], where: str) -> int:
    """Stage that deals are gone, each from a moment (UTC) on; otherwise they stay as they were.

    `deals`: rows of the query `deals_of_source`; `where`: how the log of imports calls the list. Returns how
    many were not gone yet.
    """
    rows = deals[deals["deal_id"].isin(list(gone)) & ~deals["is_gone"]].copy()
    if rows.empty:
        return 0
    moments = rows["deal_id"].map(gone).astype("datetime64[us]")
    rows["valid_at"] = moments.where(moments > rows["valid_at"], rows["valid_at"])
    rows["is_gone"] = True
    digest = hashlib.sha256(repr(sorted(gone.items())).encode()).hexdigest()
    file_no = staging.add_file(where, f"{where} gone", digest, len(rows))
    staging.add("deal_change", rows.reset_index(drop=True), file_no=file_no)
    return len(rows)
