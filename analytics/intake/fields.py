"""Typed rows from a raw table: formats decided per column, rows that cannot be read kept as rejects."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from analytics.intake import values
from analytics.intake.job import Job
from analytics.intake.raw import RawTable
from analytics.intake.values import DATES, NUMBERS, Evidence
from analytics.problems import BadInput

_TYPES = {
    "text": "varchar",
    "amount": "decimal(18, 2)",
    "share": "double",
    "percent": "double",
    "number": "double",
    "date": "date",
    "moment": "timestamp",
    "moment_end": "timestamp",
    "flag": "boolean",
}

#: The fields that may hold a Salesforce id: one of 15 characters becomes the one of 18.
IDS = {
    *("deal_id", "account_id", "contact_id", "owner_id", "person_id", "manager_id", "owner"),
    *("old_owner_id", "new_owner_id"),
}


@dataclass(frozen=True)
class Field:
    """A column we want: our name for it, what it holds, whether a row is useless without it."""

    name: str
    kind: str = "text"
    required: bool = False
    labels: tuple[str, ...] = ()

    @property
    def number_kind(self) -> str:
        """The kind under which its numbers are read."""
        return "share" if self.kind == "percent" else self.kind


@lru_cache(maxsize=10_000)
def key(label: str) -> str:
    """A header cell for comparison: lower case, without accents, letters and digits of any script only."""
    plain = unicodedata.normalize("NFKD", label).casefold()
    plain = unicodedata.normalize("NFC", "".join(sign for sign in plain if not _is_accent(sign)))
    return "".join(sign for sign in plain if sign.isalnum()) or plain.strip()


def _is_accent(sign: str) -> bool:
    """Whether it is a Latin or Greek letter's accent; what changes a letter of another script is kept."""
    return "\u0300" <= sign <= "\u036f"


