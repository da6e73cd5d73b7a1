"""The business case over time: dated answers, in the reps' own words, about what they knew by then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

import numpy as np
import pandas as pd

from analytics.sample_company.accounts import Accounts
from analytics.sample_company.arrays import NEVER, Words
from analytics.sample_company.buyer import ECONOMIC_BUYER
from analytics.sample_company.crm import Crm
from analytics.sample_company.frames import only_changes
from analytics.sample_company.history import Stage
from analytics.sample_company.knowledge import Plan, plan_answers
from analytics.sample_company.names import INDUSTRIES
from analytics.sample_company.people import TEAMS
from analytics.sample_company.prose import Voice, compose, draw_voice, dress_up
from analytics.sample_company.stakeholders import closing_days, contact_names, contact_titles
from analytics.sample_company.story import Buyer, Cast, Contact, Story
from analytics.sample_company.traits import CURRENCIES
from analytics.store.subjects import QUESTIONS

#: how an answer came about
FACT, BLUFF, COPY = "fact", "bluff", "copy"
_SOURCES = ("crm", "crm", "crm", "call note", "mail", "business case form")


@dataclass
class _Desk:
    """What is at hand while answers are written."""

    stage: Stage
    crm: Crm
    accounts: Accounts
    names: Words
    titles: Words
    voices: dict[int, Voice]
    drawer: dict[tuple[int, int], list[tuple[int, str, int]]]  # rep, question -> row, text, depth


def write_answers(
    stage: Stage, crm: Crm, accounts: Accounts, changes: pd.DataFrame, tell: Callable[[float], None]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Subject 'answer', and the truth: the depth that was meant, and whether it is fact, bluff or copy."""
    rows = np.unique(changes["row"].to_numpy())
    plan = plan_answers(crm, rows, closing_days(crm))
    seed = stage.options.seed
    desk = _Desk(
        stage,
        crm,
        accounts,
        contact_names(accounts, seed),
        contact_titles(accounts, seed),
        _voices(stage),
        {},
    )
    order = np.argsort(crm.entered_on[rows], kind="stable")
    written: list[tuple[object, ...]] = []
    for number, at in enumerate(order):
        if number % 500 == 0:
            tell(number / len(order))
        written += _write_deal(desk, plan, int(at))
    return _frames(written, stage)


def _voices(stage: Stage) -> dict[int, Voice]:
    voices = {}
    for person in range(len(stage.people.person_id)):
        team = int(stage.people.team[person])
        rng = Random(stage.options.seed * 7919 + person)
        voices[person] = draw_voice(rng, TEAMS[team][0] if team >= 0 else "")
    return voices


def _frames(written: list[tuple[object, ...]], stage: Stage) -> tuple[pd.DataFrame, pd.DataFrame]:
    columns = [
        "deal_id",
        "question",
        "valid_at",
        "answer",
        "author",
        "source",
        "confirmed_by",
        "depth",
        "basis",
    ]
    frame = pd.DataFrame(written, columns=columns)
    frame = frame[frame["valid_at"] < pd.Timestamp(stage.options.last_day) + pd.Timedelta(days=1)]
    frame = frame.sort_values("valid_at", kind="stable")
    frame = frame.drop_duplicates(["deal_id", "question", "valid_at"], keep="last")
    frame = only_changes(frame, ["deal_id", "question"], ["answer", "author", "source", "confirmed_by"])
    return frame.drop(columns=["depth", "basis"]), frame[
        ["deal_id", "question", "valid_at", "depth", "basis"]
    ]


def _write_deal(desk: _Desk, plan: Plan, at: int) -> list[tuple[object, ...]]:
    """All answers of one deal, in the order of time."""
    row = int(plan.rows[at])
    rng = Random(desk.stage.options.seed * 1_000_003 + row)
    story = Story(INDUSTRIES[desk.accounts.industry[desk.accounts.of_deal[row]]], rng)
    best = [-1] * len(QUESTIONS)
    written: list[tuple[object, ...]] = []
    for moment in np.argsort(plan.day[at], kind="stable"):
        day = int(plan.day[at, moment])
        for question in np.flatnonzero(plan.writes[at, moment]):
            depth = int(plan.depth[at, moment, question])
            if depth < best[question] and rng.random() < 0.75:
                continue
            best[question] = depth
            written.append(_write_answer(desk, story, row, day, int(question), depth, rng))
    return written


