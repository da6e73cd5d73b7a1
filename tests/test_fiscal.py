"""The company's calendar, for every start month, zone and spelling."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.fiscal import Calendar, Quarter, parse_day
from analytics.problems import BadInput

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
calendars = st.builds(
    Calendar,
    time_zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
    start_month=st.integers(1, 12),
    named_by=st.sampled_from(["start", "end"]),
)


@given(calendar=calendars, day=days)
def test_every_day_lies_in_one_quarter_of_three_months_that_its_name_finds_again(
    calendar: Calendar, day: date
) -> None:
    quarter = calendar.quarter_of(day)
    assert quarter.contains(day)
    assert 88 <= (quarter.last_day - quarter.first_day).days <= 91
    assert quarter.first_day.day == 1
    assert (quarter.first_day.month - calendar.start_month) % 3 == 0
    assert calendar.parse(quarter.key) == quarter
    following = calendar.shift(quarter, 1)
    assert following.first_day == quarter.last_day + timedelta(days=1)
    assert calendar.shift(following, -1) == quarter
    assert 1 <= quarter.week_of(day) <= 14
    assert quarter.day_like(day, quarter) == day
    assert quarter.day_like(following.first_day, following) == quarter.first_day
    assert quarter.day_like(following.last_day, following) == quarter.last_day
    assert quarter.contains(quarter.day_like(day + timedelta(days=200), following))


@given(calendar=calendars, day=days)
def test_the_days_of_a_zone_follow_each_other_without_gap_or_overlap(calendar: Calendar, day: date) -> None:
    start, end = calendar.start_of(day), calendar.end_of(day)
    assert calendar.day_of(start) == calendar.day_of(end) == day
    assert calendar.start_of(day + timedelta(days=1)) - end == timedelta(microseconds=1)
    assert timedelta(hours=22) < end - start < timedelta(hours=26)


@pytest.mark.parametrize(
    ("start_month", "named_by", "day", "key"),
    [
        (1, "end", date(2024, 5, 1), "2024Q2"),
        (2, "end", date(2024, 1, 31), "2024Q4"),
        (2, "end", date(2024, 2, 1), "2025Q1"),
        (2, "start", date(2024, 2, 1), "2024Q1"),
        (7, "end", date(2024, 6, 30), "2024Q4"),
        (10, "end", date(2024, 10, 1), "2025Q1"),
        (12, "end", date(2024, 12, 1), "2025Q1"),
    ],
)
def test_quarters_are_called_as_companies_call_them(
    start_month: int, named_by: str, day: date, key: str
) -> None:
    assert Calendar("UTC", start_month, named_by).quarter_of(day).key == key


@pytest.mark.parametrize("text", ["2024Q2", "2024-Q2", "Q2 2024", "q2-2024", " 2024q2 "])
def test_spellings_of_a_quarter(text: str) -> None:
    assert Calendar().parse(text).key == "2024Q2"


@pytest.mark.parametrize("text", ["", "2024", "2024Q5", "2024Q0", "24Q1", "Q2", "0000Q1", "9999Q4", "0001Q1"])
@pytest.mark.parametrize("start_month", [1, 11])
def test_no_quarter_is_refused(text: str, start_month: int) -> None:
    with pytest.raises(BadInput):
        Calendar("UTC", start_month).parse(text)


@pytest.mark.parametrize(
    "text", ["", "today", "2024-13-01", "2023-02-29", "01/02/2024", "0001-01-01", "9999-12-31"]
)
def test_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_day(text)


def test_a_day_of_summer_time_has_its_own_length() -> None:
    berlin = Calendar("Europe/Berlin")
    assert berlin.end_of(date(2024, 3, 31)) == datetime(2024, 3, 31, 21, 59, 59, 999999)
    assert berlin.start_of(date(2024, 3, 31)) == datetime(2024, 3, 30, 23)


def test_a_month_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="settings"):
        Calendar("UTC", 13)


def test_a_close_date_that_means_never_has_a_quarter() -> None:
    assert Calendar().quarter_of(date(9999, 12, 31)) == Quarter(date(9999, 10, 1), date.max, "9999Q4")
    assert Calendar(start_month=2).quarter_of(date(9999, 12, 31)).last_day == date.max
