"""Getting files in: look at them, say what their words mean, try without writing, load; undo is in the store.

The app's import screen and the command line both go through here. Four steps, each a function:

`look`  what each file is, its columns, and every stage, category, owner and currency that is written in it,
        with a guess of what it means (`Choices`), which a person may change;
`check` what is still open (it would silently drop or double money) and what it costs;
`rehearse` the import as it would land, without writing: counts, rejects, notes;
`load`  the import itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from analytics.intake.mapping import StageRule
from analytics.store.database import Store
from analytics.store.landing import FileCounts, ImportResult

# Wanted by the import screen (helper PAGE), all additive:
# 1. Choices.kinds: dict[str, str], file label -> a key of FILE_KINDS as a person said it, '' = leave it out;
#    `look`, `rehearse` and `load` follow it. (A file that is not recognised can be told what it is.)
# 2. Look.kept_on: date | None, the day on which the mapping `kept` was last saved ("as last time, 23 Nov").
# 3. forget(store, name, author): a kept mapping is not found again.
# 4. look.choices.is_full is the guess (a Salesforce data export: True); False is `partial`.
# 5. Re-loading corrected rejects: the screen calls load(store, [corrected], replace(choices, is_full=False))
#    with the same `columns`; the file has one column more at its end (the reason), which must not matter.

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class SeenFile:
    """One file, looked at and not loaded."""

    label: str
    #: a key of FILE_KINDS
    kind: str
    header: tuple[str, ...]
    #: the first rows as they are written: one text column per header cell, at most 50 rows
    sample: pd.DataFrame
    #: lines of the file below the header (an estimate where cells hold line ends)
    lines: int
    #: why it cannot be read; '' = it can
    problem: str = ""


#: What a file can be, and how it is called on the screen.
FILE_KINDS = {
    "deals": "Deals",
    "salesforce": "Salesforce data export",
    "hubspot": "HubSpot",
    "history": "Property history",
    "answers": "Answers",
    "targets": "Targets",
    "rates": "Exchange rates",
    "contacts": "Contact roles",
    "blue-sheets": "Blue Sheet",
    "unknown": "Not recognised",
}


@dataclass(frozen=True)
class Choices:
    """What a person decides about a list of deals. Everything has a guess; everything can be changed."""

    #: kept under this name; next week's file with the same columns finds it again
    name: str = "crm"
    #: our field (analytics.intake.mapping.COLUMNS) -> label of their column
    columns: dict[str, str] = field(default_factory=dict)
    #: stage as written -> what it means; a stage that is written and not here is open (see `check`)
    stages: dict[str, StageRule] = field(default_factory=dict)
    #: forecast category as written -> one of analytics.store.subjects.CATEGORIES
    categories: dict[str, str] = field(default_factory=dict)
    #: owner as written -> the person it is (to join spellings, or names and ids)
    owners: dict[str, str] = field(default_factory=dict)
    #: currency as written ('US Dollar', '€') -> ISO code
    currencies: dict[str, str] = field(default_factory=dict)
    #: of deals that name none; '' = the company's
    currency: str = ""
    #: 'dmy', 'mdy', 'ymd'; '' = as the values tell
    date_order: str = ""
    #: '.' or ','; '' = as the values tell
    decimal: str = ""
    #: the day on which the files were true; None = the date in the file's name, else today
    as_of: date | None = None
    #: a complete list: open deals that it lacks are gone
    is_full: bool = False
    #: row of a report without ids -> deal_id that it is, '' = a deal that is not known yet
    matches: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What the files are, and what is written in their deals.

    `stages`: stage, deals, amount (sum as written, in mixed currencies), position (the order in which deals
    pass them, as far as can be told). `categories`, `owners`, `currencies`: value, deals, amount.
    `matches`: row_key, name, account, created, amount, candidates (list of [deal_id, label, why]).
    """

    files: tuple[SeenFile, ...]
    choices: Choices
    stages: pd.DataFrame
    categories: pd.DataFrame
    owners: pd.DataFrame
    currencies: pd.DataFrame
    matches: pd.DataFrame
    #: name of the kept mapping that was found again; '' = all of it is guessed
    kept: str = ""
    #: whether the deals are read by the choices (a table), or by their own names (a Salesforce data export)
    is_mapped: bool = True


@dataclass(frozen=True)
class Open:
    """Something that must be decided before the files can be loaded, or should be."""

    #: 'columns', 'stages', 'categories', 'currencies', 'dates', 'decimals', 'matches' or 'files'
    where: str
    what: str
    #: what is lost if it stays so, in words with money; '' = nothing
    cost: str
    #: whether loading waits for it
    blocks: bool


@dataclass(frozen=True)
class Rehearsal:
    """An import as it would land: nothing was written.

    `rejects`: file, line, column_name, value, reason. `totals`: what, before, after: open deals, open amount,
    won in this fiscal year, deals marked as gone (company currency).
    """

    files: list[FileCounts]
    notes: list[str]
    rejects: pd.DataFrame
    totals: pd.DataFrame


def look(
    store: Store, paths: Sequence[Path], choices: Choices | None = None, progress: Progress | None = None
) -> Look:
    """Look at files, folders or zips. `choices`: what was chosen so far; what it lacks is guessed.

    Raises BadInput where no file can be read at all.
    """
    raise NotImplementedError


def check(look: Look, choices: Choices) -> list[Open]:
    """What is still open, the worst first; empty: the files can be loaded."""
    raise NotImplementedError


def rehearse(
    store: Store, paths: Sequence[Path], choices: Choices, progress: Progress | None = None
) -> Rehearsal:
    """Read everything and land it, then roll it back. Raises BadInput where it cannot be read."""
    raise NotImplementedError


def load(
    store: Store, paths: Sequence[Path], choices: Choices, author: str, progress: Progress | None = None
) -> ImportResult:
    """Load the files, keep the mapping under its name, judge new answers. Raises BadInput, as `rehearse`."""
    raise NotImplementedError
