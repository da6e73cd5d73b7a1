"""What the store says of a moment is what the obvious reading of its rows says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.store.database import migrations, query_text

START = datetime(2024, 1, 1)
LONG_AGO = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Change:
    """A change row, told by the Python oracle's words."""

    deal_id: str
    valid_at: datetime
    import_id: int
    seq: int
    stage: str | None
    close_date: date | None
    amount: int | None
    is_closed: bool | None
    is_won: bool | None
    is_gone: bool | None


@dataclass(frozen=True)
class Expected:
    """What is known of a deal at a moment."""

    stage: str | None
    close_date: date | None
    amount: int | None
    is_closed: bool
    is_won: bool
    is_gone: bool
    first_seen_at: datetime
    stage_since: datetime
    closed_at: datetime | None
    gone_at: datetime | None
    pushes: int
    days_pushed: int


def first_of_run(steps: list[Change], same: object) -> datetime:
    """The moment since which the last step's trait has held without a break."""
    assert callable(same)
    since = steps[-1]
    for step in reversed(steps):
        if not same(step):
            break
        since = step
    return since.valid_at


def oracle(rows: list[Change], at: datetime) -> dict[str, Expected]:
    """The dictionary implementation: later rows overwrite earlier ones, then look back."""
    found = {}
    for deal_id in {row.deal_id for row in rows if row.valid_at <= at}:
        versions: dict[datetime, Change] = {}
        mine = [row for row in rows if row.deal_id == deal_id and row.valid_at <= at]
        for row in sorted(mine, key=lambda row: (row.valid_at, row.import_id, row.seq)):
            versions[row.valid_at] = row
        steps = list(versions.values())
        last = steps[-1]
        pushes = [
            (after.close_date - before.close_date).days
            for before, after in itertools.pairwise(steps)
            if not after.is_closed
            and before.close_date
            and after.close_date
            and after.close_date > before.close_date
        ]
        went = [
            after.valid_at
            for before, after in zip([None, *steps], steps, strict=False)
            if after.is_gone and not (before and before.is_gone)
        ]
        found[deal_id] = Expected(
            last.stage,
            last.close_date,
            last.amount,
            bool(last.is_closed),
            bool(last.is_won),
            bool(last.is_gone),
            steps[0].valid_at,
            first_of_run(steps, lambda step, last=last: step.stage == last.stage),
            first_of_run(
                steps,
                lambda step, last=last: step.is_closed and bool(step.is_won) == bool(last.is_won),
            )
            if last.is_closed
            else None,
            went[-1] if went else None,
            len(pushes),
            sum(pushes),
        )
    return found