def _write_answer(
    desk: _Desk, story: Story, row: int, day: int, question: int, depth: int, rng: Random
) -> tuple[object, ...]:
    stage = desk.stage
    rep = int(stage.people.occupant[stage.traits.seat[row], day])
    voice = desk.voices[rep]
    today = stage.days.dates[day].astype(date)
    buyer = _buyer(desk, row, day, rng)
    text, depth, basis = _wording(desk, story, buyer, voice, rep, row, question, depth, today, rng)
    seconds = np.timedelta64(rng.randrange(8 * 3600, 18 * 3600), "s")
    sure = depth == 4 and basis == FACT and rng.random() < 0.3
    return (
        desk.accounts.deal_id[row],
        QUESTIONS[question],
        max(
            stage.days.dates[day].astype("datetime64[s]") + seconds,
            np.datetime64(stage.options.first_day, "s"),
        ),
        text,
        stage.people.person_id[rep],
        rng.choice(_SOURCES),
        buyer.who.champion.name if sure else None,
        depth,
        basis,
    )


def _wording(
    desk: _Desk,
    story: Story,
    buyer: Buyer,
    voice: Voice,
    rep: int,
    row: int,
    question: int,
    depth: int,
    today: date,
    rng: Random,
) -> tuple[str, int, str]:
    """Text, the depth it shows, and what it rests on: facts, nothing, or another deal."""
    key, pocket = QUESTIONS[question], desk.drawer.setdefault((rep, question), [])
    others = [kept for kept in pocket[-12:] if kept[0] != row]
    if depth <= 2 and others and rng.random() < voice.copies:
        _, text, copied_depth = rng.choice(others)
        return text, copied_depth, COPY
    if depth <= 1 and rng.random() < voice.bluffs:
        return _bluff(key, story, buyer, voice, today, rng)
    text = compose(key, depth, story, buyer, today, voice, rng)
    if depth >= 1:
        pocket.append((row, text, depth))
    return text, depth, FACT


def _bluff(
    key: str, story: Story, buyer: Buyer, voice: Voice, today: date, rng: Random
) -> tuple[str, int, str]:
    """Many words about nothing, or a tale with made-up figures and people."""
    if rng.random() < 0.6:
        return dress_up(key, story.facts(buyer, today, voice.dates, rng), rng), 1, BLUFF
    invented = Story(buyer.who.industry, rng)
    depth = rng.choice([3, 3, 4])
    return compose(key, depth, invented, buyer, today, voice, rng), depth, BLUFF


def _buyer(desk: _Desk, row: int, day: int, rng: Random) -> Buyer:
    """What the rep can know of the buyer on a day: nothing that had not happened some days before."""
    stage, crm, account = desk.stage, desk.crm, int(desk.accounts.of_deal[row])
    traits, seen = stage.traits, day - int(crm.habits.sees_late[row])
    if stage.options.has_grounds or not stage.options.depth_matters:
        return _any_buyer(desk, row, day, rng)
    granted, event = int(crm.granted_on[row]), int(traits.event_day[row])
    known = granted <= seen
    return Buyer(
        who=_who(desk, row, account),
        reached_economic=bool(crm.first_reached[row, ECONOMIC_BUYER] <= seen),
        granted=_date(stage, granted if granted >= traits.born[row] else granted - 20) if known else None,
        decision=_date(stage, max(int(traits.budget_day[row]), day + 5 + rng.randrange(30))),
        budget_hopeless=bool(traits.pain[row] < -0.8),
        needs_review=bool(traits.needs_security[row]),
        queue=int(crm.queue_seen[row]) if crm.first_reached[row, 5] <= seen else rng.randint(1, 5),
        event=_date(stage, event) if day < event < NEVER else None,
    )


def _any_buyer(desk: _Desk, row: int, day: int, rng: Random) -> Buyer:
    """A buyer made of dice, for the world in which answers say nothing about the deal."""
    stage = desk.stage
    return Buyer(
        who=_who(desk, row, int(desk.accounts.of_deal[row])),
        reached_economic=rng.random() < 0.5,
        granted=_date(stage, max(day - rng.randint(3, 40), 0)) if rng.random() < 0.4 else None,
        decision=_date(stage, day + rng.randint(5, 60)),
        budget_hopeless=rng.random() < 0.25,
        needs_review=rng.random() < 0.6,
        queue=rng.randint(1, 5),
        event=_date(stage, day + rng.randint(10, 90)) if rng.random() < 0.4 else None,
    )


def _who(desk: _Desk, row: int, account: int) -> Cast:
    def contact(part: int) -> Contact:
        return Contact(desk.names[account, part], desk.titles[account, part])

    return Cast(
        industry=INDUSTRIES[desk.accounts.industry[account]],
        city=desk.accounts.city[account],
        currency=CURRENCIES[desk.stage.traits.currency[row]],
        amount=float(desk.stage.traits.amount[row]),
        champion=contact(0),
        economic=contact(1),
        security=contact(2),
        procurement=contact(3),
        user=contact(4),
    )


def _date(stage: Stage, day: int) -> date:
    """The calendar date of a day index, within the calendar."""
    found: date = stage.days.dates[min(max(day, 0), len(stage.days.dates) - 1)].astype(date)
    return found
