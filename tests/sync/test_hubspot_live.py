"""HubSpot live, end to end: real processes and sockets against a HubSpot of our own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from analytics.commands import main
from analytics.company import company_of
from analytics.pipeline.deals import deals_as_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.sync import hubspot, hubspot_changes
from analytics.sync.core import cursors_of
from analytics.sync.freshness import freshness
from analytics.sync.hubspot_api import HubSpot
from tests.fake_crm.hubspot_server import DAY, START

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "tests/fake_crm/hubspot_server.py"
TOKEN = "pat-eu1-5ecre7-0000-t0ken"
#: Deals, of which 240 were changed in one moment, and how far a search of the server reaches.
DEALS, CAP = 330, 100
#: What a store says, without when and in which import it learned it.
CONTENT = {
    "deal": "deal_id, valid_at, source, name, account_id, account_name, currency, created_at",
    "deal_change": "deal_id, valid_at, stage, forecast_category, amount, close_date, probability, is_closed,"
    " is_won, is_gone",
    "deal_work": "deal_id, valid_at, owner_id, next_step, last_activity_on",
    "stakeholder": "deal_id, contact_id, name, title, role, is_primary, is_gone",
    "person": "person_id, name, team, is_active",
    "stage": "stage, sort_order, probability, is_closed, is_won",
}


class Fake:
    """The server's process, and how to tell it what to do."""

    def __init__(self, deals: int) -> None:
        command = [sys.executable, str(SERVER), "--token", TOKEN, "--deals", str(deals), "--cap", str(CAP)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.session = requests.Session()

    def do(self, order: str, /, **what: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.session.post(
            f"{self.url}/_do", json={"do": order, **what}, timeout=10
        ).json()
        return answer

    def fault(self, path: str, kind: str, **what: Any) -> None:
        self.do("fault", path=path, kind=kind, **what)

    def asked(self, path: str) -> int:
        return sum(path in line for line in self.do("log")["log"])

    def close(self) -> None:
        self.session.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Fake]]:
    servers: list[Fake] = []

    def start(deals: int = 12) -> Fake:
        servers.append(Fake(deals))
        monkeypatch.setenv("HUBSPOT_URL", servers[-1].url)
        monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "live.duckdb")


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.reading() as con:
        return {
            name: con.execute(f"select distinct {columns} from {name} order by all").fetchall()
            for name, columns in CONTENT.items()
        }


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.reading() as con:
        return con.execute(sql).fetchall()


