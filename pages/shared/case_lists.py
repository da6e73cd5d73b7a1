"""Ways to show many cases: the matrix, texts that were found, answers that changed; and choices for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analytics.business_case.search import excerpt
from analytics.case_matrix import MOST_ROWS, STALE_MARK
from analytics.case_view import AGAINST, CaseView
from analytics.company import Company, Scope
from analytics.pipeline.tables import DealTable
from analytics.wording import DASH, count, day, is_missing, money, plain
from pages.shared import cached, case, show

_WIDTHS = {"Deal": 250, "Amount": 100, "Case depth": 90, "Oldest answer": 106}  # px
_DIRECTION_COLOURS = {"deeper": "blue", "shallower": "orange"}
_TALLEST = 560  # px of a table
_ANY = "All"
_PER_PAGE = 20
_SHOWN = 50  # texts that a search shows at most


def pick(
    name: str,
    heading: str,
    options: Sequence[str],
    *,
    every: bool = True,
    start: str = "",
    help: str = "",
    resets: str = "",
) -> str:
    """A choice kept in the URL; '' for all. What a link asks for and is not there is said.

    `resets` names the pages of the list that it changes: another choice starts at the first one.
    """
    shown = [_ANY, *options] if every else list(options)
    asked = st.query_params.get(name)
    chosen = st.selectbox(
        heading,
        shown,
        index=shown.index(start) if start in shown else 0,
        key=name,
        bind="query-params",
        persist_state="page",
        width=190,
        help=help or None,
        on_change=(lambda: st.session_state.update({resets: 1})) if resets else None,
    )
    if asked and asked not in shown:
        st.caption(plain(f"{heading}: {asked} is not there; showing {chosen}."))
    return "" if every and chosen == _ANY else str(chosen)


def matrix(
    table: DealTable, drawn: Any, view: CaseView, company: Company, *, file: str, parameters: dict[str, str]
) -> None:
    """Deals by questions, coloured by depth; choosing a row opens the deal."""
    settings = show.column_formats(table.kinds)
    settings["Deal"] = st.column_config.TextColumn(pinned=True, width=_WIDTHS["Deal"])
    settings["Amount"] = st.column_config.NumberColumn(format="%,.2f", width=_WIDTHS["Amount"])
    settings["Case depth"] = st.column_config.NumberColumn(format="%.1f", width=_WIDTHS["Case depth"])
    settings["Oldest answer"] = st.column_config.NumberColumn(
        format="%d days", width=_WIDTHS["Oldest answer"], help="Age of the oldest of the deal's answers."
    )
    for one in view.cases.questions:
        settings[one.label] = st.column_config.TextColumn(
            width=max(70, 20 + 7 * len(one.label)), alignment="center", help=one.wording
        )
    event = show.dataframe(
        drawn,
        hide_index=True,
        width="stretch",
        height=min(_TALLEST, 38 + 35 * table.n),
        column_config=settings,
        on_select="rerun",
        selection_mode="single-row",
        placeholder=DASH,
        key=f"deals {file}",
        alt="Deals by questions: the depth of each answer, 0 to 4.",
    )
    left, right = st.columns([3, 1])
    left.caption(plain(_matrix_words(table, company)))
    with right:
        show.download(table.rows, file, where="deals")
    if event.selection.rows:
        show.open_deal(table.deal_ids[event.selection.rows[0]], parameters)


def _matrix_words(table: DealTable, company: Company) -> str:
    summed = money(table.total, company.currency, exact=True, locale=company.locale)
    cut = f" The first {MOST_ROWS:,} are drawn; the download has all." if table.n > MOST_ROWS else ""
    return (
        f"{count(table.n, 'deal')}, together {summed}.{cut} Select a row to open the deal."
        f" Each cell is a level: 0 nothing, 1 surface, 2 specific, 3 explained, 4 evidenced; {DASH} not"
        f" answered; “{STALE_MARK}”: the answer has lost half its freshness or more, ask again."
    )


def deal_link(deal_id: str, name: Any, parameters: dict[str, str]) -> None:
    """A link to the deal's page, by its name."""
    show.page_link(
        "pages/deals/one_deal.py",
        label=f"**{plain(name)}**",
        **show.ARROW,
        query_params={"deal": deal_id, **parameters},
    )


