"""Everything the quarter-end page says about the number: where the quarter will end, why, and who to call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analytics.company import Company, Scope
from analytics.forecast import lines
from analytics.forecast.basis import Basis
from analytics.forecast.calls import Call, Calls, call_of, calls_at
from analytics.forecast.hangs_on import HangsOn, hangs_on
from analytics.forecast.parts import By, parts_of
from analytics.forecast.quarter_forecast import Forecast
from analytics.forecast.track import track_of
from analytics.pipeline.quarter_end import total
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.wording import count, day, is_missing, money, percent

PARTS: dict[str, By] = {"Team": "team", "Region": "region", "Owner": "owner_id"}
#: A step with the reason that it gives when it takes money away, and when it adds some.
_BECAUSE = {
    lines.RATES: (
        "deals at these stages are won less often than the CRM's stage probabilities say",
        "deals at these stages are won more often than the CRM's stage probabilities say",
    ),
    lines.DATES: ("close dates are not believable", "close dates are more believable than usual"),
    lines.THIN: ("business cases are thin", "business cases are better than they seem"),
    lines.DEEP: ("business cases are not as good as they seem", "business cases are well evidenced"),
    lines.MOVEMENT: ("too little moves in the deals", "more moves in the deals than usual"),
    lines.PEOPLE: ("too few people at the customers take part", "people at the customers take part"),
    lines.STATED: ("such categories and amounts are won less often", "such categories and amounts are won"),
    lines.OWNER: ("the owners' past deals were won less often", "the owners' past deals were won more often"),
    lines.KIND: (
        "this kind of deal is won less often at this time of year",
        "this kind of deal is won more often at this time of year",
    ),
    lines.BELOW: ("some deals are stated above their evidence", "some deals are stated below their evidence"),
    lines.LATER: (
        "deals dated outside the quarter are counted less",
        "some deals dated outside the quarter will be won in it",
    ),
    lines.SO_FAR: ("the quarter has run behind past ones so far", "the quarter has run ahead of past ones"),
    lines.AT_CLOSE: ("deals close at less than is stated now", "deals close at more than is stated now"),
    lines.NEW: ("fewer new deals come", "deals not created yet will be won"),
}
_CALLS = 3  # deals to call about
_SAYS_MUCH = 0.2  # a step on the other side is told if it is this share of the main one
_MANIFOLD = 3  # times a small open pipeline that a past quarter brought: as a share it says nothing
_MOVES = 0.005  # of the chance to reach the target: less is shown as no difference


@dataclass(frozen=True)
class Number:
    """The number of one scope. `parts`: PARTS -> `parts_of`; `trust`: how far off it was at this week."""

    forecast: Forecast
    hangs: HangsOn
    call: Call | NotEnough
    trust: str | NotEnough
    parts: dict[str, pd.DataFrame]

    @property
    def missing(self) -> NotEnough | None:
        """Why there is no number."""
        return self.forecast.expected if isinstance(self.forecast.expected, NotEnough) else None

    @property
    def stated(self) -> float:
        """Won + weighted pipeline."""
        return self.forecast.baselines["won + weighted pipeline"]


def number(store: Store, company: Company, found: Forecast) -> Number:
    """Read and derive what belongs to the scope's forecast."""
    scope, basis = found.view.scope, found.whole.basis
    with store.reading():
        calls = calls_at(store, company, scope.as_of)
        parts = {label: parts_of(store, company, found, by) for label, by in _parts(scope).items()}
    return Number(
        forecast=found,
        hangs=hangs_on(found),
        call=call_of(calls, scope),
        trust=_trust(basis, calls, scope),
        parts={label: table for label, table in parts.items() if len(table) > 1},
    )


def _parts(scope: Scope) -> dict[str, By]:
    """By what a scope can be taken apart."""
    if scope.owner_id:
        return {}
    return {label: by for label, by in PARTS.items() if by != "team" or not scope.team}


def _trust(basis: Basis, calls: Calls, scope: Scope) -> str | NotEnough:
    """How far off the number was at this week of past quarters, beside the simpler methods."""
    if scope.is_part:
        return NotEnough("past errors are measured for the company and its teams, not for one owner")
    if scope.as_of < scope.quarter.first_day:
        return NotEnough("past errors are measured within the quarter, and it has not begun")
    week = (scope.as_of - scope.quarter.first_day).days // 7
    return track_of(basis, calls, "team" if scope.team else "company").in_words(week, scope.team)


