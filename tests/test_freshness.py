"""How old the data are, in words, and when that is a problem."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analytics.company import company_of
from analytics.freshness import Freshness, freshness_of
from analytics.store.database import Store
from tests.small_stores import described, edit, load, setting

NOW = datetime(2026, 3, 10, 12)


@pytest.fixture
def filled(store: Store) -> Store:
    rows = [{"deal_id": "d", "valid_at": "2026-03-09 08:00", "amount": 5}]
    load(store, deal=described(rows), deal_change=rows, setting=[setting("time_zone", "Europe/Berlin")])
    return store


def read(store: Store, now: datetime = NOW) -> Freshness:
    return freshness_of(store, company_of(store), now)


def run(at: datetime, result: str, message: str = "", system: str = "salesforce") -> dict[str, object]:
    return {
        "system": system,
        "started_at": at - timedelta(minutes=5),
        "valid_at": at,
        "ended_at": at,
        "result": result,
        "message": message,
        "crm_as_of": at if result == "done" else None,
    }


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "yesterday"), (8, "8 days ago")])
def test_files_say_when_they_were_loaded(filled: Store, days: int, said: str) -> None:
    edit(filled.path, f"update import set loaded_at = timestamp '{NOW - timedelta(days=days)}'")
    found = read(filled)
    assert found.text == f"Data as of Mar 9, 2026, loaded {said}."
    assert (found.problems, found.to_do) == ([], "")


def test_no_file_for_more_than_eight_days_is_stale_and_what_people_write_does_not_count(
    filled: Store,
) -> None:
    edit(filled.path, f"update import set loaded_at = timestamp '{NOW - timedelta(days=9)}'")
    load(filled, kind="decision", setting=[setting("company_name", "Us")])
    found = read(filled)
    assert found.problems == ["No export was loaded for 9 days"]
    assert "python -m analytics import" in found.to_do


def test_the_sample_company_is_dated_on_purpose(sample_store: Store) -> None:
    found = read(sample_store, datetime(2030, 1, 1))
    assert found.is_sample
    assert found.problems == []
    assert "sample company" in found.text


def test_a_live_source_says_up_to_when_it_was_read(filled: Store) -> None:
    load(filled, kind="upkeep", sync_run=[run(NOW - timedelta(hours=7), "done")])
    found = read(filled)
    assert found.text == "Salesforce as of 06:00.", "in the company's time zone"
    assert found.problems == []


def test_failed_syncs_since_the_last_good_one_are_counted_and_named(filled: Store) -> None:
    runs = [
        run(NOW - timedelta(hours=30), "failed", "long over"),
        run(NOW - timedelta(hours=7), "done"),
        run(NOW - timedelta(hours=3), "failed", "first"),
        run(NOW - timedelta(hours=1), "failed", "The login was refused."),
    ]
    load(filled, kind="upkeep", sync_run=runs)
    found = read(filled)
    assert found.text == "Salesforce as of 06:00; 2 syncs failed since."
    assert found.problems == ["The last sync of Salesforce failed: The login was refused"]
    assert "sync salesforce" in found.to_do


def test_a_live_source_is_stale_after_a_day_and_one_may_be_fresh_beside_it(filled: Store) -> None:
    runs = [run(NOW - timedelta(hours=27), "done"), run(NOW - timedelta(hours=1), "done", system="hubspot")]
    load(filled, kind="upkeep", sync_run=runs)
    found = read(filled)
    assert found.text == "HubSpot as of 12:00 and Salesforce as of Mar 9, 2026, 10:00."
    assert found.problems == ["Salesforce was last read Mar 9, 2026, 10:00"]
    assert "sync hubspot" not in found.to_do


def test_a_source_never_read_well_says_so(filled: Store) -> None:
    load(filled, kind="upkeep", sync_run=[run(NOW, "failed", "No such host")])
    found = read(filled)
    assert found.text == "Salesforce was not read yet; 1 sync failed since."
    assert found.problems
