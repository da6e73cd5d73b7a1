"""Lands the sample company in a store, like any import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from analytics.business_case.scores import score_new
from analytics.commands.sample_playbook import add_changes
from analytics.intake import stage_files
from analytics.problems import BadInput
from analytics.sample_company import World, WorldOptions, build_world
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land
from analytics.store.staging import Staging

#: The sample companies that `demo` can build.
WORLDS: dict[str, WorldOptions] = {
    "default": WorldOptions(),
    "no-sandbagging": WorldOptions(sandbagging=False),
    "depth-irrelevant": WorldOptions(depth_matters=False),
    "proportional": WorldOptions(hazard="proportional"),
    "threshold": WorldOptions(hazard="threshold"),
    "matters-cause": WorldOptions(matters=(0, 0.9, 0, 0.6, 0, 0, 0.35), clarity=2),
    "matters-people": WorldOptions(matters=(0, 0, 0.5, 0, 0.9, 0, 0), clarity=2),
    "matters-dates": WorldOptions(matters_dates=(0, 0, 0, 0, 0, 0.45, 0), clarity=2),
    "habits": WorldOptions(habits=True),
    "small": WorldOptions.small(),
    "large": WorldOptions.large(),
}


#: The Blue Sheets are about deals of this company, the changes of the playbook about its teams.
_WITH_SHEETS = ("default", 7)
SHEETS = Path(__file__).parents[2] / "data" / "blue_sheets"


def build_sample(
    store: Store,
    world: str = "default",
    seed: int = 7,
    *,
    truth: Path | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> ImportResult | None:
    """Build a sample company and land it; None if the store holds the same one already.

    Raises BadInput if the store holds other deals: the sample is never mixed into real data.
    """
    report = progress or (lambda share, text: None)
    mark = f"sample company {world}, seed {seed}"
    if store.exists and (held := _held(store)):
        if held == mark and truth is None:
            return None
        if held != mark:
            raise BadInput(
                "the store holds other deals already",
                where=str(store.path),
                got=held,
                to_do="Name a new file with --store, or move this one away.",
            )
    built = build_world(
        replace(WORLDS[world], seed=seed), progress=lambda share, text: report(share * 0.55, text)
    )
    if truth is not None:
        _write_truth(built, truth)
    staging = Staging()
    for name, frame in built.subjects.items():
        file_no = staging.add_file(f"sample/{name}", "sample", f"{mark}/{name}", len(frame))
        staging.add(name, frame, file_no=file_no)
    result = land(
        store,
        staging,
        kind="sample",
        as_of=built.options.last_day,
        options=mark,
        progress=lambda share, text: report(0.55 + share * 0.1, text),
    )
    if (world, seed) == _WITH_SHEETS:
        _add_sheets(store)
        add_changes(store)
    score_new(store, lambda share, text: report(0.7 + share * 0.3, text))
    return result


def _add_sheets(store: Store) -> None:
    """The sample's Blue Sheets; those that could belong to several deals wait for a person."""
    staging = stage_files([SHEETS], kind="blue-sheets", known=known_of(store))
    land(store, staging, kind="blue-sheets")


def _write_truth(world: World, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in world.truth.items():
            frame.to_csv(folder / f"{name}.csv", index=False)
    except OSError as error:
        raise BadInput("the truth cannot be written there", where=str(folder), got=str(error)) from error


def _held(store: Store) -> str:
    """What the store's deals are: the sample company's name, 'imported deals', or nothing."""
    with store.reading() as con:
        if con.execute("select 1 from deal limit 1").fetchone() is None:
            return ""
        found = con.execute(
            "select sha256 from import_file join import using (import_id)"
            " where file = 'sample/deal' and undone_at is null"
        ).fetchone()
    return str(found[0]).rpartition("/")[0] if found else "imported deals"
