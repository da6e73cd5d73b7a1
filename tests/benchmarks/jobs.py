"""What is measured. Each job runs alone in a process of its own: `python -m tests.benchmarks.jobs NAME FOLDER`.

It prints its seconds and the peak memory of the process. Jobs called `bare ...` are the floors: DuckDB doing
only the reading, with the SQL that one would type.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb

from analytics.company import Company, Scope, company_of
from analytics.forecast.quarter_forecast import forecast
from analytics.home import home
from analytics.intake import stage_files
from analytics.one_deal import one_deal
from analytics.pipeline.deals import deals_as_of
from analytics.pipeline.pace import PAST_QUARTERS
from analytics.pipeline.stage_rates import MOST_QUARTERS
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land
from tests.benchmarks.export import END, write_export

AS_OF = END.date()
ANY_DEAL = "0065e0000000000042"


def _export(folder: Path) -> Path:
    return folder / "export"


def _store(folder: Path) -> Store:
    return Store(folder / "store.duckdb")


def _scope(company: Company) -> Scope:
    return Scope(AS_OF, company.calendar.quarter_of(AS_OF))


# --- importing -------------------------------------------------------------------------------------------


def _load(store: Store, folder: Path) -> ImportResult:
    staging = stage_files([_export(folder)], kind="salesforce")
    return land(store, staging, kind="salesforce")


def import_files(folder: Path) -> None:
    """From files to the committed store."""
    _store(folder).path.unlink(missing_ok=True)
    result = _load(_store(folder), folder)
    assert all(file.rows_read == file.loaded + file.unchanged for file in result.files), result.files


def bare_import(folder: Path) -> None:
    """DuckDB reads the same files into tables as they are."""
    path = folder / "bare.duckdb"
    path.unlink(missing_ok=True)
    con = duckdb.connect(str(path))
    for file in sorted(_export(folder).glob("*.csv")):
        con.execute(f"create table {file.stem} as select * from read_csv('{file}')")
    con.execute("checkpoint")
    con.close()


def import_again(folder: Path) -> None:
    """The same files once more: nothing changes."""
    assert _load(_store(folder), folder).import_id is None


# --- reading ---------------------------------------------------------------------------------------------


def as_of_reading(folder: Path) -> None:
    """The deals open at the day or closed in its quarter, with all that the product says of each."""
    store = _store(folder)
    company = company_of(store)
    deals_as_of(store, company, AS_OF, closed_since=_scope(company).quarter.first_day)


_BARE_AS_OF = """
    with c as (
        select *, row_number() over (partition by deal_id order by valid_at desc, import_id desc, seq desc) as n
        from deal_change where valid_at <= ?
    ),
    d as (
        select *, row_number() over (partition by deal_id order by valid_at desc, import_id desc, seq desc) as n
        from deal where valid_at <= ?
    ),
    w as (
        select *, row_number() over (partition by deal_id order by valid_at desc, import_id desc, seq desc) as n
        from deal_work where valid_at <= ?
    )
    select c.*, d.name, d.account_name, d.currency, d.created_at, w.owner_id, w.next_step, w.last_activity_on
    from c join d on d.deal_id = c.deal_id and d.n = 1 join w on w.deal_id = c.deal_id and w.n = 1
    where c.n = 1 and (not c.is_closed or c.valid_at >= ?)
"""


def bare_as_of_reading(folder: Path) -> None:
    """The same deals: the latest row of each from the three tables that a deal's row is made of."""
    company = company_of(_store(folder))
    since = company.calendar.start_of(_scope(company).quarter.first_day)
    end = company.calendar.end_of(AS_OF)
    with duckdb.connect(str(_store(folder).path), read_only=True) as con:
        con.execute(_BARE_AS_OF, [end, end, end, since]).df()


def home_page(folder: Path) -> None:
    """All data of the home page."""
    store = _store(folder)
    company = company_of(store)
    home(store, company, _scope(company))


def bare_home_page(folder: Path) -> None:
    """The reads that the page is made of, one after the other.

    The deals as of the day with those closed in eight quarters before, the deals a week earlier, and what
    was open at the same day of twelve past quarters with its state at their ends.
    """
    company = company_of(_store(folder))
    calendar, quarter = company.calendar, _scope(company).quarter
    first = calendar.shift(quarter, -PAST_QUARTERS)
    offset = quarter.offset(AS_OF)
    with duckdb.connect(str(_store(folder).path), read_only=True) as con:
        for day, since in ((AS_OF, first.first_day), (AS_OF - timedelta(days=7), quarter.first_day)):
            end = calendar.end_of(day)
            con.execute(_BARE_AS_OF, [end, end, end, calendar.start_of(since)]).df()
        for steps in range(1, MOST_QUARTERS + 1):
            past = calendar.shift(quarter, -steps)
            moments = [calendar.end_of(past.day_at(offset)), calendar.end_of(past.last_day)]
            con.execute(_BARE_LANDMARK, [*moments, *moments]).df()


_BARE_LANDMARK = """
    with a as (
        select *, row_number() over (partition by deal_id order by valid_at desc, import_id desc, seq desc) as n
        from deal_change where valid_at <= ?
    ),
    b as (
        select *, row_number() over (partition by deal_id order by valid_at desc, import_id desc, seq desc) as n
        from deal_change where valid_at <= ?
    )
    select a.stage, a.amount, a.close_date, b.is_won, b.is_closed, b.amount as amount_at_end
    from a join b on b.deal_id = a.deal_id and b.n = 1
    where a.n = 1 and not a.is_closed and a.valid_at <= ? and b.valid_at <= ?
"""


def a_deal(folder: Path) -> None:
    """All data of the deal page."""
    store = _store(folder)
    one_deal(store, company_of(store), ANY_DEAL, AS_OF)


def a_forecast(folder: Path) -> None:
    """The forecast of the quarter."""
    store = _store(folder)
    company = company_of(store)
    forecast(store, company, _scope(company))


def cold_forecast(folder: Path) -> None:
    """The same from the command line, from the start of Python to the end."""
    store = str(_store(folder).path)
    line = ["--store", store, "forecast", "--as-of", str(AS_OF), "--json"]
    subprocess.run([sys.executable, "-m", "analytics", *line], check=True, stdout=subprocess.DEVNULL)


# --- running one ----------------------------------------------------------------------------------------


JOBS: dict[str, Callable[[Path], None]] = {
    job.__name__: job
    for job in (
        *(import_files, bare_import, import_again, as_of_reading, bare_as_of_reading, home_page),
        *(bare_home_page, a_deal, a_forecast, cold_forecast),
    )
}


def main() -> None:
    """Run one job (or write the export) and print what it took, as JSON."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    started = time.perf_counter()
    if name == "export":
        write_export(_export(folder), int(sys.argv[3]))
    else:
        JOBS[name](folder)
    seconds = time.perf_counter() - started
    # the peak of this process, or of the one it started (cold_forecast)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": seconds, "megabytes": peak / 1024}))


if __name__ == "__main__":
    main()