moments = st.integers(0, 8).map(lambda n: START + timedelta(hours=7 * n))


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Rows of up to six deals: equal moments, late rows, corrections, reopened, gone and returned."""
    rows = draw(
        st.lists(
            st.builds(
                Change,
                deal_id=st.sampled_from("abcdef"),
                valid_at=moments,
                import_id=st.integers(1, 4),
                seq=st.just(0),
                stage=st.sampled_from(["S1", "S2", "S3", None]),
                close_date=st.sampled_from([date(2024, 3, 1), date(2024, 3, 31), date(2024, 5, 9), None]),
                amount=st.sampled_from([1, 2, None]),
                is_closed=st.sampled_from([False, False, True, True, None]),
                is_won=st.sampled_from([False, True, None]),
                is_gone=st.sampled_from([False, False, True, None]),
            ),
            min_size=1,
            max_size=40,
        )
    )
    return [Change(**{**row.__dict__, "seq": seq}) for seq, row in enumerate(rows)]


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(":memory:", config={"threads": 1})
    for _, file in migrations():
        con.execute(file.read_text(encoding="utf-8"))
    yield con
    con.close()


def fill(con: duckdb.DuckDBPyConnection, rows: list[Change]) -> None:
    con.execute("delete from deal_change")
    names = list(Change.__annotations__)
    con.executemany(
        f"insert into deal_change ({', '.join(names)}, loaded_at)"
        f" values ({', '.join('?' for _ in names)}, timestamp '2025-01-01')",
        [[getattr(row, name) for name in names] for row in rows],
    )


def read(con: duckdb.DuckDBPyConnection, at: datetime, closed_since: datetime) -> dict[str, Expected]:
    names = list(Expected.__annotations__)
    result = con.execute(
        query_text("deals_as_of"), {"as_of_end": at, "closed_since": closed_since, "deal_id": None}
    )
    columns = [column[0] for column in result.description]
    answer = {}
    for values in result.fetchall():
        row = dict(zip(columns, values, strict=True))
        row["amount"] = None if row["amount"] is None else int(row["amount"])
        answer[row["deal_id"]] = Expected(**{name: row[name] for name in names})
    return answer


@settings(max_examples=40)
@given(rows=histories(), moment=moments)
def test_deals_as_of_equals_the_dictionary_of_latest_rows(
    tables: duckdb.DuckDBPyConnection, rows: list[Change], moment: datetime
) -> None:
    fill(tables, rows)
    for at in (moment, moment - timedelta(microseconds=1)):
        assert read(tables, at, LONG_AGO) == oracle(rows, at), f"as of {at}, rows {rows}"


@settings(max_examples=25)
@given(rows=histories(), hours=st.integers(0, 60))
def test_closed_since_leaves_out_exactly_the_deals_closed_before(
    tables: duckdb.DuckDBPyConnection, rows: list[Change], hours: int
) -> None:
    fill(tables, rows)
    at, since = START + timedelta(hours=56), START + timedelta(hours=hours)
    wanted = {
        deal_id: state
        for deal_id, state in oracle(rows, at).items()
        if state.closed_at is None or state.closed_at >= since
    }
    assert read(tables, at, since) == wanted, f"closed since {since}, rows {rows}"


@settings(max_examples=10)
@given(rows=histories())
def test_asking_for_one_deal_answers_as_asking_for_all(
    tables: duckdb.DuckDBPyConnection, rows: list[Change]
) -> None:
    fill(tables, rows)
    at = START + timedelta(hours=30)
    every = read(tables, at, LONG_AGO)
    for deal_id in ("a", "b"):
        one = tables.execute(
            query_text("deals_as_of"), {"as_of_end": at, "closed_since": LONG_AGO, "deal_id": deal_id}
        ).df()
        assert list(one["deal_id"]) == [deal_id for _ in [1] if deal_id in every]


def stays(rows: list[Change], at: datetime) -> dict[str, list[int]]:
    """Completed stays by stage: days between entering it and leaving it."""
    found: dict[str, list[int]] = {}
    for deal_id in {row.deal_id for row in rows}:
        versions: dict[datetime, Change] = {}
        mine = [row for row in rows if row.deal_id == deal_id and row.valid_at <= at]
        for row in sorted(mine, key=lambda row: (row.valid_at, row.import_id, row.seq)):
            versions[row.valid_at] = row
        entered: Change | None = None
        for step in versions.values():
            if entered is None or step.stage != entered.stage:
                if entered and entered.stage and not entered.is_closed:
                    days = (step.valid_at.date() - entered.valid_at.date()).days
                    found.setdefault(entered.stage, []).append(days)
                entered = step
    return found


@settings(max_examples=60)
@given(rows=histories())
def test_stage_stays_count_only_what_was_ever_visible(
    tables: duckdb.DuckDBPyConnection, rows: list[Change]
) -> None:
    """A row that a later one at the same moment replaced was never a stay of zero days."""
    fill(tables, rows)
    at = START + timedelta(hours=56)
    answer = tables.execute(query_text("stage_stays"), {"as_of_end": at}).df().set_index("stage")
    wanted = stays(rows, at)
    assert answer["stays"].to_dict() == {stage: len(days) for stage, days in wanted.items()}, f"rows {rows}"
    for stage, days in wanted.items():
        assert answer.loc[stage, "median_days"] == pd.Series(days).median(), f"{stage}: {days}"
        assert answer.loc[stage, "p80_days"] == pytest.approx(pd.Series(days).quantile(0.8))
