"""Contact roles: who at the buyer the rep has met and noted down, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sample_company.accounts import Accounts
from analytics.sample_company.arrays import Dates, Ints, Words, stream, words
from analytics.sample_company.buyer import CHAMPION, ECONOMIC_BUYER, EVALUATION, LEGAL, PROBLEM, SECURITY
from analytics.sample_company.crm import Crm
from analytics.sample_company.names import FIRST_NAMES, LAST_NAMES, TITLES

#: part a contact plays: role in the CRM, phase from which the rep may meet them, chance that they are noted
PARTS = (
    ("Champion", CHAMPION, 0.85),
    ("Economic Buyer", ECONOMIC_BUYER, 0.70),
    ("Technical Evaluator", SECURITY, 0.60),
    ("Procurement", LEGAL, 0.55),
    ("User", PROBLEM, 0.80),
    ("Legal", LEGAL, 0.30),
    ("Evaluator", EVALUATION, 0.45),
)
#: which list of titles each part takes its title from
_TITLE_LIST = (0, 1, 2, 3, 4, 5, 0)


def contact_names(accounts: Accounts, seed: int) -> Words:
    """Account x part: the name of the person who plays it."""
    rng = stream(seed, "contacts")
    shape = (len(accounts.name), len(PARTS))
    first = words(list(FIRST_NAMES))[rng.integers(0, len(FIRST_NAMES), shape)]
    last = words(list(LAST_NAMES))[rng.integers(0, len(LAST_NAMES), shape)]
    return np.asarray(first + " " + last)


def contact_titles(accounts: Accounts, seed: int) -> Words:
    """Account x part: the person's title."""
    rng = stream(seed, "titles")
    columns = [words(TITLES[t])[rng.integers(0, len(TITLES[t]), len(accounts.name))] for t in _TITLE_LIST]
    return np.column_stack(columns)


def stakeholder_frame(crm: Crm, accounts: Accounts, changes: pd.DataFrame) -> pd.DataFrame:
    """Subject 'stakeholder': noted some days after they come in, while the deal is open in the CRM."""
    stage = crm.stage
    rng = stream(stage.options.seed, "stakeholders")
    ends = closing_days(crm)
    row = np.unique(changes["row"].to_numpy())
    rep = stage.people.occupant[stage.traits.seat[row], stage.traits.born[row]]
    noting = (0.35 + 0.8 * stage.people.diligence[rep]) * stage.people.habits.noting(rep)
    names, titles = contact_names(accounts, stage.options.seed), contact_titles(accounts, stage.options.seed)
    parts = []
    for part, (role, phase, share) in enumerate(PARTS):
        noted = np.maximum(crm.first_reached[row, phase], crm.entered_on[row])
        noted = noted + crm.habits.sees_late[row] + rng.geometric(0.3, len(row))
        known = (noted < ends[row]) & (rng.random(len(row)) < share * noting)
        known &= (stage.traits.champion[row] > -0.5) | (role != "Champion")
        account = accounts.of_deal[row[known]]
        parts.append(
            pd.DataFrame(
                {
                    "deal_id": accounts.deal_id[row[known]],
                    "contact_id": words([f"C{accounts.account_id[a][1:]}{part}" for a in account]),
                    "valid_at": _noon(crm, noted[known], rng),
                    "name": names[account, part],
                    "title": titles[account, part],
                    "role": _role_as_noted(role, int(known.sum()), rng),
                    "is_primary": part == 0,
                    "is_gone": False,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return pd.concat([frame, _departures(frame, crm, rng)], ignore_index=True)


def closing_days(crm: Crm) -> Ints:
    """Day of each deal's first close; the last day for those still open."""
    closes = crm.closes.frame().groupby("row")["day"].min()
    ends = np.full(len(crm.stage.traits), crm.stage.days.index(crm.stage.options.last_day))
    ends[closes.index.to_numpy().astype(np.int64)] = closes.to_numpy()
    return ends


def _noon(crm: Crm, day: Ints, rng: np.random.Generator) -> Dates:
    seconds = rng.integers(9 * 3600, 17 * 3600, len(day))
    opening = np.datetime64(crm.stage.options.first_day, "s")
    noted: Dates = np.maximum(crm.stage.days.dates[day].astype("datetime64[s]") + seconds, opening)
    return noted


def _role_as_noted(role: str, count: int, rng: np.random.Generator) -> Words:
    """The role field is left empty now and then."""
    noted = np.full(count, role, dtype=object)
    noted[rng.random(count) < 0.08] = None
    return noted


def _departures(frame: pd.DataFrame, crm: Crm, rng: np.random.Generator) -> pd.DataFrame:
    """A few contacts are taken off their deal again: changed jobs, noted by mistake."""
    gone = frame[rng.random(len(frame)) < 0.015].copy()
    gone["valid_at"] = gone["valid_at"] + pd.to_timedelta(rng.integers(5, 60, len(gone)), unit="D")
    gone["is_gone"] = True
    return gone
