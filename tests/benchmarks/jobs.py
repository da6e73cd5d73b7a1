"""What is measured, each job alone in a process of its own: `python -m tests.benchmarks.jobs NAME FOLDER`.

It prints its seconds and the peak memory of the process. Jobs called `bare_...` are the floors: DuckDB doing
only the reading, with the SQL that one would type.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb

from analytics.business_case.judging import judged_by_people
from analytics.business_case.scores import score_new
from analytics.business_case.search import search
from analytics.case_view import case_view
from analytics.company import Company, Scope, company_of
from analytics.forecast.basis import basis_of
from analytics.forecast.draws import simulate
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.forecast.what_if import Change, what_if
from analytics.home import home
from analytics.intake import stage_files
from analytics.one_deal import one_deal
from analytics.pipeline.deals import deals_as_of
from analytics.pipeline.pace import PAST_QUARTERS
from analytics.pipeline.stage_rates import MOST_QUARTERS
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land
from tests.benchmarks import answers, numbers
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


_NEWEST = (
    "row_number() over (partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest"
)
_BARE_AS_OF = f"""
    with c as (
        select deal_id, valid_at, stage, forecast_category, amount, close_date, probability, is_closed,
            is_won, {_NEWEST} from deal_change where valid_at <= $end
    ),
    d as (
        select deal_id, name, account_name, currency, created_at, {_NEWEST} from deal where valid_at <= $end
    ),
    w as (
        select deal_id, owner_id, next_step, last_activity_on, {_NEWEST} from deal_work where valid_at <= $end
    )
    select c.*, d.name, d.account_name, d.currency, d.created_at, w.owner_id, w.next_step, w.last_activity_on
    from c join d on d.deal_id = c.deal_id and d.newest = 1 join w on w.deal_id = c.deal_id and w.newest = 1
    where c.newest = 1 and (not c.is_closed or c.valid_at >= $since)
"""


def bare_as_of_reading(folder: Path) -> None:
    """The same deals: the latest row of each from the three tables that a deal's row is made of."""
    company = company_of(_store(folder))
    since = company.calendar.start_of(_scope(company).quarter.first_day)
    end = company.calendar.end_of(AS_OF)
    with duckdb.connect(str(_store(folder).path), read_only=True) as con:
        con.execute(_BARE_AS_OF, {"end": end, "since": since}).df()


def home_page(folder: Path) -> None:
    """All data of the home page."""
    store = _store(folder)
    company = company_of(store)
    home(store, company, _scope(company))


def bare_home_page(folder: Path) -> None:
    """The rows that the page is made of, one read after the other.

    The deals as of the day with those closed in eight quarters before, the deals a week earlier, and of
    twelve past quarters what was open at the same day beside its state at their ends (one read for all).
    """
    company = company_of(_store(folder))
    calendar, quarter = company.calendar, _scope(company).quarter
    first = calendar.shift(quarter, -PAST_QUARTERS)
    past = [calendar.shift(quarter, -steps) for steps in range(1, MOST_QUARTERS + 1)]
    moments = {
        "landmarks": [calendar.end_of(q.day_like(AS_OF, quarter)) for q in past],
        "ends": [calendar.end_of(q.last_day) for q in past],
    }
    with duckdb.connect(str(_store(folder).path), read_only=True) as con:
        for day, since in ((AS_OF, first.first_day), (AS_OF - timedelta(days=7), quarter.first_day)):
            con.execute(_BARE_AS_OF, {"end": calendar.end_of(day), "since": calendar.start_of(since)}).df()
        con.execute(_BARE_PAST, moments).df()


