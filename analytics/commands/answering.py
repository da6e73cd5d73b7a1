"""Commands about the answers of the business case: depth."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.business_case.depth.answer_file import AnswerFile, read_answers
from analytics.business_case.depth.explain import Depth
from analytics.business_case.depth.many import explain_parts
from analytics.commands.progress import progress_bar
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.wording import count

_BAD_SHOWN = 20


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    depth = commands.add_parser(
        "depth",
        help="how deep each answer is (0-4), with the words that earned it",
        description="Scores each answer 0-4. OUT.csv has id, depth, spans (JSON: rule, start, text), missing "
        "(what the next level asks for) and copy_of (an earlier row with the same words under the same "
        "question). Rows that cannot be used are named on stderr and left out; exit 2 only if no row could "
        "be used or the file as a whole cannot be read.",
    )
    depth.add_argument("input", type=Path, metavar="IN.csv", help="columns id, question, answer")
    depth.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    depth.set_defaults(run=_depth)


def _depth(_store: Store, given: argparse.Namespace) -> None:
    if given.out.exists() and given.input.exists() and given.out.samefile(given.input):
        raise BadInput("OUT.csv is IN.csv", where=str(given.out), to_do="Give --out another name.")
    answers = read_answers(given.input)
    _name_bad(answers)
    found: list[Depth] = []
    with progress_bar() as report:
        for part in explain_parts(answers.questions, answers.answers):
            found += part
            report(len(found) / len(answers.ids), "scoring answers")
    table = pd.DataFrame(
        {
            "id": answers.ids,
            "depth": pd.Series([one.level for one in found], dtype="int64"),
            "spans": [_spans(one) for one in found],
            "missing": [one.missing for one in found],
            "copy_of": answers.copies(),
        }
    )
    try:
        table.to_csv(given.out, index=False)
    except OSError as error:
        raise BadInput("the file cannot be written", where=str(given.out), got=str(error)) from error
    left_out = f", {count(len(answers.bad), 'row')} left out" if answers.bad else ""
    print(f"{count(len(table), 'answer')} scored{left_out}", file=sys.stderr)


def _name_bad(answers: AnswerFile) -> None:
    """Each row that cannot be used on a line of its own; an error if there is no other."""
    if answers.bad and not answers.ids:
        raise answers.bad[0]
    for problem in answers.bad[:_BAD_SHOWN]:
        print(f"left out: {problem}", file=sys.stderr)
    if len(answers.bad) > _BAD_SHOWN:
        print(f"... and {len(answers.bad) - _BAD_SHOWN:,} more", file=sys.stderr)


def _spans(depth: Depth) -> str:
    return json.dumps(
        [{"rule": one.rule, "start": one.start, "text": one.text} for one in depth.spans], ensure_ascii=False
    )
