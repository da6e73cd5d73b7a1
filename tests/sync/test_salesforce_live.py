"""Salesforce live, end to end: real processes and sockets against a Salesforce of our own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from analytics.commands import main
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.undo import history, undo
from analytics.store.versions import versions_of
from analytics.sync import core, salesforce
from analytics.sync.freshness import freshness
from analytics.sync.salesforce_client import Pace
from tests.sync.salesforce_fixtures import (
    CLIENT_ID,
    CLIENT_SECRET,
    ROOT,
    USERNAME,
    FakeSalesforce,
    content,
    deal_now,
    imported,
)

Start = Callable[..., FakeSalesforce]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    servers: list[FakeSalesforce] = []

    def run(*arguments: Any, **options: Any) -> FakeSalesforce:
        servers.append(FakeSalesforce(*arguments, **options))
        monkeypatch.setenv("SALESFORCE_URL", servers[-1].url)
        return servers[-1]

    monkeypatch.setenv("SALESFORCE_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", CLIENT_SECRET)
    yield run
    for server in servers:
        server.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "live.duckdb")


def paced(slept: list[float] | None = None, **how: Any) -> Pace:
    return Pace(**{"deals": 12, "sleep": (slept if slept is not None else []).append, **how})


def test_what_is_synced_is_what_an_export_says(start: Start, store: Store, tmp_path: Path) -> None:
    """In small batches, pages and Bulk jobs, with ties; from there on with every kind of change."""
    org = start(30, page=7)
    run = salesforce.sync(store, pace=paced(bulk_above=20))
    assert run.imports == 3
    assert org.asked("POST /services/data/v59.0/jobs/query") >= 3
    export = imported(Store(tmp_path / "files.duckdb"), org.export(tmp_path / "export"))
    assert content(store) == content(export)

    facts = versions_of(store).facts
    again = salesforce.sync(store, pace=paced(deals=500))
    assert (again.rows, again.imports) == (0, 0)
    assert versions_of(store).facts == facts  # nobody learns anew from what was only read again

    deals = [row["Id"] for row in org.rows("SELECT Id FROM Opportunity")]
    accounts = {row["Id"]: row["AccountId"] for row in org.rows("SELECT Id, AccountId FROM Opportunity")}
    loser, master, renamed = sorted(set(accounts.values()))[:3]
    moved = [deal for deal, account in accounts.items() if account == loser and deal not in deals[:5]]
    contact = org.rows("SELECT Id FROM Contact")[0]["Id"]
    org.do("change", id_=deals[0], StageName="Closed Won", Amount=77.5, NextStep='None, "won"')
    new = org.do("add", Amount=5.0)
    org.do("add_role", id_=deals[1], contact=contact, role="Champion")
    org.do("rename", account=renamed, name="Renamed & Co")
    org.do("merge", loser=loser, master=master)
    org.do("delete", id_=deals[2])
    org.do("purge", id_=deals[3])
    salesforce.sync(store, pace=paced(deals=500))
    won = deal_now(store, deals[0])
    assert (won["stage"], float(won["amount"]), won["is_won"]) == ("Closed Won", 77.5, True)
    assert deal_now(store, new)["stage"] == "Prospecting"
    roles = content(store, "stakeholder")["stakeholder"]
    assert [row[5] for row in roles if row[0] == deals[1] and row[1] == contact][-1] == "Champion"
    assert {deal_now(store, deal)["account_id"] for deal in moved} == {master}
    assert not any(deal_now(store, deal)["is_gone"] for deal in moved)
    names = {deal_now(store, d)["account_name"] for d, account in accounts.items() if account == renamed}
    assert names == {"Renamed & Co"}
    for gone in (deals[2], deals[3]):
        assert deal_now(store, gone)["is_gone"]
        assert deal_now(store, gone)["valid_at"].year >= 2026  # since its deletion, not before
        assert deal_now(store, gone)["stage"]  # and otherwise as it was

    org.do("delete", id_=deals[2], undo=True)
    is_open = [deal for deal in deals[4:] if not deal_now(store, deal)["is_closed"]]
    org.do("vanish", id_=is_open[0])  # of which Salesforce says nothing
    salesforce.sync(store, pace=paced(deals=500))
    assert not deal_now(store, deals[2])["is_gone"]
    assert not deal_now(store, is_open[0])["is_gone"]
    assert salesforce.sync(store, full=True, pace=paced(deals=500)).rows == 1
    assert deal_now(store, is_open[0])["is_gone"]
    for deal in is_open[1:]:
        org.do("vanish", id_=deal)
    run = salesforce.sync(store, full=True, pace=paced(deals=500))
    assert "lost access" in " ".join(run.notes)
    assert not deal_now(store, is_open[1])["is_gone"]


def test_what_an_undone_sync_brought_comes_again(start: Start, store: Store, tmp_path: Path) -> None:
    """Also where later batches had moved the cursor on; and once is enough."""
    org = start(16)
    salesforce.sync(store, pace=paced(deals=6))
    imports = history(store)
    batches = sorted(imports[imports["kind"] == "sync salesforce"]["import_id"])
    export = imported(Store(tmp_path / "files.duckdb"), org.export(tmp_path / "export"))
    for batch in batches[1::-1]:
        undo(store, int(batch))
        assert content(store) != content(export)
        run = salesforce.sync(store, pace=paced(deals=500))
        assert content(store) == content(export)
    assert "undone" in " ".join(run.notes)  # of the first batch: the second had moved the cursor on
    again = salesforce.sync(store, pace=paced(deals=500))
    assert again.rows == 0
    assert "undone" not in " ".join(again.notes)
    changed = [row["SystemModstamp"] for row in org.rows("SELECT Id, SystemModstamp FROM Opportunity")]
    assert core.cursors_of(store, "salesforce")["Opportunity"][:19] == max(changed)[:19]


def test_a_clock_that_is_ahead_loses_nothing(
    start: Start, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    org, ahead = start(4), core.utc_now() + timedelta(minutes=30)
    with monkeypatch.context() as wrong:
        wrong.setattr(salesforce, "utc_now", lambda: ahead)
        salesforce.sync(store, pace=paced())
    changed, purged = (row["Id"] for row in org.rows("SELECT Id FROM Opportunity")[:2])
    for contact in org.rows("SELECT Id FROM Contact"):
        org.do("add_role", id_=changed, contact=contact["Id"], role="Champion")
    org.do("purge", id_=purged)
    salesforce.sync(store, pace=paced())
    roles = content(store, "stakeholder")["stakeholder"]
    assert len({row[1] for row in roles if row[0] == changed}) == len(org.rows("SELECT Id FROM Contact"))
    assert deal_now(store, purged)["is_gone"]


#: Forks a sync for each line that it reads, so that the libraries are loaded once, and prints its process id.
_FORKS = """
import os, sys
from pathlib import Path
from analytics.store.database import Store
from analytics.sync import salesforce
from analytics.sync.salesforce_client import Pace
for line in sys.stdin:
    if not (child := os.fork()):
        salesforce.sync(Store(Path(line.strip())), pace=Pace(deals=12))
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_a_killed_sync_goes_on_without_loss_or_duplicates(start: Start, tmp_path: Path) -> None:
    """Killed while it asks, and while it lands; the store then says the same as an undisturbed one."""
    org = start(30)
    killed = Store(tmp_path / "killed.duckdb")
    with subprocess.Popen(
        [sys.executable, "-c", _FORKS],
        cwd=ROOT,
        env=os.environ.copy(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as forks:
        assert forks.stdin is not None
        assert forks.stdout is not None
        # the first batch's contacts; the second batch's history; soon after the second batch was read
        for on, after, later in (
            ("FROM OpportunityContactRole WHERE", 0, 0.0),
            ("FROM OpportunityHistory", 1, 0.0),
            ("SELECT Id, SystemModstamp FROM Opportunity WHERE", 0, 0.15),
        ):
            org.do("forget")
            hung = org.do("hung")
            org.fault(on, "signal" if later else "hang", after=after)
            forks.stdin.write(f"{killed.path}\n")
            forks.stdin.flush()
            child = int(forks.stdout.readline())
            deadline = time.monotonic() + 60
            while org.do("hung") == hung and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(later)
            os.kill(child, signal.SIGKILL)
            assert int(forks.stdout.readline()) == -signal.SIGKILL
        forks.stdin.close()
    org.do("forget")
    salesforce.sync(killed, pace=paced())
    undisturbed = imported(Store(tmp_path / "files.duckdb"), org.export(tmp_path / "export"))
    assert content(killed) == content(undisturbed)
    with killed.reading() as con:
        assert con.execute("select count(*) from sync_run").fetchone() == (1,)  # the dead could not say so


def test_a_sync_gets_over_trouble_of_every_kind(start: Start, store: Store, tmp_path: Path) -> None:
    org = start(8)
    trouble = [
        ("oauth2/token", "500"),
        ("sobjects/Opportunity/describe", "503"),
        ("FROM User", "reset"),
        ("FROM Opportunity WHERE", "half"),
        ("FROM OpportunityHistory", "429"),
        ("FROM OpportunityFieldHistory WHERE Opportunity", "broken"),
        ("FROM OpportunityContactRole", "expire"),
        ("/results", "half"),
        ("/results", "expire"),
    ]
    for on, kind in trouble:
        org.fault(on, kind)
    org.fault("FEWER ROWS", "")
    naps: list[float] = []
    run = salesforce.sync(store, pace=paced(naps, bulk_above=6))
    export = imported(Store(tmp_path / "files.duckdb"), org.export(tmp_path / "export"))
    assert content(store) == content(export)
    waits = sorted(nap for nap in naps if nap != 0.5)  # 0.5: until a Bulk job is done
    # 2: as Retry-After asks; 1: the first pause of our own; an expired session is renewed without any
    assert waits == [1.0] * 5 + [2.0] * 2
    assert "let us wait" in " ".join(run.notes)
    assert org.asked("oauth2/token") == 1 + 1 + 2


def test_no_end_of_trouble_is_said_and_what_landed_stays(
    start: Start, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    org = start(30)
    org.fault("FROM OpportunityHistory", "503", times=99, after=1)
    naps: list[float] = []
    with pytest.raises(BadInput, match=r"does not answer properly.*status 503 in 6 tries"):
        salesforce.sync(store, pace=paced(naps))
    assert naps == [2.0] * 5
    assert len(content(store, "deal")["deal"]) == 12
    org.do("forget")
    org.fault("JOB", "", times=9)
    with pytest.raises(BadInput, match=r"Bulk job failed.*too complex"):
        salesforce.sync(store, pace=paced(bulk_above=4))
    org.do("forget")
    org.do("allow", used=14_000, allowed=15_000)
    assert main(["--store", str(store.path), "sync", "salesforce"]) == 2
    assert "14,001 of the org's 15,000 API calls" in capsys.readouterr().err
    org.do("allow", used=14_998, allowed=15_000)
    assert main(["--store", str(store.path), "sync", "salesforce", "--share", "1"]) == 2
    assert "API calls of the last 24 hours are used" in capsys.readouterr().err
    state = freshness(store)[0]
    assert (state.failures_since, state.last_success, state.crm_as_of) == (4, None, None)
    assert "used" in state.message
    org.do("allow", used=100, allowed=15_000)
    assert main(["--store", str(store.path), "sync", "salesforce"]) == 0
    out = capsys.readouterr().out
    assert "API calls of the day, by everybody: 1" in out
    state = freshness(store)[0]
    assert (state.failures_since, state.message) == (0, "")
    assert state.crm_as_of is not None
    assert state.calls_allowed == 15_000
    assert len(content(store, "deal")["deal"]) == 30


def test_missing_permissions_are_named_and_other_surprises_do_no_harm(
    start: Start, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    org = start(5)
    deals = [row["Id"] for row in org.rows("SELECT Id FROM Opportunity")]
    for hidden in ("Opportunity.NextStep", "ForecastingQuota", "OpportunityHistory.Amount", "Contact"):
        org.do("hide", field=hidden)
    org.do("retype", object="Opportunity", field="Brand_New__c", type="string")
    org.do("retype", object="Opportunity", field="Amount", type="string")
    org.do("set", object="Opportunity", id=deals[0], fields={"Amount": "twelve"})
    run = salesforce.sync(store, pace=paced())
    notes = " ".join(run.notes)
    for named in ("Opportunity.NextStep", "ForecastingQuota", "OpportunityHistory.Amount", "Contact cannot"):
        assert named in notes
    assert run.rejected == 1
    assert len(content(store, "deal")["deal"]) == 4  # the row with an amount that is none is kept apart
    reject = store.query("rejects").iloc[0]
    assert (reject["file"], reject["column_name"]) == ("salesforce/Opportunity.csv", "Amount")

    mapping = tmp_path / "own.toml"
    mapping.write_text('[salesforce]\namount = "ACV__c"\n')
    command = ["--store", str(store.path), "sync", "salesforce", "--full", "--mapping", str(mapping)]
    org.do("hide", field="Opportunity.Amount")
    assert main(command) == 0
    assert float(deal_now(store, deals[1])["amount"]) == 20.0
    assert main(command[:-2]) == 2
    assert "Opportunity.Amount cannot be read" in capsys.readouterr().err
    org.do("hide", field="Opportunity.ACV__c")
    assert main(command) == 2
    assert "Opportunity.ACV__c cannot be read" in capsys.readouterr().err


def test_a_deal_that_changes_while_it_is_read_comes_again_whole(
    start: Start, store: Store, tmp_path: Path
) -> None:
    org = start(10)
    first, second = [row["Id"] for row in org.rows("SELECT Id FROM Opportunity")][:2]
    change = ["change", {"id_": first, "StageName": "Closed Lost"}]
    org.fault("FROM OpportunityHistory", "first", do=change)
    org.fault("FROM OpportunityFieldHistory", "first", do=["purge", {"id_": second}])
    salesforce.sync(store, pace=paced())
    assert {row[0] for row in content(store, "deal_change")["deal_change"]}.isdisjoint({first, second})
    salesforce.sync(store, pace=paced())
    export = imported(Store(tmp_path / "files.duckdb"), org.export(tmp_path / "export"))
    assert content(store) == content(export)


def test_no_secret_comes_out_anywhere(
    start: Start,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = tmp_path / "public.pem"
    public.write_bytes(
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    caplog.set_level("DEBUG")
    org = start(3, key=public)
    sync = ["--store", str(store.path), "sync", "salesforce", "--json"]
    said = ""

    def ends(code: int, part: str) -> None:
        nonlocal said
        assert main(sync) == code
        shown = capfd.readouterr()
        said += shown.out + shown.err
        assert part in shown.out + shown.err

    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "wr0ng-secret")
    ends(2, "invalid_client: invalid client credentials")  # this server echoes what it got
    monkeypatch.delenv("SALESFORCE_CLIENT_SECRET")
    ends(2, "SALESFORCE_CLIENT_SECRET is not set")
    monkeypatch.setenv("SALESFORCE_USERNAME", "somebody@else.example")
    monkeypatch.setenv("SALESFORCE_PRIVATE_KEY", pem)
    ends(2, "user hasn't approved this consumer")
    monkeypatch.setenv("SALESFORCE_USERNAME", USERNAME)
    ends(0, '"rejected": 0')
    key_file = tmp_path / "private.pem"
    key_file.write_text(pem)
    monkeypatch.setenv("SALESFORCE_PRIVATE_KEY_FILE", str(key_file))
    monkeypatch.delenv("SALESFORCE_PRIVATE_KEY")
    org.fault("describe", "500", times=9)
    monkeypatch.setattr(salesforce, "Pace", paced)
    ends(2, "does not answer properly")
    key_file.write_text("-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n")
    ends(2, "SALESFORCE_PRIVATE_KEY")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("live.duckdb*"))
    secrets = (CLIENT_SECRET, "wr0ng-secret", *pem.splitlines()[1:-1], "session-token", "assertion=")
    for secret in secrets:
        assert secret not in said
        assert secret not in caplog.text + "\n".join(caplog.messages)
        assert secret.encode() not in stored
    assert json.loads(said[said.index("{") : said.index("}") + 1])["system"] == "salesforce"


def test_one_sync_at_a_time(start: Start, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    start(1)
    with core.running(store, "salesforce"):
        assert main(["--store", str(store.path), "sync", "salesforce"]) == 2
    assert "another sync of salesforce is running" in capsys.readouterr().err


def test_only_the_orgs_own_host_is_asked(start: Start, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (
        "http://acme.my.salesforce.com",
        "https://evil.example",
        "https://a:b@x.salesforce.com",
        "x",
    ):
        monkeypatch.setenv("SALESFORCE_URL", wrong)
        with pytest.raises(BadInput, match="SALESFORCE_URL"):
            salesforce.sync(store)