_BARE_PAST = """
    with moments as (select unnest($landmarks) as landmark, unnest($ends) as quarter_end),
    spans as (
        select deal_id, valid_at, stage, forecast_category, amount, close_date, is_closed, is_won,
            lead(valid_at) over (partition by deal_id order by valid_at, import_id, seq) as until
        from deal_change
    )
    select m.landmark, a.deal_id, a.stage, a.forecast_category, a.close_date, a.amount,
        b.is_closed, b.is_won, b.amount as amount_at_end
    from moments m
    join spans a on a.valid_at <= m.landmark and (a.until is null or a.until > m.landmark) and not a.is_closed
    join spans b on b.deal_id = a.deal_id
        and b.valid_at <= m.quarter_end and (b.until is null or b.until > m.quarter_end)
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


# --- the business case -----------------------------------------------------------------------------------


def _answers(folder: Path) -> Store:
    return Store(folder / "answers.duckdb")


def score_answers(folder: Path) -> None:
    """100,000 texts that were never judged before, from the loaded store to the kept scores."""
    with_none = Store(folder / "unscored.duckdb")
    shutil.copyfile(_answers(folder).path, with_none.path)
    assert score_new(with_none) == answers.DEALS * answers.PER_DEAL
    shutil.copyfile(with_none.path, _answers(folder).path.with_name("scored.duckdb"))


def _scored(folder: Path) -> tuple[Store, Company]:
    store = Store(folder / "scored.duckdb")
    return store, company_of(store)


def search_answers(folder: Path) -> None:
    """Two words among 100,000 answers."""
    store, company = _scored(folder)
    assert len(search(store, "budget approved", company.calendar.end_of(answers.AS_OF)))


def case_page(folder: Path) -> None:
    """All data of the business-case page: 10,000 open deals, 70,000 latest answers."""
    store, company = _scored(folder)
    case_view(store, company, Scope(answers.AS_OF, company.calendar.quarter_of(answers.AS_OF)))


def agreement(folder: Path) -> None:
    """The scorer against 100,000 levels given by people."""
    store, company = _scored(folder)
    judged_by_people(store, company.calendar.end_of(answers.AS_OF))


def import_sheets(folder: Path) -> None:
    """300 Blue Sheets in a zip, into a store with the sample company."""
    store = Store(folder / "sheets now.duckdb")
    shutil.copyfile(folder / "sheets.duckdb", store.path)
    staging = stage_files([folder / "sheets.zip"], kind="blue-sheets", known=known_of(store))
    result = land(store, staging, kind="blue-sheets")
    assert sum(file.rejected for file in result.files) == 0


# --- the number ------------------------------------------------------------------------------------------


def simulated_quarters(folder: Path) -> float:
    """10,000 simulated ends of a quarter with 2,000 open deals and 60 owners."""
    outlook = numbers.outlook()
    started = time.perf_counter()
    simulate(outlook, draws=10_000)
    return time.perf_counter() - started


def learned_basis(folder: Path) -> None:
    """All that a forecast rests on: learned from cold, eight past quarters foretold at every week."""
    store = numbers.large(folder)
    numbers.keep(folder, basis_of(store, company_of(store), numbers.AS_OF))


def _forecast(folder: Path) -> tuple[Company, Forecast, float]:
    """The quarter's forecast from the kept basis, and how long it took."""
    store, basis = numbers.large(folder), numbers.kept(folder)
    company = company_of(store)
    started = time.perf_counter()
    found = forecast(store, company, Scope(numbers.AS_OF, company.calendar.quarter_of(numbers.AS_OF)), basis)
    return company, found, time.perf_counter() - started


def warm_forecast(folder: Path) -> float:
    """The forecast with its bridge and range where the basis is there already."""
    return _forecast(folder)[2]


def what_if_tick(folder: Path) -> float:
    """One more deal ticked as won in a scenario of five."""
    company, found, _ = _forecast(folder)
    changes = [Change(deal_id, "won") for deal_id in found.deals.nlargest(5, "amount_company")["deal_id"]]
    started = time.perf_counter()
    what_if(company, found, changes)
    return time.perf_counter() - started


# --- running one ----------------------------------------------------------------------------------------


#: A job that has to prepare something returns the seconds of what is measured.
JOBS: dict[str, Callable[[Path], float | None]] = {
    job.__name__: job
    for job in (
        *(import_files, bare_import, import_again, as_of_reading, bare_as_of_reading, home_page),
        *(bare_home_page, a_deal, a_forecast, cold_forecast),
        *(score_answers, search_answers, case_page, agreement, import_sheets),
        *(simulated_quarters, learned_basis, warm_forecast, what_if_tick),
    )
}


def main() -> None:
    """Run one job (or write the export) and print what it took, as JSON."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    inside = None
    started = time.perf_counter()
    if name == "export":
        write_export(_export(folder), int(sys.argv[3]))
    elif name == "cases":
        answers.answers_store(folder)
        answers.sheets_zip(folder, 300)
    elif name == "numbers":
        numbers.large_store(folder)
    else:
        inside = JOBS[name](folder)
    seconds = time.perf_counter() - started if inside is None else inside
    # the peak of this process, or of the one it started (cold_forecast)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": seconds, "megabytes": peak / 1024}))


if __name__ == "__main__":
    main()
