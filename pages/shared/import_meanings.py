"""Step 3 of an import: what the stages, categories, owners and currencies in the files mean."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.import_words import (
    AGREED,
    MEANS,
    OUR_CATEGORIES,
    as_codes,
    currency_codes,
    stage_rules,
    stage_table,
    word_choices,
    word_table,
)
from analytics.importing import Look
from analytics.wording import count, plain
from pages.shared.import_state import Importing, go_on, head

_ORDERS = {
    "dmy": "Day first (31/12/2026)",
    "mdy": "Month first (12/31/2026)",
    "ymd": "Year first (2026/12/31)",
}
_SIGNS = {".": "A point before the cents (1,234.50)", ",": "A comma before the cents (1.234,50)"}
_MONEY = st.column_config.NumberColumn(
    "Amount", format="%,.0f", help="The sum as it is written, in whatever currencies.", disabled=True
)
_DEALS = st.column_config.NumberColumn("Deals", format="%,d", disabled=True)


def step(state: Importing, look: Look) -> bool:
    """Tables of the words with their meanings; True once a person has seen them."""
    head("words")
    if not look.is_mapped:
        st.caption("The files say themselves which stages are open, won and lost.")
        return True
    _questions(state, look)
    if look.kept:
        with st.expander("Change what the words mean", expanded=bool(_new_stages(state, look))):
            _tables(state, look)
    else:
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


def _new_stages(state: Importing, look: Look) -> list[str]:
    """Stages of which nobody has said yet what they mean."""
    written = [str(row["stage"]) for row in look.stages.to_dict("records")]
    return [name for name in written if name not in state.choices.stages]


def _tables(state: Importing, look: Look) -> None:
    if len(look.stages):
        _stages(state, look)
    if len(look.categories):
        st.markdown("**Forecast categories**")
        column = st.column_config.SelectboxColumn("Means", options=list(OUR_CATEGORIES))
        said = _words(state, "categories", look.categories, "Means", column)
        state.choose(categories=said)
    if len(look.currencies):
        st.markdown("**Currencies**")
        column = st.column_config.SelectboxColumn("ISO code", options=currency_codes())
        state.choose(currencies=as_codes(_words(state, "currencies", look.currencies, "ISO code", column)))
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
    )
    key, shown = state.table("stages", lambda: stage_table(look, state.choices))
    edited = st.data_editor(
        shown,
        hide_index=True,
        width="stretch",
        disabled=["Stage", "Deals", "Amount"],
        column_config={
            "Stage": st.column_config.TextColumn(width="medium"),
            "Deals": _DEALS,
            "Amount": _MONEY,
            "Means": st.column_config.SelectboxColumn(options=list(MEANS)),
            "Order": st.column_config.NumberColumn(min_value=0, max_value=999, step=1),
            "Probability": st.column_config.NumberColumn("Probability %", min_value=0, max_value=100),
            "Category": st.column_config.SelectboxColumn(options=list(OUR_CATEGORIES)),
            AGREED: st.column_config.CheckboxColumn(help="Tick it if the row is right."),
        },
        key=key,
    )
    written = {str(row["stage"]) for row in look.stages.to_dict("records")}
    elsewhere = {name: rule for name, rule in state.choices.stages.items() if name not in written}
    state.choose(stages=elsewhere | stage_rules(edited, shown))
    if new := _new_stages(state, look):
        told = f"Not agreed yet: {', '.join(new[:8])}{' ...' if len(new) > 8 else ''}."
        with st.container(horizontal=True, vertical_alignment="center", key="import agree"):
            st.markdown(plain(told))
            if st.button(f"Agree to {count(len(new), 'suggestion')}", key=f"import agree {key}"):
                rules = {name: rule for name, rule in look.suggested.items() if name in new}
                state.choose(stages=state.choices.stages | rules)
                state.renew_tables()
                st.rerun()


def _words(
    state: Importing, key: str, words: Any, heading: str, column: Any, *, same: bool = False
) -> dict[str, str]:
    """A table of values as written, with what they mean in its last column; what it says now."""
    chosen = getattr(state.choices, key)
    widget, shown = state.table(key, lambda: word_table(words, chosen, heading, same=same))
    edited = st.data_editor(
        shown,
        hide_index=True,
        width="stretch",
        disabled=["As written", "Deals", "Amount"],
        column_config={"Deals": _DEALS, "Amount": _MONEY, heading: column},
        key=widget,
    )
    written = {str(row["value"]) for row in words.to_dict("records")}
    elsewhere = {value: meant for value, meant in chosen.items() if value not in written}
    return elsewhere | word_choices(edited, heading, same=same)
