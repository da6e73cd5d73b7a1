"""What people did that changes nothing in the store: an append-only SQLite file beside it.

Not in the store itself: whoever opens a page would wait for its writer, and change its version. Each event
holds the hash of the one before it, so that one that was changed or taken out is found. People are numbers
here; who a number is stands in a table of its own, so that a person can be erased and the chain holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from analytics.problems import BadInput

_LAYOUT = 1
_TURN = (
    threading.Lock()
)  # SQLite lets those who wait try again at random: of 50 sessions some would wait for ever
_PATIENCE = 10.0  # seconds to wait while others write
_LONGEST = 200  # characters of a text; what stands in an address can be any length
_SCHEMA = """
create table person (number integer primary key, email text unique, name text);
create table event (
    number integer primary key autoincrement, at text not null, person integer not null, action text not null,
    page text not null, scope text not null, deal text not null, what text not null, hash text not null);
create trigger event_stays before update on event begin select raise(abort, 'events are never changed'); end;
create trigger event_kept before delete on event begin select raise(abort, 'events are never deleted'); end;
create trigger person_kept before delete on person begin select raise(abort, 'people stay as numbers'); end;
"""
_TRIGGERS = {"event_stays", "event_kept", "person_kept"}
_COLUMNS = "number, at, person, action, page, scope, deal, what"


class Action(StrEnum):
    """What somebody did; the value is what the list says."""

    VIEWED = "viewed"
    EXPORTED = "exported"
    CHANGED = "changed"
    DECIDED = "decided"
    IMPORTED = "imported"
    UNDID = "undid"
    LET_IN = "let in or out"
    ERASED = "erased"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    REFUSED = "refused"
    RAN = "ran"


@dataclass(frozen=True)
class Event:
    """One thing done. Ids only: no names of deals, no amounts."""

    action: Action
    page: str = ""
    scope: str = ""
    deal: str = ""
    what: str = ""


class NotNoted(BadInput):
    """The audit cannot be written, or not be read."""


@dataclass(frozen=True)
class Trail:
    """The audit file of one store."""

    path: Path

    def note(self, email: str, name: str, event: Event) -> int:
        """Add an event; returns the number of the person. Raises NotNoted."""
        with _TURN, self._open() as con:
            con.execute("begin immediate")
            person = _number_of(con, _short(email), _short(name))
            said = [_short(text) for text in (event.action, event.page, event.scope, event.deal, event.what)]
            last = con.execute("select hash from event order by number desc limit 1").fetchone()
            seen = con.execute("select seq from sqlite_sequence where name = 'event'").fetchone()
            row = [seen[0] + 1 if seen else 1, datetime.now(UTC).isoformat(timespec="milliseconds")]
            row += [person, *said]
            con.execute(
                f"insert into event ({_COLUMNS}, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [*row, _hash(last[0] if last else "", row)],
            )
            con.execute("commit")
        return person

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds; nothing where there is no file yet. Raises NotNoted."""
        if not self.path.exists():
            return []
        with self._open() as con:
            return con.execute(sql, parameters).fetchall()

    def problems(self) -> list[str]:
        """What of the chain is broken, as sentences; an empty list means that all is there, unchanged."""
        if not self.path.exists():
            return []
        try:
            with self._open() as con:
                return _broken(con)
        except NotNoted as problem:
            return [str(problem)]

    def head(self) -> str:
        """How many events there are, and the hash of the last: kept elsewhere, it proves what was there."""
        found = self.rows("select number, hash from event order by number desc limit 1")
        return f"{found[0][0]}:{found[0][1]}" if found else "0:"

    def holds(self, head: str) -> bool:
        """Whether an earlier `head` is part of this chain."""
        number, _, digest = head.partition(":")
        if not number.isdecimal():
            return False
        found = self.rows("select hash from event where number = ?", [int(number)])
        return (found[0][0] if found else "") == digest

    def copy(self, to: Path) -> None:
        """Copy the file while it is in use. Raises NotNoted."""
        unfinished = to.with_name(to.name + ".unfinished")
        unfinished.unlink(missing_ok=True)
        try:
            with self._open() as con, contextlib.closing(sqlite3.connect(unfinished)) as copied:
                con.backup(copied)
            unfinished.replace(to)
        except (sqlite3.Error, OSError) as error:
            raise _failed(to, error) from error
        finally:
            unfinished.unlink(missing_ok=True)

    def forget(self, emails: Collection[str], names: Collection[str], label: str) -> int:
        """Take who somebody is out of the file, bytes and all; their events stay. Returns how many people."""
        if not self.path.exists():
            return 0
        wanted = [text.casefold() for text in (*emails, *names)]
        with self._open() as con:
            con.execute("pragma secure_delete = on")
            con.execute("begin immediate")
            people = con.execute("select number, email, name from person").fetchall()
            found = [one for one, *said in people if any((text or "").casefold() in wanted for text in said)]
            for number in found:
                con.execute("update person set email = null, name = ? where number = ?", [label, number])
            con.execute("commit")
            if found:
                con.execute("vacuum")
        return len(found)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with contextlib.closing(sqlite3.connect(self.path, _PATIENCE, isolation_level=None)) as con:
                layout = con.execute("pragma user_version").fetchone()[0]
                if layout > _LAYOUT:
                    raise NotNoted(
                        "the audit was written by a newer Plumbline",
                        where=str(self.path),
                        to_do="Update Plumbline; the file is unharmed.",
                    )
                if layout == 0:
                    _make(con)
                yield con
        except sqlite3.Error as error:
            raise _failed(self.path, error) from error


