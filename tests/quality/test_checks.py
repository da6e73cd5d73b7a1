"""Each check names exactly what was planted for it, and says why where it cannot judge."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.company import Company, Scope, company_of, span_of
from analytics.pipeline.quarter_end import quarter_end, total
from analytics.problems import NotEnough
from analytics.quality.check import Effect, NotJudged, Result
from analytics.quality.checks import CHECK, CHECKS, find, money_behind, open_failing, run_checks, worst_first
from analytics.quality.facts import Facts, facts_as_of
from analytics.store.copies import backup
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.undo import undo
from tests.quality.planted import AS_OF, HEALTHY, PLANTED, QUIET_WEEK, planted_store
from tests.small_stores import STAGES, Row, described, load, snapshots, staged


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return planted_store(Store(tmp_path_factory.mktemp("quality") / "planted.duckdb"))


@pytest.fixture(scope="module")
def company(planted: Store) -> Company:
    return company_of(planted)


@pytest.fixture(scope="module")
def scope(company: Company) -> Scope:
    return Scope(AS_OF, company.calendar.quarter_of(AS_OF))


@pytest.fixture(scope="module")
def facts(planted: Store, company: Company, scope: Scope) -> Facts:
    return facts_as_of(planted, company, scope, span_of(planted, company).last_day)


@pytest.fixture(scope="module")
def results(facts: Facts) -> dict[str, Result]:
    return {result.check.code: result for result in run_checks(facts, {})}


def facts_of(store: Store, as_of: str, **scope: str) -> Facts:
    company, day = company_of(store), date.fromisoformat(as_of)
    asked = Scope(day, company.calendar.quarter_of(day), **scope)
    return facts_as_of(store, company, asked, span_of(store, company).last_day)


@pytest.mark.parametrize("code", PLANTED)
def test_a_check_names_the_planted_deals_and_no_other(results: dict[str, Result], code: str) -> None:
    found = results[code]
    assert found.state == "failed"
    assert set(found.deals["deal_id"]) == set(PLANTED[code])
    assert all(isinstance(why, str) and why for why in found.deals["why"])


def test_every_check_of_deals_has_a_planted_one() -> None:
    assert {check.code for check in CHECKS if check.about != "the store"} == set(PLANTED)
    assert [check.code for check in worst_in_code_order()] == [f"DQ{n:02}" for n in range(1, len(CHECKS) + 1)]


def worst_in_code_order() -> list[object]:
    return sorted(CHECKS, key=lambda check: check.code)


def test_the_store_lacks_a_week_lost_half_its_deals_and_has_no_target(results: dict[str, Result]) -> None:
    week = results["DQ25"].things
    assert week.to_dict("records") == [{"Week from": "Jan 5, 2026", "Week to": "Jan 11, 2026"}]
    drop = results["DQ26"].things
    assert list(drop["Week to"]) == ["Feb 8, 2026"]
    assert drop["Open deals before"].item() - drop["Open deals after"].item() == 40
    assert "No target" in results["DQ10"].things["Why"].item()
    assert results["DQ29"].state == "passed"
    assert "snapshots" in results["DQ29"].note


def test_money_is_the_sum_of_amounts_and_never_0_where_none_is_known(results: dict[str, Result]) -> None:
    assert results["DQ11"].money == 10_000
    assert results["DQ21"].money == 990_000
    assert results["DQ14"].money == 1_000
    for code in ("DQ01", "DQ22"):
        assert isinstance(results[code].money, NotEnough)
    assert "10,000 NOK" in results["DQ22"].note
    assert isinstance(money_behind(pd.DataFrame()), NotEnough)


def test_an_open_deal_counts_once_and_for_errors_and_warnings_only(results: dict[str, Result]) -> None:
    touched = set(open_failing(list(results.values()))["deal_id"])
    severe = {
        deal
        for code, deals in PLANTED.items()
        for deal, wrong in deals.items()
        if CHECK[code].severity != "info" and not wrong.get("won")
    }
    assert touched == severe
    assert open_failing([]).empty


def test_the_worst_stands_first(results: dict[str, Result]) -> None:
    order = worst_first(list(results.values()))
    assert [one.state for one in order if one.state == "failed"] == [
        one.state for one in order[: sum(one.state == "failed" for one in order)]
    ]
    severities = [one.check.severity for one in order if one.state == "failed"]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


@pytest.mark.parametrize(
    ("code", "moved"),
    [("DQ02", 5_000.0), ("DQ11", 0.0), ("DQ16", -9_000.0), ("DQ18", -2_100.0), ("DQ24", -4_500.0)],
)
def test_a_fix_moves_the_weighted_pipeline(
    planted: Store, company: Company, scope: Scope, results: dict[str, Result], code: str, moved: float
) -> None:
    found = results[code].changes
    assert isinstance(found, Effect)
    stated = quarter_end(planted, company, scope).measures["weighted_pipeline"].value
    assert found.before == stated
    assert round(found.after - found.before, 2) == moved


def test_a_fix_moves_commit_and_what_teams_add_up_to(results: dict[str, Result]) -> None:
    commit, teams = results["DQ17"].changes, results["DQ04"].changes
    assert isinstance(commit, Effect)
    assert (commit.before, commit.after) == (10_000, 0)
    assert isinstance(teams, Effect)
    assert round(teams.after - teams.before, 2) == 5_000


def test_what_cannot_be_computed_says_why(results: dict[str, Result], facts: Facts) -> None:
    for code in ("DQ01", "DQ13", "DQ21", "DQ22", "DQ25"):
        changes = results[code].changes
        assert isinstance(changes, NotEnough)
        assert changes.reason.endswith(".")
    assert results["DQ27"].changes is None
    over = replace(facts, scope=replace(facts.scope, quarter=facts.company.calendar.parse("2025Q4")))
    late = {one.check.code: one for one in run_checks(over, {})}["DQ11"].changes
    assert isinstance(late, NotEnough)
    assert "over" in late.reason


def test_a_scope_has_its_own_deals_and_skips_what_is_about_the_store(planted: Store) -> None:
    found = {one.check.code: one for one in run_checks(facts_of(planted, str(AS_OF), team="North"), {})}
    assert set(found["DQ11"].deals["deal_id"]) == {"late"}
    assert found["DQ03"].state == "passed"
    assert {found[code].state for code in ("DQ25", "DQ26", "DQ27", "DQ28", "DQ29")} == {"skipped"}
    nobody = run_checks(facts_of(planted, str(AS_OF), team="No such team"), {})
    assert {one.state for one in nobody if one.check.about == "open deals"} == {"not applicable"}


def test_on_a_past_day_nothing_later_counts(planted: Store) -> None:
    found = {one.check.code: one for one in run_checks(facts_of(planted, "2025-10-15"), {})}
    assert found["DQ11"].state == "passed"
    assert found["DQ20"].state == "not applicable"
    assert found["DQ25"].state == "passed"
    assert {found[code].state for code in ("DQ15", "DQ27", "DQ28")} == {"skipped"}


def test_where_the_crm_records_nothing_there_is_no_verdict(store: Store) -> None:
    rows = [{"deal_id": "d", "valid_at": "2026-03-01", "amount": 5, "is_closed": False}]
    load(store, deal=described(rows), deal_change=rows)
    found = {one.check.code: one for one in run_checks(facts_of(store, "2026-03-01"), {})}
    unjudged = {code for code, one in found.items() if one.state == "not enough data"}
    assert unjudged == {
        "DQ03", "DQ04", "DQ05", "DQ06", "DQ07", "DQ08", "DQ12", "DQ16", "DQ17", "DQ18", "DQ21", "DQ23",
        "DQ24", "DQ25", "DQ26", "DQ27", "DQ29",
    }  # fmt: skip
    assert all(found[code].note for code in unjudged)
    assert {code for code, one in found.items() if one.state == "failed"} == {"DQ02", "DQ10"}


def test_final_states_only_are_no_history(store: Store) -> None:
    rows = [{"deal_id": f"d{n}", "valid_at": f"2026-01-{n + 1:02}", "amount": 5} for n in range(25)]
    load(store, deal=described(rows), deal_change=rows)
    found = find(CHECK["DQ29"], facts_of(store, "2026-02-01"))
    assert not isinstance(found, NotJudged)
    assert found.things["History"].tolist() == ["final states only"]


def test_changes_each_at_a_moment_of_its_own_are_a_full_history(store: Store) -> None:
    rows = [
        {"deal_id": f"d{n}", "stage": stage, "amount": 5, "valid_at": f"2026-0{month}-01 10:{n:02}"}
        for n in range(25)
        for month, stage in enumerate(("Qualify", "Propose", "Negotiate"), start=1)
    ]
    load(store, deal=described(rows), deal_change=rows, stage=STAGES)
    found = find(CHECK["DQ29"], facts_of(store, "2026-03-01"))
    assert not isinstance(found, NotJudged)
    assert "full change history" in found.note


def test_weekly_files_are_snapshots_and_no_missing_weeks(store: Store) -> None:
    for week in range(3):
        deals = {f"d{n}": {"stage": "Propose", "amount": 10 + week * n} for n in range(25)}
        rows = snapshots(deals, f"2026-01-{1 + 5 * week:02}")
        load(store, deal=described(rows), deal_change=rows, stage=STAGES)
    found = find(CHECK["DQ29"], facts_of(store, "2026-01-11"))
    assert not isinstance(found, NotJudged)
    assert found.things.empty
    assert "snapshots" in found.note


def test_a_file_with_fewer_rows_and_rows_that_were_rejected(store: Store) -> None:
    for week, size in enumerate((20, 21, 19, 3)):
        rows = snapshots({f"d{n}": {"amount": week + 1} for n in range(size)}, f"2026-01-{1 + 7 * week:02}")
        staging = staged({"deal": described(rows), "deal_change": rows})
        if size == 3:
            staging.reject(2, 9, "Amount", "a lot", "is no number")
        land(store, staging, kind="table")
        staging.con.close()
    found = {one.check.code: one for one in run_checks(facts_of(store, "2026-01-22"), {})}
    assert found["DQ27"].state == "failed"
    told = found["DQ27"].things.set_index("File").loc["test"]
    assert told["Rows in the newest"] < 0.5 * told["Rows usual"]
    assert found["DQ28"].things["Rejected rows"].tolist() == [1]
    undo(store, 4)
    found = {one.check.code: one for one in run_checks(facts_of(store, "2026-01-15"), {})}
    assert (found["DQ27"].state, found["DQ28"].state) == ("not enough data", "passed")


def test_an_amount_of_nothing_is_no_amount(store: Store) -> None:
    rows = snapshots({"d0": {"amount": 0}, "d1": {"amount": 1}, "d2": {"amount": None}}, "2026-01-01")
    load(store, deal=described(rows), deal_change=rows)
    found = find(CHECK["DQ01"], facts_of(store, "2026-01-01"))
    assert not isinstance(found, NotJudged)
    assert dict(zip(found.deals["deal_id"], found.deals["why"], strict=True)) == {
        "d0": "amount is 0",
        "d2": "no amount",
    }


def test_a_sync_that_brings_little_is_no_drop_of_rows(store: Store) -> None:
    for week, size in enumerate((20, 21, 19, 20, 2)):
        rows = snapshots({f"d{n}": {"amount": week + 1} for n in range(size)}, f"2026-01-{1 + 7 * week:02}")
        staging = staged({"deal": described(rows), "deal_change": rows})
        land(store, staging, kind="sync hubspot")
        staging.con.close()
    found = find(CHECK["DQ27"], facts_of(store, "2026-01-29"))
    assert isinstance(found, NotJudged)
    assert found.state == "not enough data"


def synced(store: Store, at: str, *values: str, full: str = "") -> None:
    """A sync that brings a deal and rejects rows with these values, one per line."""
    rows = snapshots({"d0": {"amount": len(at + full)}}, at)
    subjects: dict[str, list[Row]] = {"deal": described(rows), "deal_change": rows}
    if full:
        subjects["sync_state"] = [{"system": "hubspot", "object": "full", "cursor": full, "valid_at": at}]
    staging = staged(subjects)
    for line, value in enumerate(values, 2):
        staging.reject(2, line, "amount", value, "is no number")
    land(store, staging, kind="sync hubspot")
    staging.con.close()


def test_rows_that_an_earlier_sync_rejected_count_until_a_full_one_reads_them(store: Store) -> None:
    def rejected() -> list[int]:
        found = find(CHECK["DQ28"], facts_of(store, last))
        assert not isinstance(found, NotJudged)
        assert ("--full" in found.note) == bool(len(found.things))
        return found.things["Rejected rows"].tolist() if len(found.things) else []

    last = "2025-12-31"
    synced(store, last)
    assert rejected() == []
    last = "2026-01-01"
    synced(store, last, "a lot", "a lot", "5k")
    assert rejected() == [3]
    for last in ("2026-01-02", "2026-01-03"):
        synced(store, last, *(["5k", "n/a"] if last == "2026-01-02" else []))
    assert rejected() == [4], "what is read again and rejected again is one row"
    now = pd.Timestamp.now("UTC").tz_localize(None)
    last = "2026-01-04"
    synced(store, last, "n/a", full=now.isoformat())
    assert rejected() == [1], "the full read mended the others"


def test_a_week_in_which_a_sync_went_well_is_no_missing_one(planted: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "synced.duckdb")
    backup(planted, store.path)
    at = pd.Timestamp(QUIET_WEEK)
    run = {"system": "hubspot", "started_at": at, "ended_at": at, "valid_at": at}
    load(store, kind="upkeep", sync_run=[{**run, "result": "failed"}])
    assert len(things_of(store, "DQ25")) == 1
    load(store, kind="upkeep", sync_run=[{**run, "result": "done", "started_at": at - pd.Timedelta(days=1)}])
    assert things_of(store, "DQ25").empty


def things_of(store: Store, code: str) -> pd.DataFrame:
    found = find(CHECK[code], facts_of(store, str(AS_OF)))
    assert not isinstance(found, NotJudged)
    return found.things


def test_a_failed_sync_is_stale_data(store: Store) -> None:
    rows = [{"deal_id": "d", "valid_at": "2026-03-01", "amount": 5, "is_closed": False}]
    load(store, deal=described(rows), deal_change=rows)
    now = pd.Timestamp.now("UTC").tz_localize(None).floor("s")
    run = {"system": "salesforce", "started_at": now, "ended_at": now, "result": "failed", "valid_at": now}
    load(store, kind="upkeep", sync_run=[{**run, "message": "The login was refused."}])
    found = find(CHECK["DQ15"], facts_of(store, "2026-03-01"))
    assert not isinstance(found, NotJudged)
    assert found.things["Problem"].tolist() == ["The last sync of Salesforce failed: The login was refused"]


def test_the_docs_list_the_checks_as_they_are() -> None:
    lines = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8").splitlines()
    told = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| DQ")
    ]
    assert told == [
        [one.code, one.title, one.severity, one.who, one.means, one.fix]
        for one in sorted(CHECKS, key=lambda check: check.code)
    ]


Command = Callable[..., int]


@pytest.fixture
def check(planted: Store) -> Command:
    from analytics.commands import main

    return lambda *given: main(["--store", str(planted.path), "check", *given])


def test_the_command_lists_every_check_and_fails_only_if_asked_to(
    check: Command, results: dict[str, Result], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check() == 0
    said = capsys.readouterr().out
    assert "is sound" in said
    assert all(f"{one.code} " in said for one in CHECKS)
    assert check("--strict") == 2
    assert "of severity error failed: DQ" in capsys.readouterr().err
    assert check("--json", "--as-of", str(AS_OF)) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["open_deals"] >= HEALTHY
    states = {one["code"]: one["state"] for one in answer["checks"]}
    assert states == {code: one.state for code, one in results.items()}
    late = next(one for one in answer["checks"] if one["code"] == "DQ11")
    assert late["deals"] == [{"deal_id": "late", "amount": 10_000, "why": "close date 1 day ago"}]
    assert check("--as-of", "2031-01-01") == 2


def test_the_command_on_a_store_without_deals_is_sound(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    from analytics.commands import main

    store.create()
    assert main(["--store", str(store.path), "check"]) == 0
    assert "no deals yet" in capsys.readouterr().out
    assert main(["--store", str(store.path), "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["checks"] == []


def test_total_of_the_open_failing_is_at_most_the_open_money(
    results: dict[str, Result], facts: Facts
) -> None:
    touched = open_failing(list(results.values()))["amount_company"].dropna()
    assert total(touched) < total(facts.open["amount_company"].dropna())
