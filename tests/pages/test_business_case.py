"""The pages "Business case" and "Answer changes", run by Streamlit itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.business_case.contradictions import CHECKS
from analytics.business_case.gaps import headline
from analytics.case_view import case_view, deals_against, in_quarter
from analytics.company import Scope, company_of, span_of
from analytics.store.database import Store
from analytics.wording import count, money
from pages.shared.case import marked
from tests.pages.case_store import AS_OF, UGLY, case_store
from tests.pages.conftest import texts

App = Callable[..., AppTest]
CASE, CHANGES = "pages/deals/business_case.py", "pages/deals/answer_changes.py"


@pytest.fixture
def planted(tmp_path: Path) -> Store:
    return case_store(tmp_path)


@pytest.fixture
def cases(app: App, planted: Store) -> App:
    """The business-case page on the planted deals."""
    return lambda **query: app(CASE, store=planted.path, as_of=AS_OF, **query)


@pytest.fixture
def changes(app: App, planted: Store) -> App:
    """The answer-changes page on the planted deals."""
    return lambda **query: app(CHANGES, store=planted.path, as_of=AS_OF, **query)


def said(at: AppTest) -> str:
    assert not at.exception
    return texts(at).replace("\\", "")


def links(at: AppTest) -> list[str]:
    """The names of the deals that the page links to."""
    return [link.proto.label.replace("\\", "").strip("*") for link in at.get("page_link")]


# --- the sentence -----------------------------------------------------------------------------------


def test_the_sentence_is_the_analytics_own(app: App, sample_store: Store) -> None:
    company = company_of(sample_store)
    as_of = span_of(sample_store, company).last_day
    view = case_view(sample_store, company, Scope(as_of, company.calendar.quarter_of(as_of)))
    lead, rest = headline(view.cases, company)
    text = said(app(CASE))
    assert lead in text
    assert rest in text


def test_the_worst_gap_is_said_for_the_bar_chosen(cases: App) -> None:
    assert "At Negotiate, 100% of the money has no explained problem." in said(cases())
    assert "has no evidenced problem." in said(cases(bar="evidenced"))
    assert "At Negotiate, 100% of the money has no answered root cause." in said(cases(bar="answered"))


# --- the matrix -------------------------------------------------------------------------------------


def test_a_cell_says_level_staleness_or_that_there_is_no_answer(cases: App) -> None:
    rows = cases().dataframe[0].value.set_index("Deal")
    assert list(rows.index) == ["Deal B", "Deal A", "Deal C"]
    assert list(rows["Problem"]) == ["2 old", "3", "0"]
    assert list(rows["Budget"]) == ["1", "4", "–"]
    assert list(rows["Amount"].dropna()) == [200_000.0, 100_000.0]


def test_what_is_shown_is_counted_and_summed(cases: App) -> None:
    assert "3 deals, together $300,000.00." in said(cases())
    assert "1 deal, together $100,000.00." in said(cases(stage="Propose"))


@pytest.mark.parametrize(
    ("query", "names", "words"),
    [
        ({"stage": "Negotiate"}, ["Deal B", "Deal C"], "in stage Negotiate: 2 of 3"),
        ({"question": "Budget"}, ["Deal B", "Deal C"], "with no explained budget: 2 of 3"),
        ({"question": "Budget", "bar": "answered"}, ["Deal C"], "with no answered budget: 1 of 3"),
        ({"sort": "Thinnest case first"}, ["Deal C", "Deal B", "Deal A"], "3 deals, together"),
        ({"dated": "This quarter"}, ["Deal B", "Deal A"], "2 deals, together"),
        ({"dated": "This quarter", "stage": "Propose"}, ["Deal A"], "in stage Propose: 1 of 2"),
    ],
)
def test_filters_and_order_come_from_the_link_and_are_said(
    cases: App, query: dict[str, str], names: list[str], words: str
) -> None:
    at = cases(**query)
    assert words in said(at)
    assert list(at.dataframe[0].value["Deal"]) == names


def test_filters_that_leave_nothing_say_so(cases: App) -> None:
    at = cases(stage="Propose", question="Budget")
    assert "No deal is left." in said(at)
    assert not at.dataframe


def test_a_choice_left_empty_in_the_link_is_the_usual_one(cases: App) -> None:
    names = ("dated", "bar", "view", "sort", "stage", "category", "question")
    assert said(cases(**dict.fromkeys(names, ""))) == said(cases())


def test_a_text_with_indented_lines_does_not_become_code() -> None:
    assert marked("a\n\n    *b*", []) == "a  \n  \n \\*b\\*"
    assert marked("one  two\tx", [["rule", 5, 8]]) == "one :blue-background[two] x"


def test_a_stale_link_says_what_is_not_there(cases: App) -> None:
    at = cases(stage="Nowhere")
    assert "Stage: Nowhere is not there; showing All." in said(at)
    assert len(at.dataframe[0].value) == 3


def test_a_filter_that_another_team_does_not_know_is_dropped(cases: App) -> None:
    at = cases(stage="Propose")
    at.selectbox(key="scope_team").set_value("South").run()
    assert "2 deals, together $200,000.00." in said(at)


def test_the_scope_narrows_the_cases(cases: App) -> None:
    assert "1 deal, together $100,000.00." in said(cases(team="North"))


# --- gaps by stage ----------------------------------------------------------------------------------


def test_the_gaps_open_into_deals_that_add_up_to_their_money(cases: App) -> None:
    at = cases(view="Gaps by stage", gap_stage="Propose", gap_question="Impact")
    text = said(at)
    assert "$100K of $100K at Propose has no explained impact, in 1 of 1 deal." in text
    assert "1 deal, together $100,000.00." in text
    assert len(at.get("plotly_chart")) == 1


def test_the_worst_cell_is_open_at_first(cases: App) -> None:
    at = cases(view="Gaps by stage", bar="answered")
    assert [box.value for box in at.selectbox if box.label in ("Stage", "Question")] == [
        "Negotiate",
        "Root cause",
    ]


def test_a_cell_without_a_gap_has_no_deals(cases: App) -> None:
    text = said(cases(view="Gaps by stage", gap_stage="Propose", gap_question="Budget"))
    assert "$0 of $100K at Propose has no explained budget, in 0 of 1 deal." in text
    assert "No deals." in text


# --- what does not fit ------------------------------------------------------------------------------


def test_a_check_opens_into_its_deals_with_a_sentence_each(cases: App) -> None:
    at = cases(view="What does not fit", check="budget_below_amount")
    text = said(at)
    assert "The budget named is $60K, the deal is stated at $100K: where does the rest come from?" in text
    assert "1 deal, together $100,000.00." in text
    assert links(at) == ["Deal A"]


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_says_its_deals_and_their_sum(app: App, sample_store: Store, check: str) -> None:
    company = company_of(sample_store)
    as_of = span_of(sample_store, company).last_day
    scope = Scope(as_of, company.calendar.quarter_of(as_of))
    view = in_quarter(case_view(sample_store, company, scope), scope.quarter)
    table = deals_against(view, check)
    at = app(CASE, view="What does not fit", check=check, dated="This quarter")
    summed = f"{count(table.n, 'deal')}, together {money(table.total, company.currency, exact=True)}."
    assert (summed in said(at)) == (table.n > 0)
    assert links(at) == list(table.rows["Deal"][:20])


# --- search -----------------------------------------------------------------------------------------


def test_a_search_marks_the_words_and_says_where_each_text_stands(cases: App) -> None:
    at = cases(view="Search", search="audit")
    text = said(at)
    assert "3 texts in 1 deal." in text
    assert ":blue-background[audit]" in text
    assert "Budget · 4 evidenced · Mara · May 12, 2024" in text
    assert "Blue Sheet graz.docx, paragraph 7 (Red flags) · May 3, 2024" in text
    assert links(at) == ["Deal A"] * 3
    assert "They want" not in text  # an earlier version of the answer


def test_a_search_finds_only_deals_of_the_scope(cases: App) -> None:
    assert "Nothing found in these deals." in said(cases(view="Search", search="audit", team="South"))


def test_a_search_without_words_says_what_to_type(cases: App) -> None:
    at = cases(view="Search")
    assert "Type words" in said(at)
    assert not links(at)


def test_no_more_than_fifty_texts_are_shown(app: App) -> None:
    at = app(CASE, view="Search", search="a")
    assert ", the first 50 shown." in said(at)
    assert len(links(at)) == 50


# --- nothing to show --------------------------------------------------------------------------------


def test_without_open_deals_the_page_says_what_to_choose(cases: App) -> None:
    at = cases(dated="This quarter", quarter="2023Q3")
    assert "No open deals in this scope." in said(at)
    assert "Choose all open deals above" in said(at)
    assert not at.dataframe


def test_without_any_answer_the_page_says_how_to_load_some(app: App, tmp_path: Path) -> None:
    at = app(CASE, store=case_store(tmp_path, with_answers=False).path, as_of=AS_OF)
    assert "No answer about these deals is known on this day" in said(at)
    assert "python -m analytics import" in at.get("code")[0].value
    assert set(at.dataframe[0].value["Budget"]) == {"–"}


def test_another_method_asks_its_own_questions(app: App, tmp_path: Path) -> None:
    store = case_store(tmp_path, method="meddpicc")
    rows = app(CASE, store=store.path, as_of=AS_OF).dataframe[0].value.set_index("Deal")
    assert rows.loc["Deal A", "Identify pain"] == "3"
    assert "Problem" not in rows
    found = app(CASE, store=store.path, as_of=AS_OF, view="Search", search="untraced")
    assert "Problem · 3 explained" in said(found)


@pytest.mark.parametrize("view", ["Deals by question", "Gaps by stage", "What does not fit", "Search"])
@pytest.mark.parametrize("store", ["no answers", "meddpicc"])
def test_every_tab_runs_on_odd_stores(app: App, tmp_path: Path, view: str, store: str) -> None:
    odd = {"no answers": {"with_answers": False}, "meddpicc": {"method": "meddpicc"}}[store]
    at = app(CASE, store=case_store(tmp_path, **odd).path, as_of=AS_OF, view=view, search="x")
    assert not at.exception
    assert not at.error


# --- answer changes ---------------------------------------------------------------------------------


def test_changes_say_who_what_and_from_which_depth_to_which(changes: App) -> None:
    at = changes()
    text = said(at)
    assert "5 answers changed in 14 days, in 3 deals" in text
    assert links(at) == ["Deal C", "Deal B", "Deal A", "Deal A", "Deal A"]
    assert "Mara, May 10, 2024" in text
    assert re.search(r"\*\*Problem\*\* \d \w+ → \d \w+ :\w+-badge\[\w+", text)
    assert [box.label.replace("\\", "")[:16] for box in at.expander] == ["The text before:"]
    assert "They want an audit trail" in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"question": "Budget"}, ["Deal B", "Deal A"]),
        ({"team": "North"}, ["Deal A", "Deal A", "Deal A"]),
        ({"days": "7"}, ["Deal C", "Deal B", "Deal A", "Deal A"]),
        ({"author": "Mara", "question": "Problem", "owner": "U2"}, ["Deal C"]),
    ],
)
def test_changes_are_narrowed_by_the_link(changes: App, query: dict[str, str], names: list[str]) -> None:
    assert links(changes(**query)) == names


def test_chosen_filters_are_said(changes: App) -> None:
    assert "Only Budget and by Mara: 2 of 5 changes." in said(changes(question="Budget", author="Mara"))


def test_no_change_says_what_to_choose(app: App, planted: Store) -> None:
    at = app(CHANGES, store=planted.path, as_of="2024-03-01")
    assert "No answer changed in these 14 days." in said(at)
    assert "Choose more days" in said(at)


def test_more_changes_than_are_read_is_said(changes: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.business_case.feed.LIMIT", 2)
    text = said(changes())
    assert "At least 2 answers changed" in text
    assert "Shown are the latest 2, back to May 13, 2024." in text


def test_changes_come_twenty_at_a_time(app: App) -> None:
    first, second = app(CHANGES, days="90"), app(CHANGES, days="90", changes_page="2")
    assert len(links(first)) == len(links(second)) == 20
    assert "1 to 20 of" in said(first)
    assert "21 to 40 of" in said(second)


@pytest.mark.parametrize("beyond", ["0", "9999", "x"])
def test_a_page_beyond_the_last_is_not_an_error(app: App, beyond: str) -> None:
    at = app(CHANGES, days="90", changes_page=beyond)
    assert "1 to 20 of" in said(at)


def test_another_choice_starts_at_the_first_page(app: App) -> None:
    at = app(CHANGES, days="90", changes_page="9")
    assert "161 to 180 of" in said(at)
    at.selectbox(key="days").set_value("30").run()
    assert "1 to 20 of" in said(at)


@pytest.mark.parametrize("page", ["matrix", "search", "changes"])
def test_texts_are_shown_as_typed_not_as_markdown(cases: App, changes: App, page: str) -> None:
    """A crafted answer must not make a viewer's browser fetch a picture."""
    at = changes() if page == "changes" else cases(view="Search" if page == "search" else "", search="evil")
    assert not at.exception
    shown = [block.value for block in at.markdown if "evil" in block.value]
    assert (page == "matrix") == (not shown)
    assert not any(UGLY in text or "![x]" in text for text in shown)
