"""The business case of one deal as of a day: everything that its page shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.business_case.case import cases_as_of
from analytics.business_case.contradictions import contradictions
from analytics.business_case.depth.explain import SCORER_VERSION
from analytics.business_case.documents import documents
from analytics.business_case.next_question import NextQuestion, next_question
from analytics.business_case.questions import Method, Question
from analytics.business_case.scores import with_levels
from analytics.business_case.standing import counted, standings
from analytics.company import Company
from analytics.store.database import Store
from analytics.wording import count, day, is_missing, listed

#: Kinds of notes in Blue Sheets, in the order in which they matter, with their headings.
NOTE_KINDS = {
    "red_flag": "Red flags",
    "action": "Actions",
    "information_needed": "Information needed",
    "competition": "Competition",
    "objective": "Sales objective",
    "strength": "Strengths",
    "win_result": "Win-results",
    "decision_criteria": "Decision criteria",
    "decision_process": "Decision process",
    "position": "Position",
    "ideal_customer": "Ideal customer",
}


@dataclass(frozen=True)
class Answer:
    """One question of the case and what is known about it."""

    question: Question  # as it reads today
    asked: Question  # as it read when the answer was given
    row: dict[str, Any]  # of Cases.answers
    versions: pd.DataFrame  # newest first: valid_at, day, answer, author_name, source, level, spans, wording
    objections: list[str]  # contradictions with the mechanics

    @property
    def is_answered(self) -> bool:
        """Whether there is a text that is not blank."""
        return bool(self.row["is_answered"])

    def provenance(self, company: Company) -> str:
        """Who said it when, how old that is, from which source, confirmed by whom."""
        row, latest = self.row, self.versions.iloc[0]
        parts = [_known(latest["author_name"], "author not recorded")]
        days = int(row["age"])
        parts.append(f"{day(row['answered_on'], locale=company.locale)}, {count(days, 'day')} old")
        if row["freshness"] < 0.5:
            parts.append("stale")
        if not is_missing(row["source"]):
            parts.append(f"source: {row['source']}")
        if not is_missing(row["confirmed_by"]):
            parts.append(f"confirmed by {row['confirmed_by']}")
        if self.asked.wording != self.question.wording:
            parts.append(f"asked as: {self.asked.wording}")
        return " · ".join(parts)

    def standing(self) -> str:
        """Whose word the level is, where it is not the scorer's; '' where it is (a copy is an objection)."""
        row = self.row
        if row["counts"] == "overruled":
            return (
                f"Set to {row['level']} by {row['overruled_by']}: {row['overrule_reason']} "
                f"(the text alone shows {row['scored_level']})"
            )
        return ""


@dataclass(frozen=True)
class DealCase:
    """The case of one deal: its depth, the answers in the method's order, and what Blue Sheets add."""

    method: Method
    case_depth: float
    fresh_depth: float
    answers: list[Answer]
    others: pd.DataFrame  # latest answers to questions that the method does not show
    objections: list[str]  # contradictions of the case as a whole
    ask: NextQuestion | None
    notes: pd.DataFrame
    influences: pd.DataFrame
    documents: pd.DataFrame

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(one.is_answered for one in self.answers)

    def in_words(self) -> str:
        """How deep the case is, and where it is empty or thin."""
        levels = {one.question.label.lower(): int(one.row["level"]) for one in self.answers}
        empty, thin = ([name for name, level in levels.items() if level == low] for low in (0, 1))
        said = [f"nothing on {listed(empty)}"] if empty else []
        said += [f"only the surface on {listed(thin)}"] if thin else []
        where = f": {'; '.join(said)}" if said else ""
        age = f", {self.fresh_depth:.1f} when old answers count less" if self.answered else ""
        return f"Case depth {self.case_depth:.1f} of 4{age}{where}."


