"""An import from the command line while several people use the app: both finish, nobody sees an error."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from analytics.store.database import Store
from tests.browser.conftest import PATIENCE_MS, ROOT, Server, analytics, copy_of, no_error, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIEWERS = 3
DEALS, CHANGES = 2_000, 12
OPPORTUNITY = [
    *("Id", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon"),
    *("CreatedDate", "LastModifiedDate"),
]
HISTORY = ["Id", "OpportunityId", "CreatedDate", "StageName", "Amount", "CloseDate", "Probability"]


def write_export(folder: Path) -> None:
    """A Salesforce export large enough that its import takes a while."""
    folder.mkdir()
    start = date(2025, 1, 6)
    with (folder / "Opportunity.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(
            [
                *("Id", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon"),
                *("CreatedDate", "LastModifiedDate"),
            ]
        )
        for n in range(DEALS):
            last = f"{start + timedelta(days=7 * CHANGES)}T08:00:00.000Z"
            first = f"{start}T08:00:00.000Z"
            stated = ["Proposal", 1000 + n, "2026-12-15", "false", "false"]
            rows.writerow([f"006{n:015}", f"Planted {n}", *stated, first, last])
    with (folder / "OpportunityHistory.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(HISTORY)
        for n in range(DEALS):
            for step in range(CHANGES):
                at = f"{start + timedelta(days=7 * step)}T08:00:00.000Z"
                rows.writerow(
                    [f"008{n:08}{step:04}", f"006{n:015}", at, "Proposal", 1000 + n + step, "2026-12-15", 50]
                )


def test_viewers_see_no_error_while_an_import_runs(
    chromium: Browser,
    serve: Callable[[Path], Server],
    sample_store: Store,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    store = copy_of(sample_store, tmp_path_factory)
    write_export(tmp_path / "export")
    server = serve(store)
    pages = [chromium.new_page() for _ in range(VIEWERS)]
    command = [sys.executable, "-m", "analytics", "--store", str(store), "import", str(tmp_path / "export")]
    importing = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    looks, day = 0, date(2026, 11, 10)
    while importing.poll() is None or looks < 2 * VIEWERS:
        page = pages[looks % VIEWERS]
        page.set_default_timeout(PATIENCE_MS)
        # another day each time, so that no answer comes from the cache; the number, which learns, once
        path = "/business_case" if looks else "/"
        page.goto(f"{server.url}{path}?as_of={day - timedelta(days=looks % 300)}")
        settle(page)
        no_error(page)
        looks += 1
    output, errors = importing.communicate()
    assert importing.returncode == 0, errors
    assert "Traceback" not in errors
    assert f"{DEALS:,}" in output
    pages[0].goto(f"{server.url}/one_deal?deal=006{7:015}")  # named before its chance is learned
    expect(pages[0].get_by_role("heading", name=re.compile("Planted 7:"))).to_be_visible()
    for page in pages:
        page.close()
    server.stop()
    checked = analytics(store, "check")
    assert checked.returncode == 0, checked.stderr
