"""Ways to show how often the number was right: by method, team, step of the call; and what luck makes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.accuracy_view import (
    Accuracy,
    added_at,
    added_by_week,
    added_title,
    coverage_by_week,
    luck_title,
    pooled,
    team_table,
    team_title,
)
from analytics.case_worth import in_words
from analytics.company import Scope
from analytics.problems import NotEnough
from analytics.wording import DASH, plain
from pages.shared import cached, show

_SHARE = "share"
#: The two measures of a method, in words; the page Definitions has their formulas.
ERROR = "Error: how far off, as a share of what was booked, whichever side."
BIAS = "Bias: how much too high (+) or too low (-) all in all."


def whose(chosen: Scope) -> None:
    """What to know where an owner is chosen: the record is kept for the company and its teams."""
    if chosen.owner_id:
        kept = f"team {chosen.team}" if chosen.team else "the company"
        st.caption(plain(f"One owner's quarters are too few deals to judge: this is the record of {kept}."))


def methods(view: Accuracy, file: str) -> None:
    """All methods over all weeks."""
    names = {"method": "Method", "n": "Quarters", "wape": "Error", "bias": "Bias"}
    names["ours"] = "Plumbline on the same weeks"
    kinds = dict.fromkeys(("Error", "Bias", "Plumbline on the same weeks"), _SHARE)
    with st.expander("All methods, over all weeks"):
        st.caption(f"{ERROR} {BIAS} A method that had nothing to say in a week is not judged on it.")
        _table(pooled(view).rename(columns=names), kinds, f"methods {file}")


def ranges(view: Accuracy, file: str) -> None:
    """How often the range held at each week, and its scores."""
    table = coverage_by_week(view)
    shares = [name for name in table if name not in ("Week", "Quarters", "Held", "Of")]
    with st.expander("The range at every week, and its scores"):
        st.caption(
            "Share: how often what was booked lay between P10 and P90, with its 90% interval. Width, CRPS and"
            " pinball loss are shares of what was booked; lower is better where the range still holds."
        )
        _table(table, dict.fromkeys(shares, _SHARE), f"ranges by week {file}")


def teams(view: Accuracy, file: str) -> None:
    """Whether the number of a team leans to one side."""
    st.subheader(plain(team_title(view)), anchor=False)
    st.caption(
        f"{BIAS} From, to: 90% interval that counts a quarter once; where it holds 0, it is not clear."
    )
    _table(team_table(view), dict.fromkeys(("Bias", "From", "To"), _SHARE), f"teams {file}")


def added(view: Accuracy, week: int, file: str) -> None:
    """What each step of the call added."""
    st.subheader(plain(added_title(view, week)), anchor=False)
    table = added_at(view, week)
    if table.empty:
        st.info(f"Reps, managers and the company have not all called at week {week} of a past quarter.")
        return
    st.caption(
        f"The commit as it was called by then, where reps, managers and the company all had. {ERROR} {BIAS}"
    )
    names = {"step": "Step", "n": "Quarters", "wape": "Error", "bias": "Bias", "better": "Nearer by"}
    kinds = dict.fromkeys(("Error", "Bias", "Nearer by"), _SHARE)
    _table(table.rename(columns=names), kinds, f"steps {file}")
    with st.expander("The error of each step, by week"):
        weeks = added_by_week(view)
        _table(weeks, dict.fromkeys(weeks.columns[1:], _SHARE), f"steps by week {file}")


def luck(view: Accuracy, week: int, file: str) -> None:
    """The error that nobody can go below."""
    names = {
        "week": "Week",
        "n": "Quarters",
        "deals": "Open deals",
        "alike": "As many equal deals",
        "own": "Error by each deal's luck",
        "shared": "With luck that deals share",
    }
    st.subheader(plain(luck_title(view, week)), anchor=False)
    st.caption(
        "From the deals' own chances and amounts, were every chance known perfectly. Few large deals make"
        " more luck than many small ones: the fourth column says to how many equal ones they come down. In so"
        " few quarters a forecast can also be luckier than that."
    )
    table = view.floor.assign(deals=view.floor["deals"].round(), alike=view.floor["alike"].round())
    kinds = dict.fromkeys((names["own"], names["shared"]), _SHARE)
    with st.expander("The error that luck makes, by week"):
        _table(table[[*names]].rename(columns=names), kinds, f"luck {file}")


def case_worth(chosen: Scope, file: str) -> None:
    """With and without the business-case answers, made when it is asked for."""
    st.subheader("Do the business-case answers earn their keep?", anchor=False)
    if st.query_params.get("answers") != "compare":
        st.caption(
            "Past quarters are foretold once more as if nobody had answered a question. It takes about as"
            " long as the first look at this page."
        )
        show.opener("answers", "compare", "Compare with and without the answers")
        return
    found = cached.the_case_worth(chosen)
    if isinstance(found, NotEnough):
        st.info(plain(f"This cannot be said yet: {found}."))
        return
    st.markdown(plain(in_words(found)))
    quarters, weeks = st.columns(2)
    with quarters:
        st.caption("Log loss of single deals, by quarter; lower is better.")
        losses = found.quarters.rename(columns={"quarter": "Quarter", "with": "With", "without": "Without"})
        formats = {name: st.column_config.NumberColumn(name, format="%.3f") for name in ("With", "Without")}
        _table(losses, {}, f"answers by quarter {file}", formats)
    with weeks:
        st.caption("The number's error and its range's CRPS, by week; shares of what was booked.")
        names = {"week": "Week", "n": "Quarters", "with": "Error with", "without": "Error without"}
        names |= {"crps_with": "CRPS with", "crps_without": "CRPS without"}
        kinds = dict.fromkeys([name for name in names.values() if " with" in name], _SHARE)
        _table(found.weeks.rename(columns=names), kinds, f"answers by week {file}")
    show.closer("answers")


def _table(table: Any, kinds: dict[str, str], file: str, formats: dict[str, Any] | None = None) -> None:
    """A table that is shown whole, with its download."""
    show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=38 + 35 * len(table),
        placeholder=DASH,
        column_config=show.column_formats(kinds) | (formats or {}),
        key=f"table {file}",
    )
    show.download(table, file)
