"""A target on single cells: what is read must be what is written, in the quick way and in the careful way."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import duckdb
from atheris import FuzzedDataProvider

from analytics.intake import values
from tests.fuzz.pieces import cell

ZONE = "America/New_York"


@cache
def _con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    con.execute("set threads = 1")
    con.execute("set variable zone = ?", [ZONE])
    con.execute("create table many (number integer, c0 varchar)")
    return con


_ORDERS = ("dmy", "mdy", "ymd")


@cache
def _date_sql() -> str:
    cell_, parts = values.trimmed("c0"), values.date_parts(values.trimmed("c0"))
    written = ", ".join(f"{values.written_day('p', order)} as w_{order}" for order in _ORDERS)
    local = ", ".join(f"{values.local(cell_, 'p', f'w_{order}')} as l_{order}" for order in _ORDERS)
    columns = [f"({values.day('p', f'l_{order}', ZONE)})::varchar" for order in _ORDERS]
    columns += [f"({values.moment(cell_, 'p', 'l_mdy', ZONE, end=end)})::varchar" for end in (False, True)]
    columns += [f"({values.simple_date('c0', ZONE)})::varchar"]
    columns += [f"({values.simple_moment('c0', ZONE, end=end)})::varchar" for end in (False, True)]
    return (
        f"select {values.is_simple_date('c0')}, c0, {', '.join(columns)}"
        f" from (select *, {local} from (select *, {written}"
        f" from (select number, c0, {parts} as p from many))) order by number"
    )


@cache
def _number_sql() -> str:
    careful = values.trimmed("c0")
    columns = [
        f"({values.number(careful, 'd', sign, kind)})::varchar"
        for sign in ".,"
        for kind in ("amount", "number")
    ]
    columns += [f"({values.simple_number('c0', kind)})::varchar" for kind in ("amount", "number")]
    return (
        f"select {values.is_simple_number('c0')}, c0, {', '.join(columns)}"
        f" from (select number, c0, {values.digits(careful)} as d from many) order by number"
    )


def single(data: bytes) -> None:
    """Some cells as dates and as numbers."""
    fdp = FuzzedDataProvider(data)
    texts = [text for _ in range(60) if (text := cell(fdp).strip()) and "\x00" not in text]
    if not texts:
        return
    _con().execute("delete from many")
    _con().executemany(
        "insert into many values (?, ?)", [[number, text] for number, text in enumerate(texts)]
    )
    for row in _con().execute(_date_sql()).fetchall():
        as_date(*row)
    for row in _con().execute(_number_sql()).fetchall():
        as_number(*row)


def as_date(is_simple: bool, text: str, *read: str | None) -> None:
    """Day, month and year of what is read are those that are written; both ways agree."""
    *days, moment, moment_end, day, simple, simple_end = read
    if is_simple:
        assert (day, simple, simple_end) == (days[1], moment, moment_end), (
            f"date {text!r}: quick {day}, {simple}, {simple_end}; careful {days[1]}, {moment}, {moment_end}"
        )
    numbers = [
        int(found) for found in re.findall(r"\d+", re.split(r"[T ,]+(?:at )?\d{1,2}[:.]\d{2}", text)[0])
    ]
    shifts = re.search(r"([+-]\d\d:?(\d\d)?|Z|UTC|GMT)$", text)
    for order, found in zip(_ORDERS, days, strict=True):
        if found is None or "BC" in found or shifts or len(numbers) != 3 or "24:" in text:
            continue  # 24:00 is the next day's 0:00; `existing` leaves no year before 1000 standing
        year, month, day_ = (int(part) for part in re.findall(r"\d+", found)[:3])
        places = "ymd" if len(re.findall(r"\d+", text)[0]) == 4 else order
        meant = {sign: numbers[places.index(sign)] for sign in "dmy"}
        fits = (meant["d"], meant["m"], meant["y"] % 100) == (day_, month, year % 100)
        assert fits, f"date {text!r} as {order} is read as {found}"


def as_number(is_simple: bool, text: str, *read: str | None) -> None:
    """The digits of what is read are those that are written, and the sign too; both ways agree."""
    *careful, amount, number = read
    if is_simple:
        for kind, quick, slow in (("amount", amount, careful[0]), ("number", number, careful[1])):
            same = quick and slow and float(quick) == float(slow)
            assert same, f"{kind} {text!r}: quick {quick}, careful {slow}"
    if re.search(r"[eE]", text):
        return
    for sign, found in ((".", careful[1]), (",", careful[3])):
        if found is None or len(re.sub(r"\D", "", text)) > 15:
            continue
        value = float(found)
        written = re.sub(r"\D", "", text).strip("0")
        shown = f"{Decimal(repr(abs(value))):f}".replace(".", "").strip("0")
        assert shown.startswith(written) or abs(value) > 1e14, (
            f"number {text!r} with {sign} is read as {found}"
        )
        is_negative = bool(
            re.search(r"[-−(]\D*\d", text) or re.search(r"\d\D*[-−]$", text)
        ) and not re.search(r"[.,][-–—]", text)
        assert value == 0 or (value < 0) == is_negative, f"the sign of {text!r}: {found}"
