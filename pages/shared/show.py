"""Ways to show things, the same on every page: numbers, figures with their data, deal tables, states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

import streamlit as st

from analytics.access.rights import NotAllowed, has_page
from analytics.company import Company, Scope
from analytics.figures import style
from analytics.pipeline.quarter_end import Measure
from analytics.pipeline.tables import DealTable, csv_bytes, in_words, labelled, shown
from analytics.problems import BadInput, NotEnough
from analytics.store.landing import user
from analytics.terms import TERMS, explain, label
from analytics.wording import DASH, count, day, is_missing, money, percent, plain, times
from pages.shared import audit_show, noting, signin

#: What a link looks like: an arrow after its text.
ARROW: dict[str, Any] = {"icon": ":material/chevron_right:", "icon_position": "right"}


def page_link(page: str, **given: Any) -> None:
    """A link to another page, for readers who have it."""
    if has_page(signin.the_viewer(), PurePath(page).stem):
        st.page_link(page, **given)


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def answer(question: str, headline: str, rest: str = "") -> None:
    """The page's question as title, and its answer in a sentence (plain texts)."""
    st.title(question, anchor=False)
    st.markdown(f"### {plain(headline)}")
    if rest:
        st.markdown(plain(rest))


def in_unit(key: str, value: Any, company: Company, *, signed: bool = False) -> str:
    """A measure's value in its unit, short."""
    if isinstance(value, NotEnough):
        return DASH
    unit = TERMS[key].unit
    if unit == "money":
        return money(value, company.currency, locale=company.locale, signed=signed)
    if unit == "share":
        return percent(value, signed=signed)
    return ("+" if signed and round(value, 1) > 0 else "") + times(value)


def measure(found: Measure, company: Company) -> None:
    """One number with its change since a week earlier and its definition as help."""
    missing = isinstance(found.value, NotEnough)
    change = found.change
    moved = not isinstance(change, NotEnough) and in_unit(found.key, change, company) != in_unit(
        found.key, 0.0, company
    )
    st.metric(
        label(found.key),
        in_unit(found.key, found.value, company).replace("$", "\\$"),
        delta=in_unit(found.key, change, company, signed=True).replace("$", "\\$") if moved else None,
        delta_color={"higher": "normal", "lower": "inverse", "neither": "off"}[TERMS[found.key].better],
        delta_description="in a week" if moved else None,
        help=plain(explain(found.key)),
    )
    if missing:
        st.caption(plain(found.value))
    elif not moved:
        st.caption(
            "as a week earlier" if not isinstance(change, NotEnough) else plain(f"a week earlier: {change}")
        )


def figure(
    title: str,
    drawn: Any,
    alt: str,
    table: Any,
    *,
    file: str,
    note: str = "",
    kinds: dict[str, str] | None = None,
) -> None:
    """A picture with its finding as title, a text alternative, and its data one click away."""
    st.subheader(plain(title), anchor=False)
    if note:
        st.caption(plain(note))
    st.plotly_chart(drawn, theme=None, width="stretch", config=style.CONFIG, alt=alt, key=f"figure {file}")
    with st.expander("The data of this picture"):
        dataframe(
            labelled(table),
            hide_index=True,
            width="stretch",
            column_config=column_formats({in_words(name): kind for name, kind in (kinds or {}).items()}),
            key=f"data {file}",
        )
        download(labelled(table), file)


def dataframe(table: Any, **given: Any) -> Any:
    """A table whose own menu saves no formulas."""
    return st.dataframe(shown(table), **given)


def download(table: Any, file: str, *, where: str = "", what: str = "") -> None:
    """A button that saves a table as CSV; `what`: its name in the audit, where the file's tells too much."""
    audit_show.download_button(
        "Download as CSV",
        lambda: csv_bytes(table),
        f"{file}.csv",
        what=what or file,
        mime="text/csv",
        key=f"download {file} {where}",
    )


def column_formats(kinds: dict[str, str]) -> dict[str, Any]:
    """Streamlit's column settings for our kinds of columns."""
    makers: dict[str, Callable[[str], Any]] = {
        "text": lambda name: st.column_config.TextColumn(name),
        "money": lambda name: st.column_config.NumberColumn(name, format="%,.2f"),
        "number": lambda name: st.column_config.NumberColumn(name, format="%,.10g"),
        "share": lambda name: st.column_config.NumberColumn(name, format="percent"),
        "day": lambda name: st.column_config.DateColumn(name),
        "hidden": lambda name: None,
    }
    return {name: makers[kind](name) for name, kind in kinds.items()}


