"""Every stage, category, owner and currency that is written in a table of deals, with the money behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
from babel.numbers import is_currency

from analytics.importing.choices import Choices
from analytics.intake.fields import Field, Typing, key
from analytics.intake.guessing import is_surely_open, suggested_rules
from analytics.intake.job import Job
from analytics.intake.mapping import StageRule
from analytics.intake.meaning import (
    category,
    currency_code,
    load_categories,
    load_currencies,
    name_is_closed,
    name_is_won,
    status_is_closed,
    status_is_gone,
    status_is_won,
)
from analytics.intake.raw import Probe, RawTable
from analytics.intake.table_fields import FIELDS
from analytics.problems import BadInput
from analytics.store.staging import Staging

#: How amounts in Swedish, Norwegian, Danish or Icelandic money are written.
KR = "kr"
_TEXTS = ("stage", "status", "forecast_category", "owner", "currency")
_NO = {"false", "0", "no", "n", "falsch", "nein", "nee", "non", "não", "faux", "inactive", "inaktiv"}
_DATES = {"date", "moment", "moment_end"}


@dataclass
class Words:
    """What is written, and what of it is understood for sure."""

    stages: pd.DataFrame
    categories: pd.DataFrame
    statuses: pd.DataFrame
    owners: pd.DataFrame
    currencies: pd.DataFrame
    matches: pd.DataFrame
    suggested: dict[str, StageRule] = field(default_factory=dict)
    sure_stages: dict[str, StageRule] = field(default_factory=dict)
    sure_categories: dict[str, str] = field(default_factory=dict)
    sure_statuses: dict[str, str] = field(default_factory=dict)
    suggested_statuses: dict[str, str] = field(default_factory=dict)
    sure_currencies: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)


def no_words() -> Words:
    """Nothing is written, or it needs no explaining."""
    values = pd.DataFrame(columns=["value", "deals", "amount"])
    return Words(
        pd.DataFrame(columns=["stage", "deals", "amount"]),
        values,
        values,
        values,
        values,
        pd.DataFrame(columns=["row_key", "name", "account", "created", "amount", "candidates"]),
    )


def words_of(job: Job, deals: Sequence[Probe], choices: Choices) -> Words:
    """Read the columns that were chosen, as far as they can be read."""
    found = no_words()
    job.con.execute(f"set variable krona = '{KR}'")  # shown as it is written, to be explained
    parts = [part for held in deals if (part := _read(job, held, choices, found.questions))]
    if not parts:
        return found
    job.con.execute("create table words as " + " union all ".join(f"select * from {part}" for part in parts))
    load_categories(job, choices.categories)
    found.categories = _values(job, "forecast_category")
    found.owners = _values(job, "owner")
    found.currencies = _values(job, "currency")
    load_currencies(job)
    found.sure_currencies = _sure_currencies(job)
    _add_statuses(job, found)
    rows = job.con.execute(
        f"select forecast_category, {category('forecast_category')} from"
        " (select distinct forecast_category from words) where forecast_category is not null"
    ).fetchall()
    found.sure_categories = {written: ours for written, ours in rows if ours}
    _add_stages(found, _written_stages(job))
    return found


def words_unsaid(staging: Staging) -> Words:
    """What an export that was read by its own names does not say: its other words need no explaining."""
    found = no_words()
    if staging.unsaid_stages is not None:
        _add_stages(found, staging.unsaid_stages.assign(is_closed=False, is_won=False, has_status=False))
        found.sure_stages = {}
    if staging.unsaid_categories is not None:
        found.categories = staging.unsaid_categories
    return found


def _read(job: Job, held: Probe, choices: Choices, questions: dict[str, str]) -> str | None:
    """One file's words as a table; what must be asked about its numbers and dates goes into `questions`."""
    places = {key(label): number for number, label in reversed(list(enumerate(held.header)))}
    columns = {name: places[key(label)] for name, label in choices.columns.items() if key(label) in places}
    if not columns:
        return None
    raw = job.load(held, "table", columns.values())
    numbers = _readable(job, raw, columns, questions)
    fields = [Field(name) for name in _TEXTS] + [f for f in FIELDS if f.name in numbers]
    typing = Typing(job, raw, fields, {n: columns[n] for n in columns if n in {f.name for f in fields}})
    if not typing.columns:
        return None
    typing.decide(set())
    typed = typing.read()
    amount = "amount" if "amount" in numbers else "null::decimal(18, 2)"
    own = "amount_currency" if "amount" in numbers else "null::varchar"
    chance = "probability" if "probability" in numbers else "null::double"
    out = job.fresh("written")
    job.con.execute(
        f"create table {out} as select stage, status, forecast_category, owner,"
        f" coalesce(currency, {own}) as currency, {amount} as amount, {chance} as probability from {typed}"
    )
    return out


