"""Tables of deals whose truth is known, written as people write them: nothing may come out as something else.

Each undamaged row comes out with exactly its amount and date, or the import stops with a question; a damaged
row is rejected under its line. The same file again changes nothing.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from analytics.intake import stage_files
from analytics.intake.fields import key
from analytics.intake.table_fields import FIELDS
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from tests.fuzz.invariants import check
from tests.intake.conftest import write_xlsx

DAY = dt.date(2061, 6, 30)  # after every date: a closed deal is closed on its own day
_COLUMNS = ("deal_id", "name", "stage", "amount", "close_date")
_STAGES = ("New", "Proposal", "Negotiation", "Closed Won", "Closed Lost")


def _swapped(text: str) -> str:
    return text.replace(",", "_").replace(".", ",").replace("_", ".")


AMOUNTS: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda n: f"{n:.2f}",
    "short": lambda n: f"{n:.2f}".rstrip("0").rstrip("."),
    "us": lambda n: f"{n:,.2f}",
    "us whole": lambda n: f"{n:,.0f}",
    "dollar": lambda n: f"${n:,.2f}" if n >= 0 else f"(${-n:,.2f})",
    "german": lambda n: _swapped(f"{n:,.2f}"),
    "german whole": lambda n: _swapped(f"{n:,.0f}"),
    "euro": lambda n: _swapped(f"{n:,.2f}") + " €",
    "comma": lambda n: f"{n:.2f}".replace(".", ","),
    "french": lambda n: f"{n:,.2f} EUR".replace(",", "\u202f").replace(".", ","),
    "swiss": lambda n: f"CHF {n:,.2f}".replace(",", "'"),
}
_WHOLE = {"us whole", "german whole"}
DATES = {
    "iso": "%Y-%m-%d",
    "time": "%Y-%m-%dT00:00:00.000Z",
    "us": "%m/%d/%Y",
    "us time": "%m/%d/%Y 2:05 PM",
    "british": "%d/%m/%Y",
    "german": "%d.%m.%Y",
    "short": "%d.%m.%y",
    "us short": "%m/%d/%y",
    "words": "%d %b %Y",
    "english": "%B %d, %Y",
    "compact": "%Y%m%d",
}


def _labels(name: str) -> list[str]:
    """Labels of a field that no other field has too."""
    uses = Counter(label for one in FIELDS for label in {key(label) for label in one.labels})
    found = next(one for one in FIELDS if one.name == name)
    return [label for label in found.labels if uses[key(label)] == 1]


LABELS = {name: _labels(name) for name in _COLUMNS}


@dataclass(frozen=True)
class Row:
    """A deal, and what is wrong with its row ('' = nothing)."""

    name: str
    stage: str
    amount: Decimal | None
    close: dt.date
    damage: str = ""


@dataclass
class File:
    """Rows and how they are written."""

    rows: list[Row]
    labels: dict[str, str]
    order: list[str]
    amounts: str
    dates: str
    separator: str = ","
    encoding: str = "utf-8"
    end: str = "\n"
    quote_all: bool = False
    title: bool = False
    footer: bool = False
    blank_lines: bool = False
    twice: bool = False  # the first row comes a second time
    book: bool = False
    lines: dict[int, int] = field(default_factory=dict)

    def cells(self, number: int) -> dict[str, str]:
        """What is written in a row."""
        row = self.rows[number]
        written = {
            "deal_id": f"D{number}",
            "name": row.name,
            "stage": row.stage,
            "amount": "" if row.amount is None else AMOUNTS[self.amounts](row.amount),
            "close_date": row.close.strftime(DATES[self.dates]),
        }
        if row.damage == "no id":
            written["deal_id"] = ""
        elif row.damage == "amount":
            written["amount"] = "12x4"
        elif row.damage == "date":
            written["close_date"] = "2023-02-29" if self.dates in {"iso", "time"} else "on Tuesday"
        elif row.damage == "thirtieth":
            written["close_date"] = "2023-02-30"
        return written


_texts = st.text(st.characters(codec="cp1252", exclude_categories=("C",)), min_size=1, max_size=14).filter(
    lambda text: text.strip() == text and not text.startswith(("=", '"'))
)
_names = st.one_of(
    _texts,
    st.sampled_from(["Total", "Total, phase 2", "Müller; Söhne", 'The "big" one', "Summe", "a\tb", "x|y"]),
)
_rows = st.builds(
    Row,
    name=_names,
    stage=st.sampled_from(_STAGES),
    amount=st.one_of(
        st.none(),
        st.decimals(min_value=-99_999, max_value=9_999_999, places=2),
        st.integers(0, 9_999_999).map(Decimal),
        st.sampled_from(
            [Decimal("1234"), Decimal("1.23"), Decimal("0"), Decimal("999999999.99"), Decimal("0.5")]
        ),
    ),
    close=st.dates(dt.date(1995, 1, 1), dt.date(2060, 12, 31)),
    damage=st.sampled_from([*[""] * 8, "no id", "amount", "date", "thirtieth", "width"]),
)


@st.composite
def files(draw: st.DrawFn) -> File:
    """A table in some dialect."""
    amounts = draw(st.sampled_from(list(AMOUNTS)))
    rows = draw(st.lists(_rows, min_size=1, max_size=12))
    if amounts in _WHOLE:
        rows = [
            Row(r.name, r.stage, None if r.amount is None else Decimal(int(r.amount)), r.close, r.damage)
            for r in rows
        ]
    book = draw(st.integers(0, 5)) == 0
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    if encoding == "cp1252" and amounts == "french":
        encoding = "utf-8"  # it has no narrow blank
    return File(
        rows=rows,
        labels={name: draw(st.sampled_from(LABELS[name])) for name in _COLUMNS},
        order=draw(st.permutations(_COLUMNS)),
        amounts=amounts,
        dates=draw(st.sampled_from(list(DATES))),
        separator=draw(st.sampled_from([",", ";", "\t", "|"])),
        encoding=encoding,
        end=draw(st.sampled_from(["\n", "\r\n"])),
        quote_all=draw(st.booleans()),
        title=draw(st.integers(0, 4)) == 0,
        footer=draw(st.integers(0, 4)) == 0,
        blank_lines=draw(st.integers(0, 4)) == 0,
        twice=draw(st.integers(0, 4)) == 0,
        book=book,
    )


def write(file: File, folder: Path) -> Path:
    """Write it down; `file.lines` learns the line of each row."""
    table: list[list[str]] = [["All deals"], []] if file.title else []
    table.append([file.labels[name] for name in file.order])
    numbers = [*range(len(file.rows)), *([0] if file.twice else [])]
    for number in numbers:
        written = file.cells(number)
        table.append([written[name] for name in file.order])
        if file.rows[number].damage == "width" and not file.book:
            table[-1].append("moved")
        file.lines[len(table)] = number
        if file.blank_lines:
            table.append([])
    if file.footer:
        table += [[], ["Copyright (c) 2024 Example Inc. All rights reserved."]]
    if file.book:
        return write_xlsx(folder / "deals.xlsx", [[_cell(cell) for cell in row] for row in table])
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if file.quote_all else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=file.separator, lineterminator=file.end, quoting=quoting).writerows(table)
    path = folder / "deals.csv"
    path.write_bytes(text.getvalue().encode(file.encoding))
    return path


def _cell(text: str) -> object:
    """A cell of a workbook: text, as its XML needs it."""
    return text.replace("&", "&amp;").replace("<", "&lt;") if text else None


def verify(file: File, *, landed: bool = False) -> bool:
    """Read the file and compare it with the truth. False if the import stopped with a question."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        path = write(file, Path(name))
        try:
            staging = stage_files([path], as_of=DAY)
        except BadInput as problem:
            question = str(problem)
        else:
            question = ""
        if question:
            asks = any(word in question for word in ("date_format", "decimal"))
            assert asks, f"stopped without a question: {question}"
            assert _may_ask(file, question), f"a question without need: {question}"
            return False
        check(staging)
        _compare(file, staging.con.execute)
        if landed:
            store = Store(Path(name) / "store.duckdb")
            first = land(store, staging, kind="table")
            again = land(store, stage_files([path], as_of=DAY), kind="table")
            assert again.import_id is None, "the same file changed something"
            for told in first.files:
                assert told.rows_read == told.loaded + told.unchanged + told.rejected, told
        staging.con.close()
    return True


