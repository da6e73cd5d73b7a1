"""What the page What changed says: from which day, the sentence, the pictures' rows, the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.company import Company, DataSpan, Scope
from analytics.fiscal import parse_day
from analytics.forecast.change import ChangeBridge
from analytics.pipeline import changes as buckets
from analytics.pipeline.changes import Changes
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import DealTable, Kind
from analytics.problems import BadInput
from analytics.wording import count, day, listed, money

#: How the earlier day can be asked for, as in the page's address, and in words.
WEEK, ANY_DAY = "week", "day"
SINCE = {
    WEEK: "a week ago",
    "two-weeks": "two weeks ago",
    "month": "a month ago",
    "quarter-start": "the quarter's start",
    "last-quarter": "last quarter's same week",
    ANY_DAY: "another day",
}
BY_MONEY, BY_DEALS = "money", "deals"
#: What came of it, for the pictures' colours: bucket -> kind; elsewhere 'in' or 'out' by the sign.
_KIND = {buckets.WON: "won", buckets.LOST: "lost", buckets.GONE: "lost"}
_TOLD = 3  # movements that the sentence names, if they are at least this share of the largest
_WORTH_TELLING = 0.1
_COLUMNS: dict[str, Kind] = {
    "Change": "money",
    "Deal's money": "money",
    "deal_id": "hidden",
}


@dataclass(frozen=True)
class Since:
    """The earlier day: how it was asked for (of SINCE), and what of the address could not be read."""

    how: str
    day: date
    problem: str = ""


def since_of(company: Company, scope: Scope, span: DataSpan, asked: str) -> Since:
    """The earlier day that an address asks for: a key of SINCE or a day; a week earlier if there is none."""
    calendar, as_of = company.calendar, scope.as_of
    this = calendar.quarter_of(as_of)
    days = {
        WEEK: as_of - timedelta(days=7),
        "two-weeks": as_of - timedelta(days=14),
        "month": as_of - timedelta(days=28),
        "quarter-start": this.first_day - timedelta(days=1),
        "last-quarter": calendar.shift(this, -1).day_like(as_of, this),
    }
    how, problem = (asked or WEEK), ""
    if how not in days:
        try:
            days[ANY_DAY] = parse_day(how)
            how = ANY_DAY
        except BadInput:
            how, problem = WEEK, f"The day {asked} cannot be read: compared with a week ago."
    found = days[how]
    if found > as_of:
        found, problem = as_of, f"{found} lies after the as-of date."
    if found < span.first_day:
        earliest = day(span.first_day, locale=company.locale)
        problem = f"The data begins on {earliest}: what was there then counts as new after {found}."
    return Since(how, found, problem)


def headline(found: Changes, company: Company) -> str:
    """From what to what the measure went, and what moved it most."""
    name = found.measure.capitalize()
    start, end = (_short(amount, company) for amount in (found.start, found.end))
    since = day(found.since, locale=company.locale)
    if not found.start_deals and not found.end_deals:
        return f"No {found.measure} is dated in {found.scope.quarter} in this scope, nor was on {since}."
    verb = f"stayed at {end} since {since}"
    if start != end:
        verb = f"{'rose' if found.end > found.start else 'fell'} from {start} on {since} to {end}"
    return f"{name} dated in {found.scope.quarter} {verb}{_movements(found, company)}."


def _movements(found: Changes, company: Company) -> str:
    """The largest movements in words, those in and those out together."""
    table = found.buckets
    moved = table[table["change"] != 0]
    size = moved["change"].abs()
    size = size[size >= _WORTH_TELLING * size.max()].sort_values(ascending=False, kind="stable")
    told = [
        f"{row.bucket} {_short(row.change, company, signed=True)} ({count(row.deals, 'deal')})"
        for row in _rows(moved.loc[size.index].head(_TOLD))
    ]
    if not told:
        return ""
    return f", most of it {listed(told)}" if len(told) < len(moved) else f": {listed(told)}"


def also(found: Changes, company: Company) -> str:
    """What the sums do not show: what stayed, what was undone, what counts without money or date."""
    lines = found.lines
    parts = []
    stayed = lines[lines["bucket"] == buckets.UNCHANGED]
    if len(stayed):
        their = _short(total(stayed["money"]), company)
        parts.append(f"{count(len(stayed), 'deal')} ({their}) did not change.")
    back = found.undone["deal_id"].nunique()
    if back:
        parts.append(f"{count(back, 'deal')} changed and changed back, or came and went: see below.")
    without = lines[(lines["deals"] != 0) & (lines["money"] == 0)]["deal_id"].nunique()
    if without:
        parts.append(f"{count(without, 'deal')} that came or went without an amount: counted, no money.")
    undated = int(((lines["before"] == "no close date") | (lines["after"] == "no close date")).sum())
    if undated:
        parts.append(f"{count(undated, 'deal')} got or lost a close date: as if pulled in or pushed out.")
    return " ".join(parts)


def _short(amount: float, company: Company, *, signed: bool = False) -> str:
    return money(amount, company.currency, locale=company.locale, signed=signed)


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def label(bucket: str) -> str:
    """A bucket's name as a heading."""
    return bucket[:1].upper() + bucket[1:]


