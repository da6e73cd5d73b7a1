"""How deep a rep's answers go: from the buyer's truth that is there to be found, and the rep's digging.

In the default world both the depth of an answer and the fate of the deal follow from the same truth.
With `depth_matters=False` the same arithmetic is fed with dice instead of the buyer and the rep; in a world
with hidden facts (grounds) with those facts and the rep. Both go by the deal's age, which tells no phase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample_company.arrays import NEVER, Bools, Floats, Ints, stream
from analytics.sample_company.buyer import ECONOMIC_BUYER, LEGAL, SECURITY
from analytics.sample_company.crm import Crm
from analytics.sample_company.rep_habits import STRENGTH
from analytics.store.subjects import QUESTIONS

#: moments at which a rep may write: after the entry, and after news of phases 1 to 5
MOMENTS = 6
#: ages (business days) that take the place of the phases where depth does not matter
_AGES = np.array([0, 14, 32, 55, 82, 115])
_CUTS = np.array([-1.00, -0.30, 0.38, 1.08])
#: the first questions that get answered, and those that come late
_EARLY = np.array([0.30, 0.05, 0.15, -0.05, 0.10, -0.20, -0.10])
_COVERED = 0.97


@dataclass(frozen=True)
class Plan:
    """Deal x moment (x question): when an answer is written, and how deep it goes."""

    rows: Ints
    day: Ints  # deal x moment
    writes: Bools  # deal x moment x question
    depth: Ints  # deal x moment x question


def plan_answers(crm: Crm, rows: Ints, ends: Ints) -> Plan:
    """Decide for all deals in the CRM which answers are written when, and how deep they are."""
    stage = crm.stage
    rng = stream(stage.options.seed, "answers")
    shape = (len(rows), MOMENTS, len(QUESTIONS))
    lag = 1 + rng.geometric(0.30, (len(rows), MOMENTS))
    diligence = stage.people.diligence[
        stage.people.occupant[stage.traits.seat[rows], stage.traits.born[rows]]
    ]
    if stage.options.has_grounds:
        day = crm.entered_on[rows][:, None] + _AGES + lag
        truth = stage.options.clarity * stage.grounds.facts[rows][:, None, :]
        phase = np.full((len(rows), MOMENTS), 1.8)
    elif stage.options.depth_matters:
        day = _moments(crm, rows) + lag
        truth, phase = _truth(crm, rows, day)
    else:
        day = crm.entered_on[rows][:, None] + _AGES + lag
        truth, phase = rng.normal(0, 0.8, (len(rows), 1, len(QUESTIONS))), np.full((len(rows), MOMENTS), 1.8)
        diligence = np.clip(rng.normal(0.5, 0.24, len(rows)), 0.05, 0.98)
    keen = diligence[:, None, None]
    chance = np.where(np.arange(MOMENTS)[:, None] == 0, 0.24, 0.16) + 0.30 * keen + _EARLY * 0.6
    writer = _writers(crm, rows, day)
    writes = rng.random(shape) < stage.people.habits.chance(writer, chance)
    writes &= (rng.random(len(rows)) < _COVERED)[:, None, None]
    writes &= ((day >= crm.entered_on[rows][:, None]) & (day < ends[rows][:, None]))[:, :, None]
    noise = 0.50 * rng.standard_normal((len(rows), 1, len(QUESTIONS))) + 0.35 * rng.standard_normal(shape)
    level = -0.14 + 1.8 * (keen - 0.5) + 0.50 * truth + 0.17 * (phase[:, :, None] - 1.2) + noise
    usual, raised = np.digitize(level, _CUTS), np.digitize(level + STRENGTH, _CUTS)
    return Plan(rows, day, writes, stage.people.habits.depth(writer, usual, raised))


def _writers(crm: Crm, rows: Ints, day: Ints) -> Ints:
    """Deal x moment: the person on the deal's seat on that day."""
    occupant = crm.stage.people.occupant
    writers: Ints = occupant[crm.stage.traits.seat[rows][:, None], np.minimum(day, occupant.shape[1] - 1)]
    return writers


def _moments(crm: Crm, rows: Ints) -> Ints:
    """After the entry, then whenever the rep learns that the buyer has reached the next phase."""
    news = crm.first_reached[rows, 1:MOMENTS] + crm.habits.sees_late[rows][:, None]
    entered = crm.entered_on[rows]
    return np.column_stack([entered, np.where(news > entered[:, None], news, NEVER)])


def _truth(crm: Crm, rows: Ints, day: Ints) -> tuple[Floats, Ints]:
    """What there is to be known per question by each day (about -1.5 to 1.5), and the phase known by then."""
    traits = crm.stage.traits.take(rows)
    seen = day - crm.habits.sees_late[rows][:, None]
    phase = (crm.first_reached[rows][:, None, :] <= seen[:, :, None]).sum(axis=2) - 1
    phase = np.maximum(phase, 0)
    pain, champion = traits.pain[:, None] + 0 * day, traits.champion[:, None] + 0 * day
    granted = crm.granted_on[rows][:, None] <= seen
    event = (traits.event_day[:, None] < NEVER) & (traits.event_day[:, None] > day)
    met = phase >= ECONOMIC_BUYER
    columns = [
        0.9 * pain,
        0.6 * pain + 0.4 * champion,
        0.6 * pain + 0.5 * champion,
        0.3 * pain + np.where(granted, 1.3, np.where(met, 0.0, -0.5)),
        0.6 * champion + np.where(met, 0.8, -0.3),
        0.3 * champion + np.where(phase >= SECURITY, 0.8, -0.3) + 0.2 * (phase >= LEGAL),
        0.2 * pain + np.where(event, 0.9, -0.8),
    ]
    return np.stack(columns, axis=2), phase
