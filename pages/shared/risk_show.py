"""Ways to show where one deal goes by quarter end: chances, reasons, statement, weeks, similar deals."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.deal_risk import DealRisk, in_words
from analytics.figures import chance_lines, reasons_waterfall
from analytics.risk.statements import BELOW
from analytics.wording import count, money, percent, plain, points
from pages.shared import cached, scope, show

_REASONS_BESIDE = 5


def reasons_list(found: DealRisk, most: int = _REASONS_BESIDE) -> None:
    """The strongest reasons in words, with their points."""
    told = found.reasons.iloc[1:].assign(size=found.reasons["won"].abs()).sort_values("size", ascending=False)
    lines = [f"- {plain(row.text)}: **{points(row.won)}**" for row in told.head(most).itertuples()]
    st.markdown("\n".join(lines))


def beside(found: DealRisk, row: Any, company: Company, chosen: Scope) -> None:
    """The deal beside the list: chances, strongest reasons, warnings, next question, the way to its page."""
    with st.container(border=True):
        st.markdown(f"#### {plain(row['name'])}")
        st.markdown(plain(f"{row['kind']}. {in_words(found, str(chosen.quarter))}"))
        normal = found.reasons.iloc[0]
        st.caption(
            plain(f"{normal['text'][:1].upper()}{normal['text'][1:]}: {percent(normal['won'])}. Then:")
        )
        reasons_list(found)
        if found.statement is not None:
            said = str(found.statement["words"])
            st.markdown(plain(f"Compared with deals of such evidence: {said[:1].lower()}{said[1:]}"))
        if row["question"]:
            st.markdown(f"**Ask next:** {plain(row['question'])}")
        warned(row["deal_id"], chosen)
        with st.container(horizontal=True):
            is_asked = st.button("Open the deal", key="open beside", type="primary")
            show.closer("at", "Close")
        if is_asked:
            show.open_deal(row["deal_id"], scope.parameters(chosen))


def warned(deal_id: str, chosen: Scope) -> None:
    """The warnings that the deal shows, of those that are on."""
    view = cached.the_warnings(chosen.as_of)
    mine = view.now[view.now["deal_id"] == deal_id]
    lines = [
        f"- {plain(row.label)}: {plain(row.text)}"
        for row in mine.itertuples()
        if view.limits[row.warning].is_on
    ]
    if lines:
        st.markdown(f"**{count(len(lines), 'warning')}**\n" + "\n".join(lines))
    else:
        st.caption("No warning that is switched on applies.")


def the_deal(deal_id: str, company: Company, chosen: Scope) -> None:
    """The deal page's section: what it will do by quarter end, and exactly why."""
    st.subheader("What it will do by quarter end", anchor=False)
    if chosen.quarter.last_day < chosen.as_of:
        st.info(
            plain(
                f"{chosen.quarter} was over on this day. Choose an as-of date within it, or a later quarter."
            )
        )
        return
    found = cached.the_deal_risk(deal_id, chosen)
    if found is None:
        st.caption("The deal is not open on this day: there is nothing left to foretell.")
        return
    st.markdown(plain(in_words(found, str(chosen.quarter))))
    st.caption(plain(f"Method: {found.status}"))
    if found.missing:
        return
    show.figure(
        _waterfall_title(found),
        reasons_waterfall.reasons_waterfall(found.reasons, dark=show.is_dark()),
        reasons_waterfall.describe(found.reasons),
        found.reasons.drop(columns="deal_id"),
        file=f"reasons {deal_id}",
        note=_money_note(found, company),
        kinds={"won": "number", "lost": "number", "slip": "number", "money": "money"},
    )
    _statement(found, company, deal_id)
    if len(found.questions):
        st.markdown("**What goes with evidencing an open question**")
        st.caption(
            "Deals alike in everything else that have such an answer are won more or less often by this much."
            " An association in past deals, not a promise: deals with deep answers differ in other ways too."
        )
        show.dataframe(found.questions, hide_index=True, width="stretch", placeholder="–", key="what if")
    show.figure(
        "The chance over the weeks",
        chance_lines.chance_lines(found.history, locale=company.locale, dark=show.is_dark()),
        chance_lines.describe(found.history, locale=company.locale),
        found.history,
        file=f"chance {deal_id}",
        note="Each quarter as it would have been foretold then: the model knew only the quarters before it.",
        kinds={"p_won": "share", "stated": "share", "change": "share", "landmark": "day"},
    )
    _similar(found, chosen)
    warned(deal_id, chosen)


def _waterfall_title(found: DealRisk) -> str:
    normal = found.reasons.iloc[0]
    won = found.deal["p_won"]
    than = (
        "higher than"
        if won > normal["won"] + 0.005
        else "lower than"
        if won < normal["won"] - 0.005
        else "as"
    )
    return f"{percent(won)}, {than} {normal['text']} ({percent(normal['won'])})"


def _money_note(found: DealRisk, company: Company) -> str:
    summed = money(found.reasons["money"].sum(), company.currency, exact=True, locale=company.locale)
    return (
        f"Points of the chance to be won; they add up to it exactly, and their money to the expected "
        f"{summed}."
        " The data below the picture holds every reason, also for lost and still open. Quarter end and"
        " What if also weigh how the quarter has run so far, so their chance of this deal can differ."
    )


def _statement(found: DealRisk, company: Company, deal_id: str) -> None:
    """What is stated against what such evidence usually gets: why it is below it, above it, or neither."""
    st.markdown("**What is stated against its evidence**")
    if found.statement is None or found.parts.empty:
        st.caption("Not enough evidence to say what is usually stated of such deals.")
        return
    said = found.statement
    text = plain(said["words"])
    if said["statement"] == BELOW and said["understated_amount"] > 0:
        low, high, amount = (
            money(said[f"understated_{end}"], company.currency, locale=company.locale)
            for end in ("low", "high", "amount")
        )
        text += plain(
            f" About {amount} ({low} to {high}) more is expected than the statement alone lets expect."
        )
    st.markdown(text)
    st.caption(
        "Positive = stated below what such evidence usually gets (standard deviations). Why is not known."
    )
    show.dataframe(
        found.parts.drop(columns="deal_id").assign(z=found.parts["z"].round(1) + 0.0),  # no -0.0
        hide_index=True,
        width="stretch",
        placeholder="–",
        column_config={
            "z": st.column_config.NumberColumn("Below (+) or above (-)", format="%.1f"),
            "text": st.column_config.TextColumn("In words", width="large"),
            "part": "Part",
            "counted": "In the score",
            "stated": "Stated",
            "usual": "Usual",
            "weeks": "Weeks",
        },
        key=f"statement {deal_id}",
    )


def _similar(found: DealRisk, chosen: Scope) -> None:
    st.markdown("**Past deals most alike, and how they ended**")
    if found.similar.empty:
        st.caption("No comparable past deal.")
        return
    st.caption(
        "The same stage and week of a past quarter, nearest in what the chance depends on. Select one to "
        "open it."
    )
    event = show.dataframe(
        found.similar.drop(columns="deal_id"),
        hide_index=True,
        width="stretch",
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        column_config=show.column_formats({"Amount then": "money"}),
        key="similar",
    )
    if event.selection.rows:
        show.open_deal(found.similar["deal_id"].iloc[event.selection.rows[0]], scope.parameters(chosen))
