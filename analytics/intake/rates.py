"""Exchange rates: currency, day, rate. Which way round they are, the header says, or their size."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.intake.fields import Field, Typing, drop_duplicates, key, locate, reject_where
from analytics.intake.job import Job
from analytics.intake.labels import labels, rough_worth
from analytics.intake.meaning import currency_code, load_currencies
from analytics.intake.raw import Probe
from analytics.intake.values import to_utc
from analytics.problems import BadInput
from analytics.store.subjects import BEGINNING

_CURRENCY = Field("currency", required=True, labels=labels("lists", "currency"))
_DATE = Field("since", "date", required=True, labels=labels("lists", "rate_date"))
_PLAIN = {key(label) for label in labels("lists", "rate")}
_VALUE = re.compile(
    r"(?:exchange|fx)?rateto(?:company(?:currency)?|(?P<to>[a-z]{3}))|(?:value|worth|amount)?in(?P<in>[a-z]{3})"
    r"|valueincompanycurrency|(?P<of>[a-z]{3})per(?:unit|1)"
)
_UNITS = re.compile(
    r"(?:currency)?units?per(?:company(?:currency)?(?:unit)?|(?P<of>[a-z]{3}))|(?:currency|foreign)?per(?P<per>[a-z]{3})"
    r"|conversionrate|unitspercompanyunit"
)
_WORTH = rough_worth()
#: How far apart (as a logarithm) the two readings of the rates must be before size alone decides.
_CLEAR = 0.4
_NAME_IT = "Name the column 'Value in {base}' (what one unit is worth) or 'Units per {base}'."


@dataclass(frozen=True)
class _Reading:
    """What a header says of its rates. `is_value`: one unit in the base; False: units per one of the base."""

    column: int
    is_value: bool | None = None
    base: str = ""


def _reading(header: Sequence[str], taken: set[int]) -> _Reading | None:
    """The column of the rates and what its header says."""
    plain = None
    for place, label in enumerate(header):
        if place in taken:
            continue
        name = key(label)
        for pattern, is_value in ((_VALUE, True), (_UNITS, False)):
            if match := pattern.fullmatch(name):
                code = next((part for part in match.groupdict().values() if part), "").upper()
                if not code or code in _WORTH:
                    return _Reading(place, is_value, code)
        if plain is None and name in _PLAIN:
            plain = _Reading(place)
    return plain


def is_rates(header: Sequence[str]) -> bool:
    """Whether a file lists exchange rates."""
    found = locate(header, (_CURRENCY, _DATE))
    if "currency" not in found or {key(label) for label in header} & {"stage", "dealid", "opportunityid"}:
        return False
    return _reading(header, set(found.values())) is not None


def stage_rates(job: Job, probes: Sequence[Probe]) -> None:
    """Stage rates, each from the beginning of its day on; without days they hold since always."""
    load_currencies(job)
    for found in probes:
        columns = locate(found.header, (_CURRENCY, _DATE))
        reading = _reading(found.header, set(columns.values()))
        if "currency" not in columns or reading is None:
            raise BadInput(
                f"the column of the {'rate' if 'currency' in columns else 'currency'} is missing",
                where=found.label,
                expected="currency, date (of the rate's first day) and rate",
                got=", ".join(found.header[:25]),
                to_do="Rename or add the column.",
            )
        table = _read(job, found, columns | {"rate": reading.column})
        base = _base(job, found, table, reading)
        if not _is_value(job, found, table, reading, base):
            job.con.execute(f"update {table} set rate = 1 / rate")
        _stage(job, table, found, "since" in columns)
        _set_currency(job, table, base, is_told=bool(reading.base) or _at_par(job, table) == base)


def _read(job: Job, found: Probe, columns: dict[str, int]) -> str:
    """The typed rates: currency, since (NULL without the column), rate."""
    fields = [_CURRENCY, Field("since", "date", "since" in columns), Field("rate", "number", True)]
    raw = job.load(found, "rates", list(columns.values()))
    if "since" not in columns:
        job.note_day(raw.file_no, job.end_of(job.as_of) if job.as_of else job.now())
    typing = Typing(job, raw, fields, columns)
    typing.decide(set())
    table = typing.read()
    job.con.execute(f"update {table} set currency = {currency_code('currency')}")
    label = found.header[columns["currency"]]
    reject_where(
        job,
        table,
        "not regexp_full_match(currency, '[A-Z]{3}')",
        label,
        "currency",
        "'expected a currency''s code such as EUR, got ''' || left(currency, 60) || '''; correct it'",
    )
    label = found.header[columns["rate"]]
    reject_where(
        job, table, "rate <= 0", label, "rate", "'expected a rate above 0, got ' || rate || '; correct it'"
    )
    drop_duplicates(job, table, ["currency", "since"], ["rate"], "line desc", "currency and day")
    return table


def _at_par(job: Job, table: str) -> str:
    """The one currency whose rates are all 1; '' if there is none or more than one."""
    rows = job.con.execute(
        f"select currency from {table} group by 1 having min(rate) = 1 and max(rate) = 1"
    ).fetchall()
    return str(rows[0][0]) if len(rows) == 1 else ""


def _base(job: Job, found: Probe, table: str, reading: _Reading) -> str:
    """The currency that the rates are to: as the header says, else the one at 1, else the company's."""
    told, company = reading.base or _at_par(job, table), job.known.currency
    if told and company and told != company:
        raise BadInput(
            f"these rates are to {told}, and the company's currency is {company}",
            where=found.label,
            expected=f"rates to {company}",
            to_do=f"Give rates to {company}, or change the setting company_currency.",
        )
    return told or company or "USD"


