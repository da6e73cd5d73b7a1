"""Dates and amounts in the words of an answer."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.business_case.in_text import amounts_in, dates_in

NEAR = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on 2026-04-30", [date(2026, 4, 30)]),
        ("mail 4 Mar: fine", [date(2026, 3, 4)]),  # lately, not next year
        ("by 1 June", [date(2026, 6, 1)]),
        ("runs out 31 Jan", [date(2026, 1, 31)]),
        ("cancelled by 31 Oct", [date(2026, 10, 31)]),
        ("am 31.12. ab, Entscheid bis 15.10.", [date(2026, 10, 15), date(2026, 12, 31)]),
        ("3.4.2027", [date(2027, 4, 3)]),
        ("decision 15 juillet 2026", [date(2026, 7, 15)]),
        ("June 12th, 2027", [date(2027, 6, 12)]),
        ("in March 2027", [date(2027, 3, 31)]),
        ("live by Q3", [date(2026, 9, 30)]),
        ("Q1 2027 at the latest", [date(2027, 3, 31)]),
        ("PO by 20/3", [date(2026, 3, 20)]),
        ("31 Feb", []),
        ("3.1% of 1.2M, 16:00, v2.3, 24/7", []),
        ("they may 3 times", []),
        ("", []),
    ],
)
def test_days(text: str, days: list[date]) -> None:
    assert dates_in(text, NEAR) == days


def test_the_order_of_day_and_month_is_the_locales_unless_a_number_decides() -> None:
    assert dates_in("on 4/3", NEAR, day_first=True) == [date(2026, 3, 4)]
    assert dates_in("on 4/3", NEAR, day_first=False) == [date(2026, 4, 3)]
    assert dates_in("on 20/3", NEAR, day_first=False) == [date(2026, 3, 20)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("240k approved", [(240_000, "")]),
        ("EUR 1.2M", [(1_200_000, "EUR")]),
        ("1.35 MSEK", [(1_350_000, "SEK")]),
        ("60 of the 110 KEUR", [(110_000, "EUR")]),
        ("90 000 €", [(90_000, "EUR")]),
        ("240.000 €", [(240_000, "EUR")]),
        ("$1,234.50", [(1_234.5, "USD")]),
        ("INR 18 lakh", [(1_800_000, "INR")]),
        ("£85k and £20k", [(85_000, "GBP"), (20_000, "GBP")]),
        ("$62/user/mo", []),
        ("48 people, 30m walk, FY26, 12 %", []),
        ("no money", []),
    ],
)
def test_amounts(text: str, found: list[tuple[float, str]]) -> None:
    assert [(one.value, one.currency) for one in amounts_in(text)] == found
