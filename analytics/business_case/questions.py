"""The questions of the business case: shipped methods, and the company's own versions of them.

A method is a list of questions in order. The shipped ones lie in `methods/*.toml` and are version 1 of each
question. A change is a new version with a date, kept in the store; an answer belongs to the version that was
in force when it was given.
"""

from __future__ import annotations

import json
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.moments import now_in
from analytics.store.staging import Staging
from analytics.store.subjects import QUESTIONS

_FOLDER = Path(__file__).parent / "methods"
METHODS = ("seven", "meddpicc", "bant")
_TEXTS = ("label", "wording", "asks", "help", "good")
#: Columns that stand beside the questions in tables.
_COLUMNS = frozenset(
    {"deal_id", "Deal", "Account", "Amount", "Case depth", "Oldest answer", "Stage", "Close date", "Owner"}
)
_SINCE_EVER, _EVER = pd.Timestamp("1970-01-01"), datetime(9999, 1, 1)


@dataclass(frozen=True)
class Question:
    """One question as it read from `since` on. `follow_up[level]`: what to ask to get beyond level 0 to 3."""

    key: str
    label: str
    asks: str  # which of the seven it is judged as
    weight: float
    wording: str
    help: str
    good: str
    follow_up: tuple[str, str, str, str]
    position: int
    version: int = 1
    since: pd.Timestamp = _SINCE_EVER
    is_retired: bool = False


@dataclass(frozen=True)
class Method:
    """A method as of a day: its questions in order, and every version of each that there was until then."""

    key: str
    name: str
    versions: Mapping[str, tuple[Question, ...]]  # oldest first

    @property
    def questions(self) -> list[Question]:
        """The questions in force, in order."""
        latest = [every[-1] for every in self.versions.values()]
        return sorted((one for one in latest if not one.is_retired), key=lambda one: (one.position, one.key))

    def in_force(self, key: str, moment: pd.Timestamp) -> Question:
        """The version of a question that was in force at a moment (the first, if all are later)."""
        every = self.versions[key]
        return next((one for one in reversed(every) if one.since <= moment), every[0])


@lru_cache(maxsize=8)
def shipped(key: str) -> Method:
    """A method as shipped. Raises BadInput if there is none of this name."""
    if key not in METHODS:
        raise BadInput("there is no such method", expected=" or ".join(METHODS), got=repr(key))
    path = _FOLDER / f"{key}.toml"
    name, found = _read(path.read_text(encoding="utf-8"), path.name)
    return Method(key, name, {one.key: (one,) for one in found})


def method_as_of(store: Store, key: str, as_of_end: datetime) -> Method:
    """A method with what the company had changed in it until a moment."""
    return with_changes(shipped(key), store.query("questions_as_of", as_of_end=as_of_end))


def with_changes(method: Method, rows: pd.DataFrame) -> Method:
    """A method with the company's own versions (rows of `questions_as_of`), numbered from 2 on."""
    versions = dict(method.versions)
    for row in rows[rows["method"] == method.key].to_dict("records"):
        before = versions.get(str(row["question"]), ())
        changed = _from_row(row, len(before) + 1)
        versions[changed.key] = (*before, changed)
    return replace(method, versions=versions)


def _from_row(row: Mapping[Any, Any], version: int) -> Question:
    asked = json.loads(row["follow_ups"])
    return Question(
        key=str(row["question"]),
        label=str(row["label"]),
        asks=str(row["asks"]),
        weight=float(row["weight"]),
        wording=str(row["wording"]),
        help=str(row["help"]),
        good=str(row["good_answer"]),
        follow_up=(asked[0], asked[1], asked[2], asked[3]),
        position=int(row["position"]),
        version=version,
        since=pd.Timestamp(row["valid_at"]),
        is_retired=bool(row["is_retired"]),
    )


