"""Commands about the answers of the business case: depth."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.business_case.depth.explain import Depth, explain_all
from analytics.business_case.depth.vocabulary import SLOTS
from analytics.problems import BadInput
from analytics.store.database import Store

_COLUMNS = ("id", "question", "answer")
_BATCH = 5_000


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    depth = commands.add_parser("depth", help="how deep each answer is (0-4), with the words that earned it")
    depth.add_argument("input", type=Path, metavar="IN.csv", help="columns id, question, answer")
    depth.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    depth.set_defaults(run=_depth)


def _depth(_store: Store, given: argparse.Namespace) -> None:
    answers = _read(given.input)
    found: list[Depth] = []
    for start in range(0, len(answers), _BATCH):
        part = answers.iloc[start : start + _BATCH]
        found += explain_all(list(part["question"]), list(part["answer"]))
    table = pd.DataFrame(
        {
            "id": answers["id"],
            "depth": pd.Series([one.level for one in found], dtype="int64"),
            "spans": [_spans(one) for one in found],
            "missing": [one.missing for one in found],
        }
    )
    try:
        table.to_csv(given.out, index=False)
    except OSError as error:
        raise BadInput("the file cannot be written", where=str(given.out), got=str(error)) from error
    print(f"{len(table):,} answers scored", file=sys.stderr)


def _spans(depth: Depth) -> str:
    return json.dumps(
        [{"rule": one.rule, "start": one.start, "text": one.text} for one in depth.spans], ensure_ascii=False
    )


def _read(path: Path) -> pd.DataFrame:
    where = str(path)
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadInput("no such file", where=where) from error
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise BadInput(
            "cannot be read as CSV", where=where, expected="UTF-8 text with a header row", got=str(error)
        ) from error
    table.columns = [str(name).strip().lower() for name in table.columns]
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise BadInput(
            f"column missing: {', '.join(missing)}",
            where=where,
            expected=", ".join(_COLUMNS),
            got=", ".join(map(str, table.columns)),
        )
    table["question"] = table["question"].str.strip().str.lower()
    unknown = ~table["question"].isin(list(SLOTS))
    if unknown.any():
        row = int(unknown.to_numpy().argmax())
        raise BadInput(
            "unknown question",
            where=f"{where}, row {row + 2}",
            expected=" or ".join(SLOTS),
            got=repr(str(table["question"].iloc[row])),
        )
    return table
