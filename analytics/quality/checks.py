"""Runs every check of a day and says how each ended."""

from __future__ import annotations

import pandas as pd

from analytics.pipeline.quarter_end import total
from analytics.problems import NotEnough
from analytics.quality import contradictory, duplicated, history, missing, stale
from analytics.quality.check import SEVERITIES, Check, Found, Ignored, NotJudged, Result
from analytics.quality.effects import effect_of
from analytics.quality.facts import Facts

CHECKS: tuple[Check, ...] = tuple(
    check for module in (missing, stale, contradictory, duplicated, history) for check in module.CHECKS
)
CHECK: dict[str, Check] = {check.code: check for check in CHECKS}

_NONE = {
    "open deals": ("open", "No deal is open here."),
    "won deals": ("won", "No deal was won in the year up to this day."),
    "closed deals": ("closed", "No deal was closed in the year up to this day."),
}


def find(check: Check, facts: Facts) -> Found | NotJudged:
    """What a check comes upon; where there is nothing that it is about it does not apply."""
    if check.about in _NONE:
        which, reason = _NONE[check.about]
        if getattr(facts, which).empty:
            return NotJudged("not applicable", reason)
    return check.find(facts)


def run_checks(facts: Facts, ignored: dict[str, Ignored]) -> list[Result]:
    """How every check ended, in the order of their codes. `ignored`: code -> who decided to live with it."""
    return [_result(check, find(check, facts), facts, ignored.get(check.code)) for check in CHECKS]


def _result(check: Check, found: Found | NotJudged, facts: Facts, ignored: Ignored | None) -> Result:
    nothing = pd.DataFrame()
    if isinstance(found, NotJudged):
        no_money = NotEnough(found.reason)
        return Result(check, found.state, nothing, nothing, no_money, found.reason, ignored)
    if found.deals.empty and found.things.empty:
        return Result(check, "passed", found.deals, found.things, 0.0, found.note, ignored)
    deals = found.deals
    if len(deals):
        deals = deals.sort_values("amount_company", ascending=False, na_position="last")
    return Result(
        check=check,
        state="ignored" if ignored else "failed",
        deals=deals,
        things=found.things,
        money=money_behind(deals),
        note=found.note,
        ignored=ignored,
        changes=effect_of(check.code, deals, facts),
    )


def money_behind(deals: pd.DataFrame) -> float | NotEnough:
    """The amounts of some deals, company currency; none known is no 0."""
    if deals.empty:
        return NotEnough("It is about no deals of its own.")
    known = deals["amount_company"].dropna()
    return total(known) if len(known) else NotEnough("None of these deals has an amount that can be counted.")


def open_failing(results: list[Result]) -> pd.DataFrame:
    """The open deals that an error or a warning names, each once; ignored checks are left out."""
    named = [
        result.deals[result.deals["is_open"]]
        for result in results
        if result.state == "failed" and result.check.severity != "info" and len(result.deals)
    ]
    if not named:
        return pd.DataFrame({"deal_id": [], "amount_company": []})
    return pd.concat(named).drop_duplicates("deal_id")


def worst_first(results: list[Result]) -> list[Result]:
    """Failed ones first, errors before warnings, most money first; then what was ignored, judged or not."""
    order = ("failed", "ignored", "passed", "not enough data", "not applicable", "skipped")

    def rank(result: Result) -> tuple[int, int, float, str]:
        known = 0.0 if isinstance(result.money, NotEnough) else result.money
        severity = SEVERITIES.index(result.check.severity)
        return order.index(result.state), severity, -known, result.check.code

    return sorted(results, key=rank)
