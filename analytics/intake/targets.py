"""Targets (quotas): a row per owner and quarter or month, or a row per owner with a column for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analytics.intake.fields import Field, Typing, drop_duplicates, key, locate, reject_where
from analytics.intake.job import Job
from analytics.intake.labels import labels, words
from analytics.intake.meaning import currency_code, load_currencies
from analytics.intake.periods import FiscalYears, Period, period_of, periods_of
from analytics.intake.raw import Probe, RawTable
from analytics.problems import BadInput
from analytics.store.subjects import BEGINNING

_OWNER = Field("owner_id", labels=labels("lists", "owner"))
_CURRENCY = Field("currency", labels=labels("lists", "currency"))
_PERIOD = Field("period", required=True, labels=labels("lists", "period"))
_AMOUNT = Field("amount", "amount", required=True, labels=labels("lists", "target"))
TARGETS = (_OWNER, _PERIOD, _AMOUNT, _CURRENCY)
_UNION = " union all by name "
_MONTH_LABELS = {"month", "monat", "mois", "mes", "mese", "maand"}


def is_targets(header: Sequence[str]) -> bool:
    """Whether a file lists targets: a period and an amount in each row, or a column for each period."""
    found = locate(header, TARGETS)
    owned = ("quarter_start", "quarter", "Fiscal Quarter", "Quartal", "Trimestre", "Kwartaal")
    if {"period", "amount"} <= set(found) and key(header[found["period"]]) in {key(label) for label in owned}:
        return True
    named = {"period", "amount", "owner_id"} <= set(found) and not _says_deal(header)
    is_quota = named and key(header[found["amount"]]) not in {
        "amount",
        "betrag",
        "montant",
        "importe",
        "valor",
    }
    return is_quota or _wide(header, FiscalYears()) is not None


def _says_deal(header: Sequence[str]) -> bool:
    return bool({key(label) for label in header} & {"stage", "dealid", "opportunityid", "status", "rate"})


def _wide(header: Sequence[str], years: FiscalYears) -> dict[int, Period] | None:
    """The columns of quarters and months, if that is what the table is about."""
    periods = periods_of(header, years)
    if not periods or _says_deal(header):
        return None
    found = locate(header, (_OWNER, _CURRENCY))
    has_owner = "owner_id" in found or not header[0] or len(periods) == len(header)
    return periods if has_owner and len(periods) >= 2 else None


def stage_targets(job: Job, probes: Sequence[Probe]) -> None:
    """Stage targets: known since always at first, and from the import's day on when they change."""
    known_from = job.end_of(job.as_of) if job.as_of else job.now()
    load_currencies(job)
    parts = []
    for found in probes:
        periods = _wide(found.header, job.fiscal_years)
        table = _read_wide(job, found, periods, known_from) if periods else _read_long(job, found, known_from)
        _name_owners(job, table, found)
        parts.append(f"select * from {table}")
    if not parts:
        return
    table, same = job.fresh("all_targets"), ["amount", "currency"]
    start = f"case when months = 3 then starts else {job.quarter_start('starts')} end"
    job.con.execute(f"create table {table} as select *, {start} as quarter_start from ({_UNION.join(parts)})")
    newest = "file_no desc, line desc"
    drop_duplicates(job, table, ["owner_id", "starts", "months"], same, newest, "owner and period")
    is_off, reason = job.off_quarter("starts")
    reject_where(job, table, f"months = 3 and {is_off}", "quarter_start", "starts", reason)
    _reject_unclear_sums(job, table)
    _note_short_quarters(job, table)
    job.con.execute(
        "insert into target (owner_id, quarter_start, amount, currency, valid_at, file_no, line, seq,"
        " is_opening)"
        " with q as (select * replace (sum(amount) over (partition by owner_id, quarter_start) as amount)"
        f" from {table})"
        " select owner_id, quarter_start, amount, currency, v.since, file_no, line, line, v.opening"
        f" from q cross join (values (timestamp '{BEGINNING}', true), (?::timestamp, false))"
        " v(since, opening)",
        [known_from],
    )


def _reject_unclear_sums(job: Job, table: str) -> None:
    """Months are not added to the quarter they lie in, nor to months in another currency."""
    key_, of = "(owner_id, quarter_start)", f"(select owner_id, quarter_start from {table} where months ="
    reason = (
        "'the quarter that begins on ' || quarter_start || ' has a target of its own; give one of the two'"
    )
    reject_where(job, table, f"months = 1 and {key_} in {of} 3)", "period", "starts", reason)
    job.con.execute("set variable own_currency = ?", [job.known.currency or None])
    currency = "coalesce(currency, getvariable('own_currency'), '')"
    mixed = f"{of} 1 group by all having count(distinct {currency}) > 1)"
    reason = "'the months of this quarter are in several currencies; give them in one'"
    reject_where(job, table, f"{key_} in {mixed}", "currency", "currency", reason)


def _load(job: Job, found: Probe, columns: Sequence[int], known_from: datetime) -> RawTable:
    raw = job.load(found, "targets", columns)
    job.note_quarters(raw.file_no)
    job.note_day(raw.file_no, known_from)
    return raw


