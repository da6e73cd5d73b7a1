"""Files as people might have them, put together from a fuzzer's bytes: headers, cells, dialects."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from atheris import FuzzedDataProvider

from analytics.intake.fields import Field

SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "utf-32")
CELLS = (
    *("", " ", "\u00a0", "-", "n/a", "NULL", "0", "1", "true", "falsch", "Total", "Grand Totals (3 records)"),
    *(
        "1.234",
        "1,234",
        "1.234,5",
        "1,234.50",
        "1'234.50",
        "$1,200",
        "(1,200)",
        "1200-",
        "€ 5",
        "12 %",
        "0.4",
    ),
    *(
        "1e3",
        "1e30",
        "99999999999999999999",
        "NaN",
        "inf",
        "-0",
        "1_000",
        "0x1F",
        "1.234 ",
        "+1.234",
        ".5",
        "5.",
    ),
    *("31.01.2024", "01/31/2024", "05/06/2024", "0/5/2024", "00/00/0000", "29.02.2023", "1/2/3", "31-12-99"),
    *("2024-01-31", "2024-01-31T10:00:00Z", "2024-01-31 10:00:00+05:30", "2024-01-31 24:00", "0000-01-01"),
    *("9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01", "20240131", "45322", "45322.5", "1706659200000"),
    *(
        "2024-01-31 (BC)",
        "infinity",
        "epoch",
        "12 Maybe 2024",
        "3 de mayo de 2024",
        "Jan 5, 24",
        "2024年1月5日",
    ),
    *("2024-01-31 10:00:00 America/New_York", "2024-01-31 10:00:00+5", "10:00", "31/01/2024 1:05 PM"),
    *("Closed Won", "Closed Lost", "Prospecting", "Won", "Lost", "Open", "gewonnen", "Commit", "Best Case"),
    *("0061x00000AbCdE", "0061x00000AbCdEAAA", "42", "D1", "D1", "D2", "Müller & Söhne", "=1+1", "a;b,c\td"),
    *(
        'say "hi"',
        "line\nbreak",
        "line\r\nbreak",
        "'; drop table deal; --",
        "$x$",
        "\u202e",
        "😀",
        "StageName",
    ),
    *(
        "Amount",
        "CloseDate",
        "dealstage",
        "amount",
        "closedate",
        "economic_buyer",
        "champion",
        "EUR",
        "USD",
        "xx",
    ),
    *(
        "2024-01-01",
        "2024-02-01",
        "2024-04-01",
        "2024-07-01",
        "Q3 FY24",
        "Jan 26",
        "2026-04",
        "JPY",
        "1.08",
        "as of 2024-01-31",
        "Copyright (c) x",
    ),
)


def _signs(fdp: FuzzedDataProvider, most: int) -> str:
    """Any text without control signs: a file that has them is no text, and nothing of it would be read."""
    return "".join(sign for sign in fdp.ConsumeUnicodeNoSurrogates(most) if sign.isprintable())


def cell(fdp: FuzzedDataProvider) -> str:
    """A cell: one that is known to be nasty, one with a sign changed, or any text."""
    kind = fdp.ConsumeIntInRange(0, 9)
    if kind == 0:
        return _signs(fdp, 12)
    if kind == 1:
        return "".join(
            fdp.PickValueInList(list("0123456789.,-/: ()%$€+TZeE'"))
            for _ in range(fdp.ConsumeIntInRange(0, 14))
        )
    text = str(fdp.PickValueInList(list(CELLS)))
    if kind == 2 and text:
        at = fdp.ConsumeIntInRange(0, len(text) - 1)
        return text[:at] + _signs(fdp, 1) + text[at + 1 :]
    return text


def header(fdp: FuzzedDataProvider, fields: Sequence[Field], needs: Sequence[str] = ()) -> list[str]:
    """Labels of some of the fields and perhaps one that nobody knows; `needs` are always there."""
    found = list(needs)
    for field in fields:
        if fdp.ConsumeIntInRange(0, 3):
            labels = field.labels or (field.name,)
            found.append(labels[0] if fdp.ConsumeBool() else str(fdp.PickValueInList(list(labels))))
    if fdp.ConsumeIntInRange(0, 4) == 0:
        found.insert(fdp.ConsumeIntInRange(0, len(found)), cell(fdp))
    return found


def any_file(fdp: FuzzedDataProvider, labels: Sequence[str]) -> bytes:
    """A table with this header in some dialect; sometimes with rows of another width and a damaged place."""
    is_odd = fdp.ConsumeIntInRange(0, 3) == 0
    separator = fdp.PickValueInList(list(SEPARATORS)) if is_odd else ","
    out = io.StringIO()
    end = fdp.PickValueInList(["\n", "\r\n", "\r"]) if is_odd else "\n"
    quoting = csv.QUOTE_ALL if is_odd and fdp.ConsumeBool() else csv.QUOTE_MINIMAL
    if is_odd and fdp.ConsumeIntInRange(0, 3) == 0:
        out.write(cell(fdp) + end)
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(labels)
    for _ in range(fdp.ConsumeIntInRange(0, 12)):
        width = len(labels) + (fdp.ConsumeIntInRange(-2, 2) if fdp.ConsumeIntInRange(0, 15) == 0 else 0)
        writer.writerow([cell(fdp) for _ in range(max(0, width))])
    encoding = fdp.PickValueInList(list(ENCODINGS)) if is_odd else "utf-8"
    raw = out.getvalue().encode(encoding, "replace")
    if is_odd and raw and fdp.ConsumeIntInRange(0, 3) == 0:
        at = fdp.ConsumeIntInRange(0, len(raw))
        raw = raw[:at] + fdp.ConsumeBytes(4) + raw[at + fdp.ConsumeIntInRange(0, 4) :]
    return raw
