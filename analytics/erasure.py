"""Erases a person on request: a contact, or somebody who has left. Ids and numbers stay, names go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from analytics.access.granting import revoke
from analytics.access.viewer import grants
from analytics.audit.trail import trail_of
from analytics.company import company_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.erasing import Erased, Found, erased_of, marks_of, take_out, words_of
from analytics.store.landing import doer
from analytics.wording import count, listed


@dataclass(frozen=True)
class Person:
    """Whom to erase: ids in the CRM, every spelling of the name, addresses, and what is to stand there."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    emails: tuple[str, ...]
    label: str
    namesakes: tuple[str, ...] = ()  # other ids with one of the names


@dataclass(frozen=True)
class Erasure:
    """What an erasure changes, or would change."""

    found: Found  # (table, column) -> rows
    audit: int  # people of the audit
    still_there: tuple[Path, ...] = ()  # files beside the store that were made before


#: A row of the table `erased`.
Mark = tuple[Any, ...]


class _Tried(Exception):
    """Ends a try: the store is left as it was."""


def person_of(store: Store, given: str, also: Sequence[str] = ()) -> Person:
    """Whom an id of the CRM, or a full name, means. `also`: more spellings, addresses, user names.

    Raises BadInput where the store knows neither an id nor a name like it.
    """
    given = given.strip()
    with store.reading() as con:
        names = _names(con, given)
        ids = [given] if names else _ids(con, given)
        if not ids and len(words_of(given)) < 2:
            raise BadInput(
                "nobody here has this id",
                expected="a person's or contact's id in the CRM, or a full name of two words or more",
                got=repr(given),
            )
        names = sorted({*names, *also, *(() if ids == [given] else (given,))} - {""})
        row = con.execute("select count(distinct label) + 1 from erased").fetchone()
        assert row is not None
        known = con.execute("select label from erased where kind = 'id' and mark = ?", [given]).fetchone()
        label = known[0] if known else f"Erased person {row[0]}"
        namesakes = sorted({other for name in names for other in _ids(con, name)} - set(ids))
    granted = grants(store)
    emails = granted.loc[granted["person_id"].isin(ids), "email"].tolist()
    names = [name for name in names if name != label]
    return Person(tuple(ids), tuple(names), tuple(emails), label, tuple(namesakes))


def would_change(store: Store, person: Person) -> Erasure:
    """What erasing somebody would change; nothing is."""
    found = Found()
    try:
        with store.changing() as con:
            found = _erase(con, person, "")
            raise _Tried
    except _Tried:
        return Erasure(found, 0, _older_files(store))


def erase(store: Store, person: Person, *, author: str = "") -> Erasure:
    """Erase somebody: let them in no longer, take them out of the store, its file, and the audit's people.

    Each step can be done again: an erasure that was stopped is finished by asking for it once more.
    """
    letting_in = set(grants(store)["email"])
    for email in letting_in.intersection(person.emails):
        revoke(store, company_of(store), email, author=doer(author))
    audit = trail_of(store.path).forget(person.emails, person.names, person.label)
    with store.changing() as con:
        found = _erase(con, person, doer(author))
    store.rewrite()
    return Erasure(found, audit, _older_files(store))


def called(person: Person) -> str:
    """What a person is called so far."""
    return listed([*person.names, *person.emails]) or f"the name of {listed(person.ids)}"


def in_words(person: Person, done: Erasure) -> list[str]:
    """What an erasure changes, or would, and what it does not reach."""
    lines = [
        f"{table}: the bytes of {count(rows, 'file')} that would show the name"
        if column == "content"
        else f"{table}.{column}: {count(rows, 'row')}"
        for (table, column), rows in sorted(done.found.items())
    ] or ["No row names them."]
    if done.audit:
        lines.append(f"audit: {count(done.audit, 'person', 'people')}")
    if person.namesakes:
        lines.append(
            f"Others have the same name ({listed(person.namesakes)}). Their own entries keep it; in texts"
            " nobody can tell who is meant, so it is replaced there."
        )
    lines.append(
        "Ids stay, so no number moves. Not found: first names alone, other spellings, pictures. Backups made"
        " before still hold the name, and so does the CRM until it is erased there."
    )
    made = "was made before: delete it when it is no longer needed."
    return [*lines, *(f"{path} {made}" for path in done.still_there)]


def erased_marks(store: Store) -> list[Mark]:
    """Who was erased in this store; nobody where there is none that can be read."""
    try:
        with store.reading() as con:
            return con.execute("select kind, mark, words, label, erased_at from erased").fetchall()
    except BadInput:
        return []


def erase_again(store: Store, marks: list[Mark]) -> int:
    """Erase those whom a store that was just put in place does not know to be erased; returns how many."""
    known = set(erased_marks(store))
    missing = [mark for mark in marks if mark not in known]
    if missing:
        with store.changing() as con:
            con.executemany("insert into store.erased values (?, ?, ?, ?, ?)", missing)
            take_out(con, "store", erased_of(con))
            _record(con, doer(""))
        store.rewrite()
    return len({mark[3] for mark in missing})


def _erase(con: duckdb.DuckDBPyConnection, person: Person, author: str) -> Found:
    now = datetime.now(UTC).replace(tzinfo=None)
    known = erased_of(con)
    # where the name is the id, as in a table without ids, the label is the id from now on
    rows = [("id", person.label if one in person.names else one, 0) for one in person.ids]
    rows += [("name", *mark) for text in (*person.names, *person.emails) for mark in marks_of(text)]
    for kind, mark, words in dict.fromkeys(rows):
        if mark not in known.ids and mark not in known.names:
            con.execute(
                "insert into store.erased values (?, ?, ?, ?, ?)", [kind, mark, words, person.label, now]
            )
    found = take_out(con, "store", _only(con, person.label))
    _record(con, author)
    return found


def _record(con: duckdb.DuckDBPyConnection, author: str) -> None:
    """A line in the log of imports: names that pages keep in memory are asked for anew."""
    con.execute(
        "insert into store.import (import_id, loaded_at, kind, as_of, digest, loaded_by, notes, restates,"
        " staged_notes) select coalesce(max(import_id), 0) + 1,"
        " greatest(coalesce(max(loaded_at), $now), $now), 'erasure', null, 'erasure ' || $now, $author, '[]',"
        " false, '[]' from store.import",
        {"now": datetime.now(UTC).replace(tzinfo=None), "author": author},
    )


def _only(con: duckdb.DuckDBPyConnection, label: str) -> Erased:
    found = Erased()
    rows = con.execute(
        "select kind, mark, words, label from store.erased where label = ?", [label]
    ).fetchall()
    for row in rows:
        found.add(*row)
    return found


def _names(con: duckdb.DuckDBPyConnection, known: str) -> list[str]:
    """Every name that an id was ever given; [] for one that nobody has."""
    return [
        row[0]
        for row in con.execute(
            "select name from person where person_id = $id union select name from kept_person where"
            " person_id = $id union select name from stakeholder where contact_id = $id"
            " union select name from kept_stakeholder where contact_id = $id",
            {"id": known},
        ).fetchall()
        if row[0]
    ]


def _ids(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    rows = con.execute(
        "select person_id from person where lower(name) = lower($name) union"
        " select contact_id from stakeholder where lower(name) = lower($name) order by 1",
        {"name": name},
    ).fetchall()
    return [row[0] for row in rows]


def _older_files(store: Store) -> tuple[Path, ...]:
    """Copies of the store beside it, which hold what it held then."""
    return tuple(sorted(store.path.parent.glob(f"{store.path.name}.before-restore-*")))
