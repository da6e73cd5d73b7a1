"""What the post-mortem says: the end against what was said, the deals behind it, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.intervals import wilson
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import Kind
from analytics.post_mortem import (
    CALL,
    EXPECTED,
    NO_DEAL,
    PostMortem,
    lines_of,
    misses,
)
from analytics.post_mortem_causes import FEWEST, Causes, seen_from, told
from analytics.problems import NotEnough
from analytics.wording import DASH, count, day, is_missing, listed, money, percent, points

#: Deals that are named, and told with their causes.
NAMED, MOST_TOLD = 5, 12
_MOST = 0.5  # of a miss: so much is "most of it"
_AS_SAID = 0.005  # of the end: nearer is "as said"
#: A commit that comes true less often than this is said to count at its rate.
_IN_FULL = 0.9
_ENDED = {"won": "won", "lost": "lost", "open": "still open", "gone": "gone from the CRM"}
_ONE_CASE = "Weeks of one quarter resemble each other: this is one case, not many."
CHANGES = "What to change next quarter"


def headline(view: PostMortem, company: Company) -> str:
    """How the quarter ended, against the number of the week and the commit call."""
    short, said = _short(company), view.start(EXPECTED)
    assert not isinstance(said, NotEnough)
    text = f"{view.quarter} ended at {short(view.actual)}, {_against(view.actual, said)} the week-{view.week}"
    text += f" number of {short(said)}"
    if not isinstance(view.call, NotEnough):
        text += f", and {_call_words(view.actual, view.call, short)} the commit call of {short(view.call)}"
    return f"{text}."


def _against(actual: float, said: float) -> str:
    """12% below (what was said)."""
    if said <= 0:
        return "against"
    off = actual / said - 1
    if abs(off) < _AS_SAID:
        return "the same as"
    return f"{percent(abs(off))} {'above' if off > 0 else 'below'}"


def _call_words(actual: float, call: float, short: Callable[[object], str]) -> str:
    off = round(actual - call, 2)
    if abs(off) < _AS_SAID * max(abs(actual), 1.0):
        return "at"
    return f"{short(abs(off))} {'above' if off > 0 else 'below'}"


def behind(view: PostMortem, start: str, company: Company) -> str:
    """What the deals on the side of the difference made of it, the largest by name; '' without a start."""
    given = view.start(start)
    if isinstance(given, NotEnough):
        return ""
    table, short = misses(view, start), _short(company)
    less, more = table[table["off"] < 0], table[table["off"] > 0]
    took, added = short(abs(total(less["off"]))), short(total(more["off"]))
    off = round(view.actual - given, 2)
    if abs(off) < _AS_SAID * max(abs(view.actual), 1.0):
        return (
            f"Deals made up for each other: those that brought more than they were counted with added"
            f" {added}, those that brought less took away {took}."
        )
    same = less if off < 0 else more
    if same.empty:
        return f"No deal alone made the difference of {_signed(off, company)} to the {start}."
    side, rest = ("less", f"others added {added}") if off < 0 else ("more", f"others took away {took}")
    did = f"took away {took}" if off < 0 else f"added {added}"
    return f"Deals that brought {side} than they were counted with {did}, {_largest(same, company)}; {rest}."


def _largest(same: pd.DataFrame, company: Company) -> str:
    """The few deals that make most of one side; else the largest, with their share of it."""
    share = same["off"].cumsum() / same["off"].sum()
    n = int((share < _MOST).sum()) + 1
    most = n <= NAMED
    chosen = same.head(n if most else NAMED)
    named = listed(f"{row.name} ({_ENDED[row.became]}, {_signed(row.off, company)})" for row in _rows(chosen))
    if len(chosen) == len(same):
        return f"all by {named}" if len(same) == 1 else f"these alone: {named}"
    if most:
        return f"{'one' if n == 1 else n} of them most of it: {named}"
    return f"the {NAMED} largest {percent(share.iloc[NAMED - 1])} of it: {named}"


def held(view: PostMortem, company: Company) -> str:
    """Whether the end lay in the 80% range in the week, and in how many weeks it did."""
    short, (low, high) = _short(company), view.range
    known = view.weeks.dropna(subset=["p10", "p90"])
    if is_missing(low) or known.empty:
        return "No range was given for this scope in that week."
    where = "in" if low <= view.actual <= high else "above" if view.actual > high else "below"
    inside = (known["p10"] <= view.actual) & (view.actual <= known["p90"])
    text = (
        f"The end lay {where} that week's 80% range of {short(low)} to {short(high)}, and in the range in"
        f" {int(inside.sum())} of {count(len(known), 'week')}"
    )
    wrong = known.loc[~inside, "week"]
    if wrong.empty:
        return f"{text}. {_ONE_CASE}"
    since = known.loc[known["week"] > wrong.iloc[-1], "week"]
    seen = f", to stay from week {since.iloc[0]} on" if len(since) else ", but not in the last one"
    return f"{text}{seen}. {_ONE_CASE}"


def range_title(view: PostMortem, company: Company) -> str:
    """The picture's finding."""
    known = view.weeks.dropna(subset=["p10", "p90"])
    inside = (known["p10"] <= view.actual) & (view.actual <= known["p90"])
    held_in = f"{int(inside.sum())} of {count(len(known), 'week')}"
    return f"The end, {_short(company)(view.actual)}, lay in the range of {held_in}"


