"""From the simulation's logs to the subjects: texts for numbers, a row per change, nothing too late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sample_company.accounts import Accounts
from analytics.sample_company.arrays import Ints, Words, stream, words
from analytics.sample_company.crm import Crm
from analytics.sample_company.history import Stage
from analytics.sample_company.log import Log
from analytics.sample_company.next_steps import next_step_texts
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.stages import CLOSED_WON, STAGES
from analytics.sample_company.traits import CURRENCIES
from analytics.store.subjects import BEGINNING, CATEGORIES, SUBJECTS

_LEAD_SOURCES = ("Inbound", "Outbound", "Partner", "Event", "Referral", "Website")
_MODULES = (
    "Order Hub",
    "Invoice Flow",
    "Service Desk",
    "Claims Flow",
    "Planning Board",
    "Document Flow",
    "Supplier Portal",
)


def only_changes(frame: pd.DataFrame, keys: list[str], values: list[str]) -> pd.DataFrame:
    """Rows in the order of time, without those that repeat the row before with the same key."""
    frame = frame.sort_values([*keys, "valid_at"], kind="stable")
    before = frame.groupby(keys, sort=False)[values].shift()
    same = ((frame[values] == before) | (frame[values].isna() & before.isna())).all(axis=1)
    is_first = ~frame.duplicated(keys)
    return frame[is_first | ~same].sort_values(["valid_at", *keys], kind="stable").reset_index(drop=True)


def since_first_day(log: pd.DataFrame, options: WorldOptions) -> pd.DataFrame:
    """The log as a CRM shows it that was filled on the first day with how things stood then."""
    opening = pd.Timestamp(options.first_day)
    earlier = log[log["valid_at"] < opening].groupby("row", sort=False).tail(1).copy()
    earlier["valid_at"] = opening
    return pd.concat([earlier, log[log["valid_at"] >= opening]], ignore_index=True)


def change_frame(crm: Crm, accounts: Accounts) -> pd.DataFrame:
    """Subject 'deal_change', plus the deal's `row`; without deals that were over before the first day."""
    log = since_first_day(crm.changes.frame(), crm.stage.options)
    opening = pd.Timestamp(crm.stage.options.first_day)
    over = log.loc[(log["valid_at"] == opening) & (log["stage"] >= CLOSED_WON), "row"]
    log = log[~log["row"].isin(over)]
    stage = log["stage"].to_numpy().astype(np.int64)
    frame = pd.DataFrame(
        {
            "row": log["row"].to_numpy().astype(np.int64),
            "deal_id": accounts.deal_id[log["row"].to_numpy().astype(np.int64)],
            "valid_at": log["valid_at"].to_numpy(),
            "stage": words([row[0] for row in STAGES])[stage],
            "forecast_category": words(CATEGORIES)[log["category"].to_numpy().astype(np.int64)],
            "amount": log["amount"].to_numpy(),
            "close_date": log["close_date"].to_numpy(),
            "probability": log["probability"].to_numpy(),
            "is_closed": stage >= CLOSED_WON,
            "is_won": stage == CLOSED_WON,
            "is_gone": False,
        }
    )
    values = [*SUBJECTS["deal_change"].values]
    return only_changes(frame, ["deal_id"], values)


def work_frame(crm: Crm, accounts: Accounts, shown: Ints) -> pd.DataFrame:
    """Subject 'deal_work'."""
    log = since_first_day(crm.work.frame(), crm.stage.options)
    log = log[np.isin(log["row"].to_numpy(), shown)]
    row = log["row"].to_numpy().astype(np.int64)
    owner = log["owner"].to_numpy().astype(np.int64)
    ids = words([*crm.stage.people.person_id, None])
    frame = pd.DataFrame(
        {
            "deal_id": accounts.deal_id[row],
            "valid_at": log["valid_at"].to_numpy(),
            "owner_id": ids[owner],
            "next_step": next_step_texts(
                log["next_step"].to_numpy().astype(np.int64), log["valid_at"].to_numpy()
            ),
            "last_activity_on": log["activity"].to_numpy(),
        }
    )
    return only_changes(frame, ["deal_id"], ["owner_id", "next_step", "last_activity_on"])


