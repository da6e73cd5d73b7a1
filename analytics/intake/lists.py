"""The plain list of our own: answers to the business-case questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.intake.fields import Field, Typing, drop_duplicates, key, locate, reject_where
from analytics.intake.job import Job
from analytics.intake.raw import Probe
from analytics.problems import BadInput
from analytics.store.subjects import QUESTIONS

ANSWERS = (
    Field(
        "deal_id",
        required=True,
        labels=("deal_id", "Opportunity ID", "OpportunityId", "Deal ID", "Record ID"),
    ),
    Field("question", required=True),
    Field("answer"),
    Field("answered_at", "moment", required=True, labels=("answered_at", "answered", "date")),
    Field("author"),
    Field("source"),
    Field("confirmed_by"),
)


def is_answers(header: Sequence[str]) -> bool:
    """Whether a file lists answers."""
    return {"deal_id", "question", "answer"} <= set(locate(header, ANSWERS))


def _typed(job: Job, found: Probe, kind: str, fields: Sequence[Field], needed: Sequence[str]) -> str:
    """Read a list whose columns have fixed names."""
    columns = locate(found.header, fields)
    if missing := [name for name in needed if name not in columns]:
        raise BadInput(
            f"the column '{missing[0]}' is missing",
            where=found.label,
            expected=", ".join(field.name for field in fields),
            got=", ".join(found.header[:25]),
            to_do="Rename or add the column.",
        )
    raw = job.load(found, kind, list(columns.values()))
    typing = Typing(job, raw, fields, columns)
    typing.decide(set())
    return typing.read()


def _load_questions(job: Job, table: str, names: Mapping[str, str]) -> None:
    """Create `question_name`: what is written in the file -> the question that it is, where it is one."""
    job.con.execute("create or replace table question_name (theirs varchar, ours varchar)")
    written = [text for (text,) in job.con.execute(f"select distinct question from {table}").fetchall()]
    if known := [[text, names[key(text)]] for text in written if key(text) in names]:
        job.con.executemany("insert into question_name values (?, ?)", known)


def stage_answers(job: Job, probes: Sequence[Probe]) -> None:
    """Stage answers, each valid from when it was given."""
    names = {key(text): name for text, name in job.known.questions.items() if key(text)}
    for found in probes:
        table = _typed(job, found, "answers", ANSWERS, ("deal_id", "question", "answer", "answered_at"))
        _load_questions(job, table, names)
        reject_where(
            job,
            table,
            "question not in (select theirs from question_name)",
            "question",
            "question",
            f"'expected one of the seven questions ({', '.join(QUESTIONS)}), MEDDPICC, BANT or your own,"
            " got ''' || left(question, 60)"
            " || '''; use the key or the exact wording'",
        )
        job.con.execute(
            f"update {table} set question = q.ours from question_name q where q.theirs = question"
        )
        same = ["answer", "author", "source", "confirmed_by"]
        drop_duplicates(
            job, table, ["deal_id", "question", "answered_at"], same, "line desc", "deal, question and time"
        )
        job.con.execute(
            "insert into answer (deal_id, question, answer, author, source, confirmed_by, valid_at,"
            " file_no, line, seq)"
            " select deal_id, question, coalesce(answer, ''), author, source, confirmed_by, answered_at,"
            " file_no, line, line"
            f" from {table}"
        )