def bridge_title(rows: pd.DataFrame, company: Company) -> str:
    """From which number to which, and the largest step."""
    short, changes = _short(company), rows[rows["kind"] == "change"]
    start, end = rows.iloc[0], rows.iloc[-1]
    text = f"From {short(start['amount'])} to {short(end['amount'])} booked"
    if changes.empty:
        return text
    largest = _rows(changes.sort_values("amount", key=abs, ascending=False, kind="stable"))[0]
    return f"{text}; the largest step: {_down(largest.step)}, {_signed(largest.amount, company)}"


MISS_KINDS: dict[str, Kind] = {
    "Deal": "text",
    "Off by": "money",
    "Counted": "money",
    "Booked": "money",
    "What happened": "text",
    "Warned of": "text",
    "Business case": "text",
    "Seen": "text",
    "Stood": "text",
    "Chance": "share",
    "Owner": "text",
    "Account": "text",
    "deal_id": "hidden",
}


def miss_table(
    view: PostMortem, start: str, found: Causes, stories: Mapping[str, str], company: Company
) -> pd.DataFrame:
    """The deals that ended farthest from what was counted, with what happened and what could be seen.

    Off by: booked less counted, positive raised the end. Seen: since when the chance stood on the side on
    which the deal ended.
    """
    rows = misses(view, start).head(MOST_TOLD)
    weeks = dict(tuple(view.chances.groupby("deal_id")))
    nothing = view.chances.iloc[:0]
    return pd.DataFrame(
        {
            "Deal": rows["name"],
            "Off by": rows["off"],
            "Counted": rows["counted"],
            "Booked": rows["brought"],
            "What happened": rows["deal_id"].map(stories).fillna(DASH),
            "Warned of": [told(one, found) or "no warning" for one in rows["deal_id"]],
            "Business case": [_case(one, found) for one in rows["deal_id"]],
            "Seen": [
                seen_from(weeks.get(row.deal_id, nothing), was_won=row.became == "won") for row in _rows(rows)
            ],
            "Stood": [_stood(row, company) for row in _rows(rows)],
            "Chance": rows["chance"].round(2),
            "Owner": rows["owner_name"],
            "Account": rows["account_name"],
            "deal_id": rows["deal_id"],
        }
    ).reset_index(drop=True)


def off_by(row: Any, company: Company) -> str:
    """What a row of `miss_table` was counted with, and what it brought."""
    short = _short(company)
    return (
        f"{_signed(row['Off by'], company)}: counted with {short(row['Counted'])}, brought"
        f" {short(row['Booked'])} · {row['Owner']}"
    )


def reasons(row: Any, week: int) -> str:
    """A row of `miss_table` in sentences: what happened, and what could be seen."""
    said = [
        f"In week {week}: {row['Stood']}",
        f"What happened: {row['What happened']}",
        f"Warned of: {row['Warned of']}",
    ]
    if row["Business case"] not in (DASH, "not open then"):
        said.append(f"Business case: {row['Business case']}")
    said.append(f"Our chance had it right: {row['Seen']}")
    return ". ".join(said) + "."


def _case(deal_id: str, found: Causes) -> str:
    if found.case.empty:
        return DASH
    if deal_id not in found.case.index:
        return "not open then"
    return str(found.case[deal_id] or "nothing empty or thin")


def _stood(row: Any, company: Company) -> str:
    """Category, stage and date in the week."""
    if row.was != "open":
        return {"won": "won", "elsewhere": "with others"}.get(row.was, "not there yet")
    return f"{row.category}, {row.stage}, dated {day(row.close_date, locale=company.locale)}"


