"""What is disturbed: each deed does one thing to a store, and says so once it is safe."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from analytics.business_case.editing import Seen, save_answer
from analytics.commands import main
from analytics.company import company_of, span_of
from analytics.problems import BadInput
from analytics.review.decisions import KEEP, Decision, decide
from analytics.store import database
from analytics.store.copies import backup, check, restore
from analytics.store.database import Store
from analytics.store.settings import write_setting
from analytics.sync import salesforce
from analytics.sync.salesforce_client import Pace
from tests.faults.forks import Forks
from tests.faults.truth import said

DEALS = 60
_FIRST_WEEK = datetime(2024, 1, 2, 9)


class Refused(Exception):
    """A command ended with another exit code than 0."""


def export(folder: Path, week: int) -> Path:
    """A Salesforce data export of one week: every deal, with its history since the first week."""
    folder.mkdir(parents=True, exist_ok=True)
    moments = [_FIRST_WEEK + timedelta(weeks=number) for number in range(week + 1)]
    deals, changes = [], []
    for number in range(DEALS):
        deal_id = f"006{number:015d}"
        for at in moments:
            past = moments.index(at)
            changes.append(
                {
                    "OpportunityId": deal_id,
                    "CreatedDate": f"{at.isoformat()}.000+0000",
                    "StageName": ("Qualify", "Propose", "Negotiate")[(past + number) % 3],
                    "Amount": 1000 * (number + 1) + past,
                    "CloseDate": "2024-12-20",
                    "Probability": 30,
                    "ForecastCategory": "Pipeline",
                }
            )
        deals.append(
            {
                "Id": deal_id,
                "Name": f"Deal {number}",
                "StageName": changes[-1]["StageName"],
                "Amount": changes[-1]["Amount"],
                "CloseDate": "2024-12-20",
                "OwnerId": "005000000000000001",
                "CreatedDate": changes[0]["CreatedDate"],
                "IsClosed": "false",
                "IsWon": "false",
                "NextStep": f"step {week} of deal {number}",
                "LastModifiedDate": f"{moments[-1].isoformat()}.000+0000",
            }
        )
    for name, rows in (("Opportunity", deals), ("OpportunityHistory", changes)):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def command(*words: object) -> None:
    """Run a command as a person does."""
    if code := main([str(word) for word in words]):
        raise Refused(f"{words[2]} ended with {code}")


def _import(path: Path, token: str) -> None:
    command("--store", path, "import", path.parent / "export" / token)


def _answer(path: Path, token: str) -> None:
    deal_id = f"006{int(token) % DEALS:015d}"
    save_answer(Store(path), deal_id, "budget", f"CFO approved {token}", author="Ann", seen=Seen(None, ""))


def _decision(path: Path, token: str) -> None:
    store = Store(path)
    company = company_of(store)
    decision = Decision(f"006{1:015d}", "2024Q4", KEEP, author="Ann", note=f"decision {token}")
    decide(store, company, span_of(store, company).last_day, decision)


def _setting(path: Path, token: str) -> None:
    write_setting(Store(path), "company_name", f"Company {token}")


def _undo(path: Path, token: str) -> None:
    command("--store", path, "undo", 2, "--reason", f"undo {token}")


def _put_back(path: Path, token: str) -> None:
    command("--store", path, "undo", 2, "--back")


def _migrate(path: Path, token: str) -> None:
    company_of(Store(path))


def _backup(path: Path, token: str) -> None:
    backup(Store(path), path.with_name(f"backup {token}"))


def _restore(path: Path, token: str) -> None:
    restore(Store(path), path.with_name("kept backup"))


def _sync(path: Path, token: str) -> None:
    salesforce.sync(Store(path), pace=Pace(deals=12))


def _read(path: Path, token: str) -> None:
    with Store(path).reading() as con:
        con.execute("select count(*) from deal").fetchall()


def _look(path: Path, token: str) -> None:
    """Read all of it, and check it; print what was seen."""
    seen: dict[str, Any] = {"said": None, "refused": "", "check": []}
    try:
        seen["said"] = said(path)
    except BadInput as error:
        seen["refused"] = str(error)
    try:
        seen["check"] = check(Store(path))
    except BadInput as error:
        seen["check"] = [str(error)]
    print(json.dumps(seen))


DEEDS: dict[str, Callable[[Path, str], None]] = {
    "import": _import,
    "answer": _answer,
    "decision": _decision,
    "setting": _setting,
    "undo": _undo,
    "put back": _put_back,
    "migration": _migrate,
    "backup": _backup,
    "restore": _restore,
    "sync": _sync,
    "reading": _read,
    "looking": _look,
}


def of_layout(path: Path, number: int, template: Path) -> None:
    """A store as the Plumbline of an earlier layout left it, with the facts of the template that it knew."""
    import duckdb

    con = duckdb.connect(str(path))
    try:
        con.execute(f"attach '{template}' as other (read_only)")
        con.execute("create table migration (number INTEGER, name VARCHAR, applied_at TIMESTAMP)")
        for one, file in database.migrations()[:number]:
            con.execute(file.read_text(encoding="utf-8"))
            con.execute("insert into migration values (?, ?, now()::timestamp)", [one, file.stem])
        tables = "select table_name from duckdb_tables() where database_name = current_database()"
        for (table,) in con.execute(tables).fetchall():
            if table != "migration":
                found = con.execute(
                    "select string_agg('\"' || column_name || '\"', ', ') from duckdb_columns()"
                    " where database_name = current_database() and table_name = ?",
                    [table],
                ).fetchone()
                assert found is not None
                con.execute(f"insert into {table} ({found[0]}) select {found[0]} from other.{table}")
    finally:
        con.close()


def make(folder: Path) -> Path:
    """A store with two exports, an answer and a decision, and a third export to load; returns its path."""
    path = folder / "store.duckdb"
    for week in range(4):
        export(folder / "export" / str(week), week)
    _import(path, "0")
    _import(path, "1")
    _answer(path, "7")
    _decision(path, "first")
    _setting(path, "first")
    return path


def copy_of(template: Path, folder: Path) -> Path:
    """The template in a folder of its own, with what stands beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template.parent, folder)
    return folder / template.name


def look_at(path: Path, forks: Forks) -> dict[str, Any]:
    """What a process of its own sees in a store: code, error, said, refused, check."""
    ended, _ = forks.whole("looking", path, "")
    text = forks.out.read_text("utf-8")
    seen = json.loads(text) if ended.code == 0 else {"said": None, "refused": "", "check": []}
    return {"code": ended.code, "error": ended.error or text, **seen}