def _read_wide(job: Job, found: Probe, periods: dict[int, Period], known_from: datetime) -> str:
    """A row per owner, a column per period. Months of a quarter that has a column of its own are left out."""
    quarters = {period.first_day for period in periods.values() if period.months == 3}
    left_out = [
        found.header[place]
        for place, period in periods.items()
        if period.months == 1 and job.quarter_first_day(period.first_day) in quarters
    ]
    periods = {place: period for place, period in periods.items() if found.header[place] not in left_out}
    if left_out:
        job.note(
            f"{found.label}: {', '.join(left_out)} lie in quarters that are given too; the quarters count."
        )
    fields = [_OWNER, _CURRENCY, *(Field(f"p{place}", "amount") for place in periods)]
    columns = locate(found.header, fields) | {f"p{place}": place for place in periods}
    if "owner_id" not in columns and 0 not in periods:
        columns["owner_id"] = 0
    raw = _load(job, found, list(columns.values()), known_from)
    typing = Typing(job, raw, fields, columns)
    typing.decide(set())
    typed, out = typing.read(), job.fresh("targets")
    parts = [
        f"select file_no, line, owner_id, date '{period.first_day}' as starts, {period.months} as months,"
        f" p{place} as amount, coalesce({currency_code('currency')}, p{place}_currency) as currency"
        f" from {typed} where p{place} is not null"
        for place, period in periods.items()
    ]
    job.con.execute(f"create table {out} as " + " union all ".join(parts))
    return out


def _read_long(job: Job, found: Probe, known_from: datetime) -> str:
    """A row per owner and period."""
    columns = locate(found.header, TARGETS)
    if missing := [name for name in ("period", "amount") if name not in columns]:
        raise BadInput(
            f"the column of the {missing[0]} is missing",
            where=found.label,
            expected="owner_id, quarter_start, amount; or a row per owner with columns such as Q1 FY26",
            got=", ".join(found.header[:25]),
            to_do="Rename or add the column.",
        )
    raw = _load(job, found, list(columns.values()), known_from)
    named = _periods_named(job, raw, columns["period"])
    is_month = key(found.header[columns["period"]]) in _MONTH_LABELS
    kind = "text" if named else "date"
    fields = [Field(f.name, kind, f.required) if f.name == "period" else f for f in TARGETS]
    typing = Typing(job, raw, fields, columns)
    typing.decide(set())
    typed, out = typing.read(), job.fresh("targets")
    if named:
        reject_where(
            job,
            typed,
            "period not in (select theirs from period_name)",
            found.header[columns["period"]],
            "period",
            "'expected a quarter or month such as Q1 FY26, 2026-01 or Jan 26, got ''' || left(period, 60)"
            " || '''; correct it'",
        )
    when = "p.starts, p.months" if named else f"t.period as starts, {1 if is_month else 3} as months"
    join = " join period_name p on p.theirs = t.period" if named else ""
    job.con.execute(
        f"create table {out} as select t.file_no, t.line, t.owner_id, {when}, t.amount,"
        f" coalesce({currency_code('t.currency')}, t.amount_currency) as currency from {typed} t{join}"
    )
    return out


def _periods_named(job: Job, raw: RawTable, column: int) -> bool:
    """Create `period_name` if the periods are written as quarters or months; False where they are days."""
    job.con.execute("create or replace table period_name (theirs varchar, starts date, months integer)")
    cells = [
        text for (text,) in job.con.execute(f"select distinct c{column} from {raw.name}").fetchall() if text
    ]
    found = {text: period for text in cells if (period := period_of(text, job.fiscal_years))}
    if not any(period.months for period in found.values()):
        return False
    rows = [[text, period.first_day, period.months or 3] for text, period in found.items()]
    job.con.executemany("insert into period_name values (?, ?, ?)", rows)
    return True


def _name_owners(job: Job, table: str, found: Probe) -> None:
    """Owners by name become the person's id; a blank one, or 'Total', is the company."""
    people = {name.lower(): person_id for name, person_id in job.known.people.items()}
    staged = job.con.execute(
        "select lower(name), any_value(person_id) from person where name is not null group by 1"
        " having count(distinct person_id) = 1"
    ).fetchall()
    people |= dict(staged)
    job.con.execute("create or replace table owner_name (theirs varchar, ours varchar)")
    ids = dict.fromkeys((word.lower() for word in words("company")), "") | people
    job.con.execute("insert into owner_name select unnest(?), unnest(?)", [list(ids), list(ids.values())])
    if people:
        job.con.execute("create or replace table owner_id (ours varchar)")
        job.con.execute("insert into owner_id select unnest(?)", [sorted(set(people.values()))])
        unknown = job.con.execute(
            f"select distinct owner_id from {table} where owner_id is not null"
            " and lower(owner_id) not in (select theirs from owner_name)"
            " and owner_id not in (select ours from owner_id) order by 1 limit 8"
        ).fetchall()
        if unknown:
            names = ", ".join(f"'{name}'" for (name,) in unknown)
            job.note(
                f"{found.label}: no one person is known as {names}; such targets count once a person of that"
                " id is loaded. Give the id where two people have the same name."
            )
    job.con.execute(
        f"update {table} set owner_id = n.ours from owner_name n where n.theirs = lower(owner_id)"
    )
    job.con.execute(f"update {table} set owner_id = coalesce(owner_id, '')")


def _note_short_quarters(job: Job, table: str) -> None:
    """Say where a quarter's target is the sum of fewer than three months."""
    short = job.con.execute(
        f"select distinct quarter_start::varchar from {table} where months = 1"
        " group by owner_id, quarter_start having count(distinct starts) < 3 order by 1 limit 4"
    ).fetchall()
    if short:
        days = ", ".join(day for (day,) in short)
        job.note(
            f"Of the quarters from {days} some owners have fewer than three months; their target is the"
            " sum of what is there."
        )