def waterfall(found: Changes, by: str, company: Company) -> pd.DataFrame:
    """Rows of `figures.change_waterfall`: step, amount (money or deals), kind, n (deals of the bucket).

    A bucket whose deals moved nothing is told with 0; what did not change is no step.
    """
    of_money = by == BY_MONEY
    rows: list[tuple[str, float, str, int]] = []
    start, end = (found.start, found.end) if of_money else (found.start_deals, found.end_deals)
    first, last = (day(one, locale=company.locale) for one in (found.since, found.scope.as_of))
    rows.append((f"On {first}", float(start), "start", found.start_deals))
    for row in _rows(found.buckets):
        amount = float(row.change if of_money else row.deal_change)
        if row.bucket == buckets.UNCHANGED or (not of_money and row.bucket in _ONLY_MONEY):
            continue
        kind = _KIND.get(row.bucket, "in" if amount > 0 else "out")
        rows.append((label(row.bucket), amount, kind, row.deals))
    rows.append((f"On {last}", float(end), "end", found.end_deals))
    return pd.DataFrame(rows, columns=["step", "amount", "kind", "n"])


_ONLY_MONEY = (buckets.AMOUNT_UP, buckets.AMOUNT_DOWN, buckets.RATES)


def waterfall_title(found: Changes, by: str, company: Company) -> str:
    """The finding of the waterfall."""
    since = day(found.since, locale=company.locale)
    if by == BY_DEALS:
        gone = found.end_deals - found.start_deals
        return f"{gone:+,} deals since {since}: {found.start_deals:,} then, {found.end_deals:,} now"
    gone_money = _short(round(found.end - found.start, 2), company, signed=True)
    return f"{gone_money} {found.measure} since {since}, step by step"


def openers(found: Changes) -> dict[str, str]:
    """bucket -> what its button says, in the order of the picture."""
    return {row.bucket: f"{label(row.bucket)} · {row.deals:,}" for row in _rows(found.buckets)}


def bucket_note(found: Changes, bucket: str) -> str:
    """What a bucket means."""
    return _NOTES.get(bucket, "").format(measure=found.measure, quarter=found.scope.quarter)


