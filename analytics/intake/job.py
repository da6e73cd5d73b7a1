"""What all parts of one import share: where rows go, the company's zone, the date the files were true."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from analytics.intake.known import Known
from analytics.intake.periods import FiscalYears
from analytics.intake.raw import Probe, RawTable, load
from analytics.problems import BadInput
from analytics.store.staging import Staging


@dataclass(frozen=True)
class Formats:
    """What a mapping file says about how values are written; None = find out."""

    date_order: str | None = None
    decimal: str | None = None


@dataclass
class Job:
    """One import in the making."""

    staging: Staging
    work: Path
    time_zone: str
    as_of: dt.date | None
    partial: bool
    progress: Callable[[float, str], None]
    formats: Formats = field(default_factory=Formats)
    quarter_start_month: int = 1
    known: Known = field(default_factory=Known.none)
    #: when the files were true, to the second (a live source knows it); None = what the files tell
    taken_at: dt.datetime | None = None
    #: deal fields whose changes are recorded, also where the files happen to show none
    tracked: frozenset[str] = frozenset()
    #: a fiscal year is called after the calendar year it ends in ('end'), or starts in ('start')
    year_named_by: str = "end"
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The in-memory database that is filled."""
        return self.staging.con

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise BadInput(
                "unknown time zone", got=f"'{self.time_zone}'", expected="a name such as Europe/Berlin"
            ) from None
        self.con.execute("set variable zone = ?", [self.time_zone])

    def fresh(self, prefix: str) -> str:
        """A table name that is not taken."""
        return f"{prefix}_{next(self._numbers)}"

    @property
    def fiscal_years(self) -> FiscalYears:
        """When the company's fiscal years begin and what they are called."""
        return FiscalYears(self.quarter_start_month, self.year_named_by)

    def quarter_first_day(self, day: dt.date) -> dt.date:
        """The first day of the fiscal quarter in which a day lies."""
        months = day.year * 12 + day.month - 1 - (day.month - self.quarter_start_month) % 3
        return dt.date(months // 12, months % 12 + 1, 1)

    def quarter_start(self, day: str) -> str:
        """SQL for the first day of the fiscal quarter in which a day (SQL) lies."""
        later = (self.quarter_start_month - 1) % 3
        month = f"(date_trunc('month', {day}) - interval {later} month)"
        return f"(date_trunc('quarter', {month}) + interval {later} month)::date"

    def off_quarter(self, day: str) -> tuple[str, str]:
        """SQL for whether a day is not the first of a fiscal quarter, and for the reason to give."""
        following = f"({self.quarter_start(day)} + interval 3 month)::date"
        return (
            f"{day} <> {self.quarter_start(day)}",
            f"'expected the first day of a fiscal quarter, such as ' || {following} || ', the next one;"
            f" got ' || {day} || '; correct it, or the fiscal year in the settings'",
        )

    def note_quarters(self, file_no: int) -> None:
        """Remember that the fiscal calendar decides what a file says: in another one it is another import."""
        if later := (self.quarter_start_month - 1) % 3:
            self.staging.read_as(file_no, f"quarters from month {later + 1}")
        if self.quarter_start_month > 1 and self.year_named_by != "end":
            self.staging.read_as(file_no, f"years named by their {self.year_named_by}")

    def end_of(self, day: dt.date) -> dt.datetime:
        """The last second of a day of the company's time zone, in UTC without zone."""
        local = dt.datetime.combine(day, dt.time(23, 59, 59), ZoneInfo(self.time_zone))
        try:
            return local.astimezone(dt.UTC).replace(tzinfo=None)
        except OverflowError:
            raise BadInput("no list can be of this day", got=day.isoformat()) from None

    def now(self) -> dt.datetime:
        """Now, in UTC without zone."""
        return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)

    def note_day(self, file_no: int, taken_at: dt.datetime) -> None:
        """Remember the day of the company's zone that dates a file: on another day it is another import."""
        local = taken_at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(self.time_zone))
        self.staging.read_as(file_no, f"taken on {local:%Y-%m-%d}")

    def load(
        self, found: Probe, kind: str, columns: Iterable[int], text: frozenset[int] | None = None
    ) -> RawTable:
        """Load a file's columns (`text`: those that are read as text) and note the file as read."""
        table = self.noted(found, kind, columns, text)
        self.fill(table)
        return table

    def noted(
        self, found: Probe, kind: str, columns: Iterable[int], text: frozenset[int] | None = None
    ) -> RawTable:
        """Note a file as read; its table is still to be filled."""
        self.staging.notes.extend(found.notes)
        file_no = self.staging.add_file(found.label, kind, found.sha256, 0)
        return RawTable(found, self.fresh("raw"), file_no, columns=sorted(set(columns)), text=text)

    def fill(self, table: RawTable) -> None:
        """Load the rows of a file that was noted."""
        load(self.con, table.probe, table, self.work)
        self.con.execute(
            f"update staged_file set rows_read = (select count(*) from {table.name}) + ? where file_no = ?",
            [table.rejected, table.file_no],
        )

    def beside(self) -> Job:
        """The same job for another thread: with a connection of its own to what is filled."""
        other = copy.copy(self)
        other.staging = copy.copy(self.staging)
        other.staging.con = self.con.cursor()
        for (name,) in self.con.execute("select name from duckdb_variables()").fetchall():
            # duckdb_variables() has every value as text; the names are ours
            other.con.execute(f"set variable {name} = ?", [self.one(f"select getvariable('{name}')")])
        return other

    def one(self, sql: str, values: list[object] | None = None) -> object:
        """The first value of a query's first row."""
        rows = self.con.execute(sql, values or []).fetchall()
        return rows[0][0] if rows else None

    def count(self, sql: str, values: list[object] | None = None) -> int:
        """The number that a query returns."""
        value = self.one(sql, values)
        return int(value) if isinstance(value, (int, float)) else 0

    def note(self, text: str) -> None:
        """Tell the person something they can act on, once."""
        if text not in self.staging.notes:
            self.staging.notes.append(text)
