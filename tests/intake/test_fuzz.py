"""A few seconds of what `python -m tests.fuzz --target deals` does for as long as it is let."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings

from tests.fuzz.deals import LABELS, File, Row, files, verify


@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(file=files())
def test_deals_come_out_as_they_were_written_or_the_import_asks(file: File) -> None:
    verify(file)


def _file(**how: object) -> File:
    rows = [
        Row("A", "New", Decimal("1234.50"), dt.date(2024, 1, 31)),
        Row("B", "New", None, dt.date(2024, 2, 1), "date"),
    ]
    labels = {name: found[0] for name, found in LABELS.items()}
    return File(rows, labels, list(labels), **({"amounts": "german", "dates": "german"} | how))  # type: ignore[arg-type]


def test_the_same_file_again_changes_nothing() -> None:
    assert verify(_file(separator=";", encoding="cp1252", title=True, twice=True), landed=True)


def test_the_comparison_with_the_truth_can_fail() -> None:
    file = _file()
    file.cells = lambda number: {**File.cells(file, number), "amount": "1.234,51"}  # type: ignore[method-assign]
    with pytest.raises(AssertionError, match=r"1234\.51"):
        verify(file)