def _is_value(job: Job, found: Probe, table: str, reading: _Reading, base: str) -> bool:
    """Whether a rate is what one unit is worth: as the header says, if the sizes do not say otherwise."""
    by_size, example = _by_size(job, found, table, base)
    if reading.is_value is None and by_size is None:
        if not example:
            return True  # every rate is 1
        raise BadInput(
            "which way round the rates are cannot be told from the header, nor from their size",
            where=found.label,
            got=example,
            expected=f"what one unit is worth in {base}, or how many units one {base} is worth",
            to_do=_NAME_IT.format(base=base),
        )
    if reading.is_value is not None and by_size is not None and reading.is_value != by_size:
        raise BadInput(
            "the rates look as if they were the other way round than their header says",
            where=f"{found.label} (column '{found.header[reading.column]}')",
            got=example,
            to_do=_NAME_IT.format(base=base),
        )
    if reading.is_value is None and by_size is not None:
        what = f"what one unit is worth in {base}" if by_size else f"how many units one {base} is worth"
        job.note(f"{found.label}: the rates were read as {what}, by their size ({example}).")
    return by_size if reading.is_value is None and by_size is not None else bool(reading.is_value)


def _by_size(job: Job, found: Probe, table: str, base: str) -> tuple[bool | None, str]:
    """Which way round the rates are by their size (None: cannot be told), and the row that says it best."""
    rows = job.con.execute(
        f"select currency, median(rate) from {table} where currency <> ? and rate <> 1 group by 1 order by 1",
        [base],
    ).fetchall()
    says = {}
    for currency, rate in rows:
        if currency in _WORTH and base in _WORTH:
            likely = math.log(_WORTH[currency] / _WORTH[base])
            says[f"{currency} {rate:g}"] = abs(math.log(rate) + likely) - abs(math.log(rate) - likely)
    clear = {text: value for text, value in says.items() if abs(value) >= _CLEAR}
    if not clear:
        return None, ", ".join(says or [f"{currency} {rate:g}" for currency, rate in rows][:3])
    for_value = [text for text, value in clear.items() if value > 0]
    for_units = [text for text, value in clear.items() if value < 0]
    if for_value and for_units:
        raise BadInput(
            "some rates are the other way round than others",
            where=found.label,
            got=f"{for_value[0]} (what one unit is worth in {base}) and {for_units[0]} (units per {base})",
            to_do="Give all rates the same way round.",
        )
    return bool(for_value), max(clear, key=lambda text: abs(clear[text]))


def _stage(job: Job, table: str, found: Probe, is_dated: bool) -> None:
    """Into the subject: with days each from its day on, the first also before it; else since always."""
    target = "insert into currency_rate (currency, rate, valid_at, file_no, line, seq, is_opening)"
    if not is_dated:
        job.con.execute(
            f"{target} select currency, rate, v.since, file_no, line, line, v.opening from {table}"
            f" cross join (values (timestamp '{BEGINNING}', true), (?::timestamp, false)) v(since, opening)",
            [job.end_of(job.as_of) if job.as_of else job.now()],
        )
        return
    job.con.execute(
        f"{target} select currency, rate, {to_utc('since::timestamp', job.time_zone)}, file_no, line, line,"
        f" false from {table}"
    )
    job.con.execute(
        f"{target} select currency, arg_min(rate, since), timestamp '{BEGINNING}', any_value(file_no),"
        f" arg_min(line, since), 0, true from {table} group by currency"
    )
    if first := job.one(f"select min(since)::varchar from {table}"):
        job.note(
            f"{found.label}: before {first}, the first day with rates, each currency's first rate counts."
        )


def _set_currency(job: Job, table: str, base: str, *, is_told: bool) -> None:
    """Rates that say what they are to name the company's currency, where it was never set."""
    if is_told and not job.known.currency:
        job.con.execute(
            "insert into setting (key, value, valid_at, file_no, line, seq, is_opening)"
            f" select 'company_currency', ?, timestamp '{BEGINNING}', min(file_no), min(line), 0, true"
            f" from {table} having count(*) > 0",
            [base],
        )
