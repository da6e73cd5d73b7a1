"""What people decide about deals in a review, and what became of it. Every row is new; nothing is changed."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.subjects import CATEGORIES
from analytics.written_rows import clean, need, write

KEEP, MOVE_DATE, MOVE_CATEGORY, ACTION, CLOSE_OUT = KINDS = (
    "keep",
    "move date",
    "move category",
    "action",
    "close out",
)
OPEN, DONE, NOT_DONE, DROPPED = STATES = ("open", "done", "not done", "dropped")


@dataclass(frozen=True)
class Seen:
    """How a deal stood when somebody decided about it: what the decision is graded against later.

    `amount` in the company's currency; `probability` stated, `chance` the model's, to be won in the quarter
    (0-1); None where there was none.
    """

    close_date: date | None = None
    category: str | None = None
    amount: float | None = None
    probability: float | None = None
    chance: float | None = None

    @classmethod
    def of(cls, deal: pd.Series) -> Seen:
        """From a row of `AtRisk.deals` (stated, evidenced) or of anything with some of its columns."""

        def known(column: str) -> float | None:
            value = deal.get(column)
            return None if value is None or pd.isna(value) else float(value)

        day, category = deal.get("close_date"), deal.get("category")
        return cls(
            None if day is None or pd.isna(day) else pd.Timestamp(day).date(),
            None if category is None or pd.isna(category) else str(category),
            known("amount_company"),
            known("stated"),
            known("evidenced"),
        )


@dataclass(frozen=True)
class Decision:
    """What a review decides about one deal. `close_date` belongs to MOVE_DATE, `category` to MOVE_CATEGORY,
    `action`, `action_owner` (person_id or a name) and `due` to ACTION; a note may stand with each."""

    deal_id: str
    quarter: str
    kind: str
    author: str
    note: str = ""
    close_date: date | None = None
    category: str = ""
    action: str = ""
    action_owner: str = ""
    due: date | None = None
    seen: Seen = Seen()


def decide(store: Store, company: Company, as_of: date, decision: Decision) -> str:
    """Keep a decision made while looking at `as_of`; returns its decision_id.

    Two people who decide about one deal are both kept, in the order of their writing. Raises BadInput where
    something is missing, or if `as_of` is not the last day of the data.
    """
    _check(decision)
    decision_id = uuid.uuid4().hex
    stated = {name: value for name, value in asdict(decision).items() if name != "seen"}
    row = {name: clean(value) if isinstance(value, str) else value for name, value in stated.items()}
    row |= {f"seen_{name}": value for name, value in asdict(decision.seen).items()}
    write(store, company, as_of, "decision", {"decision_id": decision_id, **row}, kind="decision")
    return decision_id


def report_action(
    store: Store,
    company: Company,
    as_of: date,
    decision_id: str,
    state: str,
    *,
    author: str,
    note: str = "",
    done_on: date | None = None,
) -> None:
    """Say what became of a decided action; `state` OPEN takes an earlier report back.

    `done_on` (of DONE; else `as_of`): not before the day of the decision, not after `as_of`. Raises BadInput.
    """
    if state not in STATES:
        raise BadInput("there is no such state of an action", expected=", ".join(STATES), got=state)
    need(author, "your name")
    known = decisions_as_of(store, company, as_of)
    mine = known[(known["decision_id"] == decision_id) & (known["kind"] == ACTION)]
    if mine.empty:
        raise BadInput("there is no such action", got=decision_id, to_do="Choose it from the open actions.")
    done = done_on or as_of
    decided = mine["day"].iloc[0].date()
    if state == DONE and not decided <= done <= as_of:
        raise BadInput(
            "it cannot have been done on this day", expected=f"a day from {decided} to {as_of}", got=str(done)
        )
    row = {
        "decision_id": decision_id,
        "state": state,
        "done_on": done if state == DONE else None,
        "note": clean(note) or None,
        "author": clean(author),
    }
    write(store, company, as_of, "action_report", row, kind="decision")


def decisions_as_of(store: Store, company: Company, as_of: date) -> pd.DataFrame:
    """Every decision known at the end of a day, in the order in which they were made.

    The columns of `queries/decisions_as_of.sql`, with `day` (company day that was looked at), days as
    Timestamps, texts '' where nothing was said, and `state` (of actions: one of STATES; '' for others).
    """
    rows = store.query("decisions_as_of", as_of_end=company.calendar.end_of(as_of))
    texts = ["category", "action", "action_owner", "action_owner_name", "note", "author", "state_note",
             "state_author", "seen_category"]  # fmt: skip
    is_action = rows["kind"] == ACTION
    return rows.assign(
        **{name: rows[name].fillna("").astype(str) for name in texts},
        **{name: pd.to_datetime(rows[name]) for name in ("close_date", "due", "done_on", "seen_close_date")},
        day=pd.to_datetime([company.calendar.day_of(at.to_pydatetime()) for at in rows["valid_at"]]),
        state=rows["state"].fillna(OPEN).where(is_action, ""),
    )


def standing(decisions: pd.DataFrame) -> pd.DataFrame:
    """What is decided about each deal (index deal_id); of `decisions_as_of`.

    An action stands beside what else was decided and never takes its place: it is the last decision that is
    none; where nothing else was decided, the last action.
    """
    is_action = decisions["kind"] == ACTION
    in_turn = pd.concat([decisions[is_action], decisions[~is_action]])
    return in_turn.drop_duplicates("deal_id", keep="last").set_index("deal_id")


def last_actions(decisions: pd.DataFrame) -> pd.DataFrame:
    """The last action decided about each deal (index deal_id); of `decisions_as_of`."""
    rows = decisions[decisions["kind"] == ACTION]
    return rows.drop_duplicates("deal_id", keep="last").set_index("deal_id")


def open_actions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Actions that nobody has reported on, the longest due first."""
    rows = decisions[decisions["state"] == OPEN]
    return rows.sort_values("due", kind="stable", na_position="last").reset_index(drop=True)


def _check(decision: Decision) -> None:
    need(decision.author, "your name")
    need(decision.deal_id, "the deal")
    if decision.kind not in KINDS:
        raise BadInput("there is no such decision", expected=", ".join(KINDS), got=decision.kind)
    if decision.kind == MOVE_DATE and decision.close_date is None:
        raise BadInput("the new close date is missing", to_do="Say to which day it moves.")
    if decision.kind == MOVE_CATEGORY and decision.category not in CATEGORIES[1:]:
        raise BadInput(
            "the new category is missing", expected=", ".join(CATEGORIES[1:]), got=decision.category or "none"
        )
    if decision.kind == ACTION:
        need(decision.action, "what is to be done")
        need(decision.action_owner, "who does it")
        if decision.due is None:
            raise BadInput(
                "the day on which it is due is missing", to_do="An action without a day is a wish."
            )
