"""Whatever is in a file: it comes out as it was meant, or as a named reject, or as one clear message."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake import stage_files
from analytics.problems import BadInput

DAY = dt.date(2024, 6, 30)
HEAD = ["Opportunity ID", "Opportunity Name", "Stage", "Amount", "Close Date"]
amounts = st.lists(st.decimals(min_value=-9_999_999, max_value=99_999_999, places=2), min_size=1, max_size=8)
days = st.lists(st.dates(dt.date(1995, 1, 1), dt.date(2060, 12, 31)), min_size=1, max_size=8)

AMOUNT_STYLES: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda n: f"{n:.2f}",
    "us": lambda n: f"${n:,.2f}" if n >= 0 else f"(${-n:,.2f})",
    "european": lambda n: f"{n:,.2f} EUR".replace(",", "_").replace(".", ",").replace("_", "."),
    "french": lambda n: f"{n:,.2f} €".replace(",", "\u202f").replace(".", ","),
    "swiss": lambda n: f"CHF {n:,.2f}".replace(",", "'"),
}
DATE_STYLES = {
    "iso": "%Y-%m-%d",
    "time": "%Y-%m-%d 14:05",
    "us": "%m/%d/%Y",
    "us time": "%m/%d/%Y 2:05 PM",
    "german": "%d.%m.%Y",
    "short": "%d-%m-%y",
    "words": "%d %b %Y",
}


def read(rows: list[list[str]], mapping: str | None = None) -> list[tuple[object, ...]]:
    """Stage a table and return amount and close date per deal."""
    with tempfile.TemporaryDirectory() as folder:
        text = io.StringIO()
        csv.writer(text).writerows([HEAD, *rows])
        path = Path(folder) / "deals.csv"
        path.write_text(text.getvalue(), "utf-8")
        rules = None
        if mapping:
            rules = Path(folder) / "m.toml"
            rules.write_text(mapping, "utf-8")
        staging = stage_files([path], as_of=DAY, mapping=rules)
        assert staging.con.execute("select count(*) from staged_reject").fetchall() == [(0,)]
        return staging.con.execute(
            "select amount, close_date from deal_change where not is_opening order by deal_id::int"
        ).fetchall()


@pytest.mark.parametrize("style", list(AMOUNT_STYLES))
@settings(max_examples=4, deadline=None)
@given(numbers=amounts)
def test_amounts_come_out_as_they_went_in(style: str, numbers: list[Decimal]) -> None:
    rows = [[str(i), "A", "New", AMOUNT_STYLES[style](n), "2024-07-01"] for i, n in enumerate(numbers)]
    assert [row[0] for row in read(rows)] == numbers


@pytest.mark.parametrize("style", list(DATE_STYLES))
@settings(max_examples=4, deadline=None)
@given(dates=days)
def test_dates_come_out_as_they_went_in(style: str, dates: list[dt.date]) -> None:
    rows = [[str(i), "A", "New", "1", day.strftime(DATE_STYLES[style])] for i, day in enumerate(dates)]
    with contextlib.suppress(BadInput):  # no value proves the order of day and month
        assert [row[1] for row in read(rows)] == dates
        return
    with pytest.raises(BadInput, match="date_format"):
        read(rows)
    found = read(rows, _rules(style))
    assert [row[1] for row in found] == dates


def _rules(style: str) -> str:
    """A mapping file that names the order of day and month."""
    order = "mdy" if style.startswith("us") else "dmy"
    names = ("deal_id", "name", "stage", "amount", "close_date")
    columns = "".join(f'{name} = "{label}"\n' for name, label in zip(names, HEAD, strict=True))
    return f'[table]\ndate_format = "{order}"\n[columns]\n{columns}'


@settings(max_examples=15, deadline=None)
@given(body=st.one_of(st.text(max_size=300), st.binary(max_size=300)), with_header=st.booleans())
def test_any_content_gives_rows_or_one_message(body: str | bytes, with_header: bool) -> None:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    _never_crashes(((",".join(HEAD) + "\n").encode() if with_header else b"") + raw)


cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.lists(cell, min_size=4, max_size=6), max_size=6))
def test_any_cells_give_rows_or_one_message(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows])
    _never_crashes(text.getvalue().encode())


def _never_crashes(raw: bytes) -> None:
    """Rows that are staged, rejected or unchanged; or BadInput."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        path.write_bytes(raw)
        try:
            staging = stage_files([path], as_of=DAY)
        except BadInput:
            return
        for file_no, read_, rejected, staged in staging.con.execute(
            "select f.file_no, f.rows_read,"
            " (select count(distinct line) from staged_reject r where r.file_no = f.file_no),"
            " (select count(distinct line) from deal d where d.file_no = f.file_no) from staged_file f"
        ).fetchall():
            assert staged + rejected <= read_, file_no