def deals(table: DealTable, company: Company, *, file: str, parameters: dict[str, str]) -> None:
    """A table of deals with their exact sum; choosing a row opens the deal."""
    if not table.n:
        st.info("No deals.")
        return
    event = dataframe(
        table.rows,
        hide_index=True,
        width="stretch",
        column_config=column_formats(table.kinds),
        on_select="rerun",
        selection_mode="single-row",
        placeholder=DASH,
        key=f"deals {file}",
    )
    summed = money(table.total, company.currency, exact=True, locale=company.locale)
    left, right = st.columns([3, 1])
    left.caption(plain(f"{count(table.n, 'deal')}, together {summed}. Select a row to open the deal."))
    with right:
        download(table.rows, file, where="deals")
    chosen = event.selection.rows
    if chosen:
        open_deal(table.deal_ids[chosen[0]], parameters)


def open_deal(deal_id: str, parameters: dict[str, str]) -> None:
    """Leave for the deal's page, so that the browser's Back leads to the same filters (`come_back`)."""
    st.session_state["left"] = st.query_params.to_dict()
    st.switch_page("pages/deals/one_deal.py", query_params={"deal": deal_id, **parameters})


def come_back(page: str) -> None:
    """After the browser's Back from a deal: Streamlit has put the deal's query over that of the page."""
    if "deal" in st.query_params and "left" in st.session_state:
        st.switch_page(page, query_params=st.session_state.pop("left"))


def choose_deal(labels: dict[str, str], scope: Scope) -> str:
    """The deal named in the URL, or chosen here; '' if none. The URL follows the choice."""
    asked = st.query_params.get("deal", "")
    options = [*labels] if not asked or asked in labels else [asked, *labels]
    if asked and st.session_state.get("chosen_deal") != asked:
        st.session_state["chosen_deal"] = asked
    chosen = st.selectbox(
        "Deal",
        options,
        index=None,
        key="chosen_deal",
        format_func=lambda deal_id: labels.get(deal_id, deal_id),
        placeholder="Type a deal, account or id",
        on_change=lambda: _set_in_url("deal", st.session_state.get("chosen_deal") or ""),
        help=f"Open deals as of {scope.as_of}, then those closed within a year before.",
    )
    return chosen or ""


def or_dash(value: Any) -> str:
    """A CRM value as text; a missing one is a dash."""
    return DASH if is_missing(value) or value == "" else str(value)


def from_url(name: str, allowed: tuple[str, ...]) -> str:
    """A choice kept in the URL; '' if there is none or it is not allowed."""
    value = st.query_params.get(name, "")
    return value if value in allowed else ""


def _set_in_url(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def choose_week(label: str, weeks: Sequence[int], start: int, help_text: str) -> int:
    """The week of the quarter that is looked at, kept in the URL."""
    asked = st.query_params.get("week")
    found = st.segmented_control(
        label,
        weeks,
        default=start,
        required=True,
        key="week",
        bind="query-params",
        help=help_text,
    )
    if asked and asked not in {str(week) for week in weeks}:
        st.caption(plain(f"Week {asked} was not tested; showing week {found}."))
    return int(found or start)


def opener(name: str, value: str, text: str) -> None:
    """A button that opens something, as a choice in the URL; pressed again it closes it."""
    is_open = st.query_params.get(name) == value
    st.button(
        plain(text),
        key=f"open {name} {value}",
        type="primary" if is_open else "secondary",
        on_click=_set_in_url,
        args=(name, "" if is_open else value),
    )


def closer(name: str, text: str = "Close") -> None:
    """A button that closes what `opener` opened."""
    st.button(text, key=f"close {name}", on_click=_set_in_url, args=(name, ""))


def problem(error: BadInput) -> None:
    """Something that a person can mend: what, where, and what to do."""
    text = str(error)
    if isinstance(error, NotAllowed):
        noting.refused(signin.the_viewer().email or user(), error.what)
    st.error(plain(text if error.where else text[:1].upper() + text[1:]))


def day_text(value: Any, company: Company) -> str:
    """A day as text for Markdown."""
    return plain(day(value, locale=company.locale))
