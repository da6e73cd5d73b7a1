"""Takes erased people out of every text: of the store once, and of whatever is landed later.

What stands for a person is an id, which stays, or a name. Names are looked for in every text column of every
table, as whole words, whatever signs stand between them and in either order; a name of one word only where
nothing else stands in the cell. Rows keep their ids and numbers, so that no sum moves.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import duckdb
import pandas as pd

from analytics.store.news import any_row
from analytics.store.staging import Staging
from analytics.store.subjects import SUBJECTS

#: How many rows a column of a table changes in: (table, column) -> rows.
Found = Counter[tuple[str, str]]

_ESCAPED = r"\\u[0-9a-fA-F]{4}"
_WORD = re.compile(rf"\\[nrt]|((?:{_ESCAPED}|[^\W_])+)")  # JSON writes é as \u00e9, and a new line as \n
#: Whose name a row says is told by its id there: two people can have the same name.
_BY_ID = {"person": "person_id", "stakeholder": "contact_id"}
_NO_TEXT = ("migration", "erased")


@dataclass(frozen=True)
class Edit:
    """A name that was replaced: where it stood in the text, and how long what stands there now is."""

    start: int
    end: int
    length: int


@dataclass
class Erased:
    """Who was erased: id -> label, fingerprint of a name -> label, and how many words names have."""

    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def add(self, kind: str, mark: str, words: int, label: str) -> None:
        """One row of the table `erased`."""
        (self.ids if kind == "id" else self.names)[mark] = label
        if kind == "name" and words not in self.sizes:
            self.sizes = sorted([*self.sizes, words], reverse=True)

    def cleaned(self, text: str) -> str:
        """The text without any of the names."""
        return replaced(text, self.edits(text))[0]

    def edits(self, text: str) -> list[tuple[Edit, str]]:
        """Where names stand in a text, and what is to stand there; from left to right."""
        words = [one for one in _WORD.finditer(text) if one[1]]
        folded = [_folded(one[1]) for one in words]
        found: list[tuple[Edit, str]] = []
        at = 0
        while at < len(words):
            size, label = self._name_at(folded, at)
            if label:
                start, end = words[at].start(1), words[at + size - 1].end(1)
                found.append((Edit(start, end, len(label)), label))
            at += size
        return found

    def _name_at(self, words: list[str], at: int) -> tuple[int, str]:
        """How many words from here on are a name, and its label; (1, '') where none begins."""
        for size in self.sizes:
            if at + size <= len(words) and (size > 1 or len(words) == 1):
                label = self.names.get(_fingerprint(" ".join(words[at : at + size])))
                if label:
                    return size, label
        return 1, ""


def marks_of(name: str) -> list[tuple[str, int]]:
    """The fingerprints by which a name is known, and its number of words: as written, and last name first."""
    words = words_of(name)
    if not words:
        return []
    orders = [words, [words[-1], *words[:-1]]] if len(words) > 1 else [words]
    return [(_fingerprint(" ".join(order)), len(order)) for order in orders]


def words_of(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    return [_folded(one[1]) for one in _WORD.finditer(text) if one[1]]


def replaced(text: str, edits: Iterable[tuple[Edit, str]]) -> tuple[str, list[Edit]]:
    """The text with its edits made."""
    parts, at, made = [], 0, []
    for edit, label in edits:
        parts += [text[at : edit.start], label]
        at = edit.end
        made.append(edit)
    return "".join([*parts, text[at:]]), made


def moved(place: int, edits: Iterable[Edit]) -> int:
    """Where a place of the text lies after its edits; one within a name: at the end of what is there now."""
    shift = 0
    for edit in edits:
        if place <= edit.start:
            break
        if place < edit.end:
            return edit.start + shift + edit.length
        shift += edit.length - (edit.end - edit.start)
    return place + shift


def erased_of(con: duckdb.DuckDBPyConnection) -> Erased:
    """Whom the attached store says was erased."""
    found = Erased()
    for row in con.execute("select kind, mark, words, label from store.erased").fetchall():
        found.add(*row)
    return found


def take_out_of_staged(staging: Staging) -> None:
    """Take erased people out of what is about to land.

    In temporary tables that stand before the staged ones: a transaction writes to one database only.
    """
    con = staging.con
    erased = erased_of(con)
    if not (erased.ids or erased.names):
        return
    for table in (*SUBJECTS, "staged_file", "staged_reject"):
        con.execute(f"create or replace temp table {table} as from memory.main.{table}")
    take_out(con, "temp", erased)
    staging.notes = [erased.cleaned(note) for note in staging.notes]


def take_out(con: duckdb.DuckDBPyConnection, database: str, erased: Erased) -> Found:
    """Take erased people out of every text of a database; returns how many rows of which columns changed."""
    found: Found = Counter()
    columns = con.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns()"
        " where database_name = ? and not internal and data_type = 'VARCHAR' group by 1 order by 1",
        [database],
    ).fetchall()
    for table, texts in columns:
        place, subject = f'{database}.main."{table}"', table.removeprefix("kept_")
        if table in _NO_TEXT or not any_row(con, f"select 1 from {place} limit 1"):
            continue
        if subject == "document":  # before its paragraphs, which come after it
            _drop_files(con, database, table, erased, found)
        if subject == "answer" and database == "store":
            _keep_levels(con, place, erased)
        for column in texts:
            if not (subject in _BY_ID and column == "name"):
                found[table, column] += _replace(con, place, column, erased)
        if subject in _BY_ID:
            _name_by_id(con, place, _BY_ID[subject], erased, found, table)
    return +found


def _name_by_id(
    con: duckdb.DuckDBPyConnection, place: str, key: str, erased: Erased, found: Found, table: str
) -> None:
    for known, label in erased.ids.items():
        rows = con.execute(
            f"update {place} set name = ? where {key} = ? and name <> ?", [label, known, label]
        ).fetchall()
        found[table, "name"] += int(rows[0][0])


def _replace(con: duckdb.DuckDBPyConnection, place: str, column: str, erased: Erased) -> int:
    texts = con.execute(f'select distinct "{column}" from {place} where "{column}" is not null').fetchall()
    changed = [(text, after) for (text,) in texts if (after := erased.cleaned(text)) != text]
    if not changed:
        return 0
    con.register("to_replace", pd.DataFrame(changed, columns=["before", "after"]))
    rows = con.execute(
        f'update {place} set "{column}" = r.after from to_replace r where "{column}" = r.before'
    ).fetchall()
    con.unregister("to_replace")
    return int(rows[0][0])


def _keep_levels(con: duckdb.DuckDBPyConnection, place: str, erased: Erased) -> None:
    """An answer without the name is no less deep: it keeps what the scorer said, its places moved."""
    rows = con.execute(
        f"select distinct a.question, a.answer, s.scorer, s.level, s.spans, s.missing from {place} a"
        " join store.answer_score s on s.question = a.question and s.text_md5 = md5(a.answer)"
    ).fetchall()
    for question, text, scorer, level, spans, missing in rows:
        after, edits = replaced(text, erased.edits(text))
        if edits:
            there = [[rule, moved(start, edits), moved(end, edits)] for rule, start, end in json.loads(spans)]
            md5 = hashlib.md5(after.encode(), usedforsecurity=False).hexdigest()
            con.execute(
                "insert into store.answer_score select $question, $md5, $scorer, $level, $spans, $missing"
                " where not exists (select 1 from store.answer_score where question = $question"
                " and text_md5 = $md5 and scorer = $scorer)",
                {"question": question, "md5": md5, "scorer": scorer, "level": level}
                | {"spans": json.dumps(there), "missing": missing},
            )
            con.execute(
                "delete from store.answer_score where question = ? and text_md5 = md5(?) and scorer = ?",
                [question, text, scorer],
            )


def _drop_files(
    con: duckdb.DuckDBPyConnection, database: str, table: str, erased: Erased, found: Found
) -> None:
    """Drop the bytes of the files that name somebody: in a paragraph, or where only Word shows it."""
    texts = con.execute(f'select document_id, text from {database}.main."{table}_paragraph"').fetchall()
    named = {document for document, text in texts if text and erased.edits(text)}
    files = con.execute(
        f'select distinct document_id from {database}.main."{table}" where content is not null'
    ).fetchall()
    for (document,) in files:
        if document not in named:
            rows = con.execute(
                f'select content from {database}.main."{table}" where document_id = ?', [document]
            ).fetchall()
            if not any(content and _file_names(bytes(content), erased) for (content,) in rows):
                continue
        con.execute(f'update {database}.main."{table}" set content = null where document_id = ?', [document])
        found[table, "content"] += 1


def _file_names(content: bytes, erased: Erased) -> bool:
    """Whether a Word file has one of the names anywhere in its XML; one that cannot be read may have it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))]
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return True
    for part in parts:
        text = part.decode("utf-8", "replace")
        if any(erased.edits(re.sub(r"<[^>]*>", apart, text)) for apart in ("", " ")) or erased.edits(text):
            return True
    return False


def _folded(word: str) -> str:
    if word.isascii() and "\\" not in word:  # nearly all; the rest takes ten times as long
        return word.lower()
    plain = re.sub(_ESCAPED, lambda one: chr(int(one[0][2:], 16)), word)
    letters = unicodedata.normalize("NFKD", plain)  # López is often written Lopez
    return "".join(one for one in letters if not unicodedata.combining(one)).casefold()


@lru_cache(maxsize=1 << 17)
def _fingerprint(words: str) -> str:
    return hashlib.sha256(f"plumbline erased {words}".encode("utf-8", "replace")).hexdigest()
