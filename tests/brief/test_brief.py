"""The three files together: names, determinism, and what they say where there is little to say."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

from analytics.brief import brief_files
from analytics.brief.content import brief_of
from analytics.brief.parts import BriefKind, Table, Waterfall, clipped, seen
from analytics.brief.tables import all_deals
from analytics.company import Company, Scope, company_of
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.quarter_forecast import Whole, whole_company
from analytics.pipeline.quarter_end import total
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.weekly_meeting import quiet_in_words
from analytics.weekly_review import WeeklyReview
from tests.brief.conftest import review_of
from tests.brief.hostile import TEXTS
from tests.conftest import TODAY
from tests.pages.planted import planted_store


@pytest.fixture(scope="module")
def without_history(tmp_path_factory: pytest.TempPathFactory) -> WeeklyReview:
    """One open deal and no past: there is no number."""
    store = planted_store(tmp_path_factory.mktemp("thin"), name="=Only\x0b<b>one</b>")
    company = company_of(store)
    day = pd.Timestamp("2026-01-05").date()
    quarter = company.calendar.quarter_of(day)
    basis = basis_of(store, company, day)
    whole = whole_company(store, company, day, quarter, basis)
    return review_of(store, company, Scope(day, quarter), basis, whole)


@pytest.fixture(scope="module")
def nobodys(small_world: Store, small_company: Company, basis: Basis, whole: Whole) -> WeeklyReview:
    """A team without deals."""
    scope = Scope(TODAY, whole.expected.quarter, team="Nobody")
    return review_of(small_world, small_company, scope, basis, whole)


def test_the_same_review_gives_the_same_bytes(decided: WeeklyReview) -> None:
    assert brief_files(decided, "minutes") == brief_files(decided, "minutes")


def test_files_are_named_for_what_when_and_whose(review: WeeklyReview) -> None:
    assert list(brief_files(review, "pre-read")) == [
        f"pre-read 2026-11-15 company.{ending}" for ending in ("html", "xlsx", "pptx")
    ]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_scope_of_any_name_gives_a_file_name(review: WeeklyReview, text: str, tmp_path: Path) -> None:
    from analytics.brief import _whose

    facts = replace(review.facts, scope=replace(review.scope, team=text))
    name = _whose(replace(review, whose=text, facts=facts))
    (tmp_path / f"minutes 2026-11-15 {name}.html").write_text("x", encoding="utf-8")
    assert not set(name) & set('/\\:*?"<>|.=')


@pytest.mark.parametrize("kind", ["pre-read", "minutes"])
def test_without_a_history_the_files_say_why_there_is_no_number(
    without_history: WeeklyReview, kind: BriefKind
) -> None:
    assert isinstance(without_history.number.forecast.expected, NotEnough)
    reason = str(without_history.number.missing)
    page, book, shown = brief_files(without_history, kind).values()
    assert reason.replace("'", "&#39;") in page.decode()
    assert ("=Only &lt;b&gt;one&lt;/b&gt;" in page.decode()) == (kind == "pre-read")  # it has no card
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
    assert any(reason in str(row) for row in sheets.get_sheet_by_name("Summary").to_python())
    deals = sheets.get_sheet_by_name("Deals").to_python()
    assert any("=Only <b>one</b>" in row for row in deals)
    slides = Presentation(io.BytesIO(shown)).slides
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert any(reason[:40] in title for title in titles)
    assert 5 <= len(slides) <= 8


@pytest.mark.parametrize("kind", ["pre-read", "minutes"])
def test_a_scope_without_deals_is_said_to_be_empty(nobodys: WeeklyReview, kind: BriefKind) -> None:
    page, book, shown = brief_files(nobodys, kind).values()
    assert "nan" not in page.decode().lower().replace("finan", "")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
    assert "There is no open deal in this scope." in str(sheets.get_sheet_by_name("Deals").to_python())
    assert 5 <= len(Presentation(io.BytesIO(shown)).slides) <= 8


def test_what_does_not_fit_on_a_page_is_one_row_with_the_same_sum() -> None:
    rows = pd.DataFrame({"Deal": list("abcdef"), "Amount": [1.1, -9.2, 3.3, None, 8.8, 2.4]})
    table = Table("Some", rows, {"Amount": "money"}, ("Amount",))
    short = table.largest("Amount", 2).rows
    assert list(short["Deal"]) == ["b", "e", "4 others: see the workbook"]
    assert total(short["Amount"]) == total(rows["Amount"].dropna())
    assert table.largest("Amount", 5) is table


def test_small_steps_become_one_and_the_sums_stay() -> None:
    steps = [
        ("Won", 5.0, "start", False, 1.0),
        ("A", 1.0, "change", False, 1.0),
        ("B", -3.0, "change", False, 2.0),
        ("C", 0.25, "change", False, 1.0),
        ("D", 4.0, "change", False, 1.0),
        ("End", 7.25, "end", False, None),
    ]
    found = Waterfall("x", pd.DataFrame(steps, columns=["step", "amount", "kind", "stated", "deals"]))
    short = found.condensed(3).bars
    assert list(short["step"]) == ["Won", "B", "D", "2 smaller steps", "End"]
    assert short["high"].iloc[-2] == short["high"].iloc[-1] == 7.25
    assert list(found.condensed(4).rows["step"]) == list(found.rows["step"])


def test_the_axis_begins_at_zero_unless_nothing_could_be_seen() -> None:
    columns = ["step", "amount", "kind", "stated", "deals"]

    def rows(start: float, change: float) -> pd.DataFrame:
        table = [("S", start, "start", True, 1), ("C", change, "change", False, 1),
                 ("E", start + change, "end", True, 1)]  # fmt: skip
        return pd.DataFrame(table, columns=columns)

    assert Waterfall("", rows(100.0, 900.0)).axis[0] == 0
    low, high = Waterfall("", rows(1_000_000.0, 30_000.0)).axis
    assert 0 < low < 1_000_000 < high == 1_030_000
    assert Waterfall("", rows(100.0, -300.0)).axis[0] == -200


def test_texts_lose_only_what_nobody_sees() -> None:
    assert seen(" a\x00b\n\tc \u202edef\u2066 شركة 🙂 ") == "a b c  def  شركة 🙂"
    assert clipped("one two three", 8) == "one two…"
    assert clipped("abcdefgh", 4) == "abc…"


def test_open_actions_of_the_day_wait_for_the_minutes(decided: WeeklyReview) -> None:
    before, after = brief_of(decided, "pre-read"), brief_of(decided, "minutes")
    assert len(after.actions.rows) == len(before.actions.rows) + 1
    assert after.decided_words == "2 decisions about 2 deals: 1 kept as stated and 1 with an action."


def test_the_files_say_as_the_screen_how_many_deals_found_no_time(review: WeeklyReview) -> None:
    quiet = review.agenda.quiet
    why = ["no time left: $9K to settle", "no time left: $8K to settle", *quiet["why"].iloc[2:]]
    some = replace(review, agenda=replace(review.agenda, quiet=quiet.assign(why=why)))
    brief = brief_of(some, "pre-read")
    assert "; 2 more found no time" in quiet_in_words(some.agenda)
    assert quiet_in_words(some.agenda) in brief.quiet_words
    assert brief.quiet.caption == "Not on the agenda"
    assert "No time left" in list(brief.quiet_why.rows["Why"])


def test_an_omitted_deal_is_not_said_to_be_dated_elsewhere(review: WeeklyReview) -> None:
    deals = review.facts.risk.deals
    ours = {card.deal_id for card in review.agenda.cards} | set(review.agenda.quiet["deal_id"])
    other = deals[~deals["deal_id"].isin(ours)].iloc[[0]]
    rows = [
        other.assign(deal_id=f"{category} {timing}", category=category, timing=timing)
        for category, timing in (("Omitted", "in quarter"), ("Omitted", "later"), ("Commit", "later"))
    ]
    risk = replace(review.facts.risk, deals=pd.concat([deals, *rows], ignore_index=True))
    shown = all_deals(replace(review, facts=replace(review.facts, risk=risk))).rows.set_index("Deal ID")
    assert list(shown["In this review"].iloc[-3:]) == [
        "left out of the forecast (Omitted)",
        "not dated in the quarter",
        "not dated in the quarter",
    ]
