"""What a person decides about an import, what is found in its files, and what it would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics.intake.mapping import StageRule
from analytics.store.landing import FileCounts


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
    #: status as written, where a column of its own says it -> 'open', 'won', 'lost', 'deleted',
    #: or '' = as the deal's stage says
    statuses: dict[str, str] = field(default_factory=dict)
    #: currency as written ('US Dollar', '€') -> ISO code
    currencies: dict[str, str] = field(default_factory=dict)
    #: of deals that name none; '' = the company's
    currency: str = ""
    #: what one unit is worth in the company's currency, where no rates are loaded
    rates: dict[str, float] = field(default_factory=dict)
    #: 'dmy', 'mdy', 'ymd'; '' = as the values tell
    date_order: str = ""
    #: '.' or ','; '' = as the values tell
    decimal: str = ""
    #: the day on which the files were true; None = the date in the file's name, else today
    as_of: date | None = None
    #: a complete list: open deals that it lacks are gone
    is_full: bool = False
    #: file, as it is called -> a key of FILE_KINDS as a person said it, '' = leave it out
    kinds: dict[str, str] = field(default_factory=dict)
    #: row of a report without ids -> deal_id that it is, '' = a deal that is not known yet
    matches: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What the files are, and what is written in their deals.

    `stages`: stage, deals, amount (sum as written, in mixed currencies; None where amounts cannot be read
    yet). `categories`, `statuses`, `owners`, `currencies`: value, deals, amount.
    `matches`: row_key, name, account, created, amount, candidates (list of [deal_id, label, why]).
    """

    files: tuple[SeenFile, ...]
    choices: Choices
    stages: pd.DataFrame
    categories: pd.DataFrame
    statuses: pd.DataFrame
    owners: pd.DataFrame
    currencies: pd.DataFrame
    matches: pd.DataFrame
    #: a rule for every stage, also those of which nothing sure is known: shown filled in, not yet chosen
    suggested: dict[str, StageRule] = field(default_factory=dict)
    #: what a status that is not understood probably says
    suggested_statuses: dict[str, str] = field(default_factory=dict)
    #: what must be asked: 'dates' or 'decimals' -> the question, with an example both ways
    questions: dict[str, str] = field(default_factory=dict)
    #: name of the kept mapping that was found again, and the day it was saved; '' = all of it is guessed
    kept: str = ""
    kept_on: date | None = None
    #: stages that the kept mapping does not know
    new_stages: tuple[str, ...] = ()
    #: what the store can add up: the company's currency, and those with an exchange rate
    company_currency: str = "USD"
    with_rate: frozenset[str] = frozenset()
    #: whether the deals are read by the choices (a table), or by their own names (a Salesforce data export)
    is_mapped: bool = True


@dataclass(frozen=True)
class Open:
    """Something that must be decided before the files can be loaded, or should be."""

    #: 'columns', 'stages', 'statuses', 'categories', 'currencies', 'rates', 'dates', 'decimals', 'matches'
    #: or 'files'
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