def test_the_command_reads_all_then_only_what_changed(fake, store, tmp_path, capsys) -> None:
    server = fake(DEALS)

    arguments = ["--store", str(store.path), "sync", "hubspot"]
    assert main([*arguments, "--json"]) == 0
    first = capsys.readouterr()
    said = json.loads(first.out)
    assert (said["system"], said["rejected"], said["calls_allowed"]) == ("hubspot", 0, 100_000)
    assert said["calls_used"] > 10
    assert rows(store, "select count(distinct deal_id), any_value(source) from deal") == [(DEALS, "hubspot")]
    # all of the 240 deals of one moment, though a page holds 100 and the search reaches no further
    assert rows(
        store, "select count(*) from (select deal_id from deal_change group by 1 having count(*) > 1)"
    ) == [(DEALS,)]
    states = rows(
        store,
        "select valid_at::varchar, stage, amount::varchar, probability, is_won from deal_change"
        " where deal_id = '1004' and stage is not null order by valid_at",
    )
    assert states == [
        ("2024-01-01 09:00:04", "Appointment Scheduled", "400.00", None, False),
        ("2024-01-11 09:04:00", "Closed Won", "440.00", 1.0, True),
    ]
    assert rows(
        store, "select distinct stage from deal_change where deal_id = '1005' and stage is not null"
    ) == [("Renewals: Proposal",)]
    assert rows(store, "select person_id, name, team, is_active from person order by 1") == [
        ("1", "Ann Bo", "North", True),
        ("2", "bob@x.test", None, True),
        ("3", "Cy Old", None, False),
    ]
    assert rows(store, "select distinct account_name from deal where deal_id = '1005'") == [("Company 5004",)]
    assert rows(store, "select name, title, role from stakeholder where deal_id = '1005'") == [
        ("Pat No 5004", "CFO", "Budget holder")
    ]

    server.do("forget")
    server.do("change", id_="1001", at=START + 40 * DAY, amount="77")
    second = subprocess.run(
        [sys.executable, "-m", "analytics", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert second.returncode == 0, second.stderr
    assert "HubSpot as of" in second.stdout
    assert "API calls of the day, by everybody:" in second.stdout
    assert rows(
        store, "select amount::int from deal_change where deal_id = '1001' order by valid_at desc limit 1"
    ) == [(77,)]
    assert server.asked("deals/batch/read") == 1
    state = freshness(store)[0]
    assert (state.system, state.failures_since) == ("hubspot", 0)
    assert state.crm_as_of is not None
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert TOKEN.encode() not in everything + (first.out + first.err + second.stdout + second.stderr).encode()


KILLED = """
import sys
from pathlib import Path
from analytics.store.database import Store
from analytics.sync import hubspot
hubspot.BATCH = 40
hubspot.sync(Store(Path(sys.argv[1])))
"""
TOLD_TO_END = """
import sys
from analytics.commands import main
from analytics.company import company_of
from analytics.pipeline.deals import deals_as_of
from analytics.sync import hubspot
hubspot.BATCH = 40
sys.exit(main(["--store", sys.argv[1], "sync", "hubspot"]))
"""


def until_it_hangs(server: Fake, process: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + 120
    while not server.do("log")["hanging"]:
        assert process.poll() is None, "it ended before it came to that"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_killed_and_run_again_is_as_if_undisturbed(fake, store, tmp_path) -> None:
    server = fake(101)
    server.do("archive", id_="1007", at=START + 30 * DAY)
    other = Store(tmp_path / "undisturbed.duckdb")
    hubspot.sync(other)
    landed = []
    for path, after in (("objects/companies", 1), ("objects/deals ", 0)):
        server.do("forget")
        server.fault(path, "hang", after=after)
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(store.path)], cwd=ROOT)
        until_it_hangs(server, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        landed.append(rows(store, "select count(distinct deal_id) from deal")[0][0])
    assert landed == [40, 100]  # one batch; all, but for the deleted one
    server.do("forget")
    hubspot.sync(store)
    assert content(store) == content(other)
    assert landed[-1] < rows(store, "select count(distinct deal_id) from deal")[0][0] == 101


def test_an_answer_that_drips_ends_the_run_and_the_next_goes_on(fake, store, tmp_path, monkeypatch) -> None:
    server = fake(101)
    hubspot.sync(Store(tmp_path / "calm.duckdb"))
    monkeypatch.setattr(hubspot, "BATCH", 40)
    with monkeypatch.context() as hurried:
        hurried.setattr(hubspot, "HubSpot", partial(HubSpot, longest=2))
        server.fault("deals/batch/read", "drip", after=1)
        with pytest.raises(BadInput, match="takes too long"):
            hubspot.sync(store)
    assert rows(store, "select count(distinct deal_id) from deal") == [(40,)]
    assert "takes too long" in freshness(store)[0].message
    hubspot.sync(store)
    assert content(store) == content(Store(tmp_path / "calm.duckdb"))


def test_a_run_that_is_told_to_end_says_so_and_the_next_goes_on(fake, store) -> None:
    server = fake(101)
    server.fault("objects/companies", "hang", after=1)
    process = subprocess.Popen(
        [sys.executable, "-c", TOLD_TO_END, str(store.path)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    until_it_hangs(server, process)
    process.terminate()
    _, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (130, "stopped; nothing half-done was kept\n")
    state = freshness(store)[0]
    assert (state.failures_since, state.message) == (1, "stopped (SIGTERM)")
    assert rows(store, "select count(distinct deal_id) from deal") == [(40,)]
    server.do("forget")
    hubspot.sync(store)
    assert rows(store, "select count(distinct deal_id) from deal") == [(101,)]
    assert freshness(store)[0].failures_since == 0


def test_what_goes_wrong_on_the_way_is_repeated(fake, store, tmp_path) -> None:
    server = fake(60)
    hubspot.sync(Store(tmp_path / "calm.duckdb"))
    now = {"Retry-After": "0"}
    server.fault("deals/search", "status", status=429, headers={"Retry-After": "0.01"})
    server.fault(
        "pipelines", "status", status=429, headers={"X-HubSpot-RateLimit-Interval-Milliseconds": "20"}
    )
    server.fault("owners", "status", status=502, headers=now)
    server.fault("deals/batch/read", "half")
    server.fault("associations/deals/contacts", "reset")
    server.fault("objects/companies", "status", status=503, headers=now)
    run = hubspot.sync(store)
    assert content(store) == content(Store(tmp_path / "calm.duckdb"))
    assert any("HubSpot made us wait" in note for note in run.notes)


def test_deals_that_change_between_two_pages_are_not_lost(fake, store) -> None:
    server = fake(DEALS)
    change = {"id_": "1003", "at": START + 50 * DAY, "amount": "3"}
    server.fault("deals/search", "change", after=1, what=change)
    later = {"id_": "1300", "at": START + 51 * DAY, "amount": "4"}
    server.fault("deals/batch/read", "change", after=2, what=later)
    hubspot.sync(store)
    hubspot.sync(store)
    assert rows(store, "select count(distinct deal_id) from deal_change where stage is not null") == [
        (DEALS,)
    ]
    last = rows(
        store,
        "select deal_id, arg_max(amount, valid_at)::int from deal_change where deal_id in ('1003', '1300')"
        " group by 1 order by 1",
    )
    assert last == [("1003", 3), ("1300", 4)]


def test_ties_and_the_cap_of_the_search(fake) -> None:
    server = fake(DEALS)
    api = HubSpot(TOKEN, server.url)
    found = list(hubspot_changes.changed_deals(api, 0))
    assert [moment for _, moment in found] == sorted(moment for _, moment in found)
    assert sorted({id_ for id_, _ in found}) == [str(1000 + n) for n in range(1, DEALS + 1)]
    assert len(found) <= DEALS + 2 * CAP
    assert list(hubspot_changes.changed_deals(api, START + 900 * DAY)) == []
    api.close()


def test_archived_merged_and_renamed(fake, store) -> None:
    server = fake(8)
    hubspot.sync(store)
    server.do("archive", id_="1001", at=START + 60 * DAY)
    server.do("change", id_="1002", at=START + 61 * DAY, hs_merged_object_ids="1003;999")
    server.do("change", id_="1005", at=START + 62 * DAY, amount="1")
    server.do("part", id_="1005")
    hubspot.sync(store)
    assert rows(store, "select deal_id, contact_id from stakeholder where is_gone") == [("1005", "5004")]
    gone = rows(
        store,
        "select deal_id, valid_at::varchar from deal_change where is_gone and deal_id in ('1001', '1003')"
        " order by 1",
    )
    assert gone == [("1001", "2024-03-01 09:00:00"), ("1003", "2024-03-02 09:00:00")]
    assert rows(store, "select count(*) from deal_change where deal_id = '1001' and not is_gone")[0][0] > 1
    server.do("forget")
    server.do("rename", stage="appointmentscheduled", label="First call")
    run = hubspot.sync(store)
    assert any("renamed" in note for note in run.notes)
    stages = rows(
        store, "select arg_max(stage, (valid_at, import_id)) from deal_change where deal_id = '1006'"
    )
    assert stages == [("First call",)]


def test_a_full_read_finds_deals_that_hubspot_forgot(fake, store, monkeypatch) -> None:
    server = fake(20)
    hubspot.sync(store)
    server.do("forget_deal", id_="1001")
    server.do("archive", id_="1002", at=START + 60 * DAY)
    hubspot.sync(store)
    gone = "select distinct deal_id from deal_change where is_gone order by 1"
    assert rows(store, gone) == [("1002",)]
    real = hubspot.changed_deals  # the search lags behind: it does not know this deal yet
    monkeypatch.setattr(
        hubspot, "changed_deals", lambda api, since: (one for one in real(api, since) if one[0] != "1003")
    )
    run = hubspot.sync(store, full=True)
    assert rows(store, gone) == [("1001",), ("1002",)]
    assert any("1 deal of the store is not in HubSpot any more" in note for note in run.notes)
    assert cursors_of(store, "hubspot")["full"] == run.started_at.isoformat()  # DQ28 counts from there on
    done = store.query("sync_runs", since=datetime(1970, 1, 1)).iloc[0]
    assert (done["result"], "not in HubSpot any more" in done["message"]) == ("done", True)
    assert not any("not in HubSpot" in note for note in hubspot.sync(store, full=True).notes)


def test_a_full_read_that_sees_few_deals_or_breaks_off_marks_none_as_gone(fake, store) -> None:
    server = fake(20)
    hubspot.sync(store)
    server.do("forget_deal", id_="1001")
    server.fault("deals/batch/read", "status", status=400)
    with pytest.raises(BadInput):
        hubspot.sync(store, full=True)
    assert rows(store, "select count(*) from deal_change where is_gone") == [(0,)]
    for number in range(1, 16):
        if number > 1:
            server.do("forget_deal", id_=str(1000 + number))
    run = hubspot.sync(store, full=True)
    assert any("looks like lost access" in note for note in run.notes)
    assert rows(store, "select count(*) from deal_change where is_gone") == [(0,)]


def test_exchange_rates_are_read_where_the_token_may(fake, store) -> None:
    server = fake(8)
    body = {"errors": [{"context": {"requiredGranularScopes": ["settings.currencies.read"]}}]}
    server.fault("exchange-rates", "status", status=403, body=body)
    run = hubspot.sync(store)
    assert any("Exchange rates are not read" in n and "settings.currencies.read" in n for n in run.notes)
    server.do("rate", currency="EUR", rate=1.1, since=START + 5 * DAY)
    server.do("rate", currency="EUR", rate="1.2", since=START + 20 * DAY)
    server.do("rate", currency="GBP", rate=-1, since=START)
    run = hubspot.sync(store)
    assert run.rejected == 1
    known = "select currency, rate, valid_at::date::varchar from currency_rate order by valid_at"
    told = [("EUR", 1.1, "1970-01-01"), ("EUR", 1.2, "2024-01-21")]
    assert rows(store, known) == told
    assert company_of(store).currency == "USD"
    assert (
        deals_as_of(store, company_of(store), date(2024, 3, 1), closed_since=date(2024, 3, 1))[
            "amount_company"
        ]
        .notna()
        .all()
    )
    server.do("rate", currency="USD", rate=0.9, since=START + 30 * DAY, to="EUR")
    run = hubspot.sync(store)
    assert any("rates are to EUR, USD, the company's currency is USD" in note for note in run.notes)
    assert rows(store, known) == told


def test_rates_name_the_companys_currency_where_none_was_set(fake, store) -> None:
    server = fake(8)
    server.do("rate", currency="USD", rate=0.9, since=START, to="EUR")
    hubspot.sync(store)
    assert company_of(store).currency == "EUR"
    server.fault("exchange-rates", "status", status=404)
    assert not any("Exchange rates" in note for note in hubspot.sync(store, full=True).notes)


def test_what_the_schema_lacks_is_named_and_the_rest_goes_on(fake, store) -> None:
    server = fake(8)
    server.do("vanish", name="hs_next_step")
    server.do("vanish", name="pipeline")
    server.do("change", id_="1001", at=START + 69 * DAY, dealname="Deal\nof two lines")
    server.do("change", id_="1002", at=START + 70 * DAY, amount="a lot")  # somebody changed its type
    run = hubspot.sync(store)
    assert any("'hs_next_step', so there are no next steps" in note for note in run.notes)
    assert run.rejected == 2  # the deal and the entry of its history
    reasons = store.query("rejects")["reason"]
    assert reasons.str.contains("(record 1002: correct it in the CRM)", regex=False).tolist() == [True, True]
    assert rows(store, "select count(distinct deal_id) from deal") == [(7,)]
    server.do("vanish", name="amount")
    with pytest.raises(BadInput, match="no property 'amount'"):
        hubspot.sync(store)


def test_refusals_say_what_to_do_and_keep_the_token_to_themselves(fake, store, monkeypatch, capsys) -> None:
    server = fake(8)
    scopes = {"requiredGranularScopes": ["crm.objects.contacts.read"]}
    body = {"category": "MISSING_SCOPES", "errors": [{"context": scopes}], "message": f"Bearer {TOKEN}"}
    server.fault("deals/contacts", "status", status=403, body=body)
    run = hubspot.sync(store)
    assert any("crm.objects.contacts.read" in note for note in run.notes)
    assert rows(store, "select count(*) from stakeholder") == [(0,)]

    scopes["requiredGranularScopes"] = ["crm.schemas.deals.read"]
    server.fault("properties/deals", "status", status=403, body=body)
    messages = []
    with pytest.raises(BadInput, match=r"without the scope crm\.schemas\.deals\.read") as refused:
        hubspot.sync(store)
    messages.append(str(refused.value))
    server.fault("deals/search", "status", status=400, body={"message": f"token {TOKEN} is odd"})
    with pytest.raises(BadInput, match="status 400") as refused:
        hubspot.sync(store)
    messages.append(str(refused.value))
    server.fault("deals/search", "status", status=429, body={"policyName": "DAILY"})
    with pytest.raises(BadInput, match="calls of the day are used up") as refused:
        hubspot.sync(store)
    server.do("limit", used=81, allowed=100)
    with pytest.raises(BadInput, match="share of HubSpot's calls") as refused:
        hubspot.sync(store, share=0.8)
    server.do("limit", used=0, allowed=1000)
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-eu1-an-0ld-one")
    with pytest.raises(BadInput, match="does not accept the token") as refused:
        hubspot.sync(store)
    messages.append(str(refused.value))
    state = freshness(store)[0]
    assert state.failures_since == 5
    assert "does not accept the token" in state.message
    monkeypatch.delenv("HUBSPOT_TOKEN")
    with pytest.raises(BadInput, match="HUBSPOT_TOKEN is not set"):
        hubspot.sync(store)
    monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
    monkeypatch.setenv("HUBSPOT_URL", "http://api.example.com")
    with pytest.raises(BadInput, match="HUBSPOT_URL"):
        hubspot.sync(store)
    told = "".join([*messages, *run.notes, *capsys.readouterr()]).encode() + store.path.read_bytes()
    assert TOKEN.encode() not in told
    assert b"an-0ld-one" not in told