def locate(header: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """Which column holds which field; labels are tried in their order, a column serves one field."""
    places = {key(label): number for number, label in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for wanted in fields:
        for label in wanted.labels or (wanted.name,):
            if (number := places.get(key(label))) is not None and number not in found.values():
                found[wanted.name] = number
                break
    return found


def compared(fields: Sequence[Field], columns: Mapping[str, int]) -> frozenset[int]:
    """The columns whose cells are compared as they stand, so that loading takes blanks at their ends off."""
    return frozenset(columns[f.name] for f in fields if f.kind in ("text", "flag") and f.name in columns)


@dataclass
class Typing:
    """A raw table about to be typed: its fields, where they are, and what their values tell."""

    job: Job
    raw: RawTable
    fields: Sequence[Field]
    columns: Mapping[str, int]
    evidence: dict[str, Evidence] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for wanted in self.fields:
            number = self.columns.get(wanted.name)
            if number is None:
                continue
            if wanted.kind in DATES:
                self.evidence[wanted.name] = values.date_evidence(self.job.con, self.raw.name, f"c{number}")
            elif wanted.number_kind in NUMBERS:
                self.evidence[wanted.name] = values.number_evidence(self.job.con, self.raw.name, f"c{number}")

    def _label(self, name: str) -> str:
        """The column's own label."""
        return self.labels.get(name) or self.raw.probe.header[self.columns[name]]

    def _where(self, name: str) -> str:
        return f"{self.raw.probe.label} (column '{self._label(name)}')"

    # --- deciding formats ---

    def proven_orders(self) -> set[str]:
        """The date orders that this file's columns prove."""
        found = (
            self._proven(self.evidence[f.name])
            for f in self.fields
            if f.kind in DATES and f.name in self.evidence
        )
        return {order for order in found if order}

    @staticmethod
    def _proven(evidence: Evidence) -> str | None:
        return next(iter(evidence.votes)) if len(evidence.votes) == 1 else evidence.majority or None

    def decide(self, siblings: set[str]) -> None:
        """Settle how each column is written, or ask. `siblings`: orders proven elsewhere in the export."""
        own = self.proven_orders()
        for wanted in self.fields:
            evidence = self.evidence.get(wanted.name)
            if evidence is None or evidence.is_simple:
                continue
            if wanted.kind in DATES:
                self.orders[wanted.name] = self._order(wanted.name, evidence, own, siblings)
            else:
                self.decimals[wanted.name] = self._decimal(wanted, evidence)

    def _order(self, name: str, evidence: Evidence, own: set[str], siblings: set[str]) -> str:
        if self.job.formats.date_order:
            return self.job.formats.date_order
        if proven := self._proven(evidence):
            return proven
        if evidence.votes:
            raise BadInput(
                "the dates in this column are written in different orders of day and month",
                where=self._where(name),
                to_do="Export them in one format, or say which one holds in a mapping file:"
                ' date_format = "dmy" (or "mdy"); rows that do not fit it are then rejected.',
            )
        if not evidence.undecided:
            return "mdy"  # every reading is the same
        for known in (own, siblings):
            if len(known) == 1:
                return next(iter(known))
        raise _ask_order(self._where(name), evidence.undecided)

    def _decimal(self, wanted: Field, evidence: Evidence) -> str:
        if self.job.formats.decimal:
            return self.job.formats.decimal
        if len(evidence.votes) == 1:
            return next(iter(evidence.votes))
        examples = evidence.undecided.split("\n") if evidence.undecided else []
        if not examples:
            return "."  # every reading is the same
        separators = {"." if "." in example else "," for example in examples}
        if len(separators) == 1 and not evidence.votes:
            separator = next(iter(separators))
            if wanted.number_kind != "amount":
                return separator
            others = {sign for e in self.evidence.values() if e.votes <= {".", ","} for sign in e.votes}
            if len(others) == 1:
                return next(iter(others))
            # money is written with two decimals: three digits are a group, where the separator fits the file
            if (separator == ",") != (self.raw.probe.delimiter == ";"):
                return "." if separator == "," else ","
        raise _ask_decimal(self._where(wanted.name), examples)

    # --- reading ---

    def read(self, *, deals: str | None = None) -> str:
        """Create the typed table; rows with cells that cannot be read are moved to the rejects.

        `deals`: SQL for the deal that a row of a list of deals names, be the row rejected or not.
        """
        out = self.job.fresh("typed")
        located = [wanted for wanted in self.fields if wanted.name in self.columns]
        selected = [f"{self._value(wanted)} as {wanted.name}" for wanted in self.fields]
        selected += [
            f"{self._currency(wanted)} as {wanted.name}_currency"
            for wanted in self.fields
            if wanted.kind == "amount"
        ]
        checks = [
            f"(case when {self._is_bad(wanted)} then {1 << place} else 0 end)"
            for place, wanted in enumerate(self.fields)
            if wanted.name in self.columns
        ]
        names = ", ".join(
            [self._read_value(w) + f" as {w.name}" for w in self.fields]
            + [f"{w.name}_currency" for w in self.fields if w.kind == "amount"]
        )
        kept = ", ".join(dict.fromkeys(f"c{self.columns[w.name]}" for w in located))
        self.job.con.execute(
            f"create table {out} as select {self.raw.file_no} as file_no, line, {names},"
            f" ({' + '.join(checks)})::bigint as bad"
            f" from (select line, {kept}, {', '.join(selected)}"
            f" from {self._prepared(located)})"
        )
        if deals:
            self.job.con.execute(f"insert into named_deal select distinct {deals} from {out}")
            if self.raw.rejected:  # cells of such rows may have moved, the id among them
                self.job.con.execute("insert into named_deal values (null)")
        self._move_rejects(out)
        return out

    def _cell(self, wanted: Field) -> str:
        """SQL for a field's cell; what is not read in the short way is rid of blanks at its end."""
        column = f"c{self.columns[wanted.name]}"
        is_long = wanted.name in self.orders or wanted.name in self.decimals
        return values.trimmed(column) if is_long else column

    def _prepared(self, located: Sequence[Field]) -> str:
        """The raw table with the parts of values, each taken apart once, in a subquery."""
        cells = {wanted.name: self._cell(wanted) for wanted in located}
        first = [f"{values.date_parts(cells[name])} as p_{name}" for name in self.orders]
        first += [f"{values.digits(cells[name])} as d_{name}" for name in self.decimals]
        days = [
            f"{values.written_day(f'p_{name}', order)} as w_{name}" for name, order in self.orders.items()
        ]
        times = [f"{values.local(cells[name], f'p_{name}', f'w_{name}')} as l_{name}" for name in self.orders]
        relation = self.raw.name
        for parts in (first, days, times):
            if parts:
                relation = f"(select *, {', '.join(parts)} from {relation})"
        return relation

    def _value(self, wanted: Field) -> str:
        """SQL for a field's value."""
        if wanted.name not in self.columns:
            return f"cast(null as {_TYPES[wanted.kind]})"
        column, zone = self._cell(wanted), self.job.time_zone
        if wanted.kind in DATES:
            return self._date_value(wanted, column, zone)
        if wanted.kind == "flag":
            return values.flag(column)
        if wanted.kind == "text":
            return values.whole_id(column) if wanted.name in IDS else column
        kind = wanted.number_kind
        number = (
            values.number(column, f"d_{wanted.name}", self.decimals[wanted.name], kind)
            if wanted.name in self.decimals
            else values.simple_number(column, kind)
        )
        return self._share(wanted, column, number) if kind == "share" else number

    def _date_value(self, wanted: Field, column: str, zone: str) -> str:
        end = wanted.kind == "moment_end"
        order = self.orders.get(wanted.name)
        if wanted.kind == "date":
            return (
                values.day(f"p_{wanted.name}", f"l_{wanted.name}", zone)
                if order
                else values.simple_date(column, zone)
            )
        if order:
            return values.moment(column, f"p_{wanted.name}", f"l_{wanted.name}", zone, end=end)
        return values.simple_moment(column, zone, end=end)

    def _share(self, wanted: Field, column: str, number: str) -> str:
        """SQL for a probability as a part of 1: a column with values above 1 or % signs is in percent."""
        is_percent = wanted.kind == "percent" or self.job.count(
            f"select count(*) from {self.raw.name} where contains({column}, '%')"
            f" or try_cast(replace({column}, ',', '.') as double) > 1"
        )
        part = f"({number}) / 100" if is_percent else number
        return f"(case when ({part}) between 0 and 1 then ({part}) end)"

    def _read_value(self, wanted: Field) -> str:
        """SQL for a value that was read."""
        is_date = wanted.kind in DATES and wanted.name in self.columns
        return values.existing(wanted.name) if is_date else wanted.name

    def _currency(self, wanted: Field) -> str:
        """SQL for the currency in an amount's text."""
        if wanted.name not in self.decimals:
            return "cast(null as varchar)"
        return values.currency(self._cell(wanted))

    def _is_bad(self, wanted: Field) -> str:
        """SQL: whether the row cannot be used because of this field."""
        column = self._cell(wanted)
        if wanted.required:
            return f"{self._read_value(wanted)} is null"
        if wanted.kind == "text":
            return "false"
        return f"{self._read_value(wanted)} is null and {values.cell(column)} is not null"

    def _move_rejects(self, out: str) -> None:
        """Keep what could not be read, one entry per bad cell, and take those rows out."""
        if not self.job.count(f"select count(*) from {out} where bad <> 0"):
            return
        for place, wanted in enumerate(self.fields):
            if wanted.name not in self.columns:
                continue
            expected = values.EXPECTED["share" if wanted.kind == "percent" else wanted.kind]
            self.job.con.execute(
                "insert into staged_reject select t.file_no, t.line, ?,"
                f" coalesce(left(r.c{self.columns[wanted.name]}, 500), ''),"
                f" 'expected ' || ? || ', got ' || coalesce('''' || left(r.c{self.columns[wanted.name]},"
                " 60) || '''', 'an empty cell')"
                " || '; correct the cell and import the file again'"
                f" from {out} t join {self.raw.name} r using (line) where t.bad & {1 << place} <> 0 order"
                " by line",
                [self._label(wanted.name), expected],
            )
        self.job.con.execute(f"delete from {out} where bad <> 0")


def reject_where(job: Job, table: str, condition: str, column: str, value: str, reason: str) -> int:
    """Move the rows for which the SQL `condition` holds to the rejects; `value` and `reason` are SQL too."""
    count = job.count(f"select count(*) from {table} where {condition}")
    if count:
        job.con.execute(
            f"insert into staged_reject select file_no, line, ?, left(coalesce(({value})::varchar, ''),"
            f" 500), {reason}"
            f" from {table} where {condition} order by file_no, line",
            [column],
        )
        job.con.execute(f"delete from {table} where {condition}")
    return count


def drop_duplicates(
    job: Job, table: str, keys: Sequence[str], same: Sequence[str], newest: str, what: str
) -> None:
    """Of rows with the same key keep the newest; equal others are unchanged, contradicting ones rejected."""
    by = ", ".join(keys)
    if not job.count(f"select count(*) - count(distinct ({by})) from {table}"):
        return
    ranked = job.fresh("ranked")
    differs = " or ".join(f"r.{name} is distinct from k.{name}" for name in same) or "false"
    job.con.execute(
        f"create table {ranked} as with n as (select *, row_number() over (partition by {by}"
        f" order by {newest}, file_no desc, line desc) as place from {table})"
        f" select r.file_no, r.line, {', '.join(f'r.{name}' for name in keys)}, ({differs}) as differs,"
        " k.line || case when k.file_no <> r.file_no then ' of ' || f.file else '' end as kept_line"
        f" from n r join n k on {' and '.join(f'r.{name} is not distinct from k.{name}' for name in keys)}"
        " and k.place = 1 left join staged_file f on f.file_no = k.file_no where r.place > 1"
    )
    job.con.execute(
        f"insert into staged_reject select file_no, line, ?, left({keys[0]}, 500), 'line ' || kept_line"
        " || ' has the same ' || ?"
        f" || ' with other values and is newer, so that one was kept; remove one of the two'"
        f" from {ranked} where differs order by file_no, line",
        [what, what],
    )
    # A line may say several things (a target for each quarter): equal to another in one, it keeps the rest.
    same_key = " and ".join(f"t.{name} is not distinct from r.{name}" for name in keys)
    job.con.execute(
        f"delete from {table} t using {ranked} r"
        f" where t.file_no = r.file_no and t.line = r.line and (r.differs or {same_key})"
    )


def _ask_order(where: str, example: str) -> BadInput:
    """The question which number is the day."""
    parts = re.match(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})", example)
    readings = ""
    if parts:
        first, second, year = (int(part) for part in parts.groups())
        year += 0 if year > 99 else 2000
        names = [dt.date(year, m, d).strftime("%-d %B %Y") for d, m in ((first, second), (second, first))]
        readings = f"'{example}' is {names[0]} (dmy) or {names[1]} (mdy)"
    return BadInput(
        "the order of day and month cannot be told from the values",
        where=where,
        got=readings or f"'{example}'",
        to_do='Say it in a mapping file: date_format = "dmy" or "mdy" (docs/import.md).',
    )


def _ask_decimal(where: str, examples: Sequence[str]) -> BadInput:
    """The question which sign is the decimal one."""
    example = examples[0]
    separator = "." if "." in example else ","
    whole, part = example.replace(separator, ""), example.replace(separator, ".")
    return BadInput(
        "whether '.' or ',' is the decimal sign cannot be told from the values",
        where=where,
        got=f"'{example}' is {whole} or {part}",
        to_do='Say it in a mapping file: decimal = "." or "," (docs/import.md).',
    )