def headline(found: Number, company: Company) -> str:
    """Where the quarter will end, how sure that is, and the chance to reach the target (plain text)."""
    one = found.forecast
    short = _short(company)
    target = one.view.measures["target"].value
    text = (
        f"{one.view.scope.quarter} is expected to end at {short(one.expected)}"
        f" (80% range {short(one.p10)} to {short(one.p90)})"
    )
    if isinstance(target, NotEnough):
        return f"{text}; no target is loaded."
    if total(one.view.measures["won"].parts) >= target:
        return f"{text}; the {short(target)} target is reached."
    return f"{text}; the chance to reach the {short(target)} target is {percent(one.p_target)}."


def why(found: Number, company: Company) -> str:
    """Why it differs from what is won plus the weighted pipeline."""
    short = _short(company)
    expected = found.forecast.expected
    assert not isinstance(expected, NotEnough)
    differs = round(expected - found.stated, 2)
    if short(expected) == short(found.stated):
        return f"Won plus weighted pipeline says the same: {short(found.stated)}."
    side = "below" if differs < 0 else "above"
    text = f"That is {short(abs(differs))} {side} won plus weighted pipeline ({short(found.stated)})"
    reasons = _reasons(found.forecast, differs)
    return f"{text}: {', while '.join(_reason(step, amount, company) for step, amount in reasons)}."


def _reasons(found: Forecast, differs: float) -> list[tuple[str, float]]:
    """The step that explains most of the difference, and the largest on the other side if it says much."""
    steps = {step.step: step.amount for step in found.bridge if step.step in _BECAUSE}
    same = {step: amount for step, amount in steps.items() if amount * differs > 0}
    other = {step: amount for step, amount in steps.items() if amount * differs < 0}
    main = max(same.items(), key=lambda one: abs(one[1]))
    against = max(other.items(), key=lambda one: abs(one[1]), default=None)
    if against is None or abs(against[1]) < _SAYS_MUCH * abs(main[1]):
        return [main]
    return [main, against]


def _reason(step: str, amount: float, company: Company) -> str:
    signed = money(amount, company.currency, signed=True, locale=company.locale)
    return f"{_BECAUSE[step][amount > 0]} ({signed})"


def hangs_in_words(found: Number, company: Company) -> str:
    """What it hangs on, in a sentence with the deal that moves it most."""
    deals, short = found.hangs.deals, _short(company)
    if deals.empty:
        return "No open deal moves it."
    first = deals.iloc[0]
    if is_missing(first["if_won"]):
        ends = short(first["p50_if_won"]), short(first["p50_if_not"])
        text = f"the middle of the range is {ends[0]} if it is won, {ends[1]} if not"
    elif first["if_won"] - first["if_not"] < _MOVES:
        return (
            f"No single deal moves the chance to reach the target; the three with most at stake"
            f" carry {percent(found.hangs.top3)} of what open deals are expected to bring."
        )
    else:
        text = (
            f"the chance to reach the target is {percent(first['if_won'])} if it is won,"
            f" {percent(first['if_not'])} if not"
        )
    known = found.forecast.deals.set_index("deal_id").loc[first["deal_id"]]
    dated = (
        f", dated {day(known['close_date'], locale=company.locale)}"
        if known["timing"] != "in quarter"
        else ""
    )
    of_it = f"{short(first['amount'])}{dated}, chance {percent(first['chance'])}"
    return f"It hangs most on {first['name']} ({of_it}): {text}."


def call_about(found: Number) -> list[tuple[str, str]]:
    """The deals to call about first: deal_id and name."""
    deals = found.hangs.deals.head(_CALLS)
    return list(zip(deals["deal_id"].astype(str), deals["name"].astype(str), strict=True))


def must_be_true(found: Number, company: Company) -> str:
    """What it takes to reach the target, against what past quarters brought from this week on."""
    hangs, short = found.hangs, _short(company)
    if isinstance(hangs.to_go, NotEnough):
        return f"{str(hangs.to_go)[:1].upper()}{str(hangs.to_go)[1:]}".rstrip(".") + "."
    if isinstance(hangs.needed, NotEnough):
        return f"{short(hangs.to_go)} more must be won: {hangs.needed}."
    text = (
        f"{short(hangs.to_go)} more must be won: {percent(hangs.needed)} of the open pipeline dated in the"
        " quarter"
    )
    past = hangs.usual["share"]
    if len(past) < _CALLS:
        return f"{text}. There are too few past quarters to compare with."
    enough = int((past >= hangs.needed).sum())
    span = f"{percent(past.min())} to {percent(past.max())} of theirs (median {percent(past.median())})"
    if past.max() > _MANIFOLD:
        span = f"a median of {percent(past.median())} of theirs"
    return (
        f"{text}. From this week on, the last {count(len(past), 'quarter')} brought {span}, and {enough} of"
        " them brought as much as is needed now."
    )