def paged(rows: Any, noun: str, name: str) -> Any:
    """The rows of the page chosen, so many at a time; the number stands in the URL under a name."""
    pages = max(1, -(-len(rows) // _PER_PAGE))
    page = st.pagination(pages, key=name, bind="query-params", persist_state="page") if pages > 1 else 1
    start = (page - 1) * _PER_PAGE
    if pages > 1:
        st.caption(f"{start + 1:,} to {min(start + _PER_PAGE, len(rows)):,} of {count(len(rows), noun)}.")
    return rows.iloc[start : start + _PER_PAGE]


def reasons(table: DealTable, company: Company, *, name: str, parameters: dict[str, str]) -> None:
    """Deals with their money, each with the sentence that says why it is here; and their exact sum."""
    summed = money(table.total, company.currency, exact=True, locale=company.locale)
    left, right = st.columns([3, 1])
    left.markdown(plain(f"{count(table.n, 'deal')}, together {summed}."))
    with right:
        show.download(table.rows, name, where="deals")
    for row in paged(table.rows.assign(deal_id=table.deal_ids), "deal", name).to_dict("records"):
        counts = money(row["Counts with"], company.currency, exact=True, locale=company.locale)
        said = [counts, row["Stage"], show.or_dash(row.get("Forecast category")), row.get("Owner", DASH)]
        with st.container(border=True, gap=None):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                deal_link(row["deal_id"], row["Deal"], parameters)
                st.caption(plain(" · ".join(said)), width="content")
            st.markdown(plain(row[AGAINST]))


def how_to_load() -> None:
    """No answer is known: what that means, and how to load some."""
    st.info("No answer about these deals is known on this day, so every level below is 0. Load some:")
    st.code(
        "python -m analytics import ANSWERS.csv       # deal_id, question, answer, answered_at, author\n"
        "python -m analytics import FOLDER_OR_ZIP     # Blue Sheets (.docx)",
        language="bash",
    )


def search(view: CaseView, chosen: Scope, company: Company, parameters: dict[str, str]) -> None:
    """Full-text search over the answers and Blue Sheets of these deals; the words stand in the URL."""
    typed = st.text_input(
        "Search all answers and Blue Sheets of these deals",
        key="search",
        bind="query-params",
        persist_state="page",
        type="search",
        placeholder='audit    "renewal date"    budget -approved',
        help='All words must occur, each as the beginning of a word; "a phrase" in quotes; -word leaves out.',
    )
    if not (typed or "").strip():
        st.info('Type words, a "phrase in quotes", or -word to leave texts out.')
        return
    rows = cached.the_found(str(typed), chosen)
    rows = rows[rows["deal_id"].isin(view.deals["deal_id"])]
    if rows.empty:
        st.info("Nothing found in these deals. Try fewer words, the beginning of a word, or all open deals.")
        return
    more = f", the first {_SHOWN} shown" if len(rows) > _SHOWN else ""
    st.markdown(f"{count(len(rows), 'text')} in {count(rows['deal_id'].nunique(), 'deal')}{more}.")
    for row in rows.head(_SHOWN).itertuples():
        _found(row, view, company, parameters)


def _found(row: Any, view: CaseView, company: Company, parameters: dict[str, str]) -> None:
    """One text that a search found: its deal, where it stands, and the words found marked."""
    deal = view.deals.set_index("deal_id").loc[row.deal_id]
    with st.container(border=True, gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            deal_link(row.deal_id, deal["name"], parameters)
            st.caption(plain(_where(row, view, company)), width="content")
        st.markdown(case.marked(*excerpt(row.text, row.hits)))


def _where(row: Any, view: CaseView, company: Company) -> str:
    on = day(company.calendar.day_of(row.valid_at.to_pydatetime()), locale=company.locale)
    if row.kind == "sheet":
        place = "" if is_missing(row.place) else f" ({row.place})"
        file = view.sheets.get(row.document_id, row.document_id)
        return f"Blue Sheet {file}, paragraph {int(row.paragraph)}{place} · {on}"
    answers = view.cases.answers
    mine = answers[(answers["deal_id"] == row.deal_id) & (answers["answered_as"] == row.question)]
    level = case.level_words(mine["level"].iloc[0]) if len(mine) else DASH
    author = "author not recorded" if is_missing(row.author) else view.people.get(row.author, row.author)
    return f"{view.labels.get(row.question, row.question)} · {level} · {author} · {on}"


def change(row: Any, company: Company, parameters: dict[str, str], words: str) -> None:
    """One answer that changed: who, what, in which deal, from which depth to which."""
    found, text = case.spans(row.spans), or_empty(row.answer)
    colour = _DIRECTION_COLOURS.get(row.direction, "gray")
    by = plain(f"{row.author_name}, {day(row.day, locale=company.locale)}")
    said = f"**{plain(row.label)}** {_steps(row)} :{colour}-badge[{plain(words)}] :gray[{by}]"
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            deal_link(row.deal_id, row.name, parameters)
            st.markdown(said, width="content")
        st.markdown(case.marked(text, found))
        if why := case.earned(text, found, row.level):
            st.caption(plain(why))
        if not is_missing(row.answer_before):
            with st.expander(plain(f"The text before: {case.level_words(row.level_before)}")):
                st.text(or_empty(row.answer_before))


def _steps(row: Any) -> str:
    """From which level to which."""
    now = plain(case.level_words(row.level))
    return now if is_missing(row.level_before) else f"{plain(case.level_words(row.level_before))} → {now}"


def or_empty(text: Any) -> str:
    """The text, or that there is none."""
    return "(empty)" if is_missing(text) or not str(text).strip() else str(text)
