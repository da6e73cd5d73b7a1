"""The mapping file: a TOML file that says which column of someone's table is what."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analytics.intake.job import Formats
from analytics.intake.sniff import ReadOptions
from analytics.intake.values import date_order
from analytics.problems import BadInput
from analytics.store.subjects import CATEGORIES

_SECTIONS = {
    "table",
    "columns",
    "stages",
    "categories",
    "values",
    "owners",
    "lookups",
    "history",
    "matches",
    "salesforce",
    "hubspot",
}
_TABLE_KEYS = {
    *("name", "files", "date_format", "decimal", "delimiter", "encoding", "as_of", "full", "sheet"),
    *("currency", "not_needed", "id_prefix", "as_of_column"),
}
_SALESFORCE_KEYS = {"amount", "created", "close_date", "date_format", "decimal", "delimiter", "encoding"}
_HUBSPOT_KEYS = {"amount", "date_format", "decimal", "delimiter", "encoding"}
COLUMNS = (
    *("deal_id", "name", "account_name", "account_id", "owner", "stage", "amount", "close_date", "created"),
    *("closed", "forecast_category", "probability", "next_step", "last_activity", "currency", "status"),
    *("type", "lead_source", "pipeline", "won_amount", "won_on", "lost_on", "archived", "archived_on"),
)
_OWNER_KEYS = {"file", "name", "manager", "team", "region", "title"}
_MOST_ORDER = 1_000_000
_REFERENCE = "See docs/import.md for what a mapping file may say."


@dataclass(frozen=True)
class StageRule:
    """What a stage name means."""

    name: str
    probability: float | None = None
    category: str | None = None
    closed: bool = False
    won: bool = False
    order: int = 0


@dataclass(frozen=True)
class Lookup:
    """A second file whose rows complete the deals."""

    file: str
    deal_column: str
    file_column: str
    amount: str


@dataclass(frozen=True)
class Owners:
    """The file that says who reports to whom."""

    file: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Mapping:
    """A mapping file, checked."""

    path: Path | None = None
    name: str = "import"
    files: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    stages: dict[str, StageRule] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    owners: Owners | None = None
    lookups: tuple[Lookup, ...] = ()
    from_dates: bool = True
    as_of: date | None = None
    #: the column with the day on which each row was true, for a table of several snapshots
    as_of_column: str | None = None
    full: bool = False
    currency: str | None = None
    id_prefix: str = ""
    not_needed: tuple[str, ...] = ()
    #: row key of a list without ids (analytics.intake.matching) -> the deal it is; None = a new one
    matches: dict[str, str | None] = field(default_factory=dict)
    salesforce: dict[str, str] = field(default_factory=dict)
    hubspot: dict[str, str] = field(default_factory=dict)
    #: what a CRM's own reader adds: under which source its deals are kept; '' = any table
    source: str = ""
    #: our field -> the CRM's labels of it; columns that `columns` does not name are found by them
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: labels of an amount that is in the company's currency, whatever the deal's
    base_amounts: tuple[str, ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)
    formats: Formats = field(default_factory=Formats)

    @property
    def is_for_table(self) -> bool:
        """Whether it describes a table of deals (and not only how a Salesforce export is to be read)."""
        return bool(self.columns)


def read_mapping(path: Path | None) -> Mapping:
    """Read and check a mapping file; none means that everything is found out."""
    if path is None:
        return Mapping()
    try:
        return mapping_of(path.read_text("utf-8-sig"), path)
    except OSError as error:
        raise BadInput(
            f"the mapping file cannot be read ({error.strerror})", where=str(path), to_do="Check the path."
        ) from None
    except UnicodeDecodeError as error:
        raise BadInput(
            "the mapping file is not valid TOML", where=str(path), got=str(error), to_do=_REFERENCE
        ) from None


def mapping_of(text: str, where: Path) -> Mapping:
    """Check a mapping's text; `where` is what messages call it, and names the table that has no name."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, 1,000 lists in each other
        raise BadInput(
            "the mapping file is not valid TOML", where=str(where), got=str(error)[:120], to_do=_REFERENCE
        ) from None
    return _Reader(where, raw).mapping()