def deal_frame(crm: Crm, accounts: Accounts, changes: pd.DataFrame) -> pd.DataFrame:
    """Subject 'deal': one row per deal at its entry, and a second one where it was renamed."""
    stage, rng = crm.stage, stream(crm.stage.options.seed, "deal names")
    log = crm.changes.frame()
    entered = log.groupby("row", sort=False)["valid_at"].first()
    first = changes.groupby("row")["valid_at"].agg(["first", "last"])
    row = first.index.to_numpy()
    count, traits = len(stage.traits), stage.traits
    currency = words(CURRENCIES)[traits.currency]
    currency[(traits.currency == 0) & (rng.random(count) < 0.03)] = None
    source = words(_LEAD_SOURCES)[rng.choice(len(_LEAD_SOURCES), count, p=[0.28, 0.27, 0.14, 0.11, 0.1, 0.1])]
    source[traits.expansion & (rng.random(count) < 0.8)] = "Existing Customer"
    name = _deal_names(accounts, traits.expansion, stage, rng)
    account = accounts.of_deal[row]
    frame = pd.DataFrame(
        {
            "deal_id": accounts.deal_id[row],
            "valid_at": first["first"].to_numpy(),
            "source": "sample",
            "name": name[row],
            "account_id": accounts.account_id[account],
            "account_name": accounts.name[account],
            "currency": currency[row],
            "deal_type": np.where(traits.expansion[row], "Expansion", "New Business"),
            "lead_source": source[row],
            "created_at": entered.loc[row].to_numpy(),
        }
    )
    return _with_renames(frame, first["last"].to_numpy(), rng)


def _deal_names(accounts: Accounts, expansion: np.ndarray, stage: Stage, rng: np.random.Generator) -> Words:
    count = len(expansion)
    module = words(_MODULES)[rng.integers(0, len(_MODULES), count)]
    forms = rng.integers(0, 4, count)
    year = stage.days.dates[stage.traits.born].astype("datetime64[Y]").astype(int) + 1970
    names = []
    for a, m, form, grows, y in zip(accounts.of_deal, module, forms, expansion, year, strict=True):
        account = accounts.name[a]
        kind = "Expansion" if grows else "New"
        names.append(
            (f"{account} - {m}", f"{account} / {m} {y}", f"{m} @ {account}", f"{account} {kind} {m}")[form]
        )
    return words(names)


def _with_renames(frame: pd.DataFrame, last: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Some deals get another name half-way."""
    renamed = frame[rng.random(len(frame)) < 0.02].copy()
    until = last[renamed.index.to_numpy()]
    start = renamed["valid_at"].to_numpy()
    renamed["valid_at"] = (start + (until - start) // 2).astype("datetime64[s]")
    renamed["name"] = renamed["name"] + " (phase 1)"
    both = pd.concat([frame, renamed[renamed["valid_at"].to_numpy() > start]], ignore_index=True)
    return both.sort_values(["valid_at", "deal_id"], kind="stable").reset_index(drop=True)


def target_frame(stage: Stage, log: Log) -> pd.DataFrame:
    """Subject 'target': known shortly before each quarter, the first quarter's since always."""
    frame = _with_owner(stage, log.frame())
    first = pd.Timestamp(stage.options.first_day)
    frame = frame[frame["quarter_start"] >= first.to_period("Q").start_time].reset_index(drop=True)
    frame.loc[frame["quarter_start"] <= first, "valid_at"] = pd.Timestamp(BEGINNING)
    frame["currency"] = "USD"
    return frame


def call_frame(stage: Stage, log: Log) -> pd.DataFrame:
    """Subject 'submitted_call'."""
    frame = _with_owner(stage, log.frame())
    frame["submitted_by"] = stage.people.person_id[frame["submitted_by"].to_numpy().astype(np.int64)]
    return frame


def _with_owner(stage: Stage, frame: pd.DataFrame) -> pd.DataFrame:
    owner = frame["owner"].to_numpy().astype(np.int64)
    frame["owner_id"] = np.append(stage.people.person_id, "")[owner]
    return frame


def setting_frame() -> pd.DataFrame:
    """Subject 'setting'."""
    rows = [("company_name", "Northbeam Software"), ("company_currency", "USD")]
    frame = pd.DataFrame(rows, columns=["key", "value"])
    frame["valid_at"] = pd.Timestamp(BEGINNING)
    return frame


def shape_subjects(frames: dict[str, pd.DataFrame], options: WorldOptions) -> dict[str, pd.DataFrame]:
    """Every subject with exactly its columns, in the order of time, and nothing after the last day.

    A subject that the simulation does not make (what comes with Blue Sheets) is empty.
    """
    end = pd.Timestamp(options.last_day) + pd.Timedelta(days=1)
    shaped = {}
    for name, subject in SUBJECTS.items():
        frame = frames.get(name, pd.DataFrame()).reindex(columns=[*subject.columns])
        frame["valid_at"] = frame["valid_at"].astype("datetime64[s]")
        frame = frame[frame["valid_at"] < end]
        shaped[name] = frame.sort_values(["valid_at", *subject.key], kind="stable").reset_index(drop=True)
    return shaped