def _may_ask(file: File, problem: str) -> bool:
    """Whether a value may be read in two ways; ISO dates and amounts that show their cents may not."""
    if "date_format" in problem:
        return file.dates not in {"iso", "time", "words", "english", "compact"}
    return file.amounts in {"short", *_WHOLE}


def _compare(file: File, execute: Callable[[str], Any]) -> None:
    """The staged deals against the truth."""
    found = {
        deal: (state["a"], state["c"], state["s"])
        for deal, state in execute(
            "select deal_id, arg_max(struct_pack(a := amount, c := close_date, s := stage), (valid_at, seq))"
            " from deal_change where not is_opening group by 1"
        ).fetchall()
    }
    good = {f"D{n}": row for n, row in enumerate(file.rows) if _is_good(file, row)}
    assert set(found) == set(good), f"lost {set(good) - set(found)}, made up {set(found) - set(good)}"
    for deal, row in good.items():
        assert found[deal] == (row.amount, row.close, row.stage), f"{deal}: {found[deal]}, written {row}"
    names = dict(execute("select distinct deal_id, name from deal where not is_opening").fetchall())
    for deal, row in good.items():
        assert names[deal] == row.name, f"{deal}: {names[deal]!r}, written {row.name!r}"
    rejected = {line for (line,) in execute("select distinct line from staged_reject").fetchall()}
    bad = {line for line, number in file.lines.items() if not _is_good(file, file.rows[number])}
    assert rejected == bad, f"rejected lines {rejected}, damaged {bad}"
    read = execute("select rows_read from staged_file").fetchall()[0][0]
    assert read == len(file.lines), f"{read} rows read of {len(file.lines)}"


def _is_good(file: File, row: Row) -> bool:
    return not row.damage or (row.damage == "width" and file.book)


def main() -> None:
    """`python -m tests.fuzz.deals deals FOLDER SECONDS SEED`: until the time is over."""
    folder, seconds, begin = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    kept, counter = folder / "findings" / "deals", folder / "deals.json"
    kept.mkdir(parents=True, exist_ok=True)
    done = asked = batch = 0
    began = time.time()
    while time.time() - began < seconds:
        batch += 1

        @seed(begin * 1000 + batch)
        @settings(
            max_examples=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )
        @given(files(), st.integers(0, 4))
        def once(file: File, chance: int) -> None:
            nonlocal done, asked
            done += 1
            asked += not verify(file, landed=chance == 0)

        try:
            once()
        except Exception as error:
            told = "".join(traceback.format_exception(error))
            (kept / f"{begin}-{batch}.txt").write_text(
                f"{type(error).__name__} {str(error)[:100]}\n{told}", "utf-8"
            )
        counter.write_text(
            json.dumps({"executions": done, "questions": asked, "seconds": time.time() - began})
        )


if __name__ == "__main__":
    main()
