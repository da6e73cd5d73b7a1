"""What every live source shares: one run at a time, batches that land with their cursor, a log of runs.

A source writes what it fetched as CSV files, in the formats that the import of files reads, into a folder,
and calls `land_batch`: the rows and the cursor that says up to where the source was read land in one
transaction. A run that dies goes on at the last cursor that landed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import portalocker

from analytics.company import company_of
from analytics.fiscal import Calendar
from analytics.intake import stage_files
from analytics.intake.job import Formats
from analytics.intake.mapping import Mapping, read_mapping
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land
from analytics.store.staging import Staging
from analytics.sync.rejects import name_records
from analytics.sync.secrets import redact

Progress = Callable[[float, str], None]

#: Rows of a batch up to which it is rehearsed, so that one without news is not landed.
_SMALL = 20_000


@dataclass
class Run:
    """A run of a live source: what it did so far, for its record and for the reader."""

    system: str
    started_at: datetime
    rows: int = 0
    rejected: int = 0
    imports: int = 0
    #: up to when (UTC) the store knows the CRM once this run is done
    crm_as_of: datetime | None = None
    #: of the CRM's allowance of calls, as the CRM reports it; None = not told
    calls_used: int | None = None
    calls_allowed: int | None = None
    notes: list[str] = field(default_factory=list)
    #: how the folders of its files begin: what a killed run of this store and source left is found by it
    spool: str = "plumbline-sync-"

    def note(self, text: str) -> None:
        """Tell the person something they can act on, once."""
        if text not in self.notes:
            self.notes.append(redact(text))


def utc_now() -> datetime:
    """Now, in UTC without zone, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def running(store: Store, system: str) -> Iterator[Run]:
    """One run of a source: alone, and recorded however it ends.

    Raises BadInput if another run of the same source is under way.
    """
    store.path.parent.mkdir(parents=True, exist_ok=True)
    path = store.path.with_name(f"{store.path.name}.sync-{system}")
    try:
        lock = portalocker.Lock(
            path, "ab", flags=portalocker.LOCK_EX | portalocker.LOCK_NB, fail_when_locked=True
        )
        lock.acquire()
    except portalocker.LockException:
        raise BadInput(
            f"another sync of {system} is running", where=str(store.path), to_do="Wait until it has ended."
        ) from None
    try:
        with _told_to_end():
            yield from _recorded(store, system)
    finally:
        lock.release()


def _recorded(store: Store, system: str) -> Iterator[Run]:
    mark = hashlib.sha256(str(store.path.resolve()).encode()).hexdigest()[:12]
    spools = f"plumbline-sync-{system}-{mark}-"
    run = Run(system, datetime.now(UTC).replace(tzinfo=None), spool=spools)
    try:
        for left in Path(tempfile.gettempdir()).glob(f"{spools}*"):  # by a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        _go_back(store, run)
        yield run
    except BaseException as error:
        message = redact(str(error)) if isinstance(error, BadInput) else f"stopped ({_why(error)})"
        record_run(store, run, "failed", message)
        raise
    else:
        record_run(store, run, "done", " ".join(run.notes))


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Whoever tells the process to end (SIGTERM: systemd, a container) ends a run as Ctrl-C does.

    The run is undone to its last batch and recorded; being told again does not disturb that. Only the main
    thread can listen.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt("SIGTERM")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _why(error: BaseException) -> str:
    return str(error) if isinstance(error, KeyboardInterrupt) and str(error) else type(error).__name__


def record_run(store: Store, run: Run, result: str, message: str) -> None:
    """Keep how a run ended. That the store cannot take it must not hide how the run itself ended."""
    now = datetime.now(UTC).replace(tzinfo=None)
    row = {
        "system": run.system,
        "started_at": run.started_at,
        "valid_at": now,
        "ended_at": now,
        "result": result,
        "message": message or None,
        "crm_as_of": run.crm_as_of if result == "done" else None,
        "rows": run.rows,
        "calls_used": run.calls_used,
        "calls_allowed": run.calls_allowed,
    }
    staging = Staging()
    try:
        file_no = staging.add_file(f"sync {run.system}", "sync_run", f"{run.system} {run.started_at}", 1)
        staging.add("sync_run", pd.DataFrame([row]), file_no=file_no)
        land(store, staging, kind="upkeep")
    except BadInput as problem:
        print(f"This run could not be recorded: {redact(str(problem))}", file=sys.stderr)
    finally:
        staging.con.close()


@contextmanager
def spool(source: str, prefix: str = "plumbline-") -> Iterator[Path]:
    """A folder for a batch's files, called as the source is, so that the log of imports names it.

    `prefix`: of the folder around it (`Run.spool`).
    """
    with tempfile.TemporaryDirectory(prefix=prefix) as outer:
        folder = Path(outer) / source
        folder.mkdir()
        yield folder


