"""Step 3 of an import: what the stages, categories, owners and currencies in the files mean."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.import_words import (
    AGREED,
    MEANS,
    OUR_CATEGORIES,
    STATUSES,
    currency_choices,
    currency_codes,
    currency_table,
    new_stage_in_words,
    rule_for,
    stage_in_words,
    stage_rules,
    stage_table,
    status_choices,
    status_in_words,
    status_table,
    word_choices,
    word_table,
)
from analytics.importing import Look
from analytics.wording import count, plain
from pages.shared.import_state import Importing, body, go_on, head, holds_up

_ORDERS = {
    "dmy": "Day first (31/12/2026)",
    "mdy": "Month first (12/31/2026)",
    "ymd": "Year first (2026/12/31)",
}
_SIGNS = {".": "A point before the cents (1,234.50)", ",": "A comma before the cents (1.234,50)"}
_MONEY = st.column_config.NumberColumn(
    "Amount", format="%,.0f", help="The sum as it is written, in whatever currencies.", disabled=True
)
#: What of `analytics.importing.check` is decided in this step.
_WORDS = {"stages", "statuses", "categories", "currencies", "dates", "decimals"}
_DEALS = st.column_config.NumberColumn("Deals", format="%,d", disabled=True)
#: What else is asked of a table's stages; an export says it by its deals.
_OF_A_STAGE = {
    "Order": st.column_config.NumberColumn(min_value=0, max_value=999, step=1, width=80),
    "Probability": st.column_config.NumberColumn(
        "Prob. %", min_value=0, max_value=100, width=95, help="The stage's probability."
    ),
    "Category": st.column_config.SelectboxColumn(options=list(OUR_CATEGORIES), width=100),
}


def step(state: Importing, look: Look) -> bool:
    """Tables of the words with their meanings; True once a person has seen them."""
    head("words")
    if not look.is_mapped:
        if not (len(look.stages) or len(look.categories)):
            st.caption("The files say themselves which stages are open, won and lost.")
            return True
        st.caption("The files say themselves what their other stages and categories mean; not so these.")
    _questions(state, look)
    is_agreed = "words" in state.confirmed
    if look.kept:
        _say_new(state, look)
    is_open = holds_up(state, look, _WORDS) or bool(look.new_stages and not is_agreed)
    with body("Change what the words mean", is_settled=bool(look.kept) or is_agreed, is_open=is_open):
        _tables(state, look)
    return go_on(state, "words", "These words are right")


def _questions(state: Importing, look: Look) -> None:
    """What the values themselves do not tell: the order of day and month, the decimal sign."""
    for key, chosen, options in (("dates", "date_order", _ORDERS), ("decimals", "decimal", _SIGNS)):
        if question := look.questions.get(key):
            held = getattr(state.choices, chosen)
            said = st.radio(
                plain(question),
                list(options),
                index=list(options).index(held) if held else None,
                format_func=options.get,
                horizontal=True,
                key=f"import {key} {state.batch}",
            )
            if said and said != held:
                place = st.empty()
                state.choose(**{chosen: said})
                state.read(state.choices, place)
                st.rerun()


def _say_new(state: Importing, look: Look) -> None:
    """Stages that came up since last time and that were understood without asking."""
    rows = look.stages[look.stages["stage"].isin(look.new_stages)].to_dict("records")
    told = [line for row in rows if (line := new_stage_in_words(row, state.choices))]
    if told:
        st.info(
            "New since last time: " + "; ".join(plain(line) for line in told) + ". Change it below if not."
        )


def _tables(state: Importing, look: Look) -> None:
    if len(look.stages):
        _stages(state, look)
    if len(look.statuses):
        st.markdown("**Statuses**")
        key, shown = state.table("statuses", lambda: status_table(look, state.choices))
        said = status_choices(_edited(shown, "Means", _choice("Means", list(STATUSES)), key))
        state.choose(statuses=_elsewhere(state.choices.statuses, look.statuses) | said)
        _ask_statuses(state, look)
    if len(look.categories):
        st.markdown("**Forecast categories**")
        column = _choice("Means", list(OUR_CATEGORIES))
        said = _words(state, "categories", look.categories, "Means", column)
        state.choose(categories=said)
    if len(look.currencies):
        st.markdown("**Currencies**")
        column = _choice("ISO code", currency_codes())
        key, shown = state.table("currencies", lambda: currency_table(look, state.choices))
        said = currency_choices(_edited(shown, "ISO code", column, key))
        state.choose(currencies=_elsewhere(state.choices.currencies, look.currencies) | said)
    if len(look.owners):
        with st.expander(f"{count(len(look.owners), 'owner')}: join two spellings of one person"):
            st.caption("Write the same name beside both spellings. What is left alone stays as written.")
            column = st.column_config.TextColumn("Person")
            state.choose(owners=_words(state, "owners", look.owners, "Person", column, same=True))


def _stages(state: Importing, look: Look) -> None:
    st.markdown("**Stages**")
    st.caption(
        "Open, won or lost, in the order in which deals pass them. The probability is the stage's own in "
        "your CRM, in percent; leave it empty if there is none. A row not agreed is a suggestion only."
        if look.is_mapped
        else "Open, won or lost. A row not agreed is a suggestion only."
    )
    key, shown = state.table("stages", lambda: stage_table(look, state.choices))
    edited = st.data_editor(
        shown,
        hide_index=True,
        width="stretch",
        disabled=["Stage", "Deals", "Amount"],
        column_config={
            # all of them fit a window of 900 pixels
            "Stage": st.column_config.TextColumn(width=145),
            "Deals": _DEALS,
            "Amount": _MONEY,
            "Means": st.column_config.SelectboxColumn(options=list(MEANS), width=85),
            AGREED: st.column_config.CheckboxColumn(help="Tick it if the row is right.", width=95),
            **(_OF_A_STAGE if look.is_mapped else dict.fromkeys(_OF_A_STAGE)),
        },
        key=key,
    )
    written = {str(row["stage"]) for row in look.stages.to_dict("records")}
    elsewhere = {name: rule for name, rule in state.choices.stages.items() if name not in written}
    state.choose(stages=elsewhere | stage_rules(edited, shown))
    _ask_unsure(state, look)


def _ask_unsure(state: Importing, look: Look) -> None:
    """What each stage means of which nothing sure is known: nothing is taken for granted."""
    new = [row for row in look.stages.to_dict("records") if str(row["stage"]) not in state.choices.stages]
    if not new:
        return
    st.markdown(f"**{count(len(new), 'stage')} to decide.** What is loaded as open counts in the pipeline.")
    for row in new:
        name = str(row["stage"])
        means = st.radio(
            plain(stage_in_words(row)),
            MEANS,
            index=None,
            horizontal=True,
            key=f"import means {name} {state.batch}",
        )
        if means:
            rule = rule_for(name, means, look.suggested.get(name))
            state.choose(stages=state.choices.stages | {name: rule})
            st.session_state.pop(f"import means {name} {state.batch}", None)
            state.renew_tables()
            st.rerun()


def _ask_statuses(state: Importing, look: Look) -> None:
    """What each status says of which nothing sure is known, with what it probably is."""
    new = [row for row in look.statuses.to_dict("records") if row["value"] not in state.choices.statuses]
    if not new:
        return
    st.markdown(f"**{count(len(new), 'status', 'statuses')} to decide.** Until then nothing is loaded.")
    for row in new:
        name = str(row["value"])
        said = st.radio(
            plain(status_in_words(row, look.suggested_statuses)),
            list(STATUSES),
            index=None,
            horizontal=True,
            key=f"import status {name} {state.batch}",
        )
        if said:
            state.choose(statuses=state.choices.statuses | {name: STATUSES[said]})
            st.session_state.pop(f"import status {name} {state.batch}", None)
            state.renew_tables()
            st.rerun()


def _words(
    state: Importing, key: str, words: Any, heading: str, column: Any, *, same: bool = False
) -> dict[str, str]:
    """A table of values as written, with what they mean in its last column; what it says now."""
    chosen = getattr(state.choices, key)
    widget, shown = state.table(key, lambda: word_table(words, chosen, heading, same=same))
    said = word_choices(_edited(shown, heading, column, widget), heading, same=same)
    return _elsewhere(chosen, words) | said


def _choice(heading: str, options: list[str]) -> Any:
    return st.column_config.SelectboxColumn(heading, options=options)


def _edited(shown: Any, heading: str, column: Any, key: str) -> Any:
    """The table of values as written after the edits in its last column."""
    return st.data_editor(
        shown,
        hide_index=True,
        width="stretch",
        placeholder="–",
        disabled=["As written", "Deals", "Amount"],
        column_config={"Deals": _DEALS, "Amount": _MONEY, heading: column},
        key=key,
    )


def _elsewhere(chosen: dict[str, str], words: Any) -> dict[str, str]:
    """What was said of values that these files do not hold: it is kept for others."""
    written = {str(row["value"]) for row in words.to_dict("records")}
    return {value: meant for value, meant in chosen.items() if value not in written}
