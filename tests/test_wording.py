"""Numbers, days and CRM texts as people read them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import wording
from analytics.problems import NotEnough


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (-0.4, "$0"),
        (812.5, "$812"),
        (999.5, "$1K"),
        (9_312_450, "$9.3M"),
        (999_499, "$999K"),
        (999_500, "$1.0M"),
        (99_949_999, "$99.9M"),
        (99_950_000, "$100M"),
        (999_499_999, "$999M"),
        (999_500_000, "$1.0B"),
        (-2_500_000, "-$2.5M"),
        (None, "–"),
        (float("nan"), "–"),
        (NotEnough("no rate"), "–"),
    ],
)
def test_money_is_short(amount: object, text: str) -> None:
    assert wording.money(amount, "USD") == text


def test_money_follows_currency_sign_and_locale() -> None:
    assert wording.money(1234.5, "EUR", exact=True, locale="de_DE") == "1.234,50\xa0€"
    assert wording.money(12_000, "USD", signed=True) == "+$12K"
    assert wording.money(0.2, "USD", signed=True) == "$0"


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_short_money_never_shows_a_thousand_of_a_unit_or_a_signed_zero(amount: float) -> None:
    text = wording.money(amount, "USD")
    assert not text.startswith(("-$0", "+$0")) or text.startswith("-$0.")
    if text.endswith(("K", "M")):
        assert float(text.strip("-$KM").replace(",", "")) < 1000


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.62, "62%"), (0.004, "0.4%"), (0.0, "0%"), (1.0, "100%"), (None, "–"), (-0.05, "-5%")],
)
def test_percent_has_decimals_only_when_small(share: float | None, text: str) -> None:
    assert wording.percent(share) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(3.14, "3.1x"), (-0.04, "0.0x"), (float("inf"), "–"), (None, "–")]
)
def test_times(ratio: float | None, text: str) -> None:
    assert wording.times(ratio) == text


def test_days_counts_and_lists() -> None:
    assert wording.day(date(2026, 11, 5)) == "Nov 5, 2026"
    assert wording.day(None) == "–"
    assert wording.count(1, "deal") == "1 deal"
    assert wording.count(1200, "deal") == "1,200 deals"
    assert wording.listed([]) == ""
    assert wording.listed(["A", "B", "C"]) == "A, B and C"


@given(st.text(max_size=60))
def test_crm_text_in_markdown_is_shown_as_typed(text: str) -> None:
    """Every sign that Markdown, Streamlit or LaTeX would read is escaped; nothing else is changed."""
    made = wording.plain(text)
    seen = re.sub("[ \t\n]+", " ", wording.without_unseen(text))
    assert made.replace("\\", "").replace("\u2060", "") == seen.replace("\\", "").replace("\u2060", "")
    for position, sign in enumerate(made):
        if sign in "*_[]$:<`":
            assert made[position - 1] == "\\"


@pytest.mark.parametrize(
    "text",
    [
        *("ceo@evil.example", "www.evil.example", "https://evil.example", "HTTP://evil.example"),
        *(":material/delete:", ":material_delete:", ":streamlit:"),
    ],
)
def test_what_streamlit_makes_of_escaped_text_too_is_taken_apart(text: str) -> None:
    """Escapes are gone when Streamlit looks for these in the text (seen in Chromium)."""
    assert text not in wording.plain(text).replace("\\", "")


@pytest.mark.parametrize("text", ["Title\r===\rx", "    code", "\tcode", "x\n\n    code", "a\u202eb\u2066c"])
def test_crm_text_stays_in_its_line(text: str) -> None:
    assert not re.search("[\r\n\t\u202e\u2066]|  ", wording.plain(text))


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1+1", "-1+1", "@SUM(1)", " =1+1", "\u00a0=1+1", "\t=1+1", "\n=1+1", "\r=1+1"),
        *("a\r=1+1", "a\r\n=1+1", "a\n=1+1", "a;=cmd|' /C calc'!A0;b", "a; @SUM(1)", "a\t=1+1", "\uff1d1+1"),
    ],
)
def test_no_spreadsheet_program_runs_a_text(text: str) -> None:
    """However it takes the file apart: by lines, commas, tabs or, as in German, semicolons."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(["a", wording.without_formula(text), "b"])
    cells = re.split("[\r\n\t;,]", out.getvalue())
    assert not [cell for cell in cells if cell.strip(' "\u00a0')[:1] in set("=+-@\uff1d")]
    assert wording.with_formula(wording.without_formula(text)) == re.sub("\r\n?", "\n", text)


@pytest.mark.parametrize("text", ["a=b", "5 - 3", "it's", "a; b", "two\nlines", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert wording.without_formula(text) == text


@pytest.mark.parametrize(
    ("text", "starts"),
    [("=1+1", "\u2060="), ("-2+3+cmd|' /C calc'!A0", "\u2060-"), ("+$1.2M", "+"), ("-5 (-30 to +2)", "-5")],
)
def test_a_table_on_a_page_looks_the_same_and_runs_nothing(text: str, starts: str) -> None:
    made = wording.shown_without_formula(text)
    assert made.startswith(starts)
    assert made.replace("\u2060", "") == text