def _read(text: str, where: str) -> tuple[str, list[Question]]:
    """A method file: its name and its questions. Raises BadInput with what is wrong in which question."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput("this is not a TOML file", where=where, got=str(error)[:200]) from error
    rows = table.get("question")
    if not isinstance(rows, list) or not rows:
        raise BadInput("the file holds no [[question]]", where=where, to_do="See methods/seven.toml.")
    found = [_question(row, number, where) for number, row in enumerate(rows, 1)]
    for what, every in (("key", [one.key for one in found]), ("label", [one.label for one in found])):
        if doubled := {one for one in every if every.count(one) > 1}:
            raise BadInput(f"a {what} stands twice", where=where, got=", ".join(sorted(doubled)))
    if taken := _COLUMNS & {one.label for one in found}:
        raise BadInput(
            "a label is the name of a column of the deals", where=where, got=", ".join(sorted(taken))
        )
    return str(table.get("name", where)), found


def _question(row: Any, number: int, where: str) -> Question:
    place = f"{where}, question {number}"
    row = row if isinstance(row, dict) else {}
    for name in ("key", *_TEXTS):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise BadInput(f"'{name}' is missing", where=place, expected="a text", got=repr(row.get(name)))
    if row["asks"] not in QUESTIONS:
        raise BadInput("'asks' is none of the seven", where=place, expected=", ".join(QUESTIONS))
    weight, asked = row.get("weight", 1.0), row.get("follow_up")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 10:
        raise BadInput(
            "'weight' cannot be used", where=place, expected="above 0, at most 10", got=repr(weight)
        )
    if not isinstance(asked, list) or len(asked) != 4 or not all(isinstance(one, str) for one in asked):
        raise BadInput(
            "'follow_up' cannot be used", where=place, expected="four texts, for level 0, 1, 2 and 3"
        )
    return Question(
        key=row["key"].strip(),
        weight=float(weight),
        follow_up=(asked[0], asked[1], asked[2], asked[3]),
        position=number,
        **{name: row[name].strip() for name in _TEXTS},
    )


def change_questions(store: Store, method: str, text: str, where: str) -> list[str]:
    """Make a method file's questions the ones in force from now on; returns the keys that changed.

    A question that reads as before keeps its version; one that the file leaves out is retired, and its
    answers stay. Raises BadInput where the file cannot be used.
    """
    now = pd.Timestamp(now_in(store))
    held = method_as_of(store, method, now.to_pydatetime()) if store.exists else shipped(method)
    _, wanted = _read(text, where)
    _keep_meaning(store, wanted, where)
    before = {one.key: one for one in held.questions}
    changed = [one for one in wanted if _said(one) != (_said(before[one.key]) if one.key in before else None)]
    keys = {one.key for one in wanted}
    changed += [replace(one, is_retired=True) for one in held.questions if one.key not in keys]
    if changed:
        _land(store, method, changed, now)
    return [one.key for one in changed]


def _keep_meaning(store: Store, wanted: list[Question], where: str) -> None:
    """A key is judged as the same of the seven for ever, or its old answers would change their level."""
    known = asks_of(store) if store.exists else every_key()
    for one in wanted:
        if known.get(one.key, one.asks) != one.asks:
            raise BadInput(
                f"the answers to '{one.key}' are judged as '{known[one.key]}'",
                where=where,
                got=f"asks = {one.asks!r}",
                to_do="Give the question another key; the answers to this one stay as they are.",
            )


def _said(question: Question) -> Question:
    return replace(question, version=1, since=_SINCE_EVER)


def question_row(method: str, one: Question) -> dict[str, Any]:
    """A question as a row of the subject `question`, without its moment."""
    return {
        "method": method,
        "question": one.key,
        "position": one.position,
        "label": one.label,
        "wording": one.wording,
        "asks": one.asks,
        "weight": one.weight,
        "help": one.help,
        "good_answer": one.good,
        "follow_ups": json.dumps(one.follow_up, ensure_ascii=False),
        "is_retired": one.is_retired,
    }


def _land(store: Store, method: str, changed: list[Question], now: pd.Timestamp) -> None:
    rows = pd.DataFrame([{**question_row(method, one), "valid_at": now} for one in changed])
    staging = Staging()
    try:
        file_no = staging.add_file("questions", "questions", uuid.uuid4().hex, len(rows))
        staging.add("question", rows, file_no=file_no)
        land(store, staging, kind="questions")
    finally:
        staging.con.close()


def questions_table(method: Method) -> pd.DataFrame:
    """The questions in force with every earlier version, for reading."""
    return pd.DataFrame(
        [
            {
                "Question": one.label,
                "Wording": one.wording,
                "A good answer has": one.good,
                "Counts": one.weight,
                "Judged as": one.asks,
                "Version": one.version,
                "Since": "always" if one.since == _SINCE_EVER else f"{one.since:%Y-%m-%d}",
            }
            for latest in method.questions
            for one in reversed(method.versions[latest.key])
        ]
    )


def asks_of(store: Store) -> dict[str, str]:
    """Key of every question, shipped or the company's own -> which of the seven it is judged as."""
    own = store.query("questions_as_of", as_of_end=_EVER)
    return every_key() | dict(zip(own["question"], own["asks"], strict=True))


def every_key() -> dict[str, str]:
    """Key of every shipped question -> which of the seven it is judged as."""
    return {one.key: one.asks for method in METHODS for one in shipped(method).questions}


def labels(store: Store, as_of_end: datetime) -> dict[str, str]:
    """Key of every question, of any method, shipped or the company's own -> its short name at a moment."""
    named = {one.key: one.label for method in METHODS for one in shipped(method).questions}
    own = store.query("questions_as_of", as_of_end=as_of_end).sort_values("valid_at", kind="stable")
    return named | dict(zip(own["question"], own["label"], strict=True))


def wordings() -> dict[str, str]:
    """Wording and key of every shipped question -> its key; by these, files may name it."""
    found: dict[str, str] = {}
    for method in METHODS:
        for one in shipped(method).questions:
            found |= {one.wording: one.key, one.key: one.key}
    return found
