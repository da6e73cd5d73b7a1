"""A generated Salesforce export of a large company: files like those of Salesforce's own data export."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

END = pd.Timestamp("2026-11-15 18:00:00")  # the export's time; benchmarks look at this day
YEARS = 8
CHANGES_PER_DEAL = 10  # on average, the first row included
_STAGES = ["Qualify", "Discover", "Evaluate", "Propose", "Negotiate", "Contract", "Closed Won", "Closed Lost"]
_PROBABILITIES = np.array([5, 15, 30, 50, 70, 90, 100, 0])
_CATEGORIES = ["Pipeline", "Pipeline", "Pipeline", "BestCase", "BestCase", "Forecast", "Closed", "Omitted"]
_CATEGORY_NAMES = {
    "Pipeline": "Pipeline",
    "BestCase": "Best Case",
    "Forecast": "Commit",
    "Closed": "Closed",
    "Omitted": "Omitted",
}
_LAST_OPEN, _WON, _LOST = 5, 6, 7
_WORDS = ["Acme", "Delta", "Nordic", "Union", "Apex", "Harbor", "Summit", "Vector", "Quantum", "Meridian"]


def write_export(folder: Path, deals: int, seed: int = 7) -> int:
    """Write Opportunity, OpportunityHistory, Account and User; returns the number of history rows."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    people = _people(max(10, deals // 250))
    accounts = _accounts(max(10, deals // 4), rng)
    history = _history(deals, rng)
    _write(_as_history_file(history), folder / "OpportunityHistory.csv")
    _write(_opportunities(history, people, accounts, rng), folder / "Opportunity.csv")
    _write(accounts, folder / "Account.csv")
    _write(people, folder / "User.csv")
    return len(history)


def _history(deals: int, rng: np.random.Generator) -> pd.DataFrame:
    """Every state of every deal, in time order: `deal`, `at`, `stage`, `amount`, `close`, `created`."""
    days = YEARS * 365
    created = END.floor("D") - pd.to_timedelta(np.sort(rng.uniform(0, days, deals))[::-1], unit="D")
    created = created.floor("s")
    length = rng.lognormal(np.log(180), 0.7, deals)  # days until the deal is won or lost
    is_over = created + pd.to_timedelta(length, unit="D") < END
    lived = np.where(is_over, length, (END - created) / pd.Timedelta(days=1))
    share = rng.gamma(2.0, 1.0, deals)
    rows = 2 + rng.multinomial(deals * (CHANGES_PER_DEAL - 2), share / share.sum())
    deal = np.repeat(np.arange(deals), rows)
    first = np.concatenate([[0], np.cumsum(rows)[:-1]])
    last = np.cumsum(rows) - 1
    place = rng.uniform(0, 1, len(deal))
    place[first] = 0
    place[last] = 1  # the closing, or the last change of an open deal
    order = np.lexsort((place, deal))
    table = pd.DataFrame({"deal": deal, "place": place[order]})
    at = created.to_numpy()[deal] + pd.to_timedelta(table["place"] * lived[deal] * 86400, unit="s").to_numpy()
    # Weekdays and office hours matter to nobody here; whole seconds do, as in Salesforce.
    table["at"] = pd.Series(at).dt.floor("s")
    table["created"] = created.to_numpy()[deal]
    kind = rng.choice(4, len(table), p=[0.40, 0.30, 0.20, 0.10])  # stage, close date, amount, both
    kind[first] = -1
    ends = np.zeros(len(table), bool)
    ends[last[is_over]] = True
    table["stage"] = _stages(table["deal"], np.isin(kind, (0, 3)), ends, rng)
    grown = np.where(kind == 2, rng.normal(0, 0.15, len(table)), 0.0)
    grown[first] = rng.lognormal(0, 0.25, deals) + np.log(20_000)
    size = pd.Series(grown).groupby(table["deal"]).cumsum()
    table["amount"] = np.round(np.exp(size + rng.normal(0, 0.9, deals)[deal]) / 50) * 50
    planned = np.zeros(len(table))
    planned[first] = rng.normal(120, 30, deals).clip(20)
    moved = np.isin(kind, (1, 3))
    planned[moved] = rng.choice([30, 60, 91, -30], moved.sum(), p=[0.45, 0.2, 0.2, 0.15])
    close = table["created"] + pd.to_timedelta(pd.Series(planned).groupby(table["deal"]).cumsum(), unit="D")
    table["close"] = close.dt.floor("D").where(~ends, table["at"].dt.floor("D"))
    table["is_last"] = False
    table.loc[last, "is_last"] = True
    return table.sort_values("at", kind="stable").reset_index(drop=True)


def _stages(deal: pd.Series, forward: np.ndarray, ends: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stages only go forward until the deal is won (the further it came, the likelier) or lost."""
    stage = pd.Series(forward.astype(int)).groupby(deal).cumsum().clip(upper=_LAST_OPEN).to_numpy()
    won = rng.uniform(0, 1, len(stage)) < 0.08 + 0.07 * stage
    return np.where(ends, np.where(won, _WON, _LOST), stage)


def _named(values: list[str], codes: np.ndarray) -> pd.Categorical:
    return pd.Categorical(np.array(values)[codes])


def _as_history_file(history: pd.DataFrame) -> pd.DataFrame:
    stage = history["stage"].to_numpy()
    return pd.DataFrame(
        {
            "Id": _ids("008", np.arange(len(history))),
            "OpportunityId": _ids("006", history["deal"].to_numpy()),
            "CreatedById": _ids("005", history["deal"].to_numpy() % 10),
            "CreatedDate": history["at"],
            "StageName": _named(_STAGES, stage),
            "Amount": history["amount"],
            "ExpectedRevenue": (history["amount"] * _PROBABILITIES[stage] / 100).round(2),
            "CloseDate": history["close"].dt.date,
            "Probability": _PROBABILITIES[stage],
            "ForecastCategory": _named(_CATEGORIES, stage),
            "SystemModstamp": history["at"],
            "IsDeleted": False,
        }
    )


def _opportunities(
    history: pd.DataFrame, people: pd.DataFrame, accounts: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The present of each deal: what its last history row says, and the rest."""
    now = history[history["is_last"]].sort_values("deal", kind="stable").reset_index(drop=True)
    n, stage = len(now), now["stage"].to_numpy()
    account = rng.integers(0, len(accounts), n)
    steps = [
        "",
        "Call the champion",
        "Send the proposal",
        "Security review",
        "Meet procurement",
        "Legal review",
    ]
    categories = np.array([_CATEGORY_NAMES[name] for name in _CATEGORIES])
    return pd.DataFrame(
        {
            "Id": _ids("006", now["deal"].to_numpy()),
            "IsDeleted": False,
            "AccountId": accounts["Id"].to_numpy()[account],
            "Name": accounts["Name"].to_numpy()[account] + " - " + now["deal"].astype(str),
            "StageName": _named(_STAGES, stage),
            "Amount": now["amount"],
            "Probability": _PROBABILITIES[stage],
            "ExpectedRevenue": (now["amount"] * _PROBABILITIES[stage] / 100).round(2),
            "CloseDate": now["close"].dt.date,
            "Type": np.where(rng.uniform(0, 1, n) < 0.7, "New Business", "Existing Business"),
            "NextStep": np.array(steps)[rng.integers(0, len(steps), n)],
            "LeadSource": np.array(["Web", "Partner", "Outbound", "Event"])[rng.integers(0, 4, n)],
            "IsClosed": stage > _LAST_OPEN,
            "IsWon": stage == _WON,
            "ForecastCategory": _named(_CATEGORIES, stage),
            "ForecastCategoryName": pd.Categorical(categories[stage]),
            "OwnerId": people["Id"].to_numpy()[rng.integers(len(people) // 10, len(people), n)],
            "CreatedDate": now["created"],
            "LastModifiedDate": now["at"],
            "SystemModstamp": now["at"],
            "LastActivityDate": (now["at"] - pd.to_timedelta(rng.integers(0, 30, n), unit="D")).dt.date,
            "FiscalYear": now["close"].dt.year,
            "FiscalQuarter": now["close"].dt.quarter,
        }
    )


def _accounts(n: int, rng: np.random.Generator) -> pd.DataFrame:
    words = np.array(_WORDS)
    return pd.DataFrame(
        {
            "Id": _ids("001", np.arange(n)),
            "Name": [f"{a} {b} {i}" for i, (a, b) in enumerate(words[rng.integers(0, 10, (n, 2))])],
            "Industry": np.array(["Software", "Banking", "Retail", "Energy"])[rng.integers(0, 4, n)],
            "NumberOfEmployees": rng.integers(20, 20_000, n),
            "BillingCountry": "United States",
        }
    )


def _people(n: int) -> pd.DataFrame:
    """Every tenth leads a team; the others sell in it."""
    leads = max(1, n // 10)
    lead = np.arange(n) % leads
    ids = _ids("005", np.arange(n))
    return pd.DataFrame(
        {
            "Id": ids,
            "Username": [f"user{i}@example.com" for i in range(n)],
            "FirstName": [f"{_WORDS[i % 10]}" for i in range(n)],
            "LastName": [f"Seller {i}" for i in range(n)],
            "ManagerId": [None if i < leads else ids[lead[i]] for i in range(n)],
            "Department": [f"Team {lead[i] + 1}" for i in range(n)],
            "IsActive": True,
        }
    )


def _ids(prefix: str, numbers: np.ndarray) -> np.ndarray:
    """18 characters, as in Salesforce."""
    return np.char.add(f"{prefix}5e0000", np.char.zfill(numbers.astype(str), 9)).astype(object)


def _write(frame: pd.DataFrame, path: Path) -> None:
    """Every cell quoted and times in ISO form with their zone, as Salesforce's data export does."""
    columns = ", ".join(
        f"strftime({name}, '%Y-%m-%dT%H:%M:%S.000Z') as {name}"
        if pd.api.types.is_datetime64_any_dtype(kind)
        else str(name)
        for name, kind in frame.dtypes.items()
    )
    con = duckdb.connect(":memory:")
    try:
        con.register("frame", frame)
        con.execute(f"copy (select {columns} from frame) to '{path}' (header, force_quote *)")
    finally:
        con.close()