def concentration(found: Number) -> str:
    """How much few deals carry of what open deals are expected to bring."""
    if isinstance(found.hangs.top3, NotEnough):
        return ""
    return (
        f"The largest carries {percent(found.hangs.largest)} of what open deals are expected to bring, the"
        f" three largest {percent(found.hangs.top3)}."
    )


def beside(found: Number) -> dict[str, object]:
    """What others say of the quarter's end, for the picture of the range: label -> money."""
    said: dict[str, object] = {
        f"{name[:1].upper()}{name[1:]}": amount for name, amount in found.forecast.baselines.items()
    }
    if isinstance(found.call, Call) and not isinstance(found.call.amounts["commit"], NotEnough):
        said["Submitted call"] = found.call.amounts["commit"]
    return said


def range_finding(found: Number, company: Company) -> str:
    """The title of the range's picture."""
    one = found.forecast
    if isinstance(one.p_target, NotEnough):
        return f"Half of the simulated ends of the quarter lie above {_short(company)(one.p50)}"
    return f"In {percent(one.p_target)} of the simulated ends of the quarter the target is reached"


def range_table(found: Number) -> pd.DataFrame:
    """The numbers of the picture of the range: what, amount."""
    one = found.forecast
    rows = {
        "P10": one.p10,
        "P50": one.p50,
        "P90": one.p90,
        "Expected": one.expected,
        "Won so far": one.view.measures["won"].value,
        "Target": one.view.measures["target"].value,
        **beside(found),
    }
    amounts = [None if isinstance(amount, NotEnough) else amount for amount in rows.values()]
    return pd.DataFrame({"what": list(rows), "amount": pd.Series(amounts, dtype=float)})


def bridge_finding(rows: pd.DataFrame, company: Company) -> str:
    """The title of the bridge's picture: from which number to which."""
    short = _short(company)
    sums = rows[rows["kind"] != "change"]
    start, end = sums.iloc[-2] if len(sums) > 2 else sums.iloc[0], sums.iloc[-1]
    name = f"{start['step'][:1].lower()}{start['step'][1:]}"
    return f"From {short(start['amount'])} ({name}) to {short(end['amount'])} expected"


def swings(found: Number) -> pd.DataFrame:
    """The deals that it hangs on, as a table for the picture and for the reader."""
    deals = found.hangs.deals
    return pd.DataFrame(
        {
            "label": deals["name"],
            "if_won": deals["if_won"],
            "if_slips": deals["if_not"],
            "moves": deals["moves"],
            "chance": deals["chance"],
            "amount": deals["amount"],
            "expected": deals["expected_amount"],
            "owner": deals["owner_name"],
        }
    )


def parts_for_picture(table: pd.DataFrame, found: Forecast, by: By) -> pd.DataFrame:
    """Parts as rows of `figures.next_quarters`, with what is stated in each."""
    view = found.view
    both = pd.concat(
        [
            view.won_in_quarter.assign(part=lambda deals: deals["amount_company"]),
            view.open_in_quarter.assign(part=lambda deals: deals["weighted"]),
        ]
    )
    stated = both.groupby(both[by].fillna(""))["part"].sum()
    return table.assign(
        quarter=table["label"], stated=stated.reindex(table["key"]).fillna(0.0).round(2).to_numpy()
    )


def parts_finding(table: pd.DataFrame, by: str) -> str:
    """The title of the parts' picture: how many are likely to reach their target."""
    aimed = table.dropna(subset=["p_target"])
    if len(aimed) < 2:
        return f"The number by {by.lower()}"
    likely = int((aimed["p_target"] > 0.5).sum())
    best = aimed.sort_values("p_target", ascending=False, kind="stable").iloc[0]
    return (
        f"{likely} of {len(aimed)} {by.lower()}s are more likely than not to reach their target;"
        f" {best['label']} is likeliest ({percent(best['p_target'])})"
    )


def _short(company: Company) -> Callable[[object], str]:
    return lambda amount: money(amount, company.currency, locale=company.locale)
