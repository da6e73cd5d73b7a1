"""Building a world: buyers live, reps report, and both are handed over apart from each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.sample_company import events
from analytics.sample_company.accounts import Accounts, draw_accounts
from analytics.sample_company.answers import write_answers
from analytics.sample_company.arrays import stream
from analytics.sample_company.buyer import WON, BuyerState
from analytics.sample_company.calls import CallSheet
from analytics.sample_company.crm import Crm, open_crm, watch
from analytics.sample_company.frames import (
    call_frame,
    change_frame,
    deal_frame,
    setting_frame,
    shape_subjects,
    target_frame,
    work_frame,
)
from analytics.sample_company.history import Stage, live_through, set_stage
from analytics.sample_company.log import Log
from analytics.sample_company.meetings import Meetings
from analytics.sample_company.money import draw_rates
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.people import style_frame
from analytics.sample_company.stages import stage_frame
from analytics.sample_company.stakeholders import stakeholder_frame
from analytics.sample_company.statements import restate, who_updates
from analytics.sample_company.targets import set_targets
from analytics.sample_company.truth import deal_truth, spell_truth

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class World:
    """A sample company. `subjects` is what its CRM shows; `truth` is what nobody in it can see as a whole."""

    options: WorldOptions
    subjects: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


@dataclass
class _Books:
    """Logs that belong to the company and not to a deal."""

    targets: Log
    calls: Log
    sheet: CallSheet
    meetings: Meetings


def build_world(options: WorldOptions | None = None, progress: Progress | None = None) -> World:
    """Simulate the company day by day and hand over its CRM and its truth.

    `progress` is told the share that is done (0-1) and what is going on.
    """
    options = options or WorldOptions()
    tell = progress or (lambda share, what: None)
    stage = set_stage(options)
    crm = open_crm(stage, draw_rates(options, stage.days))
    calls = Log("owner", "submitted_by", "quarter_start", "valid_at", "commit_amount", "best_case_amount",
                "most_likely_amount")  # fmt: skip
    targets = Log("owner", "quarter_start", "valid_at", "amount")
    books = _Books(targets, calls, CallSheet(calls), Meetings(stage))
    last = stage.days.index(options.last_day)
    state: BuyerState | None = None
    for day, rows, state in live_through(stage, last):
        if day % 50 == 0:
            tell(0.6 * day / last, "living through the days")
        _work_day(crm, books, rows, state, day)
    assert state is not None
    return _hand_over(stage, crm, books, state, tell)


def _work_day(crm: Crm, books: _Books, rows: np.ndarray, state: BuyerState, day: int) -> None:
    """One business day at the company, in the order of its hours."""
    days, options = crm.stage.days, crm.stage.options
    rng = stream(options.seed, "crm", day)
    watch(crm, rows, state, day)
    if days.from_quarter_start[day] == 0:
        set_targets(crm, day, int(days.quarter[day]), books.targets)
    events.hand_over(crm, day, rng)
    events.enter_deals(crm, state, rows, day, rng)
    events.reopen(crm, state, rows, day, rng)
    worked = rows[crm.is_open[rows] & (crm.entered_on[rows] < day) & (state.status[rows] < WON)]
    restate(crm, who_updates(crm, worked, day, rng), day, rng)
    if days.weekday[day] == 0 and days.dates[day] >= np.datetime64(options.first_day):
        books.sheet.monday(crm, day, rng)
    books.meetings.monday(crm, day)
    events.record_closes(crm, state, rows, day, rng)


def _hand_over(stage: Stage, crm: Crm, books: _Books, state: BuyerState, tell: Progress) -> World:
    tell(0.6, "writing the CRM down")
    accounts = draw_accounts(stage)
    changes = change_frame(crm, accounts)
    shown = np.unique(changes["row"].to_numpy())
    work = work_frame(crm, accounts, shown)
    subjects = {
        "deal": deal_frame(crm, accounts, changes),
        "deal_change": changes,
        "deal_work": work,
        "stakeholder": stakeholder_frame(crm, accounts, changes),
        "person": stage.people.frame,
        "stage": stage_frame(),
        "target": target_frame(stage, books.targets),
        "submitted_call": call_frame(stage, books.calls),
        "currency_rate": crm.rates.frame,
        "setting": setting_frame(),
        **books.meetings.frames(accounts),
    }
    tell(0.7, "writing the answers")
    answers, answer_truth = _answers(stage, crm, accounts, changes, tell)
    subjects["answer"] = answers
    truth = {
        "deals": deal_truth(stage, crm, accounts, state, shown),
        "spells": spell_truth(crm, accounts, shown),
        "reps": style_frame(stage.people, stage.days, stage.options),
        "answers": answer_truth,
    }
    tell(1.0, "done")
    return World(stage.options, shape_subjects(subjects, stage.options), truth)


def _answers(
    stage: Stage, crm: Crm, accounts: Accounts, changes: pd.DataFrame, tell: Progress
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if not stage.options.answers:
        empty = ["deal_id", "question", "valid_at"]
        return pd.DataFrame(columns=empty), pd.DataFrame(columns=[*empty, "depth", "basis"])
    return write_answers(
        stage, crm, accounts, changes, lambda share: tell(0.7 + 0.28 * share, "writing the answers")
    )
