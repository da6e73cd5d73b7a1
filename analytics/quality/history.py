"""What the store as a whole lacks: weeks, rows, rejected rows, a past."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pandas as pd

from analytics.quality.check import ADMIN, REVOPS, Check, Found, NotJudged
from analytics.quality.facts import Facts
from analytics.wording import count, day, listed, percent

WEEKS = 26
USUAL_CHANGES = 5  # below so many changes in a usual week a week without any is nothing odd
DROP, DROP_FROM = 0.25, 10  # an open pipeline that loses this share of its deals, at least so many, in a week
ROWS_DROP, STEADY, IMPORTS = 0.5, 2.0, 3
FEW_ROWS = 20
_WRITTEN = ("decision", "call", "coaching", "upkeep", "settings", "questions", "edit")
SNAPSHOT = 0.2  # fewer moments than this share of rows: many deals share one moment, as in a weekly file
_SYNC = "sync "  # how the imports of a live source are called, before its name
_FULL = "full"  # the cursor that says when the last full read began (analytics.sync.gone)
_ONE_SCOPE = NotJudged("skipped", "This is about the whole store: choose all teams and all owners.")
_LAST_DAY = NotJudged("skipped", "This is about what is loaded now: choose the last day of the data.")


def _week_ends(facts: Facts, first: pd.Timestamp) -> list[pd.Timestamp]:
    """The last moments of the past weeks that the store covers, the latest first."""
    end = pd.Timestamp(facts.company.calendar.end_of(facts.as_of))
    ends = [end - pd.Timedelta(days=7 * back) for back in range(WEEKS + 1)]
    return [one for one in ends if one >= first]


def _first_change(facts: Facts) -> pd.Timestamp:
    return pd.Timestamp(facts.store.query("data_span").iloc[0]["first_at"])


def _missing_weeks(facts: Facts) -> Found | NotJudged:
    if not facts.scope.is_company:
        return _ONE_SCOPE
    ends = _week_ends(facts, _first_change(facts))
    weeks = pd.DataFrame({"until": ends[:-1], "changes": 0})
    if len(weeks) < 2:
        return NotJudged("not enough data", f"{count(len(weeks), 'whole week')} of data.")
    days = facts.store.query("change_days", **{"from": ends[-1], "as_of_end": ends[0]})
    back = (ends[0].normalize() - pd.to_datetime(days["day"])).dt.days // 7
    weeks["changes"] = days.groupby(back)["changes"].sum().reindex(range(len(weeks)), fill_value=0).to_numpy()
    weeks["loaded"] = _loaded(facts, ends)
    usual = float(weeks["changes"].median())
    if usual < USUAL_CHANGES:
        return NotJudged("not enough data", f"{usual:g} changes in a usual week, {USUAL_CHANGES} needed.")
    empty = weeks[(weeks["changes"] == 0) & ~weeks["loaded"]]
    locale = facts.company.locale
    things = pd.DataFrame(
        {
            "Week from": [day(one - timedelta(days=6), locale=locale) for one in empty["until"]],
            "Week to": [day(one, locale=locale) for one in empty["until"]],
        }
    )
    return Found(things=things, note=f"{count(len(weeks), 'week')} looked at.")


def _loaded(facts: Facts, ends: list[pd.Timestamp]) -> list[bool]:
    """Per week whether a file was dated in it or a sync went well: without a change it is no missing one."""
    imports = facts.store.query("imports")
    dated = pd.to_datetime(imports.loc[imports["undone_at"].isna(), "as_of"].dropna())
    runs = facts.store.query("sync_runs", since=ends[-1])
    synced = runs.loc[runs["result"] == "done", "ended_at"]
    return [
        bool(
            ((dated > start.normalize()) & (dated <= end.normalize())).any()
            or ((synced > start) & (synced <= end)).any()
        )
        for end, start in pairwise(ends)
    ]


def _open_deals_drop(facts: Facts) -> Found | NotJudged:
    if not facts.scope.is_company:
        return _ONE_SCOPE
    ends = _week_ends(facts, _first_change(facts))
    if len(ends) < 2:
        return NotJudged("not enough data", "There is no earlier week to compare with.")
    rows = facts.store.query("open_at_moments", moments=ends, as_of_end=ends[0])
    counted = rows.set_index("moment")["deals"].reindex(pd.DatetimeIndex(ends), fill_value=0).iloc[::-1]
    before = counted.shift(1)
    fell = (before - counted >= DROP_FROM) & (counted < (1 - DROP) * before)
    things = pd.DataFrame(
        {
            "Week to": [day(one, locale=facts.company.locale) for one in counted.index[fell]],
            "Open deals before": before[fell].astype(int).to_numpy(),
            "Open deals after": counted[fell].to_numpy(),
        }
    )
    return Found(things=things, note=f"{count(len(counted) - 1, 'week')} looked at.")


def _files(facts: Facts) -> pd.DataFrame:
    """The files that count: of no undone import, and not what people write one row at a time."""
    files = facts.store.query("imports").dropna(subset=["file"])
    return files[files["undone_at"].isna() & ~files["import_kind"].isin(_WRITTEN)]


def _rows_drop(facts: Facts) -> Found | NotJudged:
    """The newest file of a kind against those before it, where their sizes were steady."""
    if not facts.is_last_day:
        return _LAST_DAY
    if not facts.scope.is_company:
        return _ONE_SCOPE
    files = _files(facts)
    files = files[~files["import_kind"].str.startswith(_SYNC)]  # a sync brings what changed, much or little
    things, judged = [], 0
    for (_, kind), group in files.groupby(["import_kind", "kind"]):
        per_import = group.groupby("import_id")["rows_read"].sum().sort_index(ascending=False)
        now, before = per_import.iloc[0], per_import.iloc[1:6]
        if len(before) < IMPORTS or before.max() > STEADY * before.min():
            continue  # not a full list every time
        judged += 1
        if now < ROWS_DROP * before.median():
            things.append({"File": kind, "Rows usual": int(before.median()), "Rows in the newest": int(now)})
    if not judged:
        return NotJudged("not enough data", f"It takes {IMPORTS} earlier files of one kind and like size.")
    return Found(things=pd.DataFrame(things), note=f"{count(judged, 'kind')} of file looked at.")


def _rejects(facts: Facts) -> Found | NotJudged:
    """Rejected rows that nothing has mended.

    A file's are mended by a later import of it without them. A sync brings only what changed, so what it
    rejects stays until a later full read does not reject it.
    """
    if not facts.is_last_day:
        return _LAST_DAY
    if not facts.scope.is_company:
        return _ONE_SCOPE
    files = _files(facts)
    of_sync = files["import_kind"].str.startswith(_SYNC)
    newest = files[~of_sync].sort_values("import_id", ascending=False)
    newest = newest.drop_duplicates(["import_kind", "file"])
    open_ones = pd.concat([newest[newest["rejected"] > 0], _of_syncs(facts, files[of_sync])])
    things = pd.DataFrame(
        {
            "File": open_ones["file"],
            "Rejected rows": open_ones["rejected"],
            "Loaded at (UTC)": open_ones["loaded_at"],
        }
    )
    note = "Each row with its reason: page Import, or `python -m analytics rejects`." if len(things) else ""
    if open_ones["import_kind"].str.startswith(_SYNC).any():
        note += (
            " A sync's count until a full one (`python -m analytics sync ... --full`) no longer rejects them."
        )
    return Found(things=things.reset_index(drop=True), note=note)


def _of_syncs(facts: Facts, files: pd.DataFrame) -> pd.DataFrame:
    """The files of syncs with the rows that they rejected since the last full read, each row once.

    A sync reads its last changes again, so one row may be rejected by several: it is told by what is wrong.
    """
    kept = []
    for kind, imports in files.groupby("import_kind"):
        cursors = facts.store.query("sync_cursors", system=str(kind).removeprefix(_SYNC))
        full = cursors.loc[cursors["object"] == _FULL, "cursor"]
        since = pd.Timestamp(full.iloc[0]) if len(full) and full.iloc[0] else pd.Timestamp.min
        kept.append(imports[imports["loaded_at"] >= since])
    if not kept:
        return files
    files = pd.concat(kept).drop_duplicates(["import_id", "file"])
    rows = facts.store.query("rejects").fillna("").merge(files[["import_id", "import_kind", "file"]])
    wrong = rows["column_name"] + "\n" + rows["value"] + "\n" + rows["reason"]
    lines = (
        rows.assign(wrong=wrong).groupby(["import_kind", "file", "import_id", "line"])["wrong"].agg("\n".join)
    )
    times = lines.reset_index().groupby(["import_kind", "file", "wrong", "import_id"]).size()
    rejected = times.groupby(["import_kind", "file", "wrong"]).max().groupby(["import_kind", "file"]).sum()
    latest = files[files["rejected"] > 0].groupby(["import_kind", "file"])["loaded_at"].max()
    return pd.DataFrame({"rejected": rejected, "loaded_at": latest}).dropna().reset_index()


def _no_history(facts: Facts) -> Found | NotJudged:
    if not facts.scope.is_company:
        return _ONE_SCOPE
    rows = facts.store.query("history_levels", as_of_end=facts.company.calendar.end_of(facts.as_of))
    if rows["deals"].sum() < FEW_ROWS:
        return NotJudged("not enough data", f"{rows['deals'].sum()} deals, {FEW_ROWS} needed.")
    levels = [
        _level(earlier, moments)
        for earlier, moments in zip(rows["earlier_rows"], rows["earlier_moments"], strict=True)
    ]
    told = [f"{source or 'no source'}: {level}" for source, level in zip(rows["source"], levels, strict=True)]
    lacking = rows.assign(level=levels)[[level == FINAL for level in levels]]
    things = pd.DataFrame(
        {"Source": lacking["source"], "Deals": lacking["deals"], "History": lacking["level"]}
    )
    return Found(things=things.reset_index(drop=True), note=f"{listed(told)}.")


FULL, FEW, FINAL = "full change history", "snapshots", "final states only"


def _level(earlier_rows: int, moments: int) -> str:
    """How much of the past a source tells."""
    if not earlier_rows:
        return FINAL
    return FEW if moments < SNAPSHOT * earlier_rows else FULL


CHECKS = (
    Check(
        "DQ25", "Weeks without any change or import", "history", "warning", "the store",
        "What happened in these weeks is dated later than it was.",
        "Load the files of these weeks, dated (--as-of), or look whether the sync ran.",
        ADMIN, _missing_weeks, in_trend=False,
    ),
    Check(
        "DQ26", "Large drop of open deals", "history", "warning", "the store",
        f"Over {percent(DROP)} of them went in a week, {DROP_FROM} or more: a clean-up, or a partial export?",
        "Compare with the CRM. If the export was partial, load a complete one.",
        REVOPS, _open_deals_drop, in_trend=False,
    ),
    Check(
        "DQ27", "Large drop of rows in a file", "history", "error", "the store",
        f"The newest file has less than {percent(ROWS_DROP)} of its usual rows: deals are missing.",
        "Export again, with all rows, and load it.",
        ADMIN, _rows_drop, in_trend=False,
    ),
    Check(
        "DQ28", "Rejected rows not fixed", "missing", "warning", "the store",
        "These rows are in no number.",
        "Correct them in the CRM or in the file, and load it again.",
        ADMIN, _rejects, in_trend=False,
    ),
    Check(
        "DQ29", "No history of changes", "history", "info", "the store",
        "Past dates show deals in an unknown stage, and nothing can be learned from how they moved.",
        "Export OpportunityHistory, or load a dated file every week.",
        ADMIN, _no_history, in_trend=False,
    ),
)  # fmt: skip