def trail_of(store: Path) -> Trail:
    """The audit file of a store."""
    return Trail(beside(store))


def beside(store: Path) -> Path:
    """Where the audit of a store, or of a backup, lies."""
    return store.with_name(store.name + ".audit.sqlite")


def _make(con: sqlite3.Connection) -> None:
    con.execute("begin immediate")
    if con.execute("pragma user_version").fetchone()[0] == 0:  # nobody else was faster
        for statement in _SCHEMA.strip().split(";\n"):
            con.execute(statement)
        con.execute(f"pragma user_version = {_LAYOUT}")
    con.execute("commit")


def _number_of(con: sqlite3.Connection, email: str, name: str) -> int:
    row = con.execute("select number, name from person where email = ?", [email]).fetchone()
    if row is None:
        return int(
            con.execute("insert into person (email, name) values (?, ?)", [email, name]).lastrowid or 0
        )
    if name and name != row[1]:
        con.execute("update person set name = ? where number = ?", [name, row[0]])
    return int(row[0])


def _short(text: str) -> str:
    """A text of at most 200 signs that can be stored, whatever stood in an address."""
    return text[:_LONGEST].encode("utf-8", "replace").decode().replace("\0", " ")


def _hash(before: str, row: Collection[Any]) -> str:
    return hashlib.sha256(json.dumps([before, *row]).encode()).hexdigest()


def _broken(con: sqlite3.Connection) -> list[str]:
    found = []
    kept = {row[0] for row in con.execute("select name from sqlite_master where type = 'trigger'")}
    if missing := sorted(_TRIGGERS - kept):
        found.append(f"the audit no longer refuses changes ({', '.join(missing)} taken out)")
    before, number = "", 0
    for *row, digest in con.execute(f"select {_COLUMNS}, hash from event order by number"):
        if row[0] != number + 1:
            found.append(f"events {number + 1} to {row[0] - 1} are missing in the audit")
        elif _hash(before, row) != digest:
            found.append(f"event {row[0]} of the audit, or the one before it, was changed")
        before, number = digest, row[0]
    last = con.execute("select seq from sqlite_sequence where name = 'event'").fetchone()
    if last and last[0] > number:
        found.append(f"events {number + 1} to {last[0]} are missing at the audit's end")
    people = con.execute(
        "select count(*) from event where person not in (select number from person)"
    ).fetchone()
    if people[0]:
        found.append(f"{people[0]} events of the audit are by people whom it does not hold")
    return found


def _failed(path: Path, error: Exception) -> NotNoted:
    return NotNoted(
        "the audit cannot be used",
        where=str(path),
        got=str(error)[:200],
        to_do="Check free space and permissions; of a damaged file, bring back the copy beside a backup.",
    )
