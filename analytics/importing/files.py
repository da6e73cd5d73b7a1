"""Files as they are, read by a mapping file or by nothing: what the command line loads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analytics.business_case.scores import score_new
from analytics.company import company_of
from analytics.fiscal import Calendar
from analytics.importing.reading import Progress, silent
from analytics.intake import stage_files
from analytics.intake.mapping import Mapping
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land


def load_files(
    store: Store,
    paths: Sequence[Path],
    *,
    kind: str = "auto",
    called: str = "",
    mapping: Path | Mapping | None = None,
    as_of: date | None = None,
    partial: bool = False,
    options: str = "",
    progress: Progress | None = None,
) -> ImportResult:
    """Read files, folders or zips, land them in one transaction, judge new answers.

    `called`: the import's kind in the list of imports, where it is another than `kind`. `options`: what else
    changes the meaning of the files. Raises BadInput where nothing can be read; then nothing is landed.
    """
    report = progress or silent
    calendar = company_of(store).calendar if store.exists else Calendar()
    staging = stage_files(
        paths,
        kind=kind,
        mapping=mapping,
        as_of=as_of,
        time_zone=calendar.time_zone,
        quarter_start_month=calendar.start_month,
        year_named_by=calendar.named_by,
        partial=partial,
        known=known_of(store),
        progress=lambda share, text: report(share * 0.6, text),
    )
    result = land(
        store,
        staging,
        kind=called or kind,
        as_of=as_of,
        options=options,
        progress=lambda share, text: report(0.6 + share * 0.2, text),
    )
    score_new(store, lambda share, text: report(0.8 + share * 0.2, text))
    return result