_NOTES = {
    buckets.WON: "Won since then. Deals that were not in the {measure} before are told with a change of 0.",
    buckets.LOST: "Lost since then. Deals that came and were lost in between are told with a change of 0.",
    buckets.GONE: "No longer in the CRM's export.",
    buckets.OWNER: "A change of hands, or of the owner's team, moved them into or out of this scope; those"
    " that stayed in it are told with a change of 0.",
    buckets.NEW: "First seen since then.",
    buckets.REOPENED: "Closed or gone then, open now.",
    buckets.PULLED_IN: "Dated after {quarter} then (or not at all), in it now.",
    buckets.FROM_PAST: "Dated before {quarter} then, in it now.",
    buckets.PUSHED_OUT: "Dated in {quarter} then, later now (or not at all).",
    buckets.PULLED_OUT: "Dated in {quarter} then, in an earlier quarter now.",
    buckets.CATEGORY_UP: "A higher forecast category; the money moves where it came into the {measure}.",
    buckets.CATEGORY_DOWN: "A lower forecast category; the money moves where it left the {measure}.",
    buckets.AMOUNT_UP: "The amount was raised, in the deal's own currency; deals that came in stand here with"
    " what was added since.",
    buckets.AMOUNT_DOWN: "The amount was cut, in the deal's own currency.",
    buckets.RATES: "The same amounts at other exchange rates.",
    buckets.UNCHANGED: "In the {measure} at both ends with the same category and amount.",
}


def bucket_table(found: Changes, bucket: str) -> DealTable:
    """The deals of a bucket with before and after; "Change" adds up to the bucket exactly."""
    lines = found.of(bucket)
    rows = pd.DataFrame(
        {
            "Deal": lines["name"],
            "Before": lines["before"],
            "After": lines["after"],
            "Change": lines["change"],
            "Deal's money": lines["money"],
            "Owner": lines["owner_name"],
            "Account": lines["account_name"],
            "Everything that changed": lines["what"],
            "deal_id": lines["deal_id"],
        }
    )
    return DealTable(rows, dict(_COLUMNS), list(lines["deal_id"]), total(lines["change"]))


def undone_table(found: Changes) -> DealTable:
    """What changed and changed back."""
    undone = found.undone
    rows = pd.DataFrame(
        {
            "Deal": undone["name"],
            "What": undone["what"],
            "Was and is": undone["value"],
            "In between": undone["went_to"],
            "Changed on": undone["on"],
            "Back on": undone["back_on"],
            "Deal's money": undone["money"],
            "Owner": undone["owner_name"],
            "deal_id": undone["deal_id"],
        }
    )
    kinds: dict[str, Kind] = {"Changed on": "day", "Back on": "day", "Deal's money": "money"}
    once = undone.drop_duplicates("deal_id")["money"]
    return DealTable(rows, kinds | {"deal_id": "hidden"}, list(undone["deal_id"]), total(once))


def undone_note(found: Changes, company: Company) -> str:
    """How much was undone, in words."""
    since = day(found.since, locale=company.locale)
    rows, deals = len(found.undone), found.undone["deal_id"].nunique()
    if not rows:
        return f"Nothing was changed and changed back since {since}."
    summed = money(undone_table(found).total, company.currency, exact=True, locale=company.locale)
    return (
        f"{count(rows, 'change')} of {count(deals, 'deal')}, together {summed}: the two days alone would not"
        " show it. Came and went: in the measure only in between. Select a row to open the deal."
    )


def moved_finding(moved: ChangeBridge, company: Company) -> str:
    """What moved the expected number, in a sentence."""
    since = day(moved.since, locale=company.locale)
    steps = sorted(moved.steps[1:], key=lambda step: -abs(step.amount))[:_TOLD]
    told = listed([f"{step.step} {_short(step.amount, company, signed=True)}" for step in steps])
    start, end = (_short(one, company) for one in (moved.before, moved.after))
    if start == end:
        return f"The expected number stayed at {end} since {since}" + (f": {told}" if told else "")
    verb = "rose" if moved.after > moved.before else "fell"
    return f"The expected number {verb} from {start} on {since} to {end}: mostly {told}"


def trend_finding(trend: pd.DataFrame, scope: Scope, company: Company) -> str:
    """What the weeks show, in a sentence."""
    first, last = trend.iloc[0], trend.iloc[-1]
    won, is_open = (_short(last[key], company) for key in ("won", "open_pipeline"))
    if len(trend) == 1:
        return f"{scope.quarter}: {won} won, {is_open} open"
    was = _short(first["open_pipeline"], company)
    return f"Since week {first['week']} of {scope.quarter}: {won} won, open pipeline from {was} to {is_open}"
