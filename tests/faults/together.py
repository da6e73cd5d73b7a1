"""Several processes on one store for a while: two that look and write as the app does, a sync, backups."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path

from analytics.business_case.editing import Conflict, Seen, save_answer
from analytics.commands import main
from analytics.company import company_of, span_of
from analytics.review.decisions import KEEP, Decision, decide
from analytics.store.copies import backup, check
from analytics.store.database import Store
from tests.faults.deeds import DEALS, export
from tests.faults.forks import Forks
from tests.faults.tally import Tally

_FAR = datetime(2100, 1, 1)
_COUNTS = """
    select (select count(*) from import), (select count(*) from decision),
        (select coalesce(sum(loaded), 0) from import_file),
        (select count(*) from import where not exists (select 1 from import_file f
            where f.import_id = import.import_id)),
        (select count(*) from import_file where rows_read <> loaded + unchanged + rejected)
"""


def app(path: Path, token: str) -> None:
    """Look and write for some seconds; print what was acknowledged."""
    name, seconds = token.split()
    store, until, number, last = Store(path), time.monotonic() + float(seconds), 0, (0, 0, 0)
    while time.monotonic() < until:
        number += 1
        last = _look(store, last)
        company = company_of(store)
        note = f"{name} decision {number}"
        deal_id = f"006{number % DEALS:015d}"
        decision = Decision(deal_id, "2024Q4", KEEP, author=name, note=note)
        decide(store, company, span_of(store, company).last_day, decision)
        print(f"said {note}", flush=True)
        _answer(store, deal_id, f"{name} answer {number}", name)
        with store.reading() as con:
            found = con.execute("select count(*) from decision where note = ?", [note]).fetchone()
            assert found == (1,), f"{note} was acknowledged and is not there"


def _look(store: Store, last: tuple[int, ...]) -> tuple[int, ...]:
    with store.reading() as con:
        first, again = con.execute(_COUNTS).fetchone(), con.execute(_COUNTS).fetchone()
    assert first == again, "one reading saw two states"
    assert first is not None
    *now, without_files, unaccounted = first
    assert (without_files, unaccounted) == (0, 0), "half an import is seen"
    assert all(one >= other for one, other in zip(now, last, strict=True)), "the past came back"
    return tuple(now)


def _answer(store: Store, deal_id: str, text: str, author: str) -> None:
    rows = store.query("deal_answers", deal_id=deal_id, as_of_end=_FAR, scorer="")
    mine = rows[rows["question"] == "impact"].tail(1)
    seen = Seen(None, "")
    if len(mine):
        seen = Seen(mine["valid_at"].iloc[0].to_pydatetime(), str(mine["answer"].iloc[0]))
    try:
        save_answer(store, deal_id, "impact", text, author=author, seen=seen)
        print(f"said {text}", flush=True)
    except Conflict:
        pass  # the other was quicker, and its author is named: nothing is lost


def loads(path: Path, token: str) -> None:
    """What a nightly job does, over and over: load a new export, back up, check the backup."""
    until, week = time.monotonic() + float(token), 10
    while time.monotonic() < until:
        week += 1
        folder = export(path.parent / "nightly" / f"week-{week}", week)
        if main(["--store", str(path), "import", str(folder)]):
            raise AssertionError("the import failed")
        print(f"said week-{week}", flush=True)
        copy = path.with_name(f"nightly {week}")
        backup(Store(path), copy)
        if wrong := check(Store(copy)):
            raise AssertionError(f"the backup: {wrong}")
        copy.unlink()
        time.sleep(0.2)


def syncs(path: Path, token: str) -> None:
    """A live CRM read over and over."""
    until = time.monotonic() + float(token)
    while time.monotonic() < until:
        if main(["--store", str(path), "sync", "salesforce"]):
            raise AssertionError("the sync failed")
        time.sleep(0.2)


def together(store: Path, folder: Path, seconds: int, *, sync: bool) -> Tally:
    """All of them at once; everything acknowledged is there in the end."""
    tally = Tally("processes at work on one store at once")
    deeds = [("app", f"Ann {seconds}"), ("app", f"Bob {seconds}"), ("loads", str(seconds))]
    deeds += [("syncs", str(seconds))] if sync else []
    forks = []
    for number, (deed, token) in enumerate(deeds):
        (folder / str(number)).mkdir(parents=True)
        forks.append(Forks(folder / str(number)))
        forks[-1].begin(deed, store, token)
    said: list[str] = []
    for (deed, token), fork in zip(deeds, forks, strict=True):
        ended = fork.end()
        out = fork.out.read_text("utf-8")
        said += re.findall(r"^said (.*)$", out, re.MULTILINE)
        wrong = [] if ended.is_done else [f"{deed} {token}: {ended.code} {ended.error[-400:]} {out[-400:]}"]
        tally.note(wrong)
        fork.__exit__(None, None, None)
    with Store(store).reading() as con:
        found = con.execute(
            "select note from decision union all select answer from answer"
            " union all select split_part(file, '/', 1) from import_file"
        ).fetchall()
    lost = set(said) - {row[0] for row in found}
    wrong = check(Store(store)) + ([f"acknowledged and lost: {sorted(lost)[:5]}"] if lost else [])
    tally.note(wrong)
    tally.acknowledged = len(said)
    return tally