def step_table(view: PostMortem, start: str, step: str) -> pd.DataFrame:
    """The deals of a step of the bridge; "Counts with" adds up to it to the cent."""
    lines = lines_of(view, start)
    lines = lines[lines["step"] == step]
    lines = lines.reindex(lines["amount"].abs().sort_values(ascending=False, kind="stable").index)
    deals = view.deals.set_index("deal_id").reindex(lines["deal_id"])
    names = deals["name"].fillna(lines.set_index("deal_id").index.to_series().map(NO_DEAL))
    return pd.DataFrame(
        {
            "Deal": names.to_numpy(),
            "Counts with": lines["amount"].to_numpy(),
            "Amount then": deals["amount"].to_numpy(),
            "Chance then": deals["chance"].round(2).to_numpy(),
            "Booked": deals["booked"].to_numpy(),
            "Forecast category": deals["category"].to_numpy(),
            "Stage": deals["stage"].to_numpy(),
            "Close date then": deals["close_date"].to_numpy(),
            "Owner": deals["owner_name"].to_numpy(),
            "deal_id": lines["deal_id"].to_numpy(),
        }
    )


STEP_KINDS: dict[str, Kind] = {
    "Counts with": "money",
    "Amount then": "money",
    "Chance then": "share",
    "Booked": "money",
    "Close date then": "day",
    "deal_id": "hidden",
}


def warning_title(found: Causes) -> str:
    """How many warnings were right, in a heading."""
    known = found.effects[found.effects["missing"].isna()]
    if known.empty:
        return "Too few deals showed a warning to say which were right"
    right = known[known["low"] > 0]
    if right.empty:
        return f"Of {count(len(known), 'warning')} none clearly told who would not be won"
    best = _rows(right.sort_values("more", ascending=False, kind="stable"))[0]
    return (
        f"{len(right)} of {count(len(known), 'warning')} clearly told who would not be won, most of all:"
        f" {_down(best.label)}"
    )


def warning_table(found: Causes) -> pd.DataFrame:
    """A row per warning, the clearest first; what rests on too few deals is said, not shown."""
    rows = found.effects.sort_values("more", ascending=False, na_position="last", kind="stable")
    return pd.DataFrame(
        {
            "Warning": rows["label"],
            "Not won with it, more often by": [_more(row) for row in _rows(rows)],
            "Not won with it": _share(rows, "missed_with", "n_with"),
            "Not won without": _share(rows, "missed_without", "n_without"),
            "Deals with it": rows["n_with"],
            "Deals without": rows["n_without"],
        }
    ).reset_index(drop=True)


def _share(rows: pd.DataFrame, missed: str, n: str) -> pd.Series:
    """Shares, where there were deals enough."""
    return (rows[missed] / rows[n].where(rows["missing"].isna())).round(2)


def _more(row: Any) -> str:
    if row.missing is not None:
        return str(row.missing)
    more, low, high = (points(one) for one in (row.more, row.low, row.high))
    return f"{more} points ({low} to {high})"


def lessons(found: Causes) -> list[str]:
    """What to change next quarter: only what this quarter's own figures carry, at most two sentences."""
    said = []
    known = found.effects[found.effects["missing"].isna() & (found.effects["low"] > 0)]
    if len(known):
        best = _rows(known.sort_values("more", ascending=False, kind="stable"))[0]
        said.append(
            f"Ask first about deals that show this: {_down(best.label)}. {best.missed_with} of {best.n_with}"
            f" were not won, against {best.missed_without} of {best.n_without} without it."
        )
    n, won = found.commit
    if n >= FEWEST and wilson(won / n, n)[1] < _IN_FULL:
        low, high = (percent(one) for one in wilson(won / n, n))
        said.append(
            f"Count Commit at its rate, not in full: {won} of {n} commit deals dated in the quarter were won"
            f" ({percent(won / n)}; 90% interval {low} to {high})."
        )
    return said


def cannot_say() -> str:
    """Where no lesson follows."""
    return "Nothing in this quarter's figures is clear enough to change something because of it."


def no_call(view: PostMortem) -> str:
    """Why there is no bridge from the commit call."""
    return f"There is no way from the {CALL} to show: {view.call}".rstrip(".") + "."


def step_sum(table: pd.DataFrame, company: Company) -> str:
    """How many rows a step has, and their exact sum."""
    summed = money(total(table["Counts with"]), company.currency, exact=True, locale=company.locale)
    return f"{count(len(table), 'row')}, together {summed}. Select one to open the deal."


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples(index=False))


def _down(text: object) -> str:
    return str(text)[:1].lower() + str(text)[1:]


def _signed(amount: object, company: Company) -> str:
    return money(amount, company.currency, signed=True, locale=company.locale)


def _short(company: Company) -> Callable[[object], str]:
    return lambda amount: money(amount, company.currency, locale=company.locale)
