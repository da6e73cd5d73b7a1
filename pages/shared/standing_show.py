"""Ways to show where the quarter stands: what is won and stated, pace, stages, splits and checks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.figures import breakdown_bars, hygiene_bars, pace_lines, quarter_build_up, stage_rates_dots
from analytics.home import Home
from analytics.pipeline.breakdown import BY
from analytics.pipeline.hygiene import findings_table
from analytics.pipeline.quarter_end import QuarterEnd, build_up, total
from analytics.pipeline.sentence import concentration, history_note, pace_finding, stage_finding
from analytics.pipeline.tables import deal_table, deals_behind
from analytics.problems import NotEnough
from analytics.terms import explain, label
from analytics.wording import count, is_missing, plain
from pages.shared import scope, show

_ROWS = (
    ("won", "commit", "best_case", "weighted_pipeline"),
    ("open_pipeline", "gap", "coverage", "to_go_coverage"),
)
_OPENS = tuple(key for row in _ROWS for key in row)


def numbers(view: QuarterEnd, company: Company, chosen: Scope) -> None:
    """What is won and stated, each number opening into its deals."""
    opened = show.from_url("number", _OPENS)
    for row in _ROWS:
        for column, key in zip(st.columns(4), row, strict=True):
            with column.container(border=True, height="stretch"):
                show.measure(view.measures[key], company)
                if len(view.measures[key].parts) and not is_missing(view.measures[key].value):
                    show.opener(
                        "number", key, f"{count(len(view.measures[key].parts), 'deal')} behind {label(key)}"
                    )
    if opened:
        st.subheader(f"{label(opened)}: the deals behind it", anchor=False)
        st.caption(plain(explain(opened)))
        show.deals(
            deals_behind(view, opened),
            company,
            file=f"{opened} {chosen.quarter}",
            parameters=scope.parameters(chosen),
        )
        show.closer("number")


def pictures(data: Home, company: Company, chosen: Scope, look: dict[str, Any]) -> None:
    """What it is made of, how it runs against past quarters, and what its stages are worth."""
    view, words = data.view, {key: look[key] for key in ("currency", "locale")}
    target = view.measures["target"].value
    target_line = None if isinstance(target, NotEnough) else target
    parts, weighted = build_up(view), total(view.measures["weighted_pipeline"].parts)
    show.figure(
        "What the quarter is made of",
        quarter_build_up.quarter_build_up(parts, target_line, weighted=weighted, **look),
        quarter_build_up.describe(parts, target_line, weighted=weighted, **words),
        parts,
        file=f"build-up {chosen.quarter}",
        note=f"Won is solid; what is only stated in the CRM is outlined. {concentration(company, view)}",
    )
    weeks = data.pace.weeks
    show.figure(
        pace_finding(company, data.pace),
        pace_lines.pace_lines(weeks, target_line, data.pace.today_week, **look),
        pace_lines.describe(weeks, target_line, data.pace.today_week, **words),
        weeks,
        file=f"pace {chosen.quarter}",
        note="Bookings so far in the quarter, by week, against past quarters.",
    )
    show.figure(
        stage_finding(company, view, data.stages),
        stage_rates_dots.stage_rates_dots(data.stages, **look),
        stage_rates_dots.describe(data.stages, **words),
        data.stages,
        file=f"stages {chosen.quarter}",
        note=f"{explain('measured_win_rate')} {history_note(data.history_quarters)}",
        kinds=dict.fromkeys(("amount", "weighted"), "money")
        | dict.fromkeys(("configured", "measured", "low", "high"), "share"),
    )


def split(data: Home, chosen: Scope, look: dict[str, Any]) -> None:
    """The quarter's money by category, stage, team, owner or month."""
    by = st.segmented_control(
        "Split the quarter by",
        list(BY),
        format_func=BY.get,
        default="category",
        required=True,
        key="by",
        bind="query-params",
    )
    table = data.breakdowns[by]
    show.figure(
        f"The quarter by {BY[by].lower()}",
        breakdown_bars.breakdown_bars(table, **look),
        breakdown_bars.describe(table, currency=look["currency"], locale=look["locale"]),
        table,
        file=f"by {by} {chosen.quarter}",
        note="Won is solid, open pipeline outlined; the tick inside is its weighted part.",
        kinds={"won": "money", "open": "money", "weighted": "money"},
    )


def checks(data: Home, company: Company, chosen: Scope, look: dict[str, Any]) -> None:
    """What undermines the number, each check opening into its deals."""
    found = findings_table(data.findings)
    show.figure(
        "What undermines the number",
        hygiene_bars.hygiene_bars(found, **look),
        hygiene_bars.describe(found, currency=look["currency"], locale=look["locale"]),
        found,
        file=f"checks {chosen.quarter}",
        note="Money of the open deals that each check names. One deal can be named by several.",
        kinds={"money": "money"},
    )
    named = {finding.key: finding for finding in data.findings if finding.state == "found"}
    check = show.from_url("check", tuple(named))
    with st.container(horizontal=True):
        for key, finding in named.items():
            show.opener("check", key, f"{label(key)}: {count(len(finding.deals), 'deal')}")
    if check:
        st.subheader(label(check), anchor=False)
        st.caption(plain(f"{explain(check)} {named[check].note}"))
        show.deals(
            deal_table(named[check].deals),
            company,
            file=f"{check} {chosen.quarter}",
            parameters=scope.parameters(chosen),
        )
        show.closer("check")