def cursors_of(store: Store, system: str) -> dict[str, str]:
    """Up to where each object of a source was read: object -> cursor, empty at first."""
    if not store.exists:
        return {}
    rows = store.query("sync_cursors", system=system)
    known = zip(rows["object"], rows["cursor"], strict=True)
    return {str(name): str(cursor) for name, cursor in known if cursor}


def _go_back(store: Store, run: Run) -> None:
    """After the undo of a sync: the cursors go back to before it, else its rows would never return."""
    if not store.exists:
        return
    rows = store.query("sync_cursors", system=run.system)
    rows = rows[rows["cursor"] != rows["latest"]]
    if len(rows):
        run.note("A sync was undone, so what came with it and since then is read again.")
        _land_cursors(store, run, dict(zip(rows["object"], rows["cursor"], strict=True)))


def exact(mapping: Path | Mapping | None) -> Mapping:
    """The mapping for files that we write ourselves: ISO dates and decimal points, nothing to find out."""
    rules = mapping if isinstance(mapping, Mapping) else read_mapping(mapping)
    return replace(rules, formats=Formats("ymd", "."))


def land_batch(
    store: Store,
    run: Run,
    folder: Path,
    cursors: dict[str, str],
    *,
    taken_at: datetime,
    mapping: Mapping | None = None,
    tracked: frozenset[str] = frozenset(),
    also: Callable[[Staging], None] | None = None,
    progress: Progress | None = None,
) -> ImportResult | None:
    """Land the files of a folder and the cursors in one transaction.

    `tracked`: deal fields of which the source records changes. `also` may add rows that no file says. Where
    nothing is new, only the cursors move. None: nothing was written.
    """
    staging = _staged(store, run, folder, taken_at, mapping, tracked, progress)
    try:
        if also is not None:
            also(staging)
        is_fact = bool(staging.con.execute("select 1 from staged_file limit 1").fetchone())
        if cursors:
            _add_cursors(staging, run.system, cursors)
        if not is_fact or (_is_small(staging) and not _says_more(store, staging, run.system)):
            return _only_cursors(store, run, cursors)
        result = land(store, staging, kind=f"sync {run.system}")
        if result.seen_before:
            return _only_cursors(store, run, cursors)
    finally:
        staging.con.close()
    run.rows += sum(file.loaded for file in result.files if file.kind != "sync_state")
    run.rejected += sum(file.rejected for file in result.files)
    run.imports += result.import_id is not None
    for note in result.notes:
        run.note(note)
    return result


def _is_small(staging: Staging) -> bool:
    """Whether it costs little to find out first what is new in it."""
    row = staging.con.execute("select sum(rows_read) from staged_file").fetchone()
    return bool(row) and int(row[0] or 0) <= _SMALL if row else False


def _says_more(store: Store, staging: Staging, system: str) -> bool:
    """Whether anything is new: what was only read again must not look like new facts to learn from."""
    result = land(store, staging, kind=f"sync {system}", rehearse=True)
    return any(file.rejected or (file.loaded and file.kind != "sync_state") for file in result.files)


def _only_cursors(store: Store, run: Run, cursors: dict[str, str]) -> ImportResult | None:
    if cursors.items() <= cursors_of(store, run.system).items():
        return None
    return _land_cursors(store, run, cursors)


def _land_cursors(store: Store, run: Run, cursors: dict[str, str]) -> ImportResult:
    staging = Staging()
    try:
        # told apart by when: a cursor that was put back may come to where it was before
        _add_cursors(staging, run.system, cursors, at=str(datetime.now(UTC)))
        return land(store, staging, kind="upkeep")
    finally:
        staging.con.close()


def _staged(
    store: Store,
    run: Run,
    folder: Path,
    taken_at: datetime,
    mapping: Mapping | None,
    tracked: frozenset[str],
    progress: Progress | None,
) -> Staging:
    if not any(folder.iterdir()):
        return Staging()
    calendar = company_of(store).calendar if store.exists else Calendar()
    staging = stage_files(
        [folder],
        kind=run.system,
        mapping=exact(mapping),
        time_zone=calendar.time_zone,
        quarter_start_month=calendar.start_month,
        partial=True,
        taken_at=taken_at,
        tracked=tracked,
        progress=progress,
    )
    name_records(staging, folder)
    return staging


def _add_cursors(staging: Staging, system: str, cursors: dict[str, str], at: str = "") -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {"system": system, "object": name, "valid_at": now, "cursor": cursor, "line": number}
        for number, (name, cursor) in enumerate(sorted(cursors.items()), 1)
    ]
    digest = hashlib.sha256(json.dumps([cursors, at], sort_keys=True).encode()).hexdigest()
    file_no = staging.add_file(f"up to where {system} was read", "sync_state", digest, len(rows))
    staging.add("sync_state", pd.DataFrame(rows), file_no=file_no)