def _readable(job: Job, raw: RawTable, columns: dict[str, int], questions: dict[str, str]) -> set[str]:
    """The number fields that can be read; dates are only asked about."""
    readable = set()
    for wanted in FIELDS:
        if wanted.name not in columns or wanted.kind == "text":
            continue
        typing = Typing(job, raw, [wanted], {wanted.name: columns[wanted.name]})
        try:
            typing.decide(_proven(job, raw, columns) if wanted.kind in _DATES else set())
        except BadInput as question:
            questions.setdefault("dates" if wanted.kind in _DATES else "decimals", str(question))
            continue
        if wanted.kind not in _DATES:
            readable.add(wanted.name)
    return readable


def _proven(job: Job, raw: RawTable, columns: dict[str, int]) -> set[str]:
    """The date orders that the file's own columns prove."""
    dates = [wanted for wanted in FIELDS if wanted.kind in _DATES and wanted.name in columns]
    return Typing(job, raw, dates, columns).proven_orders()


def _values(job: Job, column: str) -> pd.DataFrame:
    """Each value of a column, the most money first."""
    return job.con.execute(
        f"select {column} as value, count(*) as deals, sum(amount)::double as amount from words"
        f" where {column} is not null group by 1 order by amount desc nulls last, deals desc, value"
    ).df()


def _sure_currencies(job: Job) -> dict[str, str]:
    """Names and signs of currencies that mean one thing; ISO codes need no word."""
    rows = job.con.execute(
        f"select currency, {currency_code('currency')} from (select distinct currency from words)"
        " where currency is not null"
    ).fetchall()
    return {written: code for written, code in rows if code != written.upper() and is_currency(code)}


def _add_statuses(job: Job, found: Words) -> None:
    """The statuses, with what is sure of them, and what the others probably say."""
    found.statuses = _values(job, "status")
    rows = job.con.execute(
        f"select status, {status_is_closed('status')}, {status_is_won('status')}, {status_is_gone('status')},"
        " min(probability), max(probability) from words where status is not null group by status"
    ).fetchall()
    for written, is_closed, is_won, is_gone, lowest, highest in rows:
        if is_gone or is_closed is not None:
            found.sure_statuses[written] = (
                "deleted" if is_gone else "open" if not is_closed else "won" if is_won else "lost"
            )
        elif lowest == highest and lowest in (0, 1):
            found.suggested_statuses[written] = "won" if lowest else "lost"
        else:
            found.suggested_statuses[written] = "lost" if written.lower() in _NO else ""


def _written_stages(job: Job) -> pd.DataFrame:
    """Each stage with its deals, and what they and its name say of it."""
    return job.con.execute(
        "select stage, count(*) as deals, sum(amount)::double as amount,"
        # where lost deals keep their stage, those of a chance between say what the stage is
        " coalesce(median(probability) filter (where probability > 0 and probability < 1),"
        " median(probability)) as probability,"
        f" mode({category('forecast_category')}) as category,"
        f" {name_is_closed('stage')} as is_closed, {name_is_won('stage')} as is_won,"
        " count(status) > 0 as has_status"
        " from words where stage is not null group by stage order by deals desc, stage"
    ).df()


def _add_stages(found: Words, rows: pd.DataFrame) -> None:
    """The stages in their order, a suggestion for each, and those that are sure."""
    closed = {str(r["stage"]): bool(r["is_won"]) for r in rows.to_dict("records") if r["is_closed"]}
    chances = {
        str(r["stage"]): None if pd.isna(r["probability"]) else float(r["probability"])
        for r in rows.to_dict("records")
        if not r["is_closed"]
    }
    # all or nothing is how CRMs state what is over: a suggestion, as a person may see it otherwise
    over = {stage: chance == 1 for stage, chance in chances.items() if chance in (0, 1)}
    told = rows[rows["category"].notna()]
    found.suggested = suggested_rules(
        closed | over,
        {stage: chance for stage, chance in chances.items() if stage not in over},
        dict(zip(told["stage"], told["category"], strict=True)),
    )
    has_status = bool(rows["has_status"].all()) and len(rows) > 0
    found.sure_stages = {
        name: rule
        for name, rule in found.suggested.items()
        if name in closed or has_status or is_surely_open(name, chances[name])
    }
    places = rows["stage"].map({name: rule.order for name, rule in found.suggested.items()})
    found.stages = rows[["stage", "deals", "amount"]].iloc[places.argsort()].reset_index(drop=True)