class _Reader:
    """Checks a mapping file, section by section."""

    def __init__(self, path: Path, raw: dict[str, Any]) -> None:
        self.path, self.raw = path, raw

    def bad(self, what: str, expected: str = "", got: str = "") -> BadInput:
        """A message about this mapping file."""
        return BadInput(what, where=str(self.path), expected=expected, got=got, to_do=_REFERENCE)

    def section(self, name: str, allowed: set[str] | None = None) -> dict[str, Any]:
        """A section; unknown keys are refused, because a misspelt one would silently do nothing."""
        found = self.raw.get(name, {})
        if not isinstance(found, dict):
            raise self.bad(f"[{name}] is not a section", expected=f"lines below [{name}]")
        if allowed is not None and (unknown := sorted(set(found) - allowed)):
            raise self.bad(f"[{name}] does not know '{unknown[0]}'", expected=", ".join(sorted(allowed)))
        return found

    def text(self, section: MappingType[str, Any], name: str) -> str | None:
        """A text of a section, or None."""
        value = section.get(name)
        if value is None or isinstance(value, str):
            return value or None
        raise self.bad(f"'{name}' is not a text", expected=f'{name} = "..."', got=str(value))

    def mapping(self) -> Mapping:
        """The whole file."""
        if unknown := sorted(set(self.raw) - _SECTIONS):
            raise self.bad(f"unknown section [{unknown[0]}]", expected=", ".join(sorted(_SECTIONS)))
        table = self.section("table", _TABLE_KEYS)
        salesforce = self.section("salesforce", _SALESFORCE_KEYS)
        hubspot = self.section("hubspot", _HUBSPOT_KEYS)
        how = {**table, **salesforce, **hubspot}
        columns = {k: self._column(k, v) for k, v in self.section("columns", set(COLUMNS)).items()}
        if table and not columns:
            raise self.bad("there is no [columns] section", expected="at least deal_id and stage or closed")
        return Mapping(
            path=self.path,
            name=self.text(table, "name") or self.path.stem,
            files=self.text(table, "files"),
            columns=columns,
            stages=self._stages(),
            categories=self._categories(),
            values=self._values(),
            owners=self._owners(),
            lookups=self._lookups(),
            from_dates=bool(self.section("history", {"from_dates"}).get("from_dates", True)),
            as_of=self._as_of(table),
            as_of_column=self.text(table, "as_of_column"),
            full=bool(table.get("full", False)),
            currency=self.text(table, "currency"),
            id_prefix=self.text(table, "id_prefix") or "",
            not_needed=self._names(table),
            matches=self._matches(),
            salesforce={k: v for k, v in salesforce.items() if k in {"amount", "created", "close_date"}},
            hubspot={k: v for k, v in hubspot.items() if k == "amount"},
            options=ReadOptions(
                self.text(how, "encoding"), self.text(how, "delimiter"), self.text(table, "sheet")
            ),
            formats=self._formats(how),
        )

    def _column(self, name: str, value: object) -> str:
        if isinstance(value, str) and value:
            return value
        raise self.bad(
            f"[columns] {name} does not name a column", expected=f'{name} = "Header of the column"'
        )

    def _names(self, table: MappingType[str, Any]) -> tuple[str, ...]:
        found = table.get("not_needed", [])
        if isinstance(found, list) and all(isinstance(name, str) for name in found):
            return tuple(found)
        raise self.bad("'not_needed' is not a list of file names", expected='not_needed = ["file.csv"]')

    def _formats(self, how: MappingType[str, Any]) -> Formats:
        given, decimal = self.text(how, "date_format"), self.text(how, "decimal")
        order = date_order(given) if given else None
        if given and not order:
            raise self.bad(
                "date_format is not understood",
                expected="dmy, mdy, ymd or one such as DD-MM-YY",
                got=f"'{given}'",
            )
        if decimal not in (None, ".", ","):
            raise self.bad("decimal is not understood", expected="'.' or ','", got=f"'{decimal}'")
        return Formats(order, decimal)

    def _as_of(self, table: MappingType[str, Any]) -> date | None:
        value = table.get("as_of")
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.bad(
                "as_of is not a date", expected="a date such as 2024-03-31", got=f"'{value}'"
            ) from None

    def _stages(self) -> dict[str, StageRule]:
        found = {}
        for number, (name, rule) in enumerate(self.section("stages").items()):
            if not isinstance(rule, dict):
                raise self.bad(f"[stages] '{name}' is not a section", expected=f'[stages."{name}"]')
            if unknown := sorted(set(rule) - {"probability", "category", "closed", "won", "order"}):
                raise self.bad(f"[stages.\"{name}\"] does not know '{unknown[0]}'")
            found[name] = self._stage(name, rule, number + 1)
        return found

    def _stage(self, name: str, rule: MappingType[str, Any], number: int) -> StageRule:
        probability = rule.get("probability")
        if probability is not None:
            if (
                isinstance(probability, bool)
                or not isinstance(probability, (int, float))
                or not 0 <= probability <= 100
            ):
                raise self.bad(
                    f"the probability of stage '{name}' is none", expected="0 to 1", got=str(probability)
                )
            probability = probability / 100 if probability > 1 else float(probability)
        won = bool(rule.get("won", False))
        category = self._category(self.text(rule, "category"), f"stage '{name}'")
        order = rule.get("order", number)
        if not isinstance(order, int) or abs(order) > _MOST_ORDER:
            raise self.bad(f"the order of stage '{name}' is none", expected="a whole number", got=str(order))
        return StageRule(name, probability, category, bool(rule.get("closed", won)), won, int(order))

    def _category(self, value: str | None, what: str) -> str | None:
        if value is None or value in CATEGORIES:
            return value
        raise self.bad(f"the category of {what} is unknown", expected=", ".join(CATEGORIES), got=f"'{value}'")

    def _categories(self) -> dict[str, str]:
        section = self.section("categories")
        found = {name: self._category(self.text(section, name), f"'{name}'") for name in section}
        return {name: category for name, category in found.items() if category}

    def _values(self) -> dict[str, dict[str, str]]:
        found = {}
        for name, fixes in self.section("values").items():
            if not isinstance(fixes, dict) or not all(isinstance(fix, str) for fix in fixes.values()):
                raise self.bad(
                    f"[values.{name}] is not a list of corrections", expected='"as written" = "as meant"'
                )
            found[name] = dict(fixes)
        return found

    def _matches(self) -> dict[str, str | None]:
        section = self.section("matches")
        told = {name: self.text(section, name) for name in section}
        return {name: None if deal in (None, "new") else deal for name, deal in told.items()}

    def _owners(self) -> Owners | None:
        section = self.section("owners", _OWNER_KEYS)
        if not section:
            return None
        file, name = self.text(section, "file"), self.text(section, "name")
        if not file or not name:
            raise self.bad(
                "[owners] lacks its file or the column of the name", expected='file = "...", name = "..."'
            )
        columns = {key: text for key in section if key != "file" and (text := self.text(section, key))}
        return Owners(file, columns)

    def _lookups(self) -> tuple[Lookup, ...]:
        found = []
        for name, rule in self.section("lookups").items():
            rule = rule if isinstance(rule, dict) else {}
            file, deal, amount = (self.text(rule, part) for part in ("file", "key", "amount"))
            if not file or not deal or not amount:
                raise self.bad(f"[lookups.{name}] lacks file, key or amount")
            found.append(Lookup(file, deal, self.text(rule, "file_key") or deal, amount))
        if len(found) > 1:
            raise self.bad("more than one lookup gives an amount", expected="one [lookups.NAME]")
        return tuple(found)