def deal_case(store: Store, company: Company, deal: pd.Series[Any], as_of: date) -> DealCase:
    """The case of a deal (a row of deals_as_of), as of a day. Nothing later is used."""
    end, deal_id = company.calendar.end_of(as_of), str(deal["deal_id"])
    with store.reading():
        cases = cases_as_of(store, company, as_of, deal.to_frame().T.infer_objects(), deal_id)
        versions = store.query("deal_answers", deal_id=deal_id, as_of_end=end, scorer=SCORER_VERSION)
        versions = counted(with_levels(store, versions), standings(store, end, deal_id))
        notes = store.query("deal_notes", deal_id=deal_id, as_of_end=end)
        influences = store.query("deal_influences", deal_id=deal_id, as_of_end=end)
        sheets = documents(store, end, deal_id)
    versions = _dated(versions, cases.method, company)
    against = contradictions(cases, company, as_of, {deal_id: len(influences)})
    rows = {str(row["question"]): row for row in cases.answers.to_dict("records")}
    answers = [
        Answer(
            question=one,
            asked=_asked(cases.method, one, rows[one.key]),
            row={str(key): value for key, value in rows[one.key].items()},
            versions=versions[versions["question"] == rows[one.key]["answered_as"]].reset_index(drop=True),
            objections=list(against.loc[against["question"] == one.key, "text"]),
        )
        for one in cases.questions
    ]
    shown = {row["answered_as"] for row in rows.values()}
    depth = cases.deals.iloc[0]
    return DealCase(
        method=cases.method,
        case_depth=float(depth["case_depth"]),
        fresh_depth=float(depth["fresh_depth"]),
        answers=answers,
        others=versions[(versions["version_from_newest"] == 1) & ~versions["question"].isin(shown)],
        objections=list(against.loc[against["question"] == "", "text"]),
        ask=next_question(cases, deal_id, against, as_of) if deal["is_open"] else None,
        notes=_in_order(notes),
        influences=influences,
        documents=sheets,
    )


def _in_order(notes: pd.DataFrame) -> pd.DataFrame:
    """Red flags first, each kind under its heading."""
    rank = notes["kind"].map({kind: at for at, kind in enumerate(NOTE_KINDS)}).fillna(len(NOTE_KINDS))
    heading = notes["kind"].map(NOTE_KINDS).fillna(notes["kind"])
    ordered = notes.assign(heading=heading, rank=rank).sort_values("rank", kind="stable")
    return ordered.drop(columns="rank").reset_index(drop=True)


def _asked(method: Method, question: Question, row: dict[Any, Any]) -> Question:
    """The version of the question that was in force when its answer was given."""
    if is_missing(row["valid_at"]) or row["answered_as"] != question.key:
        return question
    return method.in_force(question.key, row["valid_at"])


def _dated(versions: pd.DataFrame, method: Method, company: Company) -> pd.DataFrame:
    """With the company day, and the question's wording at that time."""
    local = versions["valid_at"].dt.tz_localize("UTC").dt.tz_convert(company.calendar.time_zone)
    wording = [
        method.in_force(str(key), at).wording if key in method.versions else str(key)
        for key, at in zip(versions["question"], versions["valid_at"], strict=True)
    ]
    return versions.assign(
        day=local.dt.tz_localize(None),
        wording=wording,
        author_name=versions["author_name"].fillna("(not recorded)"),
    )


def _known(value: Any, otherwise: str) -> str:
    return otherwise if is_missing(value) else str(value)


def history_table(answer: Answer) -> pd.DataFrame:
    """Every version of an answer, newest first, for reading and download."""
    rows = answer.versions
    return pd.DataFrame(
        {
            "When": rows["day"],
            "Who": rows["author_name"],
            "Level": rows["level"],
            "Answer": rows["answer"],
            "Source": rows["source"],
            "Asked as": rows["wording"],
        }
    )


def case_table(case: DealCase) -> pd.DataFrame:
    """The whole case as a table, for download."""
    return pd.DataFrame(
        [
            {
                "Question": one.question.wording,
                "Level": one.row["level"] if one.is_answered else None,
                "Answer": one.row["answer"] if one.is_answered else None,
                "Answered on": one.row["answered_on"],
                "Author": one.versions.iloc[0]["author_name"] if one.is_answered else None,
                "Source": one.row["source"],
                "Confirmed by": one.row["confirmed_by"],
                "Missing": one.row["missing"],
            }
            for one in case.answers
        ]
    )
